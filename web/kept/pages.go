// Package kept holds what is made once and is the same for everybody: pages in
// their codings, which of them are ready to be served by their path alone, and
// pictures. It bounds how much is kept, and knows neither what a page says nor
// who asks for it.
package kept

import (
	"context"
	"sync"

	"wwwhy/web/encoded"
)

// keptBytes bounds the bytes of pages that are kept, in the codings in which they
// were asked for. All pages in one coding have 2 MB; all pages in all forms and
// codings have some 40 MB, most of which nobody reads.
const keptBytes = 4 << 20

// Pages holds pages by key, in two generations: when the younger is full, it
// becomes the older, and what nobody asked for meanwhile is dropped.
type Pages struct {
	Turned func() // called when a generation is dropped; nil: nothing

	mu           sync.Mutex
	young, older map[string]*encoded.Content
	bytes        int                      // of young, and what older grew since
	made         map[string]chan struct{} // pages that somebody makes, closed afterwards
}

// Page returns the page that is kept under a key, or makes it. However many ask
// for it at once, one of them makes it.
func (k *Pages) Page(ctx context.Context, key, mediaType string, make func() ([]byte, error)) (*encoded.Content, error) {
	for {
		if page := k.Get(key); page != nil {
			return page, nil
		}
		end, made := k.begin(key)
		if end != nil {
			defer end()
			break
		}
		select {
		case <-made: // or the maker left
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	body, err := make()
	if err != nil {
		return nil, err
	}
	return k.put(key, k.content(mediaType, body)), nil
}

// begin says whether the page of a key is the caller's to make, who calls end
// afterwards. Where somebody else makes it already, made is closed when they are
// done.
func (k *Pages) begin(key string) (end func(), made <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if other := k.made[key]; other != nil {
		return nil, other
	}
	if k.made == nil {
		k.made = map[string]chan struct{}{}
	}
	mine := make(chan struct{})
	k.made[key] = mine
	return func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		delete(k.made, key)
		close(mine)
	}, nil
}

// Get returns a kept page, or nil. It stays for another generation.
func (k *Pages) Get(key string) *encoded.Content {
	k.mu.Lock()
	defer k.mu.Unlock()
	if page := k.young[key]; page != nil {
		return page
	}
	page := k.older[key]
	if page != nil {
		k.add(key, page)
	}
	return page
}

// put keeps a page, unless another is there by now, and returns what is kept.
func (k *Pages) put(key string, page *encoded.Content) *encoded.Content {
	k.mu.Lock()
	defer k.mu.Unlock()
	if kept := k.young[key]; kept != nil {
		return kept
	}
	k.add(key, page)
	return page
}

// content is encoded.New for a page that is to be kept.
func (k *Pages) content(mediaType string, body []byte) *encoded.Content {
	return encoded.Kept(mediaType, body, k.grow)
}

// grow counts the bytes of a form that was made of a page.
func (k *Pages) grow(bytes int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.bytes += bytes
	k.turn(0)
}

func (k *Pages) add(key string, page *encoded.Content) {
	k.turn(page.Len())
	k.young[key] = page
	k.bytes += page.Len()
}

// turn begins a new generation where the younger has no room for so many bytes.
func (k *Pages) turn(more int) {
	if k.young != nil && k.bytes+more <= keptBytes/2 {
		return
	}
	k.young, k.older, k.bytes = map[string]*encoded.Content{}, k.young, 0
	if k.Turned != nil {
		k.Turned()
	}
}
