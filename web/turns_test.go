package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
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

// TestSlowContentTakesBoundedMemory has one client send the beginnings of larger
// contents: as many as it may are read, the next is refused before it is read,
// small ones and those of others are served.
func TestSlowContentTakesBoundedMemory(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	places := &limit.Places{}
	server := httptest.NewServer(New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Places: places, Log: slog.New(slog.DiscardHandler), Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}))
	t.Cleanup(server.Close)
	begin := func(path, from string) net.Conn {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: %s\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\nHTTP/1.1 401 x\r\n", path, from); err != nil {
			t.Fatal(err)
		}
		return conn
	}
	for i := range admission.ContentsOfClient {
		begin([]string{"/api/v1/explain", "/api/v1/check"}[i%2], "192.0.2.1")
	}
	for end := time.Now().Add(20 * time.Second); places.Taken("client's contents 192.0.2.1") < admission.ContentsOfClient; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d contents are being read", places.Taken("client's contents 192.0.2.1"))
		}
	}
	resp, err := http.ReadResponse(bufio.NewReader(begin("/api/v1/explain", "192.0.2.1")), nil)
	if err != nil || resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" || resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("one too many: %v %v", resp, err)
	}
	const text = "HTTP/1.1 401 Unauthorized\n"
	for from, content := range map[string]string{"192.0.2.1": text, "192.0.2.2": text + "X: " + strings.Repeat("a", 100_000) + "\n"} {
		if resp, body := do(t, "POST", server.URL+"/api/v1/explain", content, "Content-Type", "text/plain", "X-Forwarded-For", from); resp.StatusCode != http.StatusOK {
			t.Errorf("%d bytes from %s: %d %.200s", len(content), from, resp.StatusCode, body)
		}
	}
	for range admission.ContentsMost - admission.ContentsOfClient {
		if _, full := places.Take(limit.Key{Name: "contents", Most: admission.ContentsMost}); full != nil {
			t.Fatal("no place")
		}
	}
	if resp, _ := do(t, "POST", server.URL+"/api/v1/explain", text+strings.Repeat(" ", 100_000), "Content-Type", "text/plain", "X-Forwarded-For", "192.0.2.3"); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("more than all may: %d", resp.StatusCode)
	}
}

// TestManyMayWaitForOnePage has one client ask for an article, in all its
// connections, before it was ever drawn: it is drawn once, for all of them.
func TestManyMayWaitForOnePage(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	places := &limit.Places{}
	turns := limit.NewTurns(1)
	h := New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Turns: turns, Places: places, Log: slog.New(slog.DiscardHandler)})
	answers := make(chan *httptest.ResponseRecorder, 4*admission.WaitingOfClient)
	_ = turns.Do(t.Context(), func() {
		for range cap(answers) {
			go func() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", "/404.md", nil))
				answers <- w
			}()
		}
		for end := time.Now().Add(20 * time.Second); places.Taken("turns") == 0; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("nobody waits for a turn")
			}
		}
		if n := places.Taken("turns"); n != 1 {
			t.Errorf("%d wait for a turn to make one page", n)
		}
	})
	for range cap(answers) {
		if w := <-answers; w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("an answer is %d with %d bytes", w.Code, w.Body.Len())
		}
	}
}
