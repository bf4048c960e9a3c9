package listen

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWhoConnectsToASocketHasAnAddress asks through a Unix socket and by TCP.
func TestWhoConnectsToASocketHasAnAddress(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	for address, told := range map[string]string{"unix:" + socket: "unix:" + socket, "127.0.0.1:0": ""} {
		all, err := Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		if OnSocket(all[0]) != (told != "") {
			t.Errorf("%s is on a socket: %t", address, OnSocket(all[0]))
		}
		if told != "" && Address(all[0].Addr(), true) != told {
			t.Errorf("%s is reached at %s", address, Address(all[0].Addr(), true))
		}
		seen := make(chan string, 1)
		server := NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r.RemoteAddr }), time.Minute, false, slog.New(slog.DiscardHandler))
		stop := Beside(all[0], server.Handler, slog.New(slog.DiscardHandler))
		c := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, all[0].Addr().Network(), all[0].Addr().String())
		}}}
		resp, err := c.Get("http://x/")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if peer := <-seen; (peer == SocketPeer.String()) != OnSocket(all[0]) {
			t.Errorf("%s: the handler sees %q", address, peer)
		}
		c.CloseIdleConnections()
		stop()
		if _, err := c.Get("http://x/"); err == nil {
			t.Errorf("%s still answers after it was stopped", address)
		}
	}
}

// TestChunkedContentEndsTheConnection sends a second request behind content whose
// end another server may see elsewhere: one that has Content-Length beside
// Transfer-Encoding must not be followed by another (RFC 9112, Section 6.1).
// net/http hides that there was a Content-Length, so that every chunked request
// is the last one.
func TestChunkedContentEndsTheConnection(t *testing.T) {
	for _, c := range []struct {
		version, fields, content string
		answers                  int
	}{
		{"1.1", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", 1},
		{"1.1", "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n", "0\r\n\r\n", 1},
		{"1.1", "Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n", 1},
		{"1.1", "Content-Length: 1\r\n", "a", 2},
		{"1.1", "", "", 2},
		{"1.0", "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n", "", 1},
		{"1.0", "Connection: keep-alive\r\nContent-Length: 1\r\n", "a", 1},
	} {
		server := httptest.NewUnstartedServer(nil)
		server.Config = NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			data, err := io.ReadAll(r.Body)
			_, _ = fmt.Fprint(w, "answer ", r.URL.Path, len(data), err)
		}), time.Minute, false, slog.New(slog.DiscardHandler))
		server.Start()
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		if _, err := io.WriteString(conn, "POST /first HTTP/"+c.version+"\r\nHost: x\r\n"+c.fields+"\r\n"+c.content+"GET /second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(conn)
		if n := strings.Count(string(all), "answer /"); err != nil || n != c.answers || c.answers == 1 && !strings.Contains(string(all), "\r\nConnection: close\r\n") {
			t.Errorf("%q: %d answers, want %d: %v %s", c.fields, n, c.answers, err, all)
		}
		conn.Close()
		server.Close()
	}
}
