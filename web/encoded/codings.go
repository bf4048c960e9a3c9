package encoded

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/bits"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// offered lists our codings, the one that makes our pages smallest first: brotli
// by a fifth, and zstd is no smaller than gzip.
var offered = [...]string{"br", "gzip", "zstd"}

// Values of fields that all contents share.
var (
	vary   = []string{"Accept-Encoding"}
	naming = [len(offered)][]string{{"br"}, {"gzip"}, {"zstd"}}
)

// encoding lets one content be encoded at a time: it takes megabytes and
// milliseconds, and a flood of first requests takes no more than one processor.
var encoding sync.Mutex

// The base-2 logarithms of windows: what a coding refers back to. Few contents
// are larger than the largest, which takes megabytes while encoding, and nothing
// is gained by one that is larger than the content.
const (
	smallestWindow = 12
	largestWindow  = 17
)

// encode writes into memory, where the encoders have no error to report.
func encode(name string, plain []byte) []byte {
	encoding.Lock()
	defer encoding.Unlock()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch name {
	case "br":
		w = brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: 10, LGWin: min(max(smallestWindow, bits.Len(uint(len(plain)))), largestWindow)})
	case "zstd":
		w, err = zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<largestWindow))
	case "gzip":
		w, err = gzip.NewWriterLevel(&b, gzip.BestCompression)
	}
	if err != nil {
		return plain // our own options are right
	}
	_, _ = w.Write(plain)
	_ = w.Close()
	return bytes.Clone(b.Bytes()) // without the room that the buffer has left
}

// decode reads what encode wrote.
func decode(name string, data []byte) []byte {
	var r io.Reader = bytes.NewReader(data)
	switch name {
	case "br":
		r = brotli.NewReader(r)
	case "zstd":
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil // our own options are right
		}
		defer z.Close()
		r = z
	case "gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil // encode wrote a head
		}
		r = z
	}
	plain, _ := io.ReadAll(r)
	return plain
}

// unnamed is the weight of a coding that Accept-Encoding does not name.
const unnamed = -1

// preferred returns which coding of ours Accept-Encoding weighs highest, or -1
// for none (RFC 9110, Section 12.5.3). Ties go to our own order.
func preferred(lines []string) int {
	if len(lines) == 0 {
		return -1
	}
	weights := [len(offered)]float64{unnamed, unnamed, unnamed}
	identity, others := 0.0, 0.0
	for _, line := range lines {
		for line != "" {
			var member string
			member, line, _ = strings.Cut(line, ",")
			name, weight, ok := weighed(member)
			if !ok {
				continue
			}
			switch at := indexOf(name); {
			case at >= 0:
				weights[at] = weight
			case name == "*":
				others = weight
			case strings.EqualFold(name, "identity"):
				identity = weight
			}
		}
	}
	best, most := -1, 0.0
	for i, w := range weights {
		if w == unnamed {
			w = others
		}
		if w > most {
			best, most = i, w
		}
	}
	if most < identity {
		return -1
	}
	return best
}

// indexOf returns the place of a coding in offered, or -1.
func indexOf(name string) int {
	for i, o := range offered {
		if strings.EqualFold(name, o) {
			return i
		}
	}
	return -1
}

// weighed parts a member of Accept-Encoding. It is not ok where the weight is
// none.
func weighed(member string) (name string, weight float64, ok bool) {
	name, params, more := strings.Cut(member, ";")
	name, weight = strings.TrimSpace(name), 1
	if !more {
		return name, weight, true
	}
	params = strings.TrimSpace(params)
	if len(params) < 2 || params[0]|0x20 != 'q' || params[1] != '=' {
		return name, weight, true
	}
	w, err := strconv.ParseFloat(params[2:], 64)
	return name, w, err == nil && w >= 0 && w <= 1
}
