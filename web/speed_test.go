package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/templates"
	"wwwhy/web/diagnose"
	"wwwhy/web/inspect"
	"wwwhy/web/report"
)

// typical are the 15 field lines of a 401 like many; with Date and
// Content-Length, which net/http adds.
var typical = [][2]string{
	{"WWW-Authenticate", `Bearer realm="api", error="invalid_token", error_description="The token has expired"`}, {"Cache-Control", "no-store"},
	{"Content-Type", "application/json"}, {"X-Content-Type-Options", "nosniff"}, {"Strict-Transport-Security", "max-age=31536000"}, {"Vary", "Accept, Origin"},
	{"X-Request-Id", "9f8e7d6c"}, {"Server", "nginx"}, {"Referrer-Policy", "no-referrer"}, {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
	{"Set-Cookie", "session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax"}, {"Access-Control-Allow-Origin", "*"}, {"Via", "1.1 cdn.example"},
}

// typicalTarget answers with typical, and notes in nanoseconds of a monotonic
// clock that began at start when it has written its last byte.
func typicalTarget(b *testing.B, start time.Time, last *atomic.Int64) string {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		const body = `{"error":"invalid_token"}`
		for _, l := range typical {
			w.Header().Set(l[0], l[1])
		}
		w.Header().Set("Content-Length", itoa(len(body)))
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, body)
		_ = http.NewResponseController(w).Flush()
		last.Store(int64(time.Since(start)))
	}))
	b.Cleanup(server.Close)
	return server.URL
}

// BenchmarkFromLastByteToReport measures, in "µs/report", what a visitor waits
// for us: from the last byte that the target wrote to the first byte of the
// report, with all of HTTP and TCP between. It is to be less than 2 ms.
func BenchmarkFromLastByteToReport(b *testing.B) {
	lib, err := content.Load()
	if err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	var last atomic.Int64
	target := typicalTarget(b, start, &last)
	var c inspect.Config
	c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	c.Mark = "wwwhy/1"
	site := httptest.NewServer(New(Config{Library: lib, Inspector: inspect.New(lib, c), Log: slog.New(slog.NewJSONHandler(io.Discard, nil))}))
	b.Cleanup(site.Close)
	for _, form := range []struct{ name, path, accept string }{
		{"page", "/inspect?url=" + target + "/", "text/html"},
		{"JSON", "/api/v1/inspect?url=" + target + "/", "application/json"},
	} {
		b.Run(form.name, func(b *testing.B) {
			var waited int64
			for b.Loop() {
				req, err := http.NewRequestWithContext(b.Context(), "GET", site.URL+form.path, nil)
				if err != nil {
					b.Fatal(err)
				}
				req.Header.Set("Accept", form.accept)
				resp, err := client.Do(req)
				if err != nil {
					b.Fatal(err)
				}
				waited += int64(time.Since(start)) - last.Load() // the head of the answer is here
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), "invalid_token") {
					b.Fatalf("%d %v %.300s", resp.StatusCode, err, body)
				}
			}
			b.ReportMetric(float64(waited)/1e3/float64(b.N), "µs/report")
		})
	}
}

// BenchmarkReport measures the parts of that which are ours alone: to make the
// report of what was fetched, with its diagnosis, and to write it.
func BenchmarkReport(b *testing.B) {
	lib, err := content.Load()
	if err != nil {
		b.Fatal(err)
	}
	var last atomic.Int64
	var c inspect.Config
	c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	var t inspect.Target
	t.Request.URL = typicalTarget(b, time.Now(), &last)
	rep := inspect.New(lib, c).URL(b.Context(), t, nil)
	if rep.Last().Status.Code != http.StatusUnauthorized {
		b.Fatal(rep.Verdict)
	}
	ctx := templates.WithSite(context.Background(), "https://why.example")
	for _, part := range []struct {
		name string
		run  func() error
	}{
		{"diagnose", func() error { diagnose.Run(lib, rep.Facts()); return nil }},
		{"new", func() error { report.New(lib, rep.Facts(), diagnose.Run(lib, rep.Facts())); return nil }},
		{"page", func() error { return templates.Inspect(templates.InspectView{Report: &rep}).Render(ctx, io.Discard) }},
		{"JSON", func() error { return report.WriteJSON(io.Discard, rep) }},
	} {
		b.Run(part.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := part.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSearch looks for words over loopback, on every surface that does. It
// reports the mean and, in "slowest-ms", the worst, which is to be less than
// 50 ms where nothing else runs; the first search of a process, which makes the
// index, is "first-ms".
func BenchmarkSearch(b *testing.B) {
	lib, err := content.Load()
	if err != nil {
		b.Fatal(err)
	}
	site := httptest.NewServer(New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Log: slog.New(slog.NewJSONHandler(io.Discard, nil))}))
	b.Cleanup(site.Close)
	start := time.Now()
	lib.Search("first", 3)
	first := time.Since(start)
	queries := []string{"401", "cors", "www-authenticate", "token+expired", "too+many+requests", "autorization+heder", "zzzzzz", "e", strings.Repeat("why+is+the+cookie+not+sent+", 3)}
	for _, path := range []string{"/search?q=", "/suggest?q=", "/api/v1/search?q="} {
		b.Run(path[:strings.Index(path, "?")], func(b *testing.B) {
			var slowest time.Duration
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				resp, err := client.Get(site.URL + path + queries[i%len(queries)])
				if err != nil {
					b.Fatal(err)
				}
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusOK {
					b.Fatal(resp.Status, err)
				}
				slowest = max(slowest, time.Since(start))
			}
			b.ReportMetric(float64(slowest)/1e6, "slowest-ms")
			b.ReportMetric(float64(first)/1e6, "first-ms")
		})
	}
}
