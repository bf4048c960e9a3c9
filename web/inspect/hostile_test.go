//go:build unix

package inspect

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/net/http2"

	"wwwhy/content"
	"wwwhy/web/fetch/fetchtest"
	"wwwhy/web/report"
)

// How an inspection of a hostile server ends.
const (
	byItself   = "by itself"   // with what the server did
	byLimit    = "by a limit"  // of bytes, lines, frames and the like
	byDeadline = "by the time" // and not before
)

// hostile is a server that behaves badly or oddly, and what is said about it.
type hostile struct {
	name   string
	handle func(net.Conn)
	ends   string
	says   string // a part of the report's sentences
	scheme string // empty: http
	http   string // version to speak; empty: either
}

const ok = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"

// answer returns a server that answers with bytes.
func answer(bytes string) func(net.Conn) { return fetchtest.Bytes(bytes) }

// again returns a server that begins its answer and then repeats a piece until
// the client leaves.
func again(start, piece string) func(net.Conn) {
	piece = strings.Repeat(piece, 1+4000/len(piece))
	return func(c net.Conn) {
		fetchtest.Answer(c)
		_, err := io.WriteString(c, start)
		for err == nil {
			_, err = io.WriteString(c, piece)
		}
	}
}

// drip returns a server that sends a piece every now and then.
func drip(start, piece string) func(net.Conn) {
	return func(c net.Conn) {
		fetchtest.Answer(c)
		_, err := io.WriteString(c, start)
		for err == nil {
			time.Sleep(10 * time.Millisecond)
			_, err = io.WriteString(c, piece)
		}
	}
}

// packed compresses 64 MiB of nothing.
func packed(w func(io.Writer) io.WriteCloser) string {
	var b bytes.Buffer
	z := w(&b)
	_, _ = io.Copy(z, io.LimitReader(nothing{}, 64<<20))
	z.Close()
	return b.String()
}

type nothing struct{}

func (nothing) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// coded is an answer in a content coding.
func coded(coding, content string) func(net.Conn) {
	return answer(ok + "Content-Encoding: " + coding + "\r\n\r\n" + content)
}

// largeZstd begins a frame that asks for a window of 64 MiB.
const largeZstd = "\x28\xb5\x2f\xfd\x00\x80\x01\x00\x00"

// frames returns a server of HTTP/2 over TLS-less TCP.
func frames(handle func(f *http2.Framer)) func(net.Conn) { return fetchtest.Frames(handle) }

// head writes a head as frames of HTTP/2.
func head(f *http2.Framer, end bool, lines ...string) {
	_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: fetchtest.Fields(lines...), EndStream: end, EndHeaders: true})
}

// certified returns a server of HTTPS whose certificate change makes bad.
func certified(t testing.TB, change func(*x509.Certificate), name string) func(net.Conn) {
	ca := fetchtest.Certificate(t, nil, func(c *x509.Certificate) { c.IsCA = true; c.Subject.CommonName = "An unknown authority" }, "authority.example")
	cert := fetchtest.Certificate(t, &ca, change, name)
	return fetchtest.Encrypted(cert, answer(ok+"Content-Length: 0\r\n\r\n"))
}

func hostileServers(t testing.TB) []hostile {
	return append(append(brokenHeads(), brokenContents()...), append(brokenWays(t), brokenFrames(t)...)...)
}

