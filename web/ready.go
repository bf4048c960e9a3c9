package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"wwwhy/web/kept"
	"wwwhy/web/visit"
)

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
	if page := s.pages.Get(key); page != nil && plainly(r) {
		route := chi.RouteContext(r.Context()).RoutePattern()
		s.readyPages.Put(r.URL.Path, kept.ReadyPage{Route: route, Content: page, Negotiated: negotiated, Open: open, Links: h["Link"]}, s.book.Lines)
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
	page, ok := s.readyPages.Get(r.URL.Path)
	if !ok || page.Negotiated && formWanted(r) != "html" {
		return false
	}
	lines := page.Lines
	if r.Method != http.MethodGet {
		lines = nil
	}
	v.At(page.Route, lines)
	h := v.Header()
	s.constants.Set(h, visit.PolicyOfPages)
	h["Cache-Control"] = keptFor
	if page.Negotiated {
		h["Vary"] = variesByForm
	}
	if page.Open {
		visit.Open(h)
	}
	if page.Links != nil {
		h["Link"] = page.Links
	}
	page.Content.ServeHTTP(v, r)
	return true
}
