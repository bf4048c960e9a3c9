package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"wwwhy/web/encoded"
	"wwwhy/web/report"
)

// render draws a page whole before its status is written, so that one that
// cannot be drawn is a clean 500.
func (s *server) render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	var b bytes.Buffer
	if err := c.Render(r.Context(), &b); err != nil {
		return fmt.Errorf("drawing a page: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a client that went away needs no answer
	return nil
}

// kept answers with a page that is the same for everybody: it is made at the
// first request and kept in each coding. key names it among all pages.
func (s *server) kept(w http.ResponseWriter, r *http.Request, key, mediaType string, make func(*bytes.Buffer) error) error {
	page, ok := s.pages.Load(key)
	if !ok {
		var b bytes.Buffer
		if err := make(&b); err != nil {
			return err
		}
		page, _ = s.pages.LoadOrStore(key, encoded.New(mediaType, b.Bytes()))
	}
	w.Header().Set("Cache-Control", "public, max-age=300")
	page.(*encoded.Content).ServeHTTP(w, r)
	return nil
}

// keptPage is kept for a component.
func (s *server) keptPage(w http.ResponseWriter, r *http.Request, key string, c func() templ.Component) error {
	return s.kept(w, r, key, "text/html; charset=utf-8", func(b *bytes.Buffer) error {
		return c().Render(r.Context(), b)
	})
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
	ranges := strings.Join(r.Header.Values("Accept"), ",")
	if ranges == "" {
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
		media = strings.ToLower(strings.TrimSpace(media))
		level := map[string]int{"*/*": 0, kind + "/*": 1, offer: 2}[media]
		if media != "*/*" && level == 0 || level <= specific {
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

// terminal reports whether the client is one of those that people use in a
// terminal and that accept anything: they get text.
func terminal(r *http.Request) bool {
	if accept := r.Header.Get("Accept"); accept != "" && accept != "*/*" {
		return false
	}
	agent := strings.ToLower(r.UserAgent())
	for _, name := range []string{"curl/", "wget/", "httpie/", "xh/"} {
		if strings.HasPrefix(agent, name) {
			return true
		}
	}
	return false
}
