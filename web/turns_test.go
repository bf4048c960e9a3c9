package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/admission"
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
	_ = c.Turns.Do(t.Context(), func() {
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

// TestOneClientDoesNotFillTheQueue has one client ask for more than it may have
// waiting while the only turn is taken: the rest is refused at once, others are
// served, and who goes away gives the place back.
func TestOneClientDoesNotFillTheQueue(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var c inspect.Config
	c.Turns = limit.NewTurns(1)
	places := &limit.Places{}
	server := httptest.NewServer(New(Config{Library: lib, Inspector: inspect.New(lib, c), Turns: c.Turns, Places: places, Log: slog.New(slog.DiscardHandler), Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}))
	t.Cleanup(server.Close)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ask := func(ctx context.Context, method, path, from string) (*http.Response, error) {
		r, err := http.NewRequestWithContext(ctx, method, server.URL+path, strings.NewReader("HTTP/1.1 401 Unauthorized\n"))
		if err != nil {
			return nil, err
		}
		r.Header.Set("X-Forwarded-For", from)
		r.Header.Set("Content-Type", "text/plain")
		resp, err := client.Do(r)
		if err == nil {
			resp.Body.Close()
		}
		return resp, err
	}
	until := func(key string, n int) {
		for end := time.Now().Add(20 * time.Second); places.Taken(key) != n; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s: %d are waiting, want %d", key, places.Taken(key), n)
			}
		}
	}
	errs, served := make(chan error, admission.WaitingOfClient), make(chan *http.Response, 1)
	_ = c.Turns.Do(t.Context(), func() {
		for i := range admission.WaitingOfClient {
			method, path := "GET", "/search?q=login+"+itoa(i)
			if i%2 == 1 {
				method, path = "POST", "/api/v1/explain"
			}
			go func() { _, err := ask(ctx, method, path, "192.0.2.1"); errs <- err }()
		}
		until("turn 192.0.2.1", admission.WaitingOfClient)
		for _, path := range []string{"/search?q=401", "/suggest?q=401", "/api/v1/search?q=401", "/403.png", "/inspect"} {
			if resp, err := ask(t.Context(), "GET", path, "192.0.2.1"); err != nil || resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" || resp.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s beyond the bound: %v %v", path, resp, err)
			}
		}
		if resp, err := ask(t.Context(), "GET", "/nothing", "192.0.2.1"); err != nil || resp.StatusCode != http.StatusNotFound {
			t.Errorf("what needs no turn: %v %v", resp, err)
		}
		go func() { resp, _ := ask(t.Context(), "GET", "/search?q=401", "192.0.2.2"); served <- resp }()
		until("turn 192.0.2.2", 1)
		cancel() // the first client goes away
		for range admission.WaitingOfClient {
			if err := <-errs; !errors.Is(err, context.Canceled) {
				t.Errorf("who went away: %v", err)
			}
		}
	})
	if resp := <-served; resp == nil || resp.StatusCode != http.StatusOK {
		t.Errorf("another client: %v", resp)
	}
	until("turns", 0)
	if resp, err := ask(t.Context(), "GET", "/search?q=401", "192.0.2.1"); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %v %v", resp, err)
	}
}

// TestTheQueueHasAnEnd fills it with clients of all kinds.
func TestTheQueueHasAnEnd(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	places := &limit.Places{}
	h := New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Places: places, Log: slog.New(slog.DiscardHandler)})
	for range admission.WaitingMost {
		leave, full := places.Take(limit.Key{Name: "turns", Most: admission.WaitingMost})
		if full != nil {
			t.Fatal("no place")
		}
		defer leave()
	}
	for path, status := range map[string]int{"/search?q=401": 503, "/api/v1/search?q=401": 503, "/nothing": 404, "/healthz": 200} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != status || status == 503 && w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
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
	for _, asked := range [][3]string{
		{"GET", "/inspect"}, {"GET", "/404"}, {"GET", "/404.png"}, {"GET", "/compare/401-vs-404"},
		{"GET", "/explain?text=Allow:+GET"}, {"POST", "/explain", "text=Allow:+GET"}, {"POST", "/api/v1/explain", "Allow: GET"}, {"POST", "/api/v1/reports", `{"text": "Allow: GET"}`},
	} {
		path := asked[0] + " " + asked[1]
		ctx, leave := context.WithCancel(t.Context())
		w := httptest.NewRecorder()
		_ = c.Turns.Do(t.Context(), func() {
			ended := make(chan any)
			go func() {
				defer func() { ended <- recover() }()
				r := httptest.NewRequestWithContext(ctx, asked[0], asked[1], strings.NewReader(asked[2]))
				if strings.HasPrefix(asked[2], "text=") {
					r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				}
				h.ServeHTTP(w, r)
			}()
			leave()
			select {
			case v := <-ended:
				if v != http.ErrAbortHandler {
					t.Errorf("%s: the answer ends as if it were whole: %v", path, v)
				}
			case <-time.After(20 * time.Second):
				t.Errorf("%s waits on for a client that left", path)
				go func() { <-ended }()
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
