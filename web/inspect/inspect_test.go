package inspect

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/report"
)

func TestTypedAddressesAreCompleted(t *testing.T) {
	for typed, want := range map[string]string{
		"example.com":             "https://example.com",
		" example.com/a?b ":       "https://example.com/a?b",
		"example.com:8443/a":      "https://example.com:8443/a",
		"localhost:8080":          "https://localhost:8080",
		"//example.com/":          "https://example.com/",
		"http://example.com":      "http://example.com",
		"HTTPS://example.com":     "HTTPS://example.com",
		"ftp://example.com":       "ftp://example.com",
		"mailto:a@b.example":      "mailto:a@b.example",
		"javascript:alert(1)":     "javascript:alert(1)",
		"[2001:db8::1]/a":         "https://[2001:db8::1]/a",
		"2001:db8::1":             "https://[2001:db8::1]",
		"fe80::1%eth0":            "https://[fe80::1%25eth0]",
		"":                        "",
		"192.0.2.1":               "https://192.0.2.1",
		"data:text/html,<script>": "data:text/html,<script>",
	} {
		if got := Complete(typed); got != want {
			t.Errorf("Complete(%q) = %q, want %q", typed, got, want)
		}
	}
}

func TestLogsHoldTheOriginOnly(t *testing.T) {
	for typed, want := range map[string]string{
		"https://user:pass@a.example:8443/secret?token=x#y": "https://a.example:8443",
		"a.example/secret": "https://a.example",
		"http://[::1":      "",
	} {
		if got := Host(typed); got != want {
			t.Errorf("Host(%q) = %q, want %q", typed, got, want)
		}
	}
}

func TestExchangesAreToldAsTheyEnd(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b", http.StatusSeeOther)
			return
		}
		w.Header().Set("WWW-Authenticate", `Digest realm="x", nonce="n", qop="auth", algorithm="MD5"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer server.Close()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var c Config
	c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	var target Target
	target.Request.URL = server.URL + "/a"
	var codes []int
	r := New(lib, c).URL(t.Context(), target, func(x report.Exchange) { codes = append(codes, x.Status.Code) })
	if len(codes) != 2 || codes[0] != 303 || codes[1] != 401 || len(r.Exchanges) != 2 {
		t.Errorf("told of %v, %d exchanges", codes, len(r.Exchanges))
	}
	if got := r.Exchanges[1].Challenges[0].Corrected; got != `Digest realm="x", nonce="n", qop="auth", algorithm=MD5` {
		t.Errorf("corrected: %s", got)
	}
}

func TestATextThatIsNoneIsRefused(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(lib, Config{}).Text(t.Context(), "", Pasted{})
	var e *TextError
	if !errors.As(err, &e) || e.Remedy == "" {
		t.Errorf("%v", err)
	}
}

func TestCheckMethod(t *testing.T) {
	for method, right := range map[string]bool{"": true, "GET": true, "X-OWN": true, "get": true, "G ET": false, "GET\r\nX: y": false, "\u202eGET": false} {
		if err := CheckMethod(method); (err == nil) != right {
			t.Errorf("%q: %v", method, err)
		}
	}
	if err := CheckMethod("a\u202eb"); !strings.HasPrefix(err.Error(), `"a\u202eb" is no method.`) {
		t.Error(err)
	}
}
