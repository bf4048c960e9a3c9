package fetch

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// http1 sends the request over HTTP/1.1 or 1.0 and reads what comes back, as it
// comes (RFC 9112).
func (s *session) http1(conn net.Conn, u *url.URL, x *message.Exchange) *message.Failure {
	m := args("host", u.Hostname(), "address", x.Peer.Address)
	// A server may refuse a content before it came, and close: its answer is
	// there to read although no more can be sent (RFC 9112, Section 9.5).
	unsent := writeRequest(conn, u, x.Request)
	r := newReader(conn)
	start := time.Now()
	_, err := r.Peek(1)
	x.Timing.FirstByte = time.Since(start)
	if err != nil {
		err = cmp.Or(unsent, err)
		return s.failure(err, message.FailureClosed, m)
	}
	for {
		resp, err := s.readHead(r)
		if err != nil {
			x.Response = resp
			return s.failure(err, message.FailureMalformed, m)
		}
		if resp.Code >= 100 && resp.Code < 200 && resp.Code != 101 {
			x.Interim = append(x.Interim, *resp)
			if len(x.Interim) > s.c.Interim {
				return s.failure(errInterim, message.FailureTooLarge, m)
			}
			continue
		}
		x.Response = resp
		break
	}
	if _, follow := redirected(*x); follow && !s.o.NoFollow {
		return nil // the content of a redirect that is followed stays unread
	}
	start = time.Now()
	s.readContent1(r, x)
	noteExtra(r, x.Response)
	x.Timing.Content = time.Since(start)
	return nil
}

// expectsContent reports whether a method gives content a meaning, so that its
// length is sent even where there is none (RFC 9110, Section 8.6).
func expectsContent(method string) bool {
	return method == "POST" || method == "PUT" || method == "PATCH"
}

// writeRequest writes the head and the content in one piece.
func writeRequest(w io.Writer, u *url.URL, req *message.Request) error {
	if !req.Fields.Has("Connection") {
		req.Fields = append(req.Fields, field.Line{Name: "Connection", Value: "close"})
	}
	if n := len(req.Content.Sample); (n > 0 || expectsContent(req.Method)) && !req.Fields.Has("Content-Length") {
		req.Fields = append(req.Fields, field.Line{Name: "Content-Length", Value: fmt.Sprint(n)})
	}
	b := make([]byte, 0, 1024+len(req.Content.Sample))
	b = append(b, req.Method...)
	b = append(b, ' ')
	b = append(b, requestTarget(u, req.Method)...)
	b = append(b, ' ')
	b = append(b, req.Protocol...)
	b = append(b, "\r\n"...)
	for _, l := range req.Fields {
		b = append(b, l.Name...)
		b = append(b, ": "...)
		b = append(b, l.Value...)
		b = append(b, "\r\n"...)
	}
	b = append(b, "\r\n"...)
	b = append(b, req.Content.Sample...)
	_, err := w.Write(b)
	return err
}

// requestTarget is the origin form, or the asterisk form for a question to the
// whole server (RFC 9112, Section 3.2).
func requestTarget(u *url.URL, method string) string {
	if method == "OPTIONS" && u.Path == "*" {
		return "*"
	}
	return u.RequestURI()
}

// readContent1 reads the content by the framing of RFC 9112, Section 6.3.
func (s *session) readContent1(r *bufio.Reader, x *message.Exchange) {
	resp := x.Response
	if withoutContent(x) {
		return
	}
	if strings.Contains(strings.ToLower(resp.Fields.Joined("Transfer-Encoding")), "chunked") {
		s.readContent(httputil.NewChunkedReader(r), resp, -1)
		if resp.Content.Complete {
			s.readTrailers(r, resp)
		}
		return
	}
	if length := promised(resp); length >= 0 {
		s.readContent(io.LimitReader(r, length), resp, length)
		return
	}
	s.readContent(r, resp, -1)
}

// noteExtra notes bytes behind the end of the message. One request was made, so
// nothing may follow (RFC 9112, Section 6.3); empty lines harm nobody. Only what
// arrived together with the end is seen.
func noteExtra(r *bufio.Reader, resp *message.Response) {
	rest, _ := r.Peek(r.Buffered())
	if n := len(bytes.TrimLeft(rest, "\r\n")); n > 0 && resp.Content.Problem == nil && resp.Content.Known != message.Partly {
		resp.Content.Problem = &message.Shortfall{Kind: message.ContentExtra, Args: map[string]string{"bytes": fmt.Sprint(n)}}
	}
}

// readTrailers reads the trailer section behind the last chunk.
func (s *session) readTrailers(r *bufio.Reader, resp *message.Response) {
	for read := int64(0); len(resp.Trailers) < s.c.FieldLimit; {
		line, err := s.readLine(r, read)
		read += int64(len(line))
		text := strings.TrimRight(string(line), "\r\n")
		if err != nil || text == "" {
			return
		}
		if name, value, ok := strings.Cut(text, ":"); ok {
			resp.Trailers = append(resp.Trailers, field.Line{Name: name, Value: strings.Trim(value, " \t")})
		}
	}
}

// newReader reads ahead by little, so that what is read is what was sent.
func newReader(conn net.Conn) *bufio.Reader { return bufio.NewReaderSize(conn, 4096) }

// notHTTP says what bytes look like that do not begin with a status line.
func notHTTP(start []byte) string {
	if says := content.OtherProtocol(start); says != "" {
		return says
	}
	// A frame of SETTINGS: length below 256, type 4, stream 0 (RFC 9113, Section 6.5).
	if len(start) >= 9 && start[0] == 0 && start[1] == 0 && start[3] == 4 && bytes.Equal(start[5:9], []byte{0, 0, 0, 0}) {
		return "the server speaks HTTP/2 without being asked to"
	}
	if trimmed := bytes.TrimLeft(start, " \t\r\n"); len(trimmed) > 0 && (trimmed[0] == '<' || trimmed[0] == '{') {
		return "content came without a head, as in HTTP/0.9"
	}
	return "what came back does not begin with an HTTP status line"
}
