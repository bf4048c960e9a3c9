// Package limit says who may do how much. It counts; it knows nothing of
// routes, requests or what the keys stand for.
package limit

import (
	"context"
	"sync"
)

// Key is what is counted, and how many may be under way for it at once.
type Key struct {
	Name string
	Most int
}

// Places bounds what is under way at once, by any number of keys. The zero
// value is ready, and it is safe for concurrent use.
type Places struct {
	mu      sync.Mutex
	taken   map[string]int
	changed chan struct{} // closed when a place is given back; nil: nobody waits
}

// Take takes a place for each key, or none at all. Then full is the first key
// that has no place. leave gives the places back; it may be called once.
func (p *Places) Take(keys ...Key) (leave func(), full *Key) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.take(keys)
}

// Wait takes a place for each key as soon as all have one. It returns nil when
// ctx ends before.
func (p *Places) Wait(ctx context.Context, keys ...Key) (leave func()) {
	for {
		p.mu.Lock()
		leave, full := p.take(keys)
		if full != nil && p.changed == nil {
			p.changed = make(chan struct{})
		}
		changed := p.changed
		p.mu.Unlock()
		if full == nil {
			return leave
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}

func (p *Places) take(keys []Key) (leave func(), full *Key) {
	for i, k := range keys {
		if p.taken[k.Name] >= k.Most {
			return nil, &keys[i]
		}
	}
	if p.taken == nil {
		p.taken = map[string]int{}
	}
	for _, k := range keys {
		p.taken[k.Name]++
	}
	return func() { p.leave(keys) }, nil
}

func (p *Places) leave(keys []Key) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, k := range keys {
		if p.taken[k.Name]--; p.taken[k.Name] == 0 {
			delete(p.taken, k.Name)
		}
	}
	if p.changed != nil {
		close(p.changed)
		p.changed = nil
	}
}

// Taken returns how many places a key has taken.
func (p *Places) Taken(name string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken[name]
}
