package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"wwwhy/content"
	"wwwhy/web/admission"
	"wwwhy/web/inspect"
	"wwwhy/web/limit"
	"wwwhy/web/meter"
)

// discarded is a http.ResponseWriter that costs next to nothing, and has the
// map of fields anew for each answer, as net/http has.
type discarded struct{ header http.Header }

func (d *discarded) Header() http.Header         { return d.header }
func (d *discarded) WriteHeader(int)             {}
func (d *discarded) Write(p []byte) (int, error) { return len(p), nil }

// visits are the requests of the benchmarks.
var visits = []struct {
	name   string
	fields map[string]string
}{
	{"plain", nil},
	{"br", map[string]string{"Accept-Encoding": "gzip, deflate, br, zstd", "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}},
	{"zstd", map[string]string{"Accept-Encoding": "zstd"}},
	{"304", map[string]string{"Accept-Encoding": "gzip", "If-None-Match": ""}},
}

// visited returns a request of /401 and what the site answers it with.
func visited(b *testing.B, h http.Handler, fields map[string]string) (*http.Request, *httptest.ResponseRecorder) {
	b.Helper()
	r := httptest.NewRequest("GET", "/401", nil)
	for name, value := range fields {
		if name != "If-None-Match" {
			r.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if _, again := fields["If-None-Match"]; again {
		r.Header.Set("If-None-Match", w.Header().Get("ETag"))
		w = httptest.NewRecorder()
		h.ServeHTTP(w, r)
	}
	return r, w
}

// benchedSite is the site with what a running copy has: a log, figures, limits.
func benchedSite(b *testing.B) http.Handler {
	b.Helper()
	lib, err := content.Load()
	if err != nil {
		b.Fatal(err)
	}
	return New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Log: slog.New(slog.NewJSONHandler(io.Discard, nil)),
		Meter: meter.New(), Limiter: limit.NewMemory(), Rates: admission.Rates{Client: 60}})
}

// BenchmarkArticle is a visit of an article, without the network; compare it
// with BenchmarkBare of the same run.
func BenchmarkArticle(b *testing.B) {
	h := benchedSite(b)
	for _, v := range visits {
		b.Run(v.name, func(b *testing.B) {
			r, _ := visited(b, h, v.fields)
			b.ReportAllocs()
			for b.Loop() {
				h.ServeHTTP(&discarded{http.Header{}}, r)
			}
		})
	}
}

// BenchmarkBare answers the same bytes and fields by a handler that does
// nothing else.
func BenchmarkBare(b *testing.B) {
	h := benchedSite(b)
	for _, v := range visits {
		b.Run(v.name, func(b *testing.B) {
			r, w := visited(b, h, v.fields)
			fields, body, status := w.Header(), w.Body.Bytes(), w.Code
			bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				h := w.Header()
				for name, values := range fields {
					h[name] = values
				}
				w.WriteHeader(status)
				_, _ = w.Write(body)
			})
			b.ReportAllocs()
			for b.Loop() {
				bare.ServeHTTP(&discarded{http.Header{}}, r)
			}
		})
	}
}
