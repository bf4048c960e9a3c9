// Package encoded serves one content in every coding that we offer, with
// validators. Each coding is made at its first use and kept, so that a request
// costs no compression. What the content is, is not known here.
package encoded

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Content is bytes of one media type. It is safe for concurrent use. Of its
// forms, as it is and coded, it keeps those that were asked for: most readers
// take the same coding, and the others would take several times the memory.
type Content struct {
	mediaType []string
	digest    string
	worth     bool // whether coding is worth its overhead
	forms     [1 + len(offered)]atomic.Pointer[form]
	held      atomic.Int64 // bytes of the forms
	asked     atomic.Bool  // for the content as it is
	making    sync.Mutex   // one form is made or dropped at a time
	modified  time.Time    // zero: not known
	grown     func(int)    // told by how many bytes the forms grew; nil: nobody is
}

// form is the bytes of a coding and the values of the fields that go with them,
// made once: answers share them.
type form struct {
	data   []byte
	tag    []string // ETag
	length []string // Content-Length
}

// asItIs is the place of the content that is not coded among the forms; that of
// a coding is one more than its place in offered.
const asItIs = 0

// smallest is the size in bytes below which coding is not worth its overhead.
const smallest = 512

// New returns content of the given media type, with a copy of body.
func New(mediaType string, body []byte) *Content { return Kept(mediaType, body, nil) }

// Kept is New for one who bounds what is kept: grown is told by how many bytes
// Len grew, or shrank, when forms were made or dropped.
func Kept(mediaType string, body []byte, grown func(bytes int)) *Content {
	return keeping(mediaType, bytes.Clone(body), grown)
}

// keeping keeps body itself.
func keeping(mediaType string, body []byte, grown func(bytes int)) *Content {
	sum := sha256.Sum256(body)
	c := &Content{mediaType: []string{mediaType}, digest: base64.RawURLEncoding.EncodeToString(sum[:12]), worth: len(body) >= smallest, grown: grown}
	c.forms[asItIs].Store(formOf(body, c.tag(asItIs)))
	c.held.Store(int64(len(body)))
	return c
}

// Len returns how many bytes the forms take that are there now.
func (c *Content) Len() int { return int(c.held.Load()) }

// tag returns the entity tag of a form: each has its own (RFC 9110, Section
// 8.8.3.3).
func (c *Content) tag(at int) string {
	if at == asItIs {
		return `"` + c.digest + `"`
	}
	return `"` + c.digest + `-` + offered[at-1] + `"`
}

func formOf(data []byte, tag string) *form {
	return &form{data, []string{tag}, []string{strconv.Itoa(len(data))}}
}

// Plain returns content that is served as it is, for what is used once: coding it
// would cost more than it saves. It keeps body, which must not be changed
// afterwards.
func Plain(mediaType string, body []byte) *Content {
	c := keeping(mediaType, body, nil)
	c.worth = false
	return c
}

// ServeHTTP answers GET and HEAD with the coding that the request prefers, or
// with 304 where the client has it already (RFC 9110, Section 13.2.2). The
// caller may have set other fields, Vary among them, before, and has seen that no
// condition Failed.
func (c *Content) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	f, at := c.selected(r)
	if c.worth {
		// In one line: nginx before 1.23 heeds the last one only.
		if before := strings.Join(h["Vary"], ", "); before == "" {
			h["Vary"] = vary
		} else if !strings.HasSuffix(before, vary[0]) {
			h["Vary"] = []string{before + ", " + vary[0]}
		}
	}
	h["Etag"] = f.tag
	if !c.modified.IsZero() {
		h.Set("Last-Modified", c.modified.UTC().Format(http.TimeFormat))
	}
	if c.had(r, f) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if at != asItIs {
		h["Content-Encoding"] = naming[at-1]
	}
	h["Content-Type"], h["Content-Length"] = c.mediaType, f.length
	if r.Method != http.MethodHead {
		_, _ = w.Write(f.data) // a client that went away needs no answer
	}
}

// selected returns the form that a request prefers, and its place.
func (c *Content) selected(r *http.Request) (*form, int) {
	at := asItIs
	if c.worth {
		at = 1 + preferred(r.Header["Accept-Encoding"])
	}
	f := c.forms[at].Load()
	if f == nil || at == asItIs && c.worth && !c.asked.Load() {
		f = c.form(at)
	}
	return f, at
}

// form returns a form of the content, made where there is none yet.
func (c *Content) form(at int) *form {
	c.making.Lock()
	defer c.making.Unlock()
	if at == asItIs {
		c.asked.Store(true)
	}
	if f := c.forms[at].Load(); f != nil {
		return f
	}
	data := c.plain()
	grown := len(data)
	if at != asItIs {
		plain := len(data)
		data = encode(offered[at-1], data)
		grown = len(data)
		if !c.asked.Load() && c.forms[asItIs].Swap(nil) != nil {
			grown -= plain
		}
	}
	f := formOf(data, c.tag(at))
	c.forms[at].Store(f)
	c.held.Add(int64(grown))
	if c.grown != nil {
		c.grown(grown)
	}
	return f
}

// plain returns the content as it is, out of whichever form there is.
func (c *Content) plain() []byte {
	if f := c.forms[asItIs].Load(); f != nil {
		return f.data
	}
	for i, name := range offered {
		if f := c.forms[1+i].Load(); f != nil {
			return decode(name, f.data)
		}
	}
	return nil // there is always a form
}
