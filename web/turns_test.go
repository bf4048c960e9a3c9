package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/inspect"
	"wwwhy/web/limit"
)

// TestArticlesDoNotWaitForTurns: while the only turn is taken, an article that
// is ready is answered, and what takes a processor for long waits.
func TestArticlesDoNotWaitForTurns(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var c inspect.Config
	c.Turns = limit.NewTurns(1)
	h := New(Config{Library: lib, Inspector: inspect.New(lib, c), Turns: c.Turns, Log: slog.New(slog.DiscardHandler)})
	get := func(method, path, body string) int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
		return w.Code
	}
	get("GET", "/401", "")
	slow := [][3]string{
		{"GET", "/search?q=login", ""}, {"GET", "/suggest?q=login", ""}, {"GET", "/api/v1/search?q=login", ""}, {"GET", "/nothing/at/all", ""},
		{"POST", "/api/v1/explain", "HTTP/1.1 401 Unauthorized\n"}, {"GET", "/403.png", ""}, {"GET", "/inspect", ""}, {"GET", "/compare/401-vs-404", ""},
	}
	answered := make(chan string, len(slow))
	c.Turns.Do(func() {
		for _, r := range slow {
			go func() { _ = get(r[0], r[1], r[2]); answered <- r[1] }()
		}
		for range 1000 { // with the time that the others would need
			if code := get("GET", "/401", ""); code != http.StatusOK {
				t.Fatalf("while the turn is taken, an article is answered with %d", code)
			}
		}
		select {
		case path := <-answered:
			t.Errorf("%s is answered out of turn", path)
		default:
		}
	})
	for range slow {
		<-answered
	}
}
