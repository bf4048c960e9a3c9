package kept

import (
	"log/slog"
	"sync"

	"wwwhy/web/encoded"
)

// Ready is pages by their path that were served before and are the same for
// everybody, so that a visit of one needs neither the routes nor a search for the
// page. They are among those that are kept.
type Ready struct {
	mu    sync.RWMutex
	pages map[string]ReadyPage
	lines map[string]slog.Handler // by route
}

// ReadyPage is a page, and what an answer with it has.
type ReadyPage struct {
	Route      string
	Lines      slog.Handler // has what all lines of GET at the route say; Put sets it
	Content    *encoded.Content
	Negotiated bool     // it is for those who want HTML; others have other forms
	Open       bool     // scripts of any origin may read it
	Links      []string // that it has in its head
}

// Get returns the page that is ready at a path, if one is.
func (p *Ready) Get(path string) (ReadyPage, bool) {
	p.mu.RLock()
	page, ok := p.pages[path]
	p.mu.RUnlock()
	return page, ok
}

// Put notes that a page is ready. lines makes the Lines of a route, once.
func (p *Ready) Put(path string, page ReadyPage, lines func(route string) slog.Handler) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pages == nil {
		p.pages, p.lines = map[string]ReadyPage{}, map[string]slog.Handler{}
	}
	if page.Lines = p.lines[page.Route]; page.Lines == nil {
		page.Lines = lines(page.Route)
		p.lines[page.Route] = page.Lines
	}
	p.pages[path] = page
}

// Forget forgets all pages; those that are visited come back by the routes.
func (p *Ready) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.pages)
}
