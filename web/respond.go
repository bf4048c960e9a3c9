package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"wwwhy/content"
	"wwwhy/templates"
	"wwwhy/web/encoded"
	"wwwhy/web/inspect"
	"wwwhy/web/problem"
	"wwwhy/web/report"
)

// render draws a page whole before its status is written, so that one that
// cannot be drawn is a clean 500.
func (s *server) render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	page, err := s.draw(r, c)
	if err == nil {
		sendPage(w, status, page)
	}
	return err
}

// sendPage answers with a page that is drawn.
func sendPage(w http.ResponseWriter, status int, page []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	w.WriteHeader(status)
	_, _ = w.Write(page) // a client that went away needs no answer
}

// draw draws a page when it is its turn.
func (s *server) draw(r *http.Request, c templ.Component) ([]byte, error) {
	var b bytes.Buffer
	if err := s.gate.InTurn(r, func() error { return c.Render(s.drawing(r), &b) }); err != nil {
		return nil, fmt.Errorf("drawing a page: %w", err)
	}
	return b.Bytes(), nil
}

// hits searches when it is its turn.
func (s *server) hits(r *http.Request, query string, most int) (hits []content.Hit, err error) {
	err = s.gate.InTurn(r, func() error { hits = s.lib.Search(query, most); return nil })
	return hits, err
}

// text explains a pasted text when it is its turn, unless whoever sent it went
// away before. Any other error is a Problem.
func (s *server) text(r *http.Request, text string, told inspect.Pasted) (report.Report, error) {
	leave, p := s.gate.Waiting(r)
	if p != nil {
		return report.Report{}, p
	}
	defer leave()
	rep, err := s.inspector.Text(r.Context(), text, told)
	if err != nil && r.Context().Err() == nil {
		err = textProblem(err)
	}
	return rep, err
}

// drawing is the context in which pages are drawn: they know where the site is.
func (s *server) drawing(r *http.Request) context.Context {
	return templates.WithSite(r.Context(), s.publicURL)
}

// kept answers with a page that is the same for everybody: it is made at the
// first request and kept in each coding. key names it among all pages.
func (s *server) kept(w http.ResponseWriter, r *http.Request, key, mediaType string, make func(*bytes.Buffer) error) error {
	page, err := s.page(r, key, mediaType, make)
	if err != nil {
		return err
	}
	w.Header()["Cache-Control"] = keptFor
	return s.send(w, r, page)
}

// send answers with a content, if the conditions of the request hold.
func (s *server) send(w http.ResponseWriter, r *http.Request, c *encoded.Content) error {
	if failed := c.Failed(r); failed != "" {
		return conditionFailed(failed)
	}
	c.ServeHTTP(w, r)
	return nil
}

// conditionFailed is the problem of a condition that does not hold.
func conditionFailed(name string) *problem.Problem {
	p := &problem.Problem{Status: http.StatusPreconditionFailed, Title: "Not as you expect it", Detail: "If-Match names no state of this that is there now.",
		Fix: "Get it again without " + name + ", and look at what is there now. An ETag is that of one form: send the same Accept and Accept-Encoding with it."}
	switch name {
	case "If-Unmodified-Since":
		p.Detail = "This was modified after the date in If-Unmodified-Since."
	case "If-None-Match":
		p.Detail = "If-None-Match names the state that is there."
	}
	return p
}

// page returns the page that is kept under a key, or makes it when it is its
// turn.
func (s *server) page(r *http.Request, key, mediaType string, make func(*bytes.Buffer) error) (*encoded.Content, error) {
	return s.pages.Page(r.Context(), key, mediaType, func() ([]byte, error) {
		var b bytes.Buffer
		err := s.gate.InTurn(r, func() error { return make(&b) })
		return b.Bytes(), err
	})
}

// keptPage is kept for a component.
func (s *server) keptPage(w http.ResponseWriter, r *http.Request, key string, c func() templ.Component) error {
	err := s.kept(w, r, key, "text/html; charset=utf-8", func(b *bytes.Buffer) error {
		return c().Render(s.drawing(r), b)
	})
	if err == nil && key == r.URL.Path {
		s.keepReady(w.Header(), r, key, false, false)
	}
	return err
}

// keptJSON is kept for a value.
func (s *server) keptJSON(w http.ResponseWriter, r *http.Request, key string, v func() any) error {
	return s.kept(w, r, key, "application/json", func(b *bytes.Buffer) error { return report.WriteJSON(b, v()) })
}

// negotiate returns which of the offered media types the request weighs
// highest (RFC 9110, Section 12.5.1); ties go to the first. Without Accept, or
// where nothing fits, it returns the first: an answer serves better than a 406.
func negotiate(r *http.Request, offers ...string) string {
	best, most := offers[0], 0.0
	var ranges string
	switch lines := r.Header["Accept"]; len(lines) {
	case 0:
		return best
	case 1:
		ranges = lines[0]
	default:
		ranges = strings.Join(lines, ",")
	}
	if ranges == "" {
		return best
	}
	// Browsers begin with text/html: nothing can weigh more.
	if first, _, _ := strings.Cut(ranges, ","); first == best {
		return best
	}
	for _, offer := range offers {
		if w := weight(ranges, offer); w > most {
			best, most = offer, w
		}
	}
	return best
}

// weight returns what Accept gives a media type: the weight of the most
// specific range that covers it, with a grain for being specific.
func weight(ranges, offer string) float64 {
	kind, _, _ := strings.Cut(offer, "/")
	specific, w := -1, 0.0
	for member := range strings.SplitSeq(ranges, ",") {
		media, params, _ := strings.Cut(member, ";")
		level := specificity(strings.TrimSpace(media), offer, kind)
		if level <= specific {
			continue
		}
		specific, w = level, 1
		for p := range strings.SplitSeq(params, ";") {
			if q, ok := strings.CutPrefix(strings.TrimSpace(p), "q="); ok {
				w, _ = strconv.ParseFloat(q, 64)
			}
		}
		if !(w > 0 && w <= 1) {
			w = 0
		}
	}
	if w > 0 {
		w += float64(specific) / 10000
	}
	return w
}

// specificity returns how closely a range of Accept covers an offer of a kind: 0
// for any, 1 for the kind, 2 for the offer itself, -1 where it does not.
func specificity(media, offer, kind string) int {
	switch {
	case strings.EqualFold(media, offer):
		return 2
	case media == "*/*":
		return 0
	case len(media) == len(kind)+2 && media[len(kind):] == "/*" && strings.EqualFold(media[:len(kind)], kind):
		return 1
	}
	return -1
}

var terminals = []string{"curl/", "wget/", "httpie/", "xh/"}

// terminal reports whether the client is one of those that people use in a
// terminal and that accept anything: they get text.
func terminal(r *http.Request) bool {
	if accept := r.Header.Get("Accept"); accept != "" && accept != "*/*" {
		return false
	}
	agent := r.UserAgent()
	for _, name := range terminals {
		if len(agent) >= len(name) && strings.EqualFold(agent[:len(name)], name) {
			return true
		}
	}
	return false
}
