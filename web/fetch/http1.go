package fetch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// http1 sends the request over HTTP/1.1 and reads what comes back, as it comes
// (RFC 9112).
func (s *session) http1(conn net.Conn, u *url.URL, x *message.Exchange) *message.Failure {
	m := args("host", u.Hostname(), "address", x.Peer.Address)
	if err := writeRequest(conn, u, x.Request); err != nil {
		return s.failure(err, message.FailureClosed, m)
	}
	r := newReader(conn)
	start := time.Now()
	_, err := r.Peek(1)
	x.Timing.FirstByte = time.Since(start)
	if err != nil {
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
				return s.failure(errTooLarge, message.FailureTooLarge, m)
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
	x.Timing.Content = time.Since(start)
	return nil
}

// writeRequest writes the head and the content in one piece.
func writeRequest(w io.Writer, u *url.URL, req *message.Request) error {
	var b bytes.Buffer
	target := u.RequestURI()
	if req.Method == "OPTIONS" && u.Path == "*" {
		target = "*"
	}
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", req.Method, target)
	if !req.Fields.Has("Connection") {
		req.Fields = append(req.Fields, field.Line{Name: "Connection", Value: "close"})
	}
	if n := len(req.Content.Sample); n > 0 && !req.Fields.Has("Content-Length") {
		req.Fields = append(req.Fields, field.Line{Name: "Content-Length", Value: fmt.Sprint(n)})
	}
	for _, l := range req.Fields {
		fmt.Fprintf(&b, "%s: %s\r\n", l.Name, l.Value)
	}
	b.WriteString("\r\n")
	b.Write(req.Content.Sample)
	_, err := w.Write(b.Bytes())
	return err
}

var errNotHTTP = errors.New("what came back does not begin with an HTTP status line")

// readHead reads one head, tolerantly: broken lines are left out of the fields
// but stay in Head. What is not HTTP at all is an error; the bytes read so far
// are in the response even then.
func (s *session) readHead(r *bufio.Reader) (*message.Response, error) {
	resp := &message.Response{}
	if start, _ := r.Peek(5); !bytes.HasPrefix([]byte("HTTP/"), start) {
		_, _ = r.Peek(512)
		some, _ := r.Peek(min(r.Buffered(), 4096))
		resp.Head = bytes.Clone(some)
		return resp, errNotHTTP
	}
	broken := ""
	for n := 0; ; n++ {
		line, err := s.readLine(r, int64(len(resp.Head)))
		resp.Head = append(resp.Head, line...)
		if err != nil {
			return resp, err
		}
		text := strings.TrimRight(string(line), "\r\n")
		switch {
		case n == 0:
			if err := startLine(resp, text); err != nil {
				return resp, err
			}
		case text == "":
			if broken != "" {
				return resp, fmt.Errorf("a line of the head is no field line: %s", broken)
			}
			return resp, nil
		default:
			if !addLine(resp, text) && broken == "" {
				broken = shortened(text)
			}
		}
	}
}

// readLine reads one line with its end, within the limit of a head.
func (s *session) readLine(r *bufio.Reader, before int64) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if before+int64(len(line)) > s.c.HeadLimit {
			return line, fmt.Errorf("the head is longer than %d bytes: %w", s.c.HeadLimit, errTooLarge)
		}
		if err == nil || err != bufio.ErrBufferFull {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return line, err
		}
	}
}

// startLine reads a status line, whose phrase and the space before it may be
// missing.
func startLine(resp *message.Response, text string) error {
	protocol, rest, _ := strings.Cut(text, " ")
	code, reason, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	n, ok := field.Integer(code)
	if !ok || len(code) != 3 {
		return fmt.Errorf("the status line has no code of three digits: %s", shortened(text))
	}
	resp.Protocol, resp.Code, resp.Reason = protocol, int(n), reason
	return nil
}

// addLine adds a field line, or what a folded line adds to the one before
// (RFC 9112, Section 5.2).
func addLine(resp *message.Response, text string) bool {
	if (text[0] == ' ' || text[0] == '\t') && len(resp.Fields) > 0 {
		last := &resp.Fields[len(resp.Fields)-1]
		last.Value += "\r\n " + strings.Trim(text, " \t")
		return true
	}
	name, value, found := strings.Cut(text, ":")
	if !found || name == "" {
		return false
	}
	resp.Fields = append(resp.Fields, field.Line{Name: name, Value: strings.Trim(value, " \t")})
	return true
}

// readContent1 reads the content by the framing of RFC 9112, Section 6.3.
func (s *session) readContent1(r *bufio.Reader, x *message.Exchange) {
	resp := x.Response
	if x.Request.Method == "HEAD" || resp.Code == 204 || resp.Code == 304 || resp.Code < 200 {
		resp.Content = message.Content{Known: message.None, Complete: true}
		return
	}
	if strings.Contains(strings.ToLower(resp.Fields.Joined("Transfer-Encoding")), "chunked") {
		s.readContent(httputil.NewChunkedReader(r), resp)
		if resp.Content.Complete {
			s.readTrailers(r, resp)
		}
		return
	}
	if length, ok := field.Integer(resp.Fields.Get("Content-Length")); ok {
		s.readContent(io.LimitReader(r, length), resp)
		if c := &resp.Content; c.Complete && c.Length < length {
			c.Complete = false
			c.Problem = fmt.Sprintf("The connection was closed after %d of the %d bytes that Content-Length promises.", c.Length, length)
		}
		return
	}
	s.readContent(r, resp)
}

// readTrailers reads the trailer section behind the last chunk.
func (s *session) readTrailers(r *bufio.Reader, resp *message.Response) {
	for read := int64(0); ; {
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
