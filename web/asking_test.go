package web

import (
	"net/http"
	"strings"
	"testing"
)

// TestQueriesThatCannotBeReadAreRefused: of a query with a semicolon, net/url
// passes over the parameter in silence.
func TestQueriesThatCannotBeReadAreRefused(t *testing.T) {
	base, _ := site(t)
	for _, path := range []string{"/inspect?url=https://a.example/x;y", "/api/v1/inspect?url=https://a.example/x;y", "/explain?text=Set-Cookie:+a=b;+Secure", "/inspect?url=%zz", "/ask?q=a;b"} {
		resp, text := do(t, "GET", base+path, "", "Accept", "application/json")
		if resp.StatusCode != http.StatusBadRequest || !strings.Contains(text, "%3B") {
			t.Errorf("%s: %d %s", path, resp.StatusCode, text)
		}
	}
}
