package fetch

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// counted counts and digests the bytes that pass and remembers how reading
// ended.
type counted struct {
	r      io.Reader
	digest interface{ Write(p []byte) (int, error) }
	n      int64
	err    error
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	_, _ = c.digest.Write(p[:n])
	if err != nil {
		c.err = err
	}
	return n, err
}

// withoutContent notes that a response has no content, where its request or its
// status says so (RFC 9110, Section 6.4.1).
func withoutContent(x *message.Exchange) bool {
	code := x.Response.Code
	if x.Request.Method != "HEAD" && code != 204 && code != 304 && code >= 200 {
		return false
	}
	x.Response.Content = message.Content{Known: message.None, Complete: true}
	return true
}

// promised returns the length that the response announces; -1: it does not.
func promised(resp *message.Response) int64 {
	if n, ok := field.Integer(resp.Fields.Get("Content-Length")); ok {
		return n
	}
	return -1
}

// sample is how many bytes of content are kept.
func (s *session) sample() int64 {
	if s.o.Sample > 0 {
		return s.o.Sample
	}
	return s.c.Sample
}

// readContent reads the content to its end or to a limit, keeps a sample of it
// decoded, and says why it ended early, if it did. length is as announced; -1: it
// was not.
func (s *session) readContent(r io.Reader, resp *message.Response, length int64) {
	digest := sha256.New()
	wire := &counted{r: r, digest: digest}
	c := &resp.Content
	c.Codings = codings(resp.Fields.Joined("Content-Encoding"))
	undo := c.Codings
	if resp.Code == http.StatusPartialContent {
		undo = nil // the range counts coded bytes, and a part of them has no beginning or no end (RFC 9110, Section 14.1.2)
	}
	decoded, closer, err := decoder(wire, undo)
	defer closer()
	var sample bytes.Buffer
	if length > 0 {
		sample.Grow(int(min(length, s.sample())) + bytes.MinRead)
	}
	if err == nil {
		var n int64
		n, err = io.Copy(&sample, io.LimitReader(decoded, s.sample()))
		c.Decoded = n
		if err == nil {
			n, err = io.Copy(io.Discard, io.LimitReader(decoded, s.c.Decoded-n))
			c.Decoded += n
		}
	}
	if wire.n == 0 && errors.Is(wire.err, io.EOF) {
		err = nil // Varnish names the coding of the whole in an error without content: there is nothing to undo
	}
	c.Length, c.Sample = wire.n, sample.Bytes()
	c.Known, c.Complete = message.Wholly, errors.Is(wire.err, io.EOF) && err == nil && c.Length >= length
	if c.Length > 0 && len(undo) == len(c.Codings) {
		c.Sniffed = http.DetectContentType(c.Sample)
		c.Charset = charset(resp.Fields.Get("Content-Type"), c.Sniffed, c.Sample)
	}
	if cutShort := errors.Is(wire.err, io.EOF) && err == nil; !c.Complete && !cutShort {
		c.Known = message.Partly
	}
	if c.Complete {
		c.SHA256 = digest.Sum(nil)
		return
	}
	c.Problem = s.shortfall(err, wire.err, c, length)
}

// shortfall names why a content was not read to its end.
func (s *session) shortfall(err, wire error, c *message.Content, length int64) *message.Shortfall {
	of := func(kind message.ShortfallKind, pairs ...any) *message.Shortfall {
		return &message.Shortfall{Kind: kind, Args: args(append(pairs, "received", c.Length)...)}
	}
	either := func(target error) bool { return errors.Is(err, target) || errors.Is(wire, target) }
	switch {
	case either(errTooLarge):
		return of(message.ContentLimit)
	case either(os.ErrDeadlineExceeded) || s.ctx.Err() != nil:
		return of(message.ContentTime, "limit", s.c.Deadline)
	case errors.Is(err, errHeavy):
		return of(message.ContentCodingHeavy, "coding", strings.Join(c.Codings, ", "))
	case err == nil && c.Decoded >= s.c.Decoded:
		return of(message.ContentDecodedLimit, "decoded", c.Decoded)
	case err == nil && length >= 0:
		return of(message.ContentCutShort, "promised", length)
	case either(syscall.ECONNRESET), errors.As(wire, new(*resetError)):
		return of(message.ContentReset, "code", resetCode(wire), "protocol", resetProtocol(wire))
	case wire != nil && errors.Is(wire, io.ErrUnexpectedEOF):
		return of(message.ContentCutShort)
	case wire != nil && !errors.Is(wire, io.EOF):
		return of(message.ContentChunkBroken, "detail", strings.TrimPrefix(wire.Error(), "http: "))
	case len(c.Codings) > 0:
		return of(message.ContentCodingBroken, "coding", strings.Join(c.Codings, ", "), "detail", err)
	}
	return of(message.ContentCutShort)
}

// resetError is the end of a stream by its server, with the code that it gave.
type resetError struct {
	protocol, code string // as "HTTP/2" and "0x8"
}

func (e *resetError) Error() string { return "the server reset the stream with " + e.code }

func resetCode(err error) string {
	var r *resetError
	if errors.As(err, &r) {
		return r.code
	}
	return ""
}

func resetProtocol(err error) string {
	var r *resetError
	if errors.As(err, &r) {
		return r.protocol
	}
	return ""
}
