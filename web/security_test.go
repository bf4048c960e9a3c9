package web

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"testing"

	"wwwhy/content"
	"wwwhy/web/inspect"
)

// internal starts a copy that may ask addresses of its own network.
func internal(t *testing.T) string {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var c inspect.Config
	c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	server := httptest.NewUnstartedServer(nil)
	public := "http://" + server.Listener.Addr().String()
	server.Config.Handler = New(Config{Library: lib, Inspector: inspect.New(lib, c), Internal: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), PublicURL: public, MCP: true})
	server.Start()
	t.Cleanup(server.Close)
	return public
}

// TestPagesOfOthersReadNoInternalAnswers: a copy that may ask what strangers
// cannot reach must not ask it for a page that a visitor of ours has open, be it
// of another site or of a name that was made to lead here.
func TestPagesOfOthersReadNoInternalAnswers(t *testing.T) {
	base := internal(t)
	asks := []struct{ method, path, body, kind string }{
		{"GET", "/api/v1/inspect?url=/try/401", "", ""},
		{"POST", "/api/v1/inspect", `{"url": "/try/401"}`, "application/json"},
		{"POST", "/api/v1/check", base + "/try/401", "text/plain"},
		{"GET", "/api/v1/compare?left=/try/401&right=/try/403", "", ""},
		{"POST", "/api/v1/reports", `{"url": "/try/401"}`, "application/json"},
		{"GET", "/inspect?url=/try/401", "", ""},
		{"POST", "/mcp", `{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}`, "application/json"},
	}
	for _, from := range []struct {
		fields  []string
		refused bool
	}{
		{nil, false},
		{[]string{"Origin", base}, false},
		{[]string{"Sec-Fetch-Site", "same-origin"}, false},
		{[]string{"Sec-Fetch-Site", "same-origin", "Origin", "null"}, false}, // a form of ours, which sends no referrer
		{[]string{"Sec-Fetch-Site", "cross-site", "Origin", "null"}, true},
		{[]string{"Origin", "null"}, true},
		{[]string{"Host", "localhost"}, false},
		{[]string{"Host", "wwwhy:8080"}, false},
		{[]string{"Origin", "https://evil.example"}, true},
		{[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "cors"}, true},
		{[]string{"Origin", "http://evil.example", "Host", "evil.example"}, true},
		{[]string{"Host", "evil.example:8080", "Sec-Fetch-Site", "same-origin"}, true},
	} {
		for _, a := range asks {
			fields := append([]string{"Content-Type", a.kind, "Accept", "application/json, text/event-stream"}, from.fields...)
			resp, body := do(t, a.method, base+a.path, a.body, fields...)
			if (resp.StatusCode == 403) != from.refused || !from.refused && resp.StatusCode >= 400 {
				t.Errorf("%s %s from %v: %d %s", a.method, a.path, from.fields, resp.StatusCode, body)
			}
		}
	}
	// A link on a page of another site may lead here: that page cannot read the answer.
	if resp, body := do(t, "GET", base+"/inspect?url=/try/401", "", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Accept", "text/html"); resp.StatusCode != 200 {
		t.Errorf("following a link: %d %s", resp.StatusCode, body)
	}
}

// TestFormsTellOursFromOthers: where browsers send no Sec-Fetch-Site, they must
// send the origin, which they do not where a page sends no referrer.
func TestFormsTellOursFromOthers(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	for public, want := range map[string]string{"https://why.example": "no-referrer", "http://why.internal": "same-origin"} {
		h := New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Log: slog.New(slog.DiscardHandler), PublicURL: public})
		for _, path := range []string{"/", "/401", "/check", "/nothing"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
			if got := w.Header().Get("Referrer-Policy"); got != want {
				t.Errorf("%s%s has the policy %s, want %s", public, path, got, want)
			}
		}
	}
}