func brokenHeads() []hostile {
	return []hostile{
		{name: "says nothing", handle: func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, ends: byDeadline, says: "No whole answer came"},
		{name: "closes at once", handle: func(c net.Conn) { fetchtest.Answer(c) }, ends: byItself, says: "was closed before a whole answer came"},
		{name: "resets at once", handle: func(c net.Conn) { fetchtest.Answer(c); _ = c.(*net.TCPConn).SetLinger(0) }, ends: byItself, says: "was reset"},
		{name: "closes in its head", handle: answer("HTTP/1.1 200 OK\r\nA: b"), ends: byItself, says: "was closed before a whole answer came"},
		{name: "drips its head", handle: drip("HTTP/1.1 200 OK\r\nA: ", "a"), ends: byDeadline, says: "No whole answer came"},
		{name: "drips its status line", handle: drip("HTTP/1.1 ", " "), ends: byDeadline, says: "No whole answer came"},
		{name: "never ends its head", handle: again("HTTP/1.1 200 OK\r\n", "A-field: with a value of some length, so that few lines make much\r\n"), ends: byLimit, says: "field lines"},
		{name: "never ends a line", handle: again("HTTP/1.1 200 OK\r\nA: ", "a"), ends: byLimit, says: "131072 bytes of a head"},
		{name: "never ends its status line", handle: again("HTTP/1.1 200 ", "OK"), ends: byLimit, says: "131072 bytes of a head"},
		{name: "sends 1,001 lines", handle: answer("HTTP/1.1 200 OK\r\n" + strings.Repeat("a: b\r\n", 1001) + "\r\n"), ends: byLimit, says: "1000 field lines"},
		{name: "sends 1,000 lines", handle: answer("HTTP/1.1 200 OK\r\n" + strings.Repeat("a: b\r\n", 999) + "Content-Length: 0\r\n\r\n"), ends: byItself, says: "200 OK"},
		{name: "ends lines with LF", handle: answer("HTTP/1.1 200 OK\nContent-Type: text/plain\nContent-Length: 0\n\n"), ends: byItself, says: "end with LF alone"},
		{name: "ends lines with CR", handle: answer("HTTP/1.1 200 OK\rContent-Type: text/plain\r\r"), ends: byItself, says: "was closed before a whole answer came"},
		{name: "folds a line", handle: answer("HTTP/1.1 200 OK\r\nX: a\r\n  b\r\nContent-Length: 0\r\n\r\n"), ends: byItself, says: "The value of X goes on in a second line"},
		{name: "puts a space before a colon", handle: answer("HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 0\r\n\r\n"), ends: byItself, says: "A space stands between the name"},
		{name: "forgets a colon", handle: answer("HTTP/1.1 200 OK\r\nPHP Warning  in line 3\r\nContent-Length: 0\r\n\r\n"), ends: byItself, says: "is no field line: PHP Warning"},
		{name: "forgets a name", handle: answer("HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 0\r\n\r\n"), ends: byItself, says: "is no field line"},
		{name: "forgets the phrase", handle: answer("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), ends: byItself, says: "The status line ends with the code"},
		{name: "sends a code of two digits", handle: answer("HTTP/1.1 20 OK\r\n\r\n"), ends: byItself, says: "no code of three digits"},
		{name: "sends a code in words", handle: answer("HTTP/1.1 OK\r\n\r\n"), ends: byItself, says: "no code of three digits"},
		{name: "sends the code 999", handle: answer("HTTP/1.1 999 Request denied\r\nContent-Length: 0\r\n\r\n"), ends: byItself, says: "999"},
		{name: "sends the code 000", handle: answer("HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n"), ends: byItself, says: "no code of three digits"},
		{name: "writes http in lower case", handle: answer("http/1.1 200 OK\r\n\r\n"), ends: byItself, says: "does not begin with an HTTP status line"},
		{name: "writes HTTP/2.0 as text", handle: answer("HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"), ends: byItself, says: "200 OK"},
		{name: "begins with an empty line", handle: answer("\r\nHTTP/1.1 200 OK\r\n\r\n"), ends: byItself, says: "does not begin with an HTTP status line"},
		{name: "speaks HTTP/0.9", handle: answer("<html><p>Hello"), ends: byItself, says: "as in HTTP/0.9"},
		{name: "sends JSON without a head", handle: answer(`{"error": "unauthorized"}`), ends: byItself, says: "as in HTTP/0.9"},
		{name: "sends zeros", handle: answer(strings.Repeat("\x00", 600)), ends: byItself, says: "does not begin with an HTTP status line"},
		{name: "never ends its zeros", handle: again("", "\x00"), ends: byItself, says: "does not begin with an HTTP status line"},
		{name: "is SSH", handle: answer("SSH-2.0-OpenSSH_9.2p1\r\n"), ends: byItself, says: "an SSH server"},
		{name: "is SMTP", handle: answer("220 mail.example ESMTP\r\n"), ends: byItself, says: "a mail or FTP server"},
		{name: "is TLS", handle: answer("\x15\x03\x01\x00\x02\x02\x46"), ends: byItself, says: "the port speaks TLS"},
		{name: "is HTTP/2 unasked", handle: answer("\x00\x00\x00\x04\x00\x00\x00\x00\x00"), ends: byItself, says: "speaks HTTP/2 without being asked"},
		{name: "puts NUL into a value", handle: answer("HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n"), ends: byItself, says: "holds a control character"},
		{name: "puts escapes into its phrase", handle: answer("HTTP/1.1 200 \x1b[31mred\r\nContent-Length: 0\r\n\r\n"), ends: byItself, says: "200"},
		{name: "puts markup into a challenge", handle: answer("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"<script>alert(1)</script>\"\r\nContent-Length: 0\r\n\r\n"), ends: byItself, says: "It accepts Basic"},
		{name: "sends 60,000 commas as a challenge", handle: answer("HTTP/1.1 401 No\r\nWWW-Authenticate: " + strings.Repeat(",", 60000) + "\r\nContent-Length: 0\r\n\r\n"), ends: byItself, says: "401"},
		{name: "sends 900 challenges", handle: answer("HTTP/1.1 401 No\r\n" + strings.Repeat("WWW-Authenticate: Basic realm=\"a\", Digest realm=b, x\r\n", 900) + "Content-Length: 0\r\n\r\n"), ends: byItself, says: "401"},
		{name: "never ends its 100s", handle: again("", "HTTP/1.1 100 Continue\r\n\r\n"), ends: byLimit, says: "10 interim responses"},
		{name: "sends 103 first", handle: answer("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" + ok + "Content-Length: 0\r\n\r\n"), ends: byItself, says: "200 OK"},
		{name: "switches protocols unasked", handle: again("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "x"), ends: byItself, says: "101"},
	}
}

func brokenContents() []hostile {
	gz := packed(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	br := packed(func(w io.Writer) io.WriteCloser {
		return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: 5, LGWin: 18})
	})
	large := packed(func(w io.Writer) io.WriteCloser {
		return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: 5, LGWin: 24})
	})
	zst := packed(func(w io.Writer) io.WriteCloser {
		z, _ := zstd.NewWriter(w, zstd.WithWindowSize(1<<20))
		return z
	})
	chunked := ok + "Transfer-Encoding: chunked\r\n\r\n"
	return []hostile{
		{name: "sends less than it promises", handle: answer(ok + "Content-Length: 10\r\n\r\nhello"), ends: byItself, says: "ended after 5 bytes, though 10 were announced"},
		{name: "sends more than it promises", handle: answer(ok + "Content-Length: 2\r\n\r\nhello"), ends: byItself, says: "200 OK"},
		{name: "promises less than nothing", handle: answer(ok + "Content-Length: -1\r\n\r\nhello"), ends: byItself, says: "Content-Length"},
		{name: "promises words", handle: answer(ok + "Content-Length: five\r\n\r\nhello"), ends: byItself, says: "Content-Length"},
		{name: "promises twice", handle: answer(ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), ends: byItself, says: "Content-Length"},
		{name: "promises more than there is", handle: answer(ok + "Content-Length: 9223372036854775807\r\n\r\nhello"), ends: byItself, says: "ended after 5 bytes"},
		{name: "promises more than numbers hold", handle: answer(ok + "Content-Length: 99999999999999999999\r\n\r\nhello"), ends: byItself, says: "ended after 5 bytes"},
		{name: "frames in two ways", handle: answer(ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), ends: byItself, says: "Transfer-Encoding"},
		{name: "breaks a chunk", handle: answer(chunked + "5\r\nhello\r\nxyz\r\n"), ends: byItself, says: "chunked coding breaks after 5 bytes"},
		{name: "forgets the end of a chunk", handle: answer(chunked + "5\r\nhello5\r\nagain0\r\n\r\n"), ends: byItself, says: "chunked coding breaks"},
		{name: "announces an endless chunk", handle: answer(chunked + "ffffffffffffffffff\r\nhello"), ends: byItself, says: "chunked coding breaks"},
		{name: "forgets the last chunk", handle: answer(chunked + "5\r\nhello\r\n"), ends: byItself, says: "ended after 5 bytes"},
		{name: "floods with chunk extensions", handle: again(chunked, "1;"+strings.Repeat("x", 2000)+"\r\na\r\n"), ends: byLimit, says: "too much non-data"},
		{name: "sends a chunk for each byte", handle: again(chunked, "1\r\na\r\n"), ends: byLimit, says: "an inspection reads no more"},
		{name: "never ends its trailers", handle: again(chunked+"0\r\n", "X: y\r\n"), ends: byLimit, says: "200 OK"},
		{name: "never ends its content", handle: again(ok+"\r\n", "a"), ends: byLimit, says: "an inspection reads no more"},
		{name: "sends its content byte by byte", handle: func(c net.Conn) {
			fetchtest.Answer(c)
			_, err := io.WriteString(c, ok+"\r\n")
			for err == nil {
				_, err = io.WriteString(c, "a")
			}
		}, ends: byLimit, says: "an inspection reads no more"},
		{name: "drips its content", handle: drip(ok+"\r\n", "a"), ends: byDeadline, says: "had not ended when the time"},
		{name: "stops within its content", handle: func(c net.Conn) {
			fetchtest.Answer(c)
			_, _ = io.WriteString(c, ok+"Content-Length: 9\r\n\r\nhello")
			_, _ = io.Copy(io.Discard, c)
		}, ends: byDeadline, says: "had not ended when the time"},
		{name: "is a bomb of gzip", handle: coded("gzip", gz), ends: byLimit, says: "Decoding stopped at 4194304 bytes"},
		{name: "is a bomb of gzip in gzip", handle: coded("gzip, gzip", twice(gz)), ends: byLimit, says: "Decoding stopped at 4194304 bytes"},
		{name: "is a bomb of brotli", handle: coded("br", br), ends: byLimit, says: "Decoding stopped at 4194304 bytes"},
		{name: "wants a large window of brotli", handle: coded("br", large), ends: byLimit, says: "a window of more than 4 MiB"},
		{name: "is a bomb of zstd", handle: coded("zstd", zst), ends: byLimit, says: "Decoding stopped at 4194304 bytes"},
		{name: "wants a large window of zstd", handle: coded("zstd", largeZstd), ends: byLimit, says: "a window of more than 4 MiB"},
		{name: "cuts gzip short", handle: coded("gzip", gz[:200]), ends: byItself, says: "cannot be decoded as gzip"},
		{name: "calls text gzip", handle: coded("gzip", "hello, this is no gzip"), ends: byItself, says: "cannot be decoded as gzip"},
		{name: "calls text br", handle: coded("br", "\x01hello, this is no brotli"), ends: byItself, says: "cannot be decoded as br"},
		{name: "calls text zstd", handle: coded("zstd", "hello, this is no zstd"), ends: byItself, says: "cannot be decoded as zstd"},
		{name: "codes four times", handle: coded("gzip, br, gzip, br", "x"), ends: byItself, says: "4 codings"},
		{name: "codes in its own way", handle: coded("rot13", "uryyb"), ends: byItself, says: "200 OK"},
		{name: "sends content with 204", handle: answer("HTTP/1.1 204 No Content\r\n\r\nhello"), ends: byItself, says: "204 No Content"},
		{name: "sends content with 304", handle: answer("HTTP/1.1 304 Not Modified\r\n\r\nhello"), ends: byItself, says: "304 Not Modified"},
		{name: "resets within its content", handle: func(c net.Conn) {
			fetchtest.Answer(c)
			_, _ = io.WriteString(c, ok+"Content-Length: 9\r\n\r\nhello")
			time.Sleep(50 * time.Millisecond)
			_ = c.(*net.TCPConn).SetLinger(0)
		}, ends: byItself, says: "the server broke off"},
		{name: "is a page of nested elements", handle: again(ok[:17]+"Content-Type: text/html\r\n\r\n<meta http-equiv=x>", "<div>"), ends: byLimit, says: "an inspection reads no more"},
	}
}

// twice packs what is packed once more.
func twice(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, s)
	z.Close()
	return b.String()
}

