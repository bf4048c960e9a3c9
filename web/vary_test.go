package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/inspect"
)

// TestCachesKeepApartWhatDiffers asks for every kind of address as clients of all
// kinds do, and as those who want a shared cache to give others what is not for
// them: whatever may be stored differs only by fields that its Vary names (RFC
// 9110, Section 12.5.5), and repeats nothing of a request.
func TestCachesKeepApartWhatDiffers(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	h := New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Log: slog.New(slog.DiscardHandler), PublicURL: "https://why.example", Contact: "mailto:a@b.example", MCP: true})
	ask := func(path string, fields []string) (*http.Response, string) {
		r := httptest.NewRequest("GET", path, nil)
		for i := 0; i+1 < len(fields); i += 2 {
			if r.Header.Set(fields[i], fields[i+1]); fields[i] == "Host" {
				r.Host = fields[i+1]
			}
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result(), w.Body.String()
	}
	told := []string{"Content-Type", "Content-Encoding", "Content-Range", "Location", "ETag", "Link", "Allow", "Set-Cookie", "WWW-Authenticate", "Cache-Control", "Content-Security-Policy", "Cross-Origin-Resource-Policy", "X-Robots-Tag", "Access-Control-Allow-Origin"}
	same := func(a, b *http.Response, one, other string) bool {
		return a.StatusCode == b.StatusCode && one == other && !slices.ContainsFunc(told, func(name string) bool { return !slices.Equal(a.Header.Values(name), b.Header.Values(name)) })
	}
	for _, path := range []string{
		"/", "/ask?q=401", "/ask?q=x", "/search?q=login", "/search", "/inspect", "/inspect?url=mailto:x", "/check", "/explain", "/explain?text=A:%20b", "/api", "/openapi.json", "/schemas/report.json", "/.well-known/api-catalog", "/.well-known/security.txt",
		"/401", "/401.md", "/401.json", "/401.txt", "/401.png", "/401?color", "/401.txt?color", "/401?x", "/401.html", "/999", "/fields/www-authenticate", "/fields/WWW-Authenticate", "/fields/WWW-Authenticate.md", "/fields/nothing.json", "/schemes/bearer", "/findings/hsts-short", "/guides/redirects",
		"/compare", "/compare/401-vs-403", "/compare/403-vs-401", "/choose", "/codes", "/fields", "/schemes", "/findings", "/guides", "/try", "/try/401", "/try/200", "/try/304", "/try/206", "/try/405", "/r/abc", "/r/abc.json", "/r/abc/delete", "/mcp",
		"/api/v1/inspect", "/api/v1/codes", "/api/v1/codes/401", "/api/v1/search?q=401", "/api/v1/compare", "/api/v1/nothing", "/static/x.css", "/healthz", "/readyz", "/robots.txt", "/sitemap.xml", "/feed.xml", "/opensearch.xml", "/llms.txt", "/suggest?q=lo",
		"/www-authenticate", "/codes/401", "/nothing", "//401", "/./401", "/401;x", "/%34%30%31", "/401%2f", "/401.", "/401.MD", "/a/../401", "/401.json.png", "/favicon.ico",
	} {
		for _, client := range [][]string{{}, {"User-Agent", "curl/8.0"}, {"Accept", "application/json"}} {
			_, _ = ask(path, client) // or the first would be drawn, and the others be ready
			plain, first := ask(path, client)
			for _, more := range [][]string{
				{"Accept", "text/html"}, {"Accept", "application/json"}, {"Accept", "text/markdown"}, {"Accept", "text/plain"}, {"Accept", "*/*"}, {"Accept", "text/html;q=0"}, {"Accept", ","}, {"Accept", "image/png"}, {"User-Agent", "curl/8.0"}, {"User-Agent", "Mozilla/5.0"},
				{"Accept-Encoding", "gzip"}, {"Accept-Encoding", "br"}, {"Accept-Encoding", "zstd"}, {"Accept-Encoding", "*;q=0"}, {"Accept-Encoding", "identity;q=0, deflate"}, {"Accept-Language", "intruder"},
				{"Host", "intruder.example:99"}, {"X-Forwarded-Host", "intruder.example"}, {"X-Forwarded-Proto", "intruder"}, {"X-Forwarded-Prefix", "/intruder"}, {"X-Forwarded-Port", "99"}, {"X-Forwarded-For", "intruder"}, {"Forwarded", "host=intruder.example;proto=http"}, {"X-Original-URL", "/intruder"}, {"X-Rewrite-URL", "/intruder"}, {"X-HTTP-Method-Override", "DELETE"},
				{"Origin", "https://intruder.example"}, {"Origin", "null"}, {"Referer", "https://intruder.example/"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Dest", "image"}, {"Sec-Purpose", "prefetch"},
				{"Cookie", "intruder=1"}, {"Authorization", "Basic d3d3OndoeQ=="}, {"Prefer", "return=minimal"}, {"Save-Data", "on"}, {"Content-Type", "application/json"}, {"Via", "1.1 wwwhy"}, {"Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}, {"Max-Forwards", "0"},
			} {
				resp, body := ask(path, append(slices.Clone(client), more...))
				if strings.Contains(body, "intruder") || strings.Contains(resp.Header.Get("Location"), "intruder") {
					t.Errorf("%s with %q repeats it", path, more)
				}
				// nginx before 1.23 heeds the last line only, and would give everybody the
				// form that was asked for first.
				if lines := resp.Header.Values("Vary"); len(lines) > 1 && !strings.Contains(resp.Header.Get("Cache-Control"), "no-store") {
					t.Errorf("%s with %q has %d lines of Vary: %q", path, more, len(lines), lines)
				}
				if same(plain, resp, first, body) {
					continue
				}
				for _, one := range []*http.Response{plain, resp} {
					if !keptApart(one, more) {
						t.Errorf("%s: %d with %q and %d with %q more: one may be stored, and its Vary is %q", path, plain.StatusCode, client, resp.StatusCode, more, one.Header.Values("Vary"))
					}
				}
			}
		}
	}
}

// keptApart reports whether no cache gives an answer to a request that differs in
// these fields.
func keptApart(resp *http.Response, fields []string) bool {
	if strings.Contains(resp.Header.Get("Cache-Control"), "no-store") {
		return true
	}
	vary := strings.Split(strings.ToLower(strings.Join(resp.Header.Values("Vary"), ", ")), ", ")
	for i := 0; i < len(fields); i += 2 {
		if slices.Contains(vary, strings.ToLower(fields[i])) {
			return true
		}
	}
	return false
}
