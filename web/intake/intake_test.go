package intake

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// told writes exchanges in short: cause, request, interim codes, the response
// with its fields, and how much of its content is known.
func told(xs []message.Exchange) string {
	var out []string
	for _, x := range xs {
		s := string(x.Cause)
		if x.Request != nil {
			s += fmt.Sprintf(" %s %s (%d)", x.Request.Method, x.Request.URL, len(x.Request.Fields))
		}
		for _, i := range x.Interim {
			s += fmt.Sprintf(" [%d]", i.Code)
		}
		s += fmt.Sprintf(" %s %d %q", x.Response.Protocol, x.Response.Code, x.Response.Reason)
		for _, l := range x.Response.Fields {
			s += fmt.Sprintf(" %s=%q", l.Name, l.Value)
		}
		if c := x.Response.Content; c.Known != message.Unknown {
			s += fmt.Sprintf(" content %d %q", c.Known, c.Sample)
		}
		out = append(out, s)
	}
	return strings.Join(out, " | ")
}

func TestPastedTextsAreRead(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a head alone", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n", `asked HTTP/1.1 401 "Unauthorized" WWW-Authenticate="Basic realm=\"x\""`},
		{"a head with content", "HTTP/1.1 401 Unauthorized\nServer: nginx\n\n<html>\n</html>\n", `asked HTTP/1.1 401 "Unauthorized" Server="nginx" content 2 "<html>\n</html>\n"`},
		{"HTTP/2", "HTTP/2 401 \nserver: x\n", `asked HTTP/2 401 "" server="x"`},
		{"no phrase", "HTTP/1.1 401\nserver: x\n", `asked HTTP/1.1 401 "" server="x"`},
		{"case, order and duplicates", "HTTP/1.1 200 OK\nvary: a\nVary: b\nvARY:c\n", `asked HTTP/1.1 200 "OK" vary="a" Vary="b" vARY="c"`},
		{"a folded line", "HTTP/1.1 200 OK\nX: a\n b\n", `asked HTTP/1.1 200 "OK" X="a\r\n b"`},
		{"lines that Firefox joined", "HTTP/1.1 401 Unauthorized\nSet-Cookie: a=1; Path=/\nb=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT\nWWW-Authenticate: Negotiate\nBasic realm=\"x\"\nNTLM\nDate: x\n", `asked HTTP/1.1 401 "Unauthorized" Set-Cookie="a=1; Path=/" Set-Cookie="b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT" WWW-Authenticate="Negotiate" WWW-Authenticate="Basic realm=\"x\"" WWW-Authenticate="NTLM" Date="x"`},
		{"a space before the colon", "HTTP/1.1 200 OK\nX : a\n", `asked HTTP/1.1 200 "OK" X ="a"`},
		{"interim responses", "HTTP/1.1 103 Early Hints\nLink: </a>\n\nHTTP/1.1 200 OK\nDate: x\n", `asked [103] HTTP/1.1 200 "OK" Date="x"`},
		{"a tunnel", "HTTP/1.1 200 Connection established\n\nHTTP/2 401\na: b\n", `asked [200] HTTP/2 401 "" a="b"`},
		{"a chain", "HTTP/1.1 302 Found\nLocation: /a\n\nHTTP/1.1 401 Unauthorized\n\n", `asked HTTP/1.1 302 "Found" Location="/a" | redirect HTTP/1.1 401 "Unauthorized"`},
		{"a request and its response", "GET /a HTTP/1.1\nHost: h.example\n\nHTTP/1.1 204 No Content\n\n", `asked GET https://h.example/a (1) HTTP/1.1 204 "No Content" content 1 ""`},
		{"field lines alone", "WWW-Authenticate: Bearer\nDate: x", `asked  0 "" WWW-Authenticate="Bearer" Date="x"`},
		{"a challenge alone", `Bearer realm="x", error="invalid_token"`, `asked  0 "" WWW-Authenticate="Bearer realm=\"x\", error=\"invalid_token\""`},
		{"indented", "    HTTP/1.1 401 Unauthorized\n    A: b\n", `asked HTTP/1.1 401 "Unauthorized" A="b"`},
		{"quoted", "> HTTP/1.1 401 Unauthorized\n> A: b\n>\n> text\n", `asked HTTP/1.1 401 "Unauthorized" A="b" content 2 "text\n"`},
		{"in color", "\x1b[1mHTTP/1.1 401 Unauthorized\x1b[0m\n\x1b[1mA\x1b[0m: b\n", `asked HTTP/1.1 401 "Unauthorized" A="b"`},
		{"a byte order mark", "\ufeffHTTP/1.1 401 Unauthorized\nA: b\n", `asked HTTP/1.1 401 "Unauthorized" A="b"`},
		{"curl -v", "*   Trying 192.0.2.1:443...\n* Connected\n> GET /a HTTP/2\n> Host: h.example\n> accept: */*\n> \n* Request completely sent off\n< HTTP/2 401 \n< www-authenticate: Bearer\n< \n{ [12 bytes data]\n* Connection #0 left intact\nhello",
			`asked GET https://h.example/a (2) HTTP/2 401 "" www-authenticate="Bearer" content 2 "hello"`},
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

