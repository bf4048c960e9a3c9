package web

import (
	"sync"

	"wwwhy/web/encoded"
)

// keptBytes bounds the bytes of pages that are kept, before they are encoded;
// the codings together take about as much again. All pages in all forms have
// some 20 MB, most of which nobody reads.
const keptBytes = 8 << 20

// keeping holds pages by key, in two generations: when the younger is full, it
// becomes the older, and what nobody asked for meanwhile is dropped.
type keeping struct {
	mu           sync.Mutex
	young, older map[string]*encoded.Content
	bytes        int    // of young
	turned       func() // called when a generation is dropped; nil: nothing
}

// get returns a kept page, or nil. It stays for another generation.
func (k *keeping) get(key string) *encoded.Content {
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
func (k *keeping) put(key string, page *encoded.Content) *encoded.Content {
	k.mu.Lock()
	defer k.mu.Unlock()
	if kept := k.young[key]; kept != nil {
		return kept
	}
	k.add(key, page)
	return page
}

func (k *keeping) add(key string, page *encoded.Content) {
	if k.young == nil || k.bytes+page.Len() > keptBytes/2 {
		k.young, k.older, k.bytes = map[string]*encoded.Content{}, k.young, 0
		if k.turned != nil {
			k.turned()
		}
	}
	k.young[key] = page
	k.bytes += page.Len()
}
