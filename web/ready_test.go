package web

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/inspect"
	"wwwhy/web/kept"
	"wwwhy/web/meter"
)

// seen is all of an answer that a client, the log or the figures can tell apart.
type seen struct {
	status int
	fields http.Header
	body   string
	line   map[string]any
}

// TestReadyPagesAreAnsweredAsTheRoutesAnswer compares the answers of a site that
// has every page ready with those of one that has none.
func TestReadyPagesAreAnsweredAsTheRoutesAnswer(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	open := func() *server {
		return New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Log: slog.New(slog.NewJSONHandler(&log, nil)), Meter: meter.New(), PublicURL: "https://wwwhy.example"}).(*server)
	}
	answer := func(s *server, method, target string, fields http.Header) seen {
		log.Reset()
		r := httptest.NewRequest(method, target, nil)
		r.Header = fields
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		got := seen{w.Code, w.Header(), w.Body.String(), nil}
		if err := json.Unmarshal(log.Bytes(), &got.line); err != nil {
			t.Fatalf("%s %s is logged as %s: %v", method, target, &log, err)
		}
		if id, ok := got.line["id"].(string); ok && id != "" {
			got.body = strings.ReplaceAll(got.body, id, "ID") // a problem names its request
		}
		for _, own := range []string{"time", "id", "ms"} {
			if _, ok := got.line[own]; !ok {
				t.Errorf("%s %s: the log lacks %s", method, target, own)
			}
			delete(got.line, own)
		}
		return got
	}
	paths := []string{"/", "/api", "/codes", "/fields", "/401", "/401.md", "/401.json", "/401.txt", "/401.png", "/fields/www-authenticate", "/schemes/basic.md", "/compare/401-vs-403",
		"/401?x=1", "/%34%30%31", "/401/", "/nothing", "/api/v1/codes/401", "/static/site.css", "/choose", "/choose?at=x"}
	ready, routes := open(), open()
	for _, p := range paths { // in every form that can be ready
		answer(ready, "GET", p, http.Header{"Accept": {"text/html"}})
	}
	if _, ok := ready.readyPages.Get("/401"); !ok {
		t.Fatal("no page is ready")
	}
	tag := answer(ready, "GET", "/401", http.Header{}).fields.Get("ETag")
	for _, fields := range []http.Header{{}, {"Accept": {"text/html,*/*;q=0.8"}, "Accept-Encoding": {"gzip, br"}}, {"Accept": {"text/markdown"}}, {"Accept": {"text/plain", "application/json;q=0.9"}},
		{"User-Agent": {"curl/8"}}, {"User-Agent": {"CURL/8"}, "Accept": {"*/*"}}, {"If-None-Match": {tag}}, {"If-None-Match": {"*"}, "Accept-Encoding": {"zstd"}}, {"Range": {"bytes=0-9"}}} {
		for _, p := range paths {
			for _, method := range []string{"GET", "HEAD", "POST", "OPTIONS"} {
				routes.readyPages = kept.Ready{}
				want, got := answer(routes, method, p, fields), answer(ready, method, p, fields)
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%s %s with %v:\n%d %v %d bytes %v\nthe routes:\n%d %v %d bytes %v", method, p, fields,
						got.status, got.fields, len(got.body), got.line, want.status, want.fields, len(want.body), want.line)
				}
			}
		}
	}
}
