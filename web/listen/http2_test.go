package listen

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// plainHTTP2 serves HTTP/2 without TLS and returns a connection that has said
// hello, with windows as large as they may be.
func plainHTTP2(t *testing.T, server *http.Server) (net.Conn, *http2.Framer) {
	t.Helper()
	var c net.ListenConfig
	l, err := c.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-ended })
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	f := http2.NewFramer(conn, conn)
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	if err := f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1<<31 - 1}); err != nil {
		t.Fatal(err)
	}
	if err := f.WriteWindowUpdate(0, 1<<31-1-65535); err != nil {
		t.Fatal(err)
	}
	return conn, f
}

// asked is the head of a request for /.
func asked() []byte {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	for _, f := range [][2]string{{":method", "GET"}, {":path", "/"}, {":scheme", "http"}, {":authority", "x"}} {
		_ = e.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]}) // into memory
	}
	return b.Bytes()
}

// TestWhoReadsNothingIsLeft asks over HTTP/2 for more than the sockets hold and
// reads nothing. The end of a stream cannot be told to such a client, so that the
// time for an answer ends nothing: the connection has to.
func TestWhoReadsNothingIsLeft(t *testing.T) {
	left := make(chan struct{})
	server := NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		piece := make([]byte, 64<<10)
		for range 1024 {
			if _, err := w.Write(piece); err != nil {
				close(left)
				return
			}
		}
	}), time.Second, true, slog.New(slog.DiscardHandler))
	if server.HTTP2.WriteByteTimeout > 0 {
		server.HTTP2.WriteByteTimeout = 50 * time.Millisecond // as a test can wait for
	}
	_, f := plainHTTP2(t, server)
	if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: asked(), EndStream: true, EndHeaders: true}); err != nil {
		t.Fatal(err)
	}
	wait, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	select {
	case <-left:
	case <-wait.Done():
		t.Error("the handler still waits for a client that reads nothing")
	}
}

// TestFramesAreSmall: whatever a frame promises is kept room for, in every
// connection, before any of it comes. Nothing that we read needs more than frames
// of the least size that RFC 9113, Section 4.2 knows.
func TestFramesAreSmall(t *testing.T) {
	_, f := plainHTTP2(t, NewServer(http.NotFoundHandler(), time.Minute, true, slog.New(slog.DiscardHandler)))
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		settings, ok := frame.(*http2.SettingsFrame)
		if !ok || settings.IsAck() {
			continue
		}
		if most, told := settings.Value(http2.SettingMaxFrameSize); told && most > 16<<10 {
			t.Errorf("frames of %d bytes are taken", most)
		}
		break
	}
	if err := f.WriteRawFrame(http2.FrameHeaders, 0, 1, make([]byte, 16<<10+1)); err != nil {
		t.Fatal(err)
	}
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			t.Fatalf("the connection ends without GOAWAY: %v", err)
		}
		if away, ok := frame.(*http2.GoAwayFrame); ok {
			if away.ErrCode != http2.ErrCodeFrameSize {
				t.Errorf("a frame of more is answered with %v", away.ErrCode)
			}
			return
		}
	}
}
