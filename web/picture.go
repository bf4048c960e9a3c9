package web

import (
	"net/http"
	"strings"

	"wwwhy/content"
	"wwwhy/web/card"
)

// servePicture answers with the picture that other sites show beside a link.
// name stands for what the card says, which must not change under it. It may be
// kept for a day, unless the caller has set Cache-Control.
func (s *server) servePicture(w http.ResponseWriter, r *http.Request, name string, c func() card.Card) error {
	p, ready := s.pictures.Kept(name)
	if !ready {
		leave, full := s.gate.Waiting(r)
		if full != nil {
			return full
		}
		defer leave()
		var err error
		if p, err = s.pictures.Get(r.Context(), name, c); err != nil {
			return err
		}
	}
	h := w.Header()
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "public, max-age=86400")
	}
	// The sites that show it are of other origins.
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	return s.send(w, r, p)
}

// cardOf is what the picture of a reference page says.
func (s *server) cardOf(p *content.Page) card.Card {
	c := card.Card{Title: p.Title, Text: content.Plain(p.Summary), Foot: "wwwhy", Badge: kindWord(p.Kind())}
	if p.Kind() == content.KindCode {
		c.Badge, c.Class = p.Slug, int(p.Slug[0]-'0')
		c.Title = strings.TrimSpace(strings.TrimPrefix(p.Title, p.Slug))
	}
	return c
}
