package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestOnlyColorHasStyles asks for pages and reports as a terminal does, twice in
// turn: what is kept of the one must not answer the other.
func TestOnlyColorHasStyles(t *testing.T) {
	base, _ := site(t)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }))
	t.Cleanup(target.Close)
	inspected := "/inspect?url=" + url.QueryEscape(target.URL)
	for _, c := range []struct {
		path, agent string
		styled      bool
	}{
		{"/401", "curl/8", false}, {"/401?color", "curl/8", true}, {"/401", "curl/8", false}, {"/401?color", "curl/8", true},
		{"/401.txt?color", "", true}, {"/401.txt", "", false}, {"/401.txt?color=1", "", true}, {"/401.txt", "", false}, {"/401.txt?x=color", "", false},
		{"/401?color", "", false}, {"/401.md?color", "", false}, {"/401.json?color", "", false},
		{"/schemes/bearer?color", "curl/8", true}, {"/fields/www-authenticate.txt?color", "", true},
		{inspected, "curl/8", false}, {inspected + "&color", "curl/8", true}, {inspected, "curl/8", false}, {inspected + "&color&format=markdown", "curl/8", false}, {inspected + "&color", "", false},
		{"/api/v1" + inspected + "&format=text", "curl/8", false},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", base+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", c.agent)
		if c.agent == "" {
			r.Header.Set("Accept", "text/html")
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusOK || strings.Contains(string(body), "\x1b") != c.styled {
			t.Errorf("%s by %q: %s, styled: %v\n%.300q", c.path, c.agent, resp.Status, !c.styled, body)
		}
	}
}
