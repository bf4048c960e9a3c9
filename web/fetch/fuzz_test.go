package fetch

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"wwwhy/web/fetch/fetchtest"
	"wwwhy/web/message"
)

// played gives one end of a connection whose other end sends bytes and closes.
func played(t *testing.T, sent string) net.Conn {
	side, other := net.Pipe()
	go func() {
		_, _ = io.WriteString(other, sent)
		other.Close()
	}()
	t.Cleanup(func() { side.Close() })
	return side
}

// fuzzed is a session without a deadline of its own.
func fuzzed(t *testing.T) *session {
	return &session{Fetcher: New(Config{}), ctx: t.Context(), asked: t.Context(), o: Options{Dialed: new(int)}}
}

func FuzzHead(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n")
	f.Add("HTTP/1.1 200\n:\n\n")
	f.Add("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n")
	f.Add("HTTP/1.1 200 OK\r\nContent-Encoding: gzip, br, zstd\r\n\r\n\x1f\x8b")
	f.Add("SSH-2.0-x\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		x := message.Exchange{Request: &message.Request{Method: "GET"}, Peer: &message.Peer{}}
		sess := fuzzed(t)
		r := newReader(played(t, s))
		resp, err := sess.readHead(r)
		if err == nil {
			x.Response = resp
			sess.readContent1(r, &x)
		}
		if resp != nil && !strings.HasPrefix(s, string(resp.Head)) {
			t.Fatalf("the head %q is not how %q begins", resp.Head, s)
		}
	})
}

// FuzzFrames2 reads any bytes as the frames of an HTTP/2 server.
func FuzzFrames2(f *testing.F) {
	frames := func(write func(*http2.Framer)) {
		var b bytes.Buffer
		write(http2.NewFramer(&b, nil))
		f.Add(b.Bytes())
	}
	head := func(f *http2.Framer, end bool, lines ...string) {
		_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: fetchtest.Fields(lines...), EndStream: end, EndHeaders: true})
	}
	frames(func(f *http2.Framer) { head(f, true, ":status: 204") })
	frames(func(f *http2.Framer) {
		_ = f.WriteSettings()
		head(f, false, ":status: 103")
		head(f, false, ":status: 200", "content-encoding: gzip")
		_ = f.WriteData(1, false, []byte("\x1f\x8b"))
		head(f, true, "trailer: x")
	})
	frames(func(f *http2.Framer) { _ = f.WriteGoAway(0, 1, []byte("why")) })
	frames(func(f *http2.Framer) { _ = f.WriteRSTStream(1, 7) })
	frames(func(f *http2.Framer) { _ = f.WriteData(1, true, []byte("x")) })
	frames(func(f *http2.Framer) {
		_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x88}})
		_ = f.WriteContinuation(1, true, []byte{0x80})
	})
	f.Fuzz(func(t *testing.T, sent []byte) {
		s := fuzzed(t)
		u, _ := s.admit("http://a.example/")
		x := &message.Exchange{Request: &message.Request{Method: "GET", URL: "http://a.example/"}, Peer: &message.Peer{}}
		failure := s.http2(readOnly{bytes.NewReader(sent)}, u, x)
		if failure == nil && (x.Response == nil || x.Response.Code < 100) {
			t.Fatalf("neither a response nor a failure: %+v", x.Response)
		}
	})
}

// readOnly is a connection that sends its bytes and takes everything.
type readOnly struct{ io.Reader }

func (readOnly) Write(p []byte) (int, error)      { return len(p), nil }
func (readOnly) Close() error                     { return nil }
func (readOnly) LocalAddr() net.Addr              { return nil }
func (readOnly) RemoteAddr() net.Addr             { return nil }
func (readOnly) SetDeadline(time.Time) error      { return nil }
func (readOnly) SetReadDeadline(time.Time) error  { return nil }
func (readOnly) SetWriteDeadline(time.Time) error { return nil }

// FuzzFrames3 reads any bytes as the frames of an HTTP/3 server.
func FuzzFrames3(f *testing.F) {
	f.Add([]byte("\x01\x03\x00\x00\xd9\x00\x02hi"))
	f.Add([]byte("\x01\x03\x00\x00\xd9\x00\x02hi\x01\x03\x00\x00\xd9"))
	f.Add([]byte("\x21\x00\x01\x03\x00\x00\xc6"))
	f.Add([]byte("\x00\x02hi"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		x := &message.Exchange{Request: &message.Request{Method: "GET"}, Peer: &message.Peer{}}
		h := &exchange3{session: fuzzed(t), x: x, args: map[string]string{}, r: bufio.NewReader(bytes.NewReader(sent))}
		failure := h.read()
		if failure == nil && (x.Response == nil || x.Response.Code < 100) {
			t.Fatalf("neither a response nor a failure: %+v", x.Response)
		}
	})
}
