package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/card"
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

// TestNobodyDrawsForThoseWhoLeft: a request that ends while it waits for its turn
// is not worked for, and its answer does not look whole.
func TestNobodyDrawsForThoseWhoLeft(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var c inspect.Config
	c.Turns = limit.NewTurns(1)
	var log strings.Builder
	h := New(Config{Library: lib, Inspector: inspect.New(lib, c), Turns: c.Turns, Log: slog.New(slog.NewTextHandler(&log, nil))})
	for _, path := range []string{"/inspect", "/404", "/404.png", "/compare/401-vs-404"} {
		ctx, leave := context.WithCancel(t.Context())
		w := httptest.NewRecorder()
		c.Turns.Do(func() {
			ended := make(chan any)
			go func() {
				defer func() { ended <- recover() }()
				h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", path, nil))
			}()
			leave()
			if v := <-ended; v != http.ErrAbortHandler {
				t.Errorf("%s: the answer ends as if it were whole: %v", path, v)
			}
		})
		if w.Body.Len() > 0 {
			t.Errorf("%s: %d bytes were drawn for nobody", path, w.Body.Len())
		}
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("that somebody left is no error:\n%s", log.String())
	}
}

// TestAKeptPictureWaitsForNoOther asks for one while another is drawn.
func TestAKeptPictureWaitsForNoOther(t *testing.T) {
	p := pictures{alone: limit.NewTurns(1)}
	draw := func(name string, c func() card.Card) {
		if got, err := p.get(t.Context(), name, c); err != nil || got.Len() == 0 {
			t.Errorf("%s: %d bytes, %v", name, got.Len(), err)
		}
	}
	some := func() card.Card { return card.Card{Title: "a"} }
	draw("kept", some)
	draw("another", func() card.Card {
		done := make(chan bool)
		go func() { draw("kept", some); close(done) }()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Error("the kept picture waits for the one that is drawn")
		}
		return some()
	})
}
