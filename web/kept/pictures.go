package kept

import (
	"context"
	"sync"

	"wwwhy/web/card"
	"wwwhy/web/encoded"
	"wwwhy/web/limit"
)

// Pictures keeps drawn pictures, at most mostPictures of them: drawing one takes
// tens of milliseconds, and the site has many hundreds. One is drawn at a time,
// when it is its turn; one that is kept waits for no other.
type Pictures struct {
	turns *limit.Turns
	alone *limit.Turns // in which one is drawn
	mu    sync.Mutex   // of drawn
	drawn map[string]*encoded.Content
}

// NewPictures returns a place for pictures, which are drawn in these turns; nil:
// one at a time.
func NewPictures(turns *limit.Turns) *Pictures {
	return &Pictures{turns: turns, alone: limit.NewTurns(1)}
}

// mostPictures bounds the kept pictures: at about 20 kB each, some 4 MB.
const mostPictures = 200

// Get returns the picture kept under a name, or draws it, unless ctx ends before
// it can be.
func (p *Pictures) Get(ctx context.Context, name string, c func() card.Card) (kept *encoded.Content, err error) {
	kept, ok := p.Kept(name)
	if ok {
		return kept, nil
	}
	draw := func() {
		if kept, ok = p.Kept(name); !ok { // else somebody else had it drawn
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

// Kept returns the picture kept under a name, if one is.
func (p *Pictures) Kept(name string) (*encoded.Content, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept, ok := p.drawn[name]
	return kept, ok
}

// draw draws a picture and keeps it.
func (p *Pictures) draw(name string, c card.Card) (*encoded.Content, error) {
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
