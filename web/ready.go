package web

import (
	"log/slog"
	"net/http"
	"sync"

	"github.com/go-chi/chi/v5"

	"wwwhy/web/encoded"
	"wwwhy/web/visit"
)

// readyPages are pages by their path that were served before and are the same
// for everybody, so that a visit of one needs neither the routes nor a search
// for the page. They are among those that are kept.
type readyPages struct {
	mu    sync.RWMutex
	pages map[string]readyPage
	logs  map[string]slog.Handler // by route, with what all its lines of GET say
}

type readyPage struct {
	route      string
	log        slog.Handler
	content    *encoded.Content
	negotiated bool     // it is for those who want HTML; others have other forms
	open       bool     // scripts of any origin may read it
	links      []string // that it has in its head
}

func (p *readyPages) get(path string) (readyPage, bool) {
	p.mu.RLock()
	page, ok := p.pages[path]
	p.mu.RUnlock()
	return page, ok
}

func (p *readyPages) put(path string, page readyPage, book *visit.Book) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pages == nil {
		p.pages, p.logs = map[string]readyPage{}, map[string]slog.Handler{}
	}
	if page.log = p.logs[page.route]; page.log == nil {
		page.log = book.Lines(page.route)
		p.logs[page.route] = page.log
	}
	p.pages[path] = page
}

// forget forgets all pages; those that are visited come back by the routes.
func (p *readyPages) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.pages)
}

// What pages that are the same for everybody are answered with.
var (
	keptFor      = []string{"public, max-age=300"}
	variesByForm = []string{"Accept, User-Agent, Accept-Encoding"} // as package encoded completes it
)

// plainly reports whether a request asks for a path and nothing more.
func plainly(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.URL.RawQuery == "" && r.URL.RawPath == ""
}

// keepReady notes that a page was served that is the same for everybody or, where
// the form was negotiated, for all who want HTML.
func (s *server) keepReady(h http.Header, r *http.Request, key string, negotiated, open bool) {
	if page := s.pages.get(key); page != nil && plainly(r) {
		route := chi.RouteContext(r.Context()).RoutePattern()
		s.readyPages.put(r.URL.Path, readyPage{route: route, content: page, negotiated: negotiated, open: open, links: h["Link"]}, s.book)
	}
}

// ServeHTTP answers a request: from what is ready, or by the routes.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.book.Serve(w, r, s.answerReady, s.router)
}

// answerReady answers with a page that is ready, and reports whether it did.
// The answer is what the routes would give.
func (s *server) answerReady(v *visit.Visit, r *http.Request) bool {
	if !plainly(r) || r.Header["If-Match"] != nil { // a condition that fails is for the routes
		return false
	}
	page, ok := s.readyPages.get(r.URL.Path)
	if !ok || page.negotiated && formWanted(r) != "html" {
		return false
	}
	log := page.log
	if r.Method != http.MethodGet {
		log = nil
	}
	v.At(page.route, log)
	h := v.Header()
	s.constants.Set(h, visit.PolicyOfPages)
	h["Cache-Control"] = keptFor
	if page.negotiated {
		h["Vary"] = variesByForm
	}
	if page.open {
		visit.Open(h)
	}
	if page.links != nil {
		h["Link"] = page.links
	}
	page.content.ServeHTTP(v, r)
	return true
}
