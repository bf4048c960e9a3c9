package fetch

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// errHeavy is a coding whose decoder would need more memory than we give it.
var errHeavy = errors.New("the window of the coding is larger than 4 MiB")

// window is the greatest window that a decoder is given, in bytes, as a power
// of 2. Browsers allow 16 MiB for brotli and 8 MiB for zstd; servers use 4 MiB
// and less for what is no more than our limit of decoded content.
const window = 22

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
			r, err = unbrotli(r)
		case "zstd":
			var z *zstd.Decoder
			z, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(8<<20), zstd.WithDecoderMaxWindow(1<<window))
			if err == nil {
				before := closer
				closer = func() { z.Close(); before() }
				r = heavy{z}
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

// heavy names zstd's refusal of a large window as ours.
type heavy struct{ r io.Reader }

func (h heavy) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	if errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		err = errHeavy
	}
	return n, err
}

// unbrotli undoes brotli unless its window is too large (RFC 7932, Section 9.1).
func unbrotli(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	head, _ := b.Peek(1)
	if len(head) == 1 && brotliWindow(head[0]) > window {
		return b, errHeavy
	}
	return brotli.NewReader(b), nil
}

// brotliWindow reads WBITS from the first byte of a stream (RFC 7932, Section
// 9.1); 64 stands for what only an extension allows.
func brotliWindow(b byte) int {
	switch {
	case b&1 == 0:
		return 16
	case b>>1&7 != 0:
		return 17 + int(b>>1&7)
	case b>>4&7 == 0:
		return 17
	case b>>4&7 == 1:
		return 64
	}
	return 8 + int(b>>4&7)
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
