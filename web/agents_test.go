package web

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"wwwhy/content"
	"wwwhy/web/admission"
	"wwwhy/web/inspect"
	"wwwhy/web/limit"
)

// agentSite serves /mcp and returns how to call a tool there: what an agent
// sends and, as text, what comes back.
func agentSite(t *testing.T, rates admission.Rates) (base string, call func(tool string, args any) string) {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var c inspect.Config
	c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	server := httptest.NewServer(New(Config{Library: lib, Inspector: inspect.New(lib, c), Log: slog.New(slog.DiscardHandler), MCP: true, Limiter: limit.NewMemory(), Rates: rates}))
	t.Cleanup(server.Close)
	return server.URL, func(tool string, args any) string {
		t.Helper()
		_, body := do(t, "POST", server.URL+"/mcp", message(t, 1, tool, args), "Content-Type", "application/json", "Accept", "application/json, text/event-stream")
		return body
	}
}

// message is a call of a tool in JSON-RPC.
func message(t *testing.T, id int, tool string, args any) string {
	t.Helper()
	data, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": map[string]any{"name": tool, "arguments": args}})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestAgentsSendNoMoreThanVisitors holds what an agent may have sent to others
// against what the form may.
func TestAgentsSendNoMoreThanVisitors(t *testing.T) {
	_, call := agentSite(t, admission.Rates{})
	var asked atomic.Int32
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(target.Close)
	for name, args := range map[string]map[string]any{
		"a field that disguises":     {"fields": []string{"X-Forwarded-For: 127.0.0.1"}},
		"another host":               {"fields": []string{"Host: admin.internal"}},
		"a field for metadata":       {"fields": []string{"Metadata-Flavor: Google"}},
		"credentials in the clear":   {"fields": []string{"Authorization: Bearer abc"}},
		"a content":                  {"method": "GET", "body": "x=1"},
		"a method":                   {"method": "DELETE"},
		"many fields":                {"fields": strings.Split(strings.Repeat("Accept: */*\n", 51), "\n")},
		"a user in the address":      {"url": strings.Replace(target.URL, "//", "//user:pw@", 1)},
		"a scheme that is no HTTP":   {"url": "file:///etc/passwd"},
		"an address that is private": {"url": "http://10.0.0.1/"},
	} {
		if args["url"] == nil {
			args["url"] = target.URL
		}
		if body := call("inspect", args); asked.Load() > 0 || !strings.Contains(body, `"isError":true`) && !strings.Contains(body, "blocked") {
			t.Errorf("%s: %d requests, %.300s", name, asked.Swap(0), body)
		}
	}
	if body := call("inspect", map[string]any{"url": target.URL, "fields": []string{"Accept-Language: de"}}); asked.Load() != 1 || strings.Contains(body, `"isError":true`) {
		t.Errorf("what a visitor may send: %d requests, %.300s", asked.Load(), body)
	}
}

// TestAgentsAreCounted sends many calls in one request, and one by one.
func TestAgentsAreCounted(t *testing.T) {
	base, call := agentSite(t, admission.Rates{Burst: 3})
	var asked atomic.Int32
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(target.Close)
	args := map[string]any{"url": target.URL}
	var batch []string
	for i := range 20 {
		batch = append(batch, message(t, i, "inspect", args))
	}
	_, body := do(t, "POST", base+"/mcp", "["+strings.Join(batch, ",")+"]", "Content-Type", "application/json", "Accept", "application/json, text/event-stream", "MCP-Protocol-Version", "2025-03-26")
	for range 5 {
		body = call("inspect", args)
	}
	if asked.Load() > 3 || !strings.Contains(body, "3 times in 15 seconds") {
		t.Errorf("%d inspections, and then %.300s", asked.Load(), body)
	}
}

func TestAgentsAreAnsweredByTheRules(t *testing.T) {
	base, _ := agentSite(t, admission.Rates{})
	call := message(t, 1, "lookup", map[string]any{"name": "401"})
	for _, c := range []struct {
		method string
		fields []string
		status int
	}{
		{"GET", nil, 405}, {"HEAD", nil, 405}, {"DELETE", nil, 405}, {"PUT", nil, 405},
		{"POST", []string{"Content-Type", "text/plain"}, 415},
		{"POST", []string{"Origin", "https://evil.example"}, 403},
		{"POST", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"POST", nil, 200},
	} {
		resp, body := do(t, c.method, base+"/mcp", call, append([]string{"Content-Type", "application/json", "Accept", "application/json, text/event-stream"}, c.fields...)...)
		if resp.StatusCode != c.status || c.status == 405 && !strings.Contains(resp.Header.Get("Allow"), "POST") || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %q: %d %v %.200s", c.method, c.fields, resp.StatusCode, resp.Header, body)
		}
	}
}

// TestASlowCallTakesNoTurn begins calls of tools and sends no more of them: who
// searches or explains does not wait for those who have asked for nothing yet.
func TestASlowCallTakesNoTurn(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	places := &limit.Places{}
	h := New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Places: places, Log: slog.New(slog.DiscardHandler), MCP: true})
	const call = `{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}`
	reading := make(chan struct{})
	rest, end := io.Pipe()
	r := httptest.NewRequest("POST", "/mcp", io.MultiReader(strings.NewReader(call[:20]), told{rest, reading}))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	r.ContentLength = int64(len(call))
	w := httptest.NewRecorder()
	answered := make(chan struct{})
	go func() { defer close(answered); h.ServeHTTP(w, r) }()
	<-reading
	if n := places.Taken("turns"); n != 0 {
		t.Errorf("a call that has not come takes %d places", n)
	}
	_, _ = io.WriteString(end, call[20:])
	_ = end.Close()
	<-answered
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"tools"`) {
		t.Errorf("when it has come: %d %s", w.Code, w.Body)
	}
}

// told tells when it is read from.
type told struct {
	io.Reader
	reading chan struct{}
}

func (t told) Read(p []byte) (int, error) {
	select {
	case <-t.reading:
	default:
		close(t.reading)
	}
	return t.Reader.Read(p)
}
