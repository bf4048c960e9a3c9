package intake

import (
	"errors"
	"os"
	"strings"
	"testing"
	"unicode"

	"wwwhy/web/message"
)

const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"

func TestKindsAreTold(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Kind
	}{
		{"", Unknown},
		{"hello world", Unknown},
		{`{"a": 1}`, Unknown},
		{"HTTP/2 401\n", Response},
		{"$ curl -i https://a.example/\nHTTP/2 401 \nserver: x\n", Response},
		{"$ curl -v https://a.example/\n* Trying\n< HTTP/2 401 \n", CurlVerbose},
		{"$ http -v a.example\nGET / HTTP/1.1\nUser-Agent: HTTPie/3.2.1\n\nHTTP/1.1 200 OK\n", HTTPie},
		{"curl 'https://a.example/'", CurlCommand},
		{"me@host:~$ curl -i https://a.example/\nHTTP/2 401 \n", Response},
		{"me@host:~$ curl https://a.example/", CurlCommand},
		{`{"request":{"id":1},"error":"x"}`, Unknown},
		{"curl.exe -k https://a.example/", CurlCommand},
		{"iwr https://a.example/", PowerShell},
		{"https://a.example/x?y#z", URL},
		{"see https://a.example/x", Unknown},
		{jwt, JWT},
		{"Bearer " + jwt, JWT},
		{"www.example.com", Unknown},
		{"Basic realm=\"x\"", Challenge},
		{"Server: x", FieldLines},
		{"Status: 401\nServer: x", FieldLines},
		{"Request URL: https://a/\nStatus Code: 401", Chrome},
		{"\x1b[1mHTTP/1.1 401\x1b[0m", Response},
	} {
		if got := Recognize(tt.text); got != tt.want {
			t.Errorf("%q is taken for %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestTypedAddresses(t *testing.T) {
	for text, want := range map[string]bool{
		"https://a.example/x":    true,
		"Https://a.example/x":    true,
		"HTTP://A":               true,
		"example.com":            true,
		"example.com/x?y":        true,
		"www.example.com:8443":   true,
		"localhost:8080/":        true,
		"192.0.2.1/x":            true,
		"1.1":                    false,
		"e.g":                    false,
		"host":                   false,
		"max-age":                false,
		"see example.com":        false,
		"example.com\nother":     false,
		"ERR_TOO_MANY_REDIRECTS": false,
	} {
		if got := TypedAddress(text); got != want {
			t.Errorf("%q is an address: %t, want %t", text, got, want)
		}
	}
}

func TestEveryKindHasALabel(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds() {
		l := k.Label()
		if l == "" || seen[l] || unicode.IsUpper([]rune(l)[0]) && !strings.HasPrefix(l, "JSON") || strings.HasSuffix(l, ".") {
			t.Errorf("%s has the label %q", k, l)
		}
		seen[l] = true
	}
	if Kind("nonsense").Label() != Unknown.Label() {
		t.Error("a kind that does not exist has a label")
	}
}

func TestAPersonMaySayWhatItIs(t *testing.T) {
	for _, tt := range []struct {
		kind       Kind
		text, want string
	}{
		{Challenge, "Negotiate", `asked  0 "" WWW-Authenticate="Negotiate"`},
		{Challenge, "www-authenticate: Basic", `asked  0 "" www-authenticate="Basic"`},
		{FieldLines, "Status: 401\nServer: x", `asked  0 "" Status="401" Server="x"`},
		{Response, "HTTP/1.1 401 Unauthorized\n", `asked HTTP/1.1 401 "Unauthorized"`},
		{Chrome, "content-type\ntext/html\naccept\n*/*", ""},
		{Kind("nonsense"), "HTTP/1.1 401 Unauthorized\n", `asked HTTP/1.1 401 "Unauthorized"`},
	} {
		xs, err := ParseAs(tt.kind, tt.text, Options{})
		if tt.want == "" {
			if err == nil {
				t.Errorf("%s of %q is read", tt.kind, tt.text)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s of %q: %v", tt.kind, tt.text, err)
			continue
		}
		if got := told(xs); got != tt.want {
			t.Errorf("%s of %q\n got %s\nwant %s", tt.kind, tt.text, got, tt.want)
		}
	}
}

func TestWhatHoldsNoAnswerSaysWhereItBelongs(t *testing.T) {
	for text, want := range map[string]string{
		"curl https://a.example/": "line 1, column 1: This is a curl command, not an answer.",
		"iwr https://a.example/":  "line 1, column 1: This is a PowerShell command",
		jwt:                       "line 1, column 1: This is a token, not an answer.",
		"https://a.example/":      "line 1, column 1: This is an address, not an answer.",
	} {
		_, err := Parse(text)
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), want) || e.Remedy == "" {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestALogKeepsNobodysAddress(t *testing.T) {
	line := "198.51.100.7 - anna [28/Nov/2026:14:39:00 +0000] \"GET /b HTTP/1.1\" 401 179 \"-\" \"x\"\n"
	xs, err := Parse(strings.Repeat(line, 20))
	if err != nil || len(xs) != mostLogLines {
		t.Fatalf("%d exchanges, %v", len(xs), err)
	}
	if s := told(xs); strings.Contains(s, "198.51") || strings.Contains(s, "anna") {
		t.Error(s)
	}
	if x := xs[0]; x.Peer != nil || x.Fidelity != message.Retold || x.Response.Content.Known != message.Unknown || x.Response.Content.Length != 179 {
		t.Errorf("%+v", x)
	}
	xs, err = Parse("198.51.100.7 - - [28/Nov/2026:14:39:00 +0000] \"\\x16\\x03\\x01\" 400 0 \"-\" \"-\"\n")
	if err != nil || xs[0].Response.Code != 400 || xs[0].Request.Method != "" {
		t.Errorf("%+v, %v", xs, err)
	}
}

// TestLongTextsEnd reads long hostile texts. A reader that is not linear would
// not end within the time that go test gives.
func TestLongTextsEnd(t *testing.T) {
	pieces := []string{"A: b\n", "> \n< HTTP/1.1 200 OK\n", "a\n", "\n", "(", "$(", "[", "{", "\"", "'", "\\", "^", "^\n", "`", "  HTTP/1.1 200 OK\n", "GET\n", "Status\n200\n", ":a\n", "\x1b[",
		"-d a ", "-H 'a: b' ", "-b a=b ", "-H a:b --compressed ", "-A a -H b:c ", "a"}
	starts := []string{"", "curl a ", "curl ^\"a^\" ", "Request URL\n", "VersionHTTP/2\n", "Summary\nURL: x\n", "--2026-11-28 14:28:28--  http://a/\n", "{\"log\":{\"entries\":["}
	for _, piece := range pieces {
		for _, start := range starts {
			text := start + strings.Repeat(piece, Limit/4/len(piece))
			_, err := ParseAs(Recognize(text), text, Options{})
			checkPlace(t, text, err)
			_, err = ReadCommand(text)
			checkPlace(t, text, err)
		}
	}
}

func readSample(tb testing.TB, file string) string {
	tb.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// checkPlace holds that an error is an *Error with a place inside the text.
func checkPlace(t *testing.T, text string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%.300q gives the error %v", text, err)
	}
	if e.Line == 0 {
		return
	}
	lines := strings.Split(text, "\n")
	if e.Line < 0 || e.Line > len(lines) || e.Column < 1 || e.Column > len(lines[e.Line-1])+1 {
		t.Fatalf("%.300q gives the error %v, which is outside", text, err)
	}
}
