package web

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wwwhy/content"
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
