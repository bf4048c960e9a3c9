// Package web is the site and the API: HTTP in, pages and documents out. It has
// the routes and their handlers, which parse, call and render, and what the
// handlers share: the forms of an answer, the answers that several wait for.
//
// All analysis is behind inspect, all words are content's, all drawing is
// templates'. What holds for a request whatever its route is not here either:
// who asks and what is logged is visit's, whether they may now is admission's,
// how queries and JSON are read is strict's, what a refusal is is problem's, and
// what is made once is kept's.
package web

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/admission"
	"wwwhy/web/archive"
	"wwwhy/web/inspect"
	"wwwhy/web/kept"
	"wwwhy/web/limit"
	"wwwhy/web/meter"
	"wwwhy/web/strict"
	"wwwhy/web/trace"
	"wwwhy/web/trial"
	"wwwhy/web/visit"
)

// Config is what the site needs to run.
type Config struct {
	Library   *content.Library
	Inspector *inspect.Inspector
	Log       *slog.Logger
	PublicURL string         // address under which visitors reach the site, without a slash at the end
	Contact   string         // URI of whoever runs the copy, for security.txt; empty: there is no such file
	Proxies   []netip.Prefix // whose X-Forwarded-For is believed
	Internal  bool           // the Inspector may ask addresses that strangers cannot reach
	Places    *limit.Places  // of inspections, shared with the Inspector's own; nil: not shared
	Turns     *limit.Turns   // in which is searched and drawn, shared with the Inspector's own; nil: all at once
	Bounds    Bounds
	Own       Own
	Archive   archive.Archive // of saved reports; nil: in memory
	Limiter   limit.Limiter   // of Rates; nil: nothing is counted
	Rates     admission.Rates
	Meter     *meter.Meter  // nil: nothing is metered
	Tracer    *trace.Tracer // nil: nothing is traced
	Ending    func() bool   // reports whether the process is about to end; nil: it never is
	MCP       bool          // offer the tools of agent at /mcp

	Certificate func() time.Time // when the certificate that we show expires; zero: none yet; nil: we do not speak TLS
}

// Bounds says how many inspections may be under way at once, and how long their
// answers are shared.
type Bounds struct {
	Outbound  int           // of all clients and targets; 0: 32
	PerClient int           // of one client; 0: 2
	PerTarget int           // of one site, and of one address; 0: 2
	Share     time.Duration // 0: answers are not shared
	Deadline  time.Duration // of one inspection, to tell those who wait; 0: 10 s
}

// gateOf returns who lets requests in, with the defaults of what is 0.
func gateOf(c Config) *admission.Gate {
	b := admission.Bounds{Outbound: cmp.Or(c.Bounds.Outbound, 32), PerClient: cmp.Or(c.Bounds.PerClient, 2), PerTarget: cmp.Or(c.Bounds.PerTarget, 2)}
	return &admission.Gate{Places: c.Places, Turns: c.Turns, Limiter: c.Limiter, Rates: c.Rates, Bounds: b, Pace: admission.Steady, Log: c.Log, Meter: c.Meter}
}

// server holds what handlers share.
type server struct {
	lib        *content.Library
	inspector  *inspect.Inspector
	log        *slog.Logger
	publicURL  string
	contact    string
	started    time.Time
	proxies    *visit.Proxies
	origin     *visit.Origin
	book       *visit.Book
	gate       *admission.Gate
	deadline   time.Duration // of one inspection, to tell those who wait
	shared     sharedAnswers
	pages      kept.Pages // by path and form
	readyPages kept.Ready
	constants  visit.Constants
	pictures   *kept.Pictures
	router     http.Handler
	takes      map[string]strict.Parameters // by method and path of the API
	trial      *trial.Trial
	own        Own
	archive    archive.Archive
	meter      *meter.Meter
	tracer     *trace.Tracer
	ending     func() bool
	mcp        bool
	internal   bool

	certificate func() time.Time
	readiness   readiness
}

// New returns the site as a handler.
func New(c Config) http.Handler {
	if c.Places == nil {
		c.Places = &limit.Places{}
	}
	s := &server{
		lib: c.Library, inspector: c.Inspector, own: c.Own, internal: c.Internal, trial: trial.New(c.Library),
		publicURL: strings.TrimSuffix(c.PublicURL, "/"), contact: c.Contact, constants: visit.ConstantsOf(c.PublicURL), mcp: c.MCP,
		pictures: kept.NewPictures(c.Turns), proxies: visit.NewProxies(c.Proxies, c.Log), book: visit.NewBook(c.Log, c.Meter, c.Tracer),
		gate: gateOf(c), deadline: cmp.Or(c.Bounds.Deadline, 10*time.Second), shared: sharedAnswers{keep: c.Bounds.Share},
		archive: c.Archive,
		log:     c.Log, meter: c.Meter, tracer: c.Tracer,
		started: time.Now(), ending: c.Ending, certificate: c.Certificate,
	}
	if s.archive == nil {
		s.archive = archive.InMemory()
	}
	s.meter.Gauge("wwwhy_places_taken", "Inspections under way.", func() float64 { return float64(c.Places.Taken("all")) })
	if s.certificate != nil {
		s.meter.Gauge("wwwhy_certificate_expires_timestamp_seconds", "When the certificate that visitors get expires; 0 without one.", func() float64 { return max(0, float64(s.certificate().Unix())) })
	}
	s.origin = visit.NewOrigin(s.publicURL)
	s.readiness.parts = s.parts()
	s.pages.Turned = s.readyPages.Forget
	s.routes()
	return s
}
