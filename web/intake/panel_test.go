package intake

import (
	"errors"
	"strings"
	"testing"
)

// TestPanelsAreReadInEveryShape has the shapes that versions of browsers, and
// the editors that texts went through, give the same panel.
func TestPanelsAreReadInEveryShape(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		kind       Kind
		want       string
	}{
		{"Chrome with raw heads", "General\nRequest URL: https://a.example/\nRequest Method: GET\nStatus Code: 401 Unauthorized\nResponse Headers\nview parsed\nHTTP/1.1 401 Unauthorized\nServer: x\nRequest Headers\nview source\nAccept: */*\n", Chrome,
			`asked GET https://a.example/ (1) HTTP/1.1 401 "Unauthorized" Server="x"`},
		{"Chrome with counts and payload", "General:\nRequest URL:https://a.example/\nRequest Method:POST\nStatus Code:403 \nResponse Headers (2)\nserver: x\nRequest Headers (1)\naccept: */*\nForm Data\na: b\n", Chrome,
			`asked POST https://a.example/ (1)  403 "" server="x"`},
		{"Chrome from a cache", "Request URL\nhttps://a.example/\nRequest Method\nGET\nStatus Code\n200 OK (from disk cache)\nserver\nx\n", Chrome,
			`asked GET https://a.example/ (0)  200 "OK" server="x"`},
		{"Chrome with an empty value", "Request URL\nhttps://a.example/\nStatus Code\n401 Unauthorized\nserver\n\nvary\nOrigin\nProvisional headers are shown\naccept\n*/*\n", Chrome,
			`asked  https://a.example/ (1)  401 "Unauthorized" server="" vary="Origin"`},
		{"Chrome with a request's field that sorts first", "Request URL\nhttps://a.example/\nStatus Code\n401 Unauthorized\nserver\nx\na-key\n1\naccept\n*/*\n", Chrome,
			`asked  https://a.example/ (2)  401 "Unauthorized" server="x"`},
		{"Chrome with what it decoded", "Request URL\nhttps://a.example/\nStatus Code\n401 Unauthorized\nserver\nx\naccept\n*/*\nx-client-data\nCJS2yQ==\nDecoded:\nmessage ClientVariations {\n  // Active ids.\n  repeated int32 variation_id = [1, 2];\n}\nx-key\n1\n", Chrome,
			`asked  https://a.example/ (3)  401 "Unauthorized" server="x"`},
		{"Chrome, the summary alone", "Request URL: https://a.example/\nRequest Method: GET\nStatus Code: 502 Bad Gateway\n", Chrome,
			`asked GET https://a.example/ (0)  502 "Bad Gateway"`},
		{"Firefox in one column", "POST\n  http://a.example/x\nStatus 400   \n  Bad Request\n\nVersionHTTP/1.1\nTransferred282 B (41 B size)\n    Connection\n      keep-alive\n    Date\n      Tue, 01 Dec 2020 19:38:37 GMT\n\n    Accept\n      */*\n", Firefox,
			`asked POST http://a.example/x (1) HTTP/1.1 400 "Bad Request" Connection="keep-alive" Date="Tue, 01 Dec 2020 19:38:37 GMT"`},
		{"Firefox without a phrase", "GET\n\thttps://a.example/\nStatus\n401\nVersionHTTP/2\nTransferred1 kB (1 kB size)\nReferrer Policyno-referrer\nRequest PriorityHighest\nDNS ResolutionSystem\n\n\t\nwww-authenticate\n\tBasic realm=\"x\"\n", Firefox,
			`asked GET https://a.example/ (0) HTTP/2 401 "" www-authenticate="Basic realm=\"x\""`},
		{"Firefox's console", "XHRGET\nhttps://a.example/\n[HTTP/2 403  12ms]\n", Firefox,
			`asked GET https://a.example/ (0) HTTP/2 403 ""`},
		{"Firefox in lower case", "GET\n\nscheme\nhttp\nhost\na.example:3000\nfilename\n/f\nAddress\n127.0.0.1:3000\nStatus\n403\nForbidden\nVersionHTTP/1.1\nTransferred495 B (26 B size)\nReferrer Policyx\n\nVary\nOrigin\n", Firefox,
			`asked GET http://a.example:3000/f (0) HTTP/1.1 403 "Forbidden" Vary="Origin"`},
		{"Safari, parts of it", "URL: https://a.example/\nStatus: 401 Unauthorized\nSource: Network\n\nResponse\nWWW-Authenticate: Basic realm=\"x\"\n", Safari,
			`asked  https://a.example/ (0)  401 "Unauthorized" WWW-Authenticate="Basic realm=\"x\""`},
		{"Safari from its cache", "Summary\nURL: https://a.example/\nStatus: 200 OK\nSource: Disk Cache\n\nRequest\nNo request, served from the disk cache.\n\nResponse\nServer: x\n", Safari,
			`asked  https://a.example/ (0)  200 "OK" Server="x"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, text := range []string{tt.text, strings.ReplaceAll(tt.text, "\n", "\r\n"), strings.TrimRight(tt.text, "\n"), "\n" + tt.text} {
				if k := Recognize(text); k != tt.kind {
					t.Fatalf("taken for %s", k)
				}
				xs, err := Parse(text)
				if err != nil {
					t.Fatal(err)
				}
				if got := told(xs); got != tt.want {
					t.Fatalf("\n got %s\nwant %s", got, tt.want)
				}
			}
		})
	}
}

func TestHalfAPanelIsRefusedWithItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		"Request URL\nhttps://a.example/\nRequest Method\nGET\n":   "There is neither a status nor a header field of a response",
		"Request URL: https://a/\nStatus Code: 401\nwhat is this":  "line 3, column 1: This line is neither a name nor a value",
		"Status\n401\nVersionHTTP/2\n\nwhat is this\n":             "line 5, column 1: This line is neither a name nor a value",
		"Summary\nURL: https://a/\nStatus: 401\n\nResponse\n= x\n": "line 6, column 1: This line is no “name: value”",
		"{\"Response Headers (1 B)\": {\n  \"headers\": [}":        "line 2, column 15: The JSON is broken here",
	} {
		_, err := Parse(text)
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), want) || e.Remedy == "" {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestOutputBelowItsCommandIsRead(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"curl -i", "$ curl -i https://a.example/\nHTTP/2 401 \nserver: x\n", `asked HTTP/2 401 "" server="x"`},
		{"curl -v over TLS", "$ curl -v https://a.example/\n*   Trying 192.0.2.1:443...\n* Connected to a.example (192.0.2.1) port 443 (#0)\n* ALPN: offers h2\n* SSL connection using TLSv1.3\n> GET / HTTP/1.1\n> Host: a.example\n> \n< HTTP/1.1 401 Unauthorized\n< Server: x\n< \n", `asked GET https://a.example/ (1) HTTP/1.1 401 "Unauthorized" Server="x"`},
		{"wget in German", "--2026-11-28 14:28:28--  http://a.example/\nHTTP-Anforderung gesendet, auf Antwort wird gewartet … \n  HTTP/1.1 401 Unauthorized\n  Server: x\n\nBenutzername/Passwort-Authentifizierung fehlgeschlagen.\n", `asked  http://a.example/ (0) HTTP/1.1 401 "Unauthorized" Server="x"`},
		{"HTTPie with content both ways", "POST /x HTTP/1.1\nHost: a.example\nUser-Agent: HTTPie/3.2.1\n\n{\n    \"a\": 1\n}\n\n\nHTTP/1.1 401 Unauthorized\nServer: x\n\nno\n\n\n", `asked POST https://a.example/x (2) HTTP/1.1 401 "Unauthorized" Server="x" content 2 "no"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			xs, err := Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(xs); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}
