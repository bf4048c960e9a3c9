// Package trial answers as it is asked to: with any status, with challenges that
// really check what is sent, with redirects, delays, conditions and CORS, right
// or wrong on purpose. It is what the site at /try is made of. It keeps nothing
// of a client but a bounded count of requests, and never sends HTML or leads off
// the site. Pages about it are templates'; what is wrong in a response is
// diagnose's.
package trial

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"wwwhy/content"
)

// Who is let in.
const (
	User     = "user"
	Password = "passwd"
)

// Bounds of what may be asked for.
const (
	LongestDelay = 10 * time.Second
	MostHops     = 20
	mostTimes    = 100
	mostFields   = 10
	mostWaiting  = 64   // requests that are delayed at once
	mostCounted  = 4096 // counters that are kept
	longestText  = 200  // bytes of a value that is sent back
)

// Trial answers requests. It is safe for concurrent use.
type Trial struct {
	lib     *content.Library
	key     [32]byte      // makes nonces that need not be remembered
	waiting chan struct{} // a place for each request that is delayed
	counts  counters
	now     func() time.Time
}

// New returns a trial that takes its words and challenges from lib.
func New(lib *content.Library) *Trial {
	t := &Trial{lib: lib, waiting: make(chan struct{}, mostWaiting), counts: counters{seen: map[string]int{}}, now: time.Now}
	_, _ = rand.Read(t.key[:]) // never fails
	return t
}

// Refusal is why an answer cannot be given: what is wrong, and what to write
// instead. Status is 400, or 503 where all places for delays are taken.
type Refusal struct {
	Status      int
	Detail, Fix string
}

func (r *Refusal) Error() string { return r.Detail }

func refuse(fix, format string, args ...any) error {
	return &Refusal{http.StatusBadRequest, fmt.Sprintf(format, args...), fix}
}

// Answer gives the answer that the code and the query ask for. The error is a
// *Refusal; then nothing was written yet.
func (t *Trial) Answer(w http.ResponseWriter, r *http.Request, code int) error {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil { // a part of it would be passed over in silence
		return refuse("Percent-encode what stands in a value: %3B for a semicolon, %25 for a percent sign.", "The query cannot be read.")
	}
	o, err := t.read(q, code)
	if err != nil {
		return err
	}
	if err := t.delay(r.Context(), o.delay); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if o.cors != "" && !t.crossOrigin(w, r, o) {
		return nil
	}
	if o.times > 0 && t.counts.add(o.id) >= o.times {
		o.code = http.StatusOK
	}
	if o.code == 401 || o.code == 407 || o.code == 403 && o.scheme != "" {
		t.challenge(h, r, &o)
	}
	for _, l := range o.fields {
		h.Set(l.Name, l.Value)
	}
	t.write(w, r, o)
	return nil
}

// delay waits, if there is a place for that.
func (t *Trial) delay(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return nil
	}
	select {
	case t.waiting <- struct{}{}:
	default:
		return &Refusal{http.StatusServiceUnavailable, "Too many delayed answers are under way.", "Try again in some seconds, or without delay."}
	}
	defer func() { <-t.waiting }()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil
}

// write sends interim responses, the fields that the status needs, and a line of
// text.
func (t *Trial) write(w http.ResponseWriter, r *http.Request, o order) {
	h := w.Header()
	if o.code < 200 {
		hinted := o.code == http.StatusEarlyHints && h.Get("Link") == ""
		if hinted {
			h.Set("Link", "</static/site.css>; rel=preload; as=style")
		}
		if o.code != http.StatusContinue || r.Header.Get("Expect") != "" {
			w.WriteHeader(o.code)
		}
		if hinted {
			h.Del("Link")
		}
		o.code = http.StatusOK
	}
	o.needed(h, r)
	if o.conditional(h, r) {
		o.code = http.StatusNotModified
	}
	text := o.text(t.lib)
	if o.code == 206 || o.code == 416 {
		text = o.part(h, r)
	}
	if !hasContent(o.code) {
		spelt(h)
		w.WriteHeader(o.code)
		return
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "text/plain; charset=utf-8")
	}
	if o.trailer {
		h.Set("Trailer", "Server-Timing")
	} else {
		h.Set("Content-Length", fmt.Sprint(len(text)))
	}
	spelt(h)
	w.WriteHeader(o.code)
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write([]byte(text)) // a client that went away needs no answer
	if o.trailer {
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		h.Set("Server-Timing", "try;dur=0")
	}
}

// hasContent reports whether an answer may have content (RFC 9110, Section 6.4.1).
func hasContent(code int) bool {
	return code >= 200 && code != 204 && code != 205 && code != 304
}

// text is a line about the status, or a problem document.
func (o *order) text(lib *content.Library) string {
	phrase, summary := "", ""
	if s := lib.Status(o.code); s != nil {
		phrase, summary = s.Phrase, s.Summary
	}
	if o.inside {
		return "You are in.\n"
	}
	if o.problem {
		return fmt.Sprintf("{\"title\": %q, \"status\": %d}\n", strings.TrimSpace(phrase), o.code)
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s\n%s", o.code, phrase, summary)) + "\n"
}

// spelt writes names as their standards do: net/http spells Www-Authenticate. No
// client may care, and people do.
func spelt(h http.Header) {
	for _, name := range []string{"WWW-Authenticate", "ETag", "DPoP-Nonce", "RateLimit", "RateLimit-Policy"} {
		if key := http.CanonicalHeaderKey(name); h[key] != nil && key != name {
			h[name] = h[key]
			delete(h, key)
		}
	}
}