func brokenWays(t testing.TB) []hostile {
	cert := fetchtest.Certificate(t, nil, nil, "127.0.0.1")
	var hops atomic.Int64
	moved := func(to func() string) func(net.Conn) {
		return func(c net.Conn) {
			fetchtest.Answer(c)
			_, _ = io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: "+to()+"\r\nContent-Length: 0\r\n\r\n")
		}
	}
	return []hostile{
		{name: "redirects to itself", handle: moved(func() string { return "/" }), ends: byItself, says: "leads back"},
		{name: "redirects for ever", handle: moved(func() string { return fmt.Sprintf("/%d", hops.Add(1)) }), ends: byLimit, says: "10 redirects"},
		{name: "redirects to mail", handle: moved(func() string { return "mailto:a@b.example" }), ends: byItself, says: "mailto:"},
		{name: "redirects to a file", handle: moved(func() string { return "file:///etc/passwd" }), ends: byItself, says: "file:"},
		{name: "redirects to cloud metadata", handle: moved(func() string { return "http://169.254.169.254/latest/meta-data/" }), ends: byItself, says: "not a public address"},
		{name: "redirects to a port of its own", handle: moved(func() string { return "http://8.8.8.8:22/" }), ends: byItself, says: "not a public address"},
		{name: "redirects with a user name", handle: moved(func() string { return "http://user:secret@127.0.0.1/" }), ends: byItself, says: "user name or password"},
		{name: "redirects to a zone", handle: moved(func() string { return "http://[fe80::1%25lo]/" }), ends: byItself, says: "percent sign"},
		{name: "redirects to 9,000 bytes", handle: moved(func() string { return "/" + strings.Repeat("a", 9000) }), ends: byItself, says: "longer than 8000 bytes"},
		{name: "redirects to nonsense", handle: moved(func() string { return "http://[::1" }), ends: byItself, says: "no http or https address"},
		{name: "has no TLS", handle: func(c net.Conn) {
			_, _ = c.Read(make([]byte, 1))
			_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
		}, scheme: "https", ends: byItself, says: "encrypted connection"},
		{name: "closes in the handshake", handle: func(c net.Conn) { _, _ = c.Read(make([]byte, 4096)) }, scheme: "https", ends: byItself, says: "encrypted connection"},
		{name: "is silent in the handshake", handle: func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, scheme: "https", ends: byDeadline, says: "No whole answer came"},
		{name: "sends noise in the handshake", handle: func(c net.Conn) {
			_, _ = c.Read(make([]byte, 100))
			_, _ = io.WriteString(c, strings.Repeat("\x16\x03\x03\x40\x00noise", 4000))
		}, scheme: "https", ends: byItself, says: "encrypted connection"},
		{name: "wants a client certificate", handle: func(c net.Conn) {
			s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12})
			_ = s.Handshake()
		}, scheme: "https", ends: byItself, says: "encrypted connection"},
		{name: "knows other protocols only", handle: fetchtest.Encrypted(cert, answer(ok), "imap"), scheme: "https", ends: byItself, says: "encrypted connection"},
		{name: "has an expired certificate", handle: certified(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, "127.0.0.1"), scheme: "https", ends: byItself, says: "has expired"},
		{name: "has a certificate of tomorrow", handle: certified(t, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(24*time.Hour), time.Now().Add(48*time.Hour)
		}, "127.0.0.1"), scheme: "https", ends: byItself, says: "not valid yet"},
		{name: "has a certificate of another name", handle: certified(t, nil, "other.example"), scheme: "https", ends: byItself, says: "for another name"},
		{name: "has a certificate of an unknown issuer", handle: certified(t, nil, "127.0.0.1"), scheme: "https", ends: byItself, says: "an issuer that is not trusted"},
		{name: "signs its own certificate", handle: fetchtest.Encrypted(cert, answer(ok+"Content-Length: 0\r\n\r\n")), scheme: "https", ends: byItself, says: "signed by itself"},
	}
}