func TestWhatIsNoResponseIsRefusedWithItsPlace(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "There is no text."},
		{" \n\t\n", "There is no text."},
		{"hello", "line 1, column 1: This is neither a status line nor a header field."},
		{"HTTP/1.1 401 Unauthorized\nA: b\noops\n", "line 3, column 1: This line is no header field"},
		{"ab\ncd\x00", "line 2, column 3: This looks like binary data"},
		{strings.Repeat("\xff\xfe\x01", 100), "This looks like binary data"},
		{"GET / HTTP/1.1\nHost: a\n", "line 1, column 1: This is a request, and there is no response"},
		{strings.Repeat("a", Limit+1), "The text is longer than 256 kB."},
	} {
		_, err := Parse(tt.text)
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), tt.want) || e.Remedy == "" {
			t.Errorf("%.40q: %v, want %s", tt.text, err, tt.want)
		}
	}
}

func TestTheCallerCompletesTheRequest(t *testing.T) {
	xs, err := ParseWith("HTTP/1.1 200 OK\n\n", Options{URL: "https://a.example/"})
	if err != nil || xs[0].Request.URL != "https://a.example/" || xs[0].Request.Method != "" {
		t.Errorf("%v, %v", xs, err)
	}
}

// FuzzParse reads a text as what it looks like and as every other kind.
func FuzzParse(f *testing.F) {
	for _, file := range samples(f) {
		f.Add(readSample(f, file))
	}
	f.Add("HTTP/1.1 401 Unauthorized\nA: b\n\nx")
	f.Add("> GET / HTTP/1.1\n>\n< HTTP/1.1 200 OK\n<\nx")
	f.Add("Bearer a=b")
	f.Fuzz(func(t *testing.T, text string) {
		for _, k := range append(Kinds(), Recognize(text)) {
			xs, err := ParseAs(k, text, Options{})
			if err == nil && (len(xs) == 0 || xs[len(xs)-1].Response == nil) {
				t.Fatalf("%.300q as %s gives neither an error nor a response", text, k)
			}
			checkPlace(t, text, err)
		}
	})
}

// TestWhatATextDoesNotSayIsTakenFromTheCaller: a request that is in the text may
// still lack its address.
func TestWhatATextDoesNotSayIsTakenFromTheCaller(t *testing.T) {
	known := Options{URL: "https://a.example/x", Method: "PUT", Fields: field.Section{{Name: "Accept", Value: "a/b"}}}
	for _, c := range []struct{ text, method, url, accept string }{
		{"HTTP/1.1 401 Unauthorized\n", "PUT", "https://a.example/x", "a/b"},
		{"GET /y HTTP/1.1\nAccept: c/d\n\nHTTP/1.1 401 Unauthorized\n", "GET", "https://a.example/x", "c/d"},
		{"GET /y HTTP/1.1\nHost: b.example\n\nHTTP/1.1 401 Unauthorized\n", "GET", "https://b.example/y", ""},
		{"Request URL: https://b.example/y\nStatus Code: 401 Unauthorized\n", "PUT", "https://b.example/y", "a/b"},
	} {
		xs, err := ParseWith(c.text, known)
		if err != nil || len(xs) != 1 || xs[0].Request == nil {
			t.Errorf("%q: %v %v", c.text, xs, err)
			continue
		}
		if q := xs[0].Request; q.Method != c.method || q.URL != c.url || q.Fields.Get("Accept") != c.accept {
			t.Errorf("%q: %s %s with %v", c.text, q.Method, q.URL, q.Fields)
		}
	}
	for _, text := range []string{"HTTP/1.1 +40 x\n", "HTTP/1.1 -12 x\n"} {
		if _, code, _, ok := statusLine(strings.TrimSpace(text)); ok {
			t.Errorf("%q has the code %d", text, code)
		}
	}
}
