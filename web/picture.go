package web

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"wwwhy/content"
	"wwwhy/web/card"
	"wwwhy/web/encoded"
	"wwwhy/web/limit"
)

// pictures keeps drawn pictures, at most mostPictures of them: drawing one takes
// tens of milliseconds, and the site has many hundreds. One is drawn at a time,
// when it is its turn; one that is kept waits for no other.
type pictures struct {
	turns *limit.Turns
	alone *limit.Turns // in which one is drawn
	mu    sync.Mutex   // of drawn
	drawn map[string]*encoded.Content
}

// mostPictures bounds the kept pictures: at about 20 kB each, some 4 MB.
const mostPictures = 200

// get returns the picture kept under a name, or draws it, unless ctx ends before
// it can be.
func (p *pictures) get(ctx context.Context, name string, c func() card.Card) (kept *encoded.Content, err error) {
	kept, ok := p.kept(name)
	if ok {
		return kept, nil
	}
	draw := func() {
		if kept, ok = p.kept(name); !ok { // else somebody else had it drawn
			kept, err = p.draw(name, c())
		}
	}
	if left := p.alone.Do(ctx, func() {
		if gone := p.turns.Do(ctx, draw); gone != nil {
			err = gone
		}
	}); left != nil {
		return nil, left
	}
	return kept, err
}

func (p *pictures) kept(name string) (*encoded.Content, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept, ok := p.drawn[name]
	return kept, ok
}

// draw draws a picture and keeps it.
func (p *pictures) draw(name string, c card.Card) (*encoded.Content, error) {
	data, err := card.Draw(c)
	if err != nil {
		return nil, err
	}
	made := encoded.Plain(card.MediaType, data) // compressed already
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn == nil || len(p.drawn) >= mostPictures {
		p.drawn = map[string]*encoded.Content{}
	}
	p.drawn[name] = made
	return made, nil
}

// servePicture answers with the picture that other sites show beside a link.
// name stands for what the card says, which must not change under it. It may be
// kept for a day, unless the caller has set Cache-Control.
func (s *server) servePicture(w http.ResponseWriter, r *http.Request, name string, c func() card.Card) error {
	p, ready := s.pictures.kept(name)
	if !ready {
		leave, full := s.gate.Waiting(r)
		if full != nil {
			return full
		}
		defer leave()
		var err error
		if p, err = s.pictures.get(r.Context(), name, c); err != nil {
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
