package listen

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
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
