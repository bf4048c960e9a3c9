// Package web is the site and the API: HTTP in, pages and documents out. Its
// handlers parse, call and render; all analysis is behind inspect, all words
// are content's, all drawing is templates'.
package web

import (
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"wwwhy/content"
	"wwwhy/web/inspect"
)

// Config is what the site needs to run.
type Config struct {
	Library   *content.Library
	Inspector *inspect.Inspector
	Log       *slog.Logger
	PublicURL string // address under which visitors reach the site, without a slash at the end
	Outbound  int    // inspections at once; 0: 32
}

// server holds what handlers share.
type server struct {
	lib       *content.Library
	inspector *inspect.Inspector
	log       *slog.Logger
	publicURL string
	outbound  chan struct{} // one element for each inspection under way
	pages     sync.Map      // path and form to *encoded.Content
	router    http.Handler
}

// New returns the site as a handler.
func New(c Config) http.Handler {
	if c.Outbound == 0 {
		c.Outbound = 32
	}
	s := &server{lib: c.Library, inspector: c.Inspector, log: c.Log, publicURL: strings.TrimSuffix(c.PublicURL, "/"),
		outbound: make(chan struct{}, c.Outbound)}
	return s.routes()
}
