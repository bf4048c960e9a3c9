// Package encoded serves one content in every coding that we offer, with
// validators. Each coding is made at its first use and kept, so that a request
// costs no compression. What the content is, is not known here.
package encoded

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// Content is bytes of one media type. It is safe for concurrent use.
type Content struct {
	mediaType []string
	digest    string
	plain     form
	codings   [len(offered)]coded
	once      bool // served once, so not worth a coding
}

// coded is the content in one coding, made at first use.
type coded struct {
	once sync.Once
	form
}

// form is the bytes of a coding and the values of the fields that go with them,
// made once: answers share them.
type form struct {
	data   []byte
	tag    []string // ETag
	length []string // Content-Length
}

// offered lists our codings, the one that makes our pages smallest first: brotli
// by a fifth, and zstd is no smaller than gzip.
var offered = [...]string{"br", "gzip", "zstd"}

// Values of fields that all contents share.
var (
	vary   = []string{"Accept-Encoding"}
	naming = [len(offered)][]string{{"br"}, {"gzip"}, {"zstd"}}
)

// smallest is the size in bytes below which coding is not worth its overhead.
const smallest = 512

// New returns content of the given media type. It keeps a copy of body.
func New(mediaType string, body []byte) *Content {
	sum := sha256.Sum256(body)
	c := &Content{mediaType: []string{mediaType}, digest: base64.RawURLEncoding.EncodeToString(sum[:12])}
	c.plain = formOf(bytes.Clone(body), `"`+c.digest+`"`)
	return c
}

// Len returns the size of the content in bytes, before it is encoded.
func (c *Content) Len() int { return len(c.plain.data) }

func formOf(data []byte, tag string) form {
	return form{data, []string{tag}, []string{strconv.Itoa(len(data))}}
}

// Plain returns content that is served as it is, for what is used once: coding it
// would cost more than it saves. It keeps body, which must not be changed
// afterwards.
func Plain(mediaType string, body []byte) *Content {
	c := New(mediaType, body)
	c.once = true
	return c
}

// ServeHTTP answers GET and HEAD with the coding that the request prefers, or
// with 304 where the client has it already (RFC 9110, Section 13.1.2). The
// caller may have set other fields, Vary among them, before.
func (c *Content) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	f, coding := &c.plain, -1
	if len(c.plain.data) >= smallest && !c.once {
		if coding = preferred(r.Header["Accept-Encoding"]); coding >= 0 {
			f = c.coded(coding)
		}
		if before := h["Vary"]; before == nil {
			h["Vary"] = vary
		} else {
			h["Vary"] = append(before[:len(before):len(before)], vary[0])
		}
	}
	h["Etag"] = f.tag
	if lines := r.Header["If-None-Match"]; lines != nil && matches(lines, f.tag[0]) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if coding >= 0 {
		h["Content-Encoding"] = naming[coding]
	}
	h["Content-Type"], h["Content-Length"] = c.mediaType, f.length
	if r.Method != http.MethodHead {
		_, _ = w.Write(f.data) // a client that went away needs no answer
	}
}

// coded returns the content in a coding of ours.
func (c *Content) coded(coding int) *form {
	k := &c.codings[coding]
	k.once.Do(func() {
		name := offered[coding]
		k.form = formOf(encode(name, c.plain.data), `"`+c.digest+`-`+name+`"`)
	})
	return &k.form
}

// encoding lets one content be encoded at a time: it takes megabytes and
// milliseconds, and a flood of first requests takes no more than one processor.
var encoding sync.Mutex

// window is the base-2 logarithm of brotli's window: most contents are smaller,
// and a larger one takes tens of megabytes while encoding.
const window = 17

// encode writes into memory, where the encoders have no error to report.
func encode(name string, plain []byte) []byte {
	encoding.Lock()
	defer encoding.Unlock()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch name {
	case "br":
		w = brotli.NewWriterOptions(&b, brotli.WriterOptions{Quality: 10, LGWin: window})
	case "zstd":
		w, err = zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<window))
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
