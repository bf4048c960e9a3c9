// Package encoded serves one content in every coding that we offer, with
// validators. Each coding is made at its first use and kept, so that a request
// costs no compression. What the content is, is not known here.
package encoded

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// Content is bytes of one media type. It is safe for concurrent use.
type Content struct {
	mediaType string
	plain     []byte
	digest    string
	codings   map[string]*coded
}

// coded is the content in one coding, made at first use.
type coded struct {
	once sync.Once
	data []byte
}

// offered lists our codings, the one that we prefer first.
var offered = []string{"zstd", "br", "gzip"}

// smallest is the size in bytes below which coding is not worth its overhead.
const smallest = 512

// New returns content of the given media type. It keeps body, which must not be
// changed afterwards.
func New(mediaType string, body []byte) *Content {
	sum := sha256.Sum256(body)
	c := &Content{mediaType, body, base64.RawURLEncoding.EncodeToString(sum[:12]), map[string]*coded{}}
	for _, name := range offered {
		c.codings[name] = &coded{}
	}
	return c
}

// ServeHTTP answers GET and HEAD with the coding that the request prefers, or
// with 304 where the client has it already (RFC 9110, Section 13.1.2). The
// caller may have set other fields, Vary among them, before.
func (c *Content) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := ""
	h := w.Header()
	if len(c.plain) >= smallest {
		name = preferred(r.Header.Values("Accept-Encoding"))
		h.Add("Vary", "Accept-Encoding")
	}
	data, tag := c.plain, `"`+c.digest+`"`
	if name != "" {
		data, tag = c.coded(name), `"`+c.digest+`-`+name+`"`
		h.Set("Content-Encoding", name)
	}
	h.Set("ETag", tag)
	if matches(r.Header.Values("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", c.mediaType)
	h.Set("Content-Length", strconv.Itoa(len(data)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(data) // a client that went away needs no answer
	}
}

// coded returns the content in a coding of ours.
func (c *Content) coded(name string) []byte {
	k := c.codings[name]
	k.once.Do(func() { k.data = encode(name, c.plain) })
	return k.data
}

// encode writes into memory, where the encoders have no error to report.
func encode(name string, plain []byte) []byte {
	var b bytes.Buffer
	switch name {
	case "br":
		w := brotli.NewWriterLevel(&b, 9)
		_, _ = w.Write(plain)
		_ = w.Close()
	case "zstd":
		w, err := zstd.NewWriter(&b, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
		if err != nil {
			return plain
		}
		_, _ = w.Write(plain)
		_ = w.Close()
	case "gzip":
		w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return plain
		}
		_, _ = w.Write(plain)
		_ = w.Close()
	}
	return b.Bytes()
}

// preferred returns the coding of ours that Accept-Encoding weighs highest, or
// "" for none (RFC 9110, Section 12.5.3). Ties go to our own order.
func preferred(lines []string) string {
	weights := map[string]float64{}
	for _, line := range lines {
		for member := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(member, ";")
			weight := 1.0
			if q, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(params)), "q="); ok {
				w, err := strconv.ParseFloat(q, 64)
				if err != nil || !(w >= 0 && w <= 1) {
					continue
				}
				weight = w
			}
			weights[strings.ToLower(strings.TrimSpace(name))] = weight
		}
	}
	best, most := "", 0.0
	for _, name := range offered {
		w, named := weights[name]
		if !named {
			w = weights["*"]
		}
		if w > most {
			best, most = name, w
		}
	}
	if most < weights["identity"] {
		return ""
	}
	return best
}

// matches reports whether If-None-Match names the tag, compared weakly.
func matches(lines []string, tag string) bool {
	for _, line := range lines {
		for member := range strings.SplitSeq(line, ",") {
			member = strings.TrimSpace(member)
			if member == "*" || strings.TrimPrefix(member, "W/") == tag {
				return true
			}
		}
	}
	return false
}
