package web

import (
	"bufio"
	"fmt"
	"io"
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

// TestStalledContentGivesItsPlaceBack begins contents that take a place and sends
// nothing more: each is ended before the time for a request is over, and its
// place is free again.
func TestStalledContentGivesItsPlaceBack(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	places := &limit.Places{}
	h := New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Places: places, Log: slog.New(slog.DiscardHandler)})
	h.(*server).gate.Pace.Behind = 50 * time.Millisecond
	site := httptest.NewServer(h)
	t.Cleanup(site.Close)
	for _, begun := range []string{
		"POST /api/v1/explain HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 2000000\r\n",
		"POST /api/v1/explain HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n",
		"POST /explain HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2000000\r\n",
		"POST /ask HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=a\r\nContent-Length: 2000000\r\n",
		"POST /check HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n",
	} {
		conn, err := net.Dial("tcp", site.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		if _, err := fmt.Fprintf(conn, "%sHost: x\r\nAccept: application/json\r\n\r\n", begun); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%q is kept waiting: %v", begun, err)
			_ = conn.Close()
			continue
		}
		body, err := io.ReadAll(resp.Body)
		if resp.StatusCode != http.StatusRequestTimeout || !resp.Close || !strings.Contains(string(body), "too slowly") || err != nil {
			t.Errorf("%q: %d %v %s %v", begun, resp.StatusCode, resp.Header, body, err)
		}
		_ = conn.Close()
	}
	site.Close() // which waits for the requests
	for _, key := range []string{"contents", "texts"} {
		if n := places.Taken(key); n != 0 {
			t.Errorf("%d places of %s are still taken", n, key)
		}
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
