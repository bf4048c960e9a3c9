package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"

	"wwwhy/content"
	"wwwhy/web/card"
	"wwwhy/web/limit"
)

// pictures keeps drawn pictures, at most most of them: drawing one takes tens
// of milliseconds, and the site has many hundreds. One is drawn at a time, when
// it is its turn.
type pictures struct {
	turns *limit.Turns
	mu    sync.Mutex
	drawn map[string]picture
}

type picture struct {
	data []byte
	tag  string
}

// most bounds the kept pictures: at about 20 kB each, some 4 MB.
const mostPictures = 200

// get returns the picture kept under a name, or draws it.
func (p *pictures) get(name string, c func() card.Card) (picture, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if kept, ok := p.drawn[name]; ok {
		return kept, nil
	}
	var data []byte
	var err error
	p.turns.Do(func() { data, err = card.Draw(c()) })
	if err != nil {
		return picture{}, err
	}
	if p.drawn == nil || len(p.drawn) >= mostPictures {
		p.drawn = map[string]picture{}
	}
	sum := sha256.Sum256(data)
	kept := picture{data, `"` + hex.EncodeToString(sum[:12]) + `"`}
	p.drawn[name] = kept
	return kept, nil
}

// servePicture answers with the picture that other sites show beside a link.
// name stands for what the card says, which must not change under it. It may be
// kept for a day, unless the caller has set Cache-Control.
func (s *server) servePicture(w http.ResponseWriter, r *http.Request, name string, c func() card.Card) error {
	p, err := s.pictures.get(name, c)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", card.MediaType)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "public, max-age=86400")
	}
	h.Set("ETag", p.tag)
	// The sites that show it are of other origins.
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(p.data))
	return nil
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
