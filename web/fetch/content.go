package fetch

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"wwwhy/web/message"
)

// counted counts the bytes that pass and remembers how reading ended.
type counted struct {
	r   io.Reader
	n   int64
	err error
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if err != nil {
		c.err = err
	}
	return n, err
}

// readContent reads the content to its end or to a limit, keeps a sample of it
// decoded, and says why it ended early, if it did.
func (s *session) readContent(r io.Reader, resp *message.Response) {
	wire := &counted{r: r}
	c := &resp.Content
	c.Codings = codings(resp.Fields.Joined("Content-Encoding"))
	decoded, closer, err := decoder(wire, c.Codings)
	defer closer()
	var sample bytes.Buffer
	if err == nil {
		var n int64
		n, err = io.Copy(&sample, io.LimitReader(decoded, s.c.Sample))
		c.Decoded = n
		if err == nil {
			n, err = io.Copy(io.Discard, io.LimitReader(decoded, s.c.Decoded-n))
			c.Decoded += n
		}
	}
	c.Length, c.Sample = wire.n, sample.Bytes()
	c.Known, c.Complete = message.Wholly, errors.Is(wire.err, io.EOF) && err == nil
	if c.Length > 0 {
		c.Sniffed = http.DetectContentType(c.Sample)
	}
	if !c.Complete || c.Decoded > int64(len(c.Sample)) {
		c.Known = message.Partly
	}
	if !c.Complete {
		c.Problem = s.whyEnded(err, wire.err, c)
	}
}

// whyEnded words why a content was not read to its end.
func (s *session) whyEnded(err, wire error, c *message.Content) string {
	switch {
	case errors.Is(err, errTooLarge) || errors.Is(wire, errTooLarge):
		return fmt.Sprintf("Reading stopped after %d bytes: no more is read of one response.", c.Length)
	case errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(wire, os.ErrDeadlineExceeded):
		return fmt.Sprintf("Reading stopped when the %s for an inspection were over.", s.c.Deadline)
	case err == nil && wire == nil, err == nil && c.Decoded >= s.c.Decoded:
		return fmt.Sprintf("Decoding stopped at %d bytes: no more is decoded of one response.", c.Decoded)
	case wire != nil && !errors.Is(wire, io.EOF):
		return "The content broke off: " + wire.Error() + "."
	case err != nil && len(c.Codings) > 0:
		return "The content is not what Content-Encoding (" + strings.Join(c.Codings, ", ") + ") says: " + err.Error() + "."
	}
	return "The content broke off."
}

// codings returns the names in a Content-Encoding, in the order applied.
func codings(value string) []string {
	var all []string
	for name := range strings.SplitSeq(value, ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "" && name != "identity" {
			all = append(all, name)
		}
	}
	return all
}

// decoder undoes the codings, the last applied first. What it does not know
// stays coded.
func decoder(r io.Reader, names []string) (io.Reader, func(), error) {
	closer := func() {}
	if len(names) > 3 {
		return r, closer, fmt.Errorf("%d codings are more than anybody needs", len(names))
	}
	for i := len(names) - 1; i >= 0; i-- {
		var err error
		switch names[i] {
		case "gzip", "x-gzip":
			r, err = gzip.NewReader(r)
		case "deflate":
			r = inflate(r)
		case "br":
			r = brotli.NewReader(r)
		case "zstd":
			var z *zstd.Decoder
			z, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(8<<20), zstd.WithDecoderMaxWindow(8<<20))
			if err == nil {
				before := closer
				closer = func() { z.Close(); before() }
				r = z
			}
		default:
			return r, closer, nil
		}
		if err != nil {
			return r, closer, err
		}
	}
	return r, closer, nil
}

// inflate undoes deflate, which is the zlib format (RFC 9110, Section 8.4.1.2)
// but is often sent without its wrapper.
func inflate(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	head, _ := b.Peek(2)
	if len(head) == 2 && head[0]&15 == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		if z, err := zlib.NewReader(b); err == nil {
			return z
		}
	}
	return flate.NewReader(b)
}
