// Package visit follows a request through the site and knows no route of it: its
// number, who asks, whether a page of another site does, what every answer has,
// and its line in the log. How much may be asked is no matter of it.
package visit

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"wwwhy/web/meter"
	"wwwhy/web/trace"
)

type contextKey int

const visitKey contextKey = iota

// Visit is a request on its way through the site, and what was answered.
type Visit struct {
	http.ResponseWriter
	book   *Book
	number uint64
	route  string // its pattern, never the path or the query, which may hold what somebody inspects
	status int
	bytes  int
	broken bool         // the answer ended before its end, which its client has to notice
	log    slog.Handler // has the method and the route of a page that is ready; nil: has not
}

// id is the name under which the log knows the request.
func (v *Visit) id() string { return v.book.ids.name(v.number) }

// WriteHeader notes the status.
func (v *Visit) WriteHeader(code int) {
	if v.status == 0 {
		v.status = code
	}
	v.ResponseWriter.WriteHeader(code)
}

// Write counts the bytes.
func (v *Visit) Write(p []byte) (int, error) {
	if v.status == 0 {
		v.status = http.StatusOK
	}
	n, err := v.ResponseWriter.Write(p)
	v.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (v *Visit) Unwrap() http.ResponseWriter { return v.ResponseWriter }

// At notes the route of a request that no router takes. log, if not nil, is what
// Book.Lines returned for it.
func (v *Visit) At(route string, log slog.Handler) { v.route, v.log = route, log }

// ID returns the id under which the log knows a request.
func ID(r *http.Request) string {
	if v, ok := r.Context().Value(visitKey).(*Visit); ok {
		return v.id()
	}
	return ""
}

// Begun reports whether a part of an answer was sent.
func Begun(w http.ResponseWriter) bool {
	v, ok := w.(*Visit)
	return ok && v.status != 0
}

// BreakOff ends an answer before its end: one that is empty or short would look
// whole.
func BreakOff(w http.ResponseWriter) {
	if v, ok := w.(*Visit); ok {
		v.broken = true
		if v.status == 0 {
			v.status = http.StatusServiceUnavailable
		}
	}
}

// Routed notes the pattern of the route that took a request, also where its
// handler panics.
func Routed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if v, ok := w.(*Visit); ok {
			defer func() { v.route = chi.RouteContext(r.Context()).RoutePattern() }()
		}
		next.ServeHTTP(w, r)
	})
}

// Book notes visits: it numbers them, counts them and writes a line into the log
// for each.
type Book struct {
	log    *slog.Logger
	meter  *meter.Meter
	tracer *trace.Tracer
	ids    *ids
}

// NewBook returns an empty book. meter and tracer may be nil.
func NewBook(log *slog.Logger, meter *meter.Meter, tracer *trace.Tracer) *Book {
	return &Book{log, meter, tracer, newIDs()}
}

// Serve answers a request: from what is ready, which reports whether it was, or
// by the routes.
func (b *Book) Serve(w http.ResponseWriter, r *http.Request, ready func(*Visit, *http.Request) bool, routes http.Handler) {
	start := time.Now()
	v := &Visit{ResponseWriter: w, book: b, number: b.ids.next()}
	r, end := b.tracer.Request(r)
	if !ready(v, r) {
		routes.ServeHTTP(v, r.WithContext(context.WithValue(r.Context(), visitKey, v)))
	}
	if v.status == 0 {
		v.status = http.StatusOK // an answer to HEAD, or an empty one
	}
	took := time.Since(start)
	end(v.route, v.status)
	b.meter.Request(v.route, r.Method, v.status, took)
	b.line(v, r.Method, start, took)
	if v.broken {
		panic(http.ErrAbortHandler) // or what was sent would look whole
	}
}

// line writes a line for a request. It asks the handler directly: a slog.Logger
// would look up which line of the source calls it, and nobody asks.
func (b *Book) line(v *Visit, method string, start time.Time, took time.Duration) {
	h := v.log
	if h == nil {
		h = b.log.Handler()
	}
	if !h.Enabled(context.Background(), slog.LevelInfo) {
		return
	}
	line := slog.NewRecord(start.Add(took), slog.LevelInfo, "request", 0)
	if v.log == nil {
		line.AddAttrs(sameOfLines(Loggable(method), v.route)...)
	}
	line.AddAttrs(slog.String("id", v.id()), slog.Int("status", v.status), slog.Int("bytes", v.bytes), slog.Int64("ms", took.Milliseconds()))
	_ = h.Handle(context.Background(), line) // there is nowhere to tell that the log fails
}

// Lines returns what writes the lines of GET at a route: it has what all of them
// say.
func (b *Book) Lines(route string) slog.Handler {
	return b.log.Handler().WithAttrs(sameOfLines(http.MethodGet, route))
}

// sameOfLines is the part of a request's line that is the same for many requests.
func sameOfLines(method, route string) []slog.Attr {
	return []slog.Attr{slog.String("method", method), slog.String("route", route)}
}

// Loggable keeps a method that somebody made up short.
func Loggable(method string) string { return method[:min(len(method), 16)] }