func brokenFrames(t testing.TB) []hostile {
	cert := fetchtest.Certificate(t, nil, nil, "127.0.0.1")
	forever := func(write func(f *http2.Framer) error) func(net.Conn) {
		return frames(func(f *http2.Framer) {
			_ = f.WriteSettings()
			for write(f) == nil {
			}
		})
	}
	two := func(h hostile) hostile { h.http = "2"; return h }
	all := []hostile{
		{name: "goes away", handle: frames(func(f *http2.Framer) { _ = f.WriteGoAway(0, http2.ErrCodeEnhanceYourCalm, []byte("too_many")) }), ends: byItself, says: "ENHANCE_YOUR_CALM: it finds that we ask too much. The server adds: “too_many”"},
		{name: "refuses the stream", handle: frames(func(f *http2.Framer) { _ = f.WriteRSTStream(1, http2.ErrCodeRefusedStream) }), ends: byItself, says: "REFUSED_STREAM: it did not process the request"},
		{name: "wants HTTP/1.1", handle: frames(func(f *http2.Framer) { _ = f.WriteRSTStream(1, http2.ErrCodeHTTP11Required) }), ends: byItself, says: "it wants this request over HTTP/1.1"},
		{name: "resets with a code of its own", handle: frames(func(f *http2.Framer) { _ = f.WriteRSTStream(1, 0xbeef) }), ends: byItself, says: "0xbeef"},
		{name: "resets within its content", handle: frames(func(f *http2.Framer) {
			head(f, false, ":status: 200", "content-type: text/plain")
			_ = f.WriteData(1, false, []byte("hello"))
			_ = f.WriteRSTStream(1, http2.ErrCodeInternal)
		}), ends: byItself, says: "After 5 bytes of content the server broke off with INTERNAL_ERROR"},
		{name: "closes within its content", handle: frames(func(f *http2.Framer) {
			head(f, false, ":status: 200", "content-type: text/plain")
			_ = f.WriteData(1, false, []byte("hello"))
		}), ends: byItself, says: "ended after 5 bytes"},
		{name: "sends less than it promises in HTTP/2", handle: frames(func(f *http2.Framer) {
			head(f, false, ":status: 200", "content-length: 9", "content-type: text/plain")
			_ = f.WriteData(1, true, []byte("hello"))
		}), ends: byItself, says: "ended after 5 bytes, though 9 were announced"},
		{name: "floods with pings", handle: forever(func(f *http2.Framer) error { return f.WritePing(false, [8]byte{}) }), ends: byLimit, says: "more than 500 frames"},
		{name: "floods with settings", handle: forever(func(f *http2.Framer) error { return f.WriteSettings() }), ends: byLimit, says: "more than 500 frames"},
		{name: "floods with window updates", handle: forever(func(f *http2.Framer) error { return f.WriteWindowUpdate(0, 1) }), ends: byLimit, says: "more than 500 frames"},
		{name: "floods with empty data", handle: forever(func(f *http2.Framer) error { return f.WriteData(1, false, nil) }), ends: byLimit, says: "more than 500 frames"},
		{name: "floods with continuations", handle: frames(func(f *http2.Framer) {
			err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: fetchtest.Fields(":status: 200")})
			for err == nil {
				err = f.WriteContinuation(1, false, fetchtest.Fields("a: b"))
			}
		}), ends: byLimit, says: "more than 500 frames"},
		{name: "floods with empty continuations", handle: frames(func(f *http2.Framer) {
			err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: fetchtest.Fields(":status: 200")})
			for err == nil {
				err = f.WriteContinuation(1, false, nil)
			}
		}), ends: byLimit, says: "more than 500 frames"},
		{name: "is a bomb of HPACK", handle: frames(func(f *http2.Framer) {
			block := fetchtest.Fields(":status: 200", "x: "+strings.Repeat("x", 4000))
			block = append(block, bytes.Repeat([]byte{0x80 | 62}, 16000)...)
			_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block[:16000], EndHeaders: true})
		}), ends: byLimit, says: "bytes of a head"},
		{name: "breaks HPACK", handle: frames(func(f *http2.Framer) {
			_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0x0f}, EndHeaders: true})
		}), ends: byItself, says: "(HPACK) is broken"},
		{name: "forgets the status", handle: frames(func(f *http2.Framer) { head(f, true, "content-type: text/plain") }), ends: byItself, says: "no :status of three digits"},
		{name: "sends a status of words", handle: frames(func(f *http2.Framer) { head(f, true, ":status: ok") }), ends: byItself, says: "no :status of three digits"},
		{name: "sends names in upper case", handle: frames(func(f *http2.Framer) { head(f, true, ":status: 200", "Content-Type: text/plain", "Connection: close") }), ends: byItself, says: "upper-case letters, which HTTP/2 forbids"},
		{name: "sends content before its head", handle: frames(func(f *http2.Framer) { _ = f.WriteData(1, true, []byte("hello")) }), ends: byItself, says: "the stream ended without a head"},
		{name: "never ends its interim responses", handle: forever(func(f *http2.Framer) error { head(f, false, ":status: 103"); return f.WritePing(false, [8]byte{}) }), ends: byLimit, says: "10 interim responses"},
		{name: "never ends its data", handle: frames(func(f *http2.Framer) {
			head(f, false, ":status: 200", "content-type: text/plain")
			for f.WriteData(1, false, make([]byte, 16000)) == nil {
			}
		}), ends: byLimit, says: "an inspection reads no more"},
		{name: "sends data byte by byte", handle: frames(func(f *http2.Framer) {
			head(f, false, ":status: 200", "content-type: text/plain")
			for f.WriteData(1, false, []byte("a")) == nil {
			}
		}), ends: byLimit, says: "an inspection reads no more"},
		{name: "promises a frame of 16 MiB", handle: func(c net.Conn) {
			_, _ = c.Read(make([]byte, 24))
			_, _ = io.WriteString(c, "\xff\xff\xff\x00\x00\x00\x00\x00\x01")
			_, _ = io.Copy(io.Discard, c)
		}, ends: byItself, says: "broke the rules of HTTP/2"},
		{name: "answers in HTTP/1", handle: answer("HTTP/1.1 400 Bad Request\r\n\r\n"), ends: byItself, says: "does not speak HTTP/2 without TLS: it answers in HTTP/1"},
		{name: "settles and is silent", handle: frames(func(f *http2.Framer) { _ = f.WriteSettings(); time.Sleep(time.Second) }), ends: byDeadline, says: "No whole answer came"},
		{name: "bombs in HTTP/2", handle: frames(func(f *http2.Framer) {
			head(f, false, ":status: 200", "content-type: text/plain", "content-encoding: gzip")
			_ = f.WriteData(1, true, []byte(packed(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }))[:16000])
		}), ends: byLimit, says: "Decoding stopped at 4194304 bytes"},
	}
	for i := range all {
		all[i] = two(all[i])
	}
	return append(all, hostile{name: "agrees on HTTP/2 and speaks HTTP/1", handle: fetchtest.Encrypted(cert, answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "h2"), scheme: "https", ends: byItself,
		says: "agreed to speak HTTP/2 and answers in HTTP/1"})
}

// hostileVariable tells a copy of the test to be the servers, so that what an
// inspection costs is measured without them.
const hostileVariable = "WWWHY_HOSTILE_SERVERS"

// TestServeHostile is the servers, in a process of their own.
func TestServeHostile(t *testing.T) {
	if os.Getenv(hostileVariable) == "" {
		t.Skip("runs in a process of TestHostileServers")
	}
	for _, h := range hostileServers(t) {
		fmt.Println("address", fetchtest.Serve(t, h.handle))
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// serveHostile starts that process and returns the servers' addresses.
func serveHostile(t *testing.T, n int) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServeHostile$")
	cmd.Env = append(os.Environ(), hostileVariable+"=1")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		_ = cmd.Wait()
	})
	var addresses []string
	for lines := bufio.NewScanner(stdout); len(addresses) < n && lines.Scan(); {
		if a, ok := strings.CutPrefix(lines.Text(), "address "); ok {
			addresses = append(addresses, a)
		}
	}
	if len(addresses) != n {
		t.Fatalf("%d of %d servers started", len(addresses), n)
	}
	return addresses
}

// TestHostileServers inspects each server: it must end as it should, within 16
// MiB, and be explained. -v prints what each took.
func TestHostileServers(t *testing.T) {
	all := hostileServers(t)
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	addresses := serveHostile(t, len(all))
	for i, h := range all {
		t.Run(h.name, func(t *testing.T) {
			var c Config
			c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
			c.Deadline = time.Minute // a busy machine may be slow at what ends by another limit
			if h.ends == byDeadline {
				c.Deadline = 300 * time.Millisecond
			}
			var target Target
			target.Request.URL = "http://" + addresses[i] + "/"
			if h.scheme != "" {
				target.Request.URL = h.scheme + "://" + addresses[i] + "/"
			}
			target.Options.Protocol = h.http
			var r report.Report
			cost := measure(func() { r = New(lib, c).URL(t.Context(), target, nil) })
			words := spoken(r)
			if h.says == "" || !strings.Contains(words, h.says) {
				t.Errorf("the report lacks %q:\n%s", h.says, words)
			}
			if cost.memory > 16<<20 {
				t.Errorf("it took %d bytes of memory", cost.memory)
			}
			t.Logf("%-12s %8.1f ms %8.1f ms of CPU %6d KiB  %s", h.ends, ms(cost.time), ms(cost.cpu), cost.memory>>10, r.Verdict)
		})
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// spoken is every sentence of a report.
func spoken(r report.Report) string {
	var b strings.Builder
	fmt.Fprintln(&b, r.Verdict)
	for _, x := range r.Exchanges {
		fmt.Fprintln(&b, x.Error.Message, x.Content.Problem, x.TLS.Error)
	}
	for _, f := range r.Findings {
		fmt.Fprintln(&b, f.Severity, f.ID, f.Summary)
	}
	return b.String()
}

// cost is what a piece of work took. Memory is the growth of the heap at its
// highest, garbage included.
type cost struct {
	time, cpu time.Duration
	memory    int64
}

func measure(work func()) cost {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	sample := func() {
		runtime.ReadMemStats(&now)
		most.Store(max(most.Load(), now.HeapAlloc))
	}
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				sample()
				return
			case <-time.After(2 * time.Millisecond):
				sample()
			}
		}
	}()
	cpu, start := used(), time.Now()
	work()
	c := cost{time: time.Since(start), cpu: used() - cpu}
	close(stop)
	<-stopped
	c.memory = int64(most.Load()) - int64(before.HeapAlloc)
	return c
}

// used is the CPU time of this process.
func used() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
