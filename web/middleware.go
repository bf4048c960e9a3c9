package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"wwwhy/web/problem"
)

type contextKey int

const visitKey contextKey = iota

// visit is a request on its way through the site, and what was answered.
type visit struct {
	http.ResponseWriter
	site   *server
	number uint64
	route  string // its pattern, never the path or the query, which may hold what somebody inspects
	status int
	bytes  int
	broken bool         // the answer ended before its end, which its client has to notice
	log    slog.Handler // has the method and the route of a page that is ready; nil: has not
}

// id is the name under which the log knows the request.
func (v *visit) id() string { return v.site.ids.name(v.number) }

func (v *visit) WriteHeader(code int) {
	if v.status == 0 {
		v.status = code
	}
	v.ResponseWriter.WriteHeader(code)
}

func (v *visit) Write(p []byte) (int, error) {
	if v.status == 0 {
		v.status = http.StatusOK
	}
	n, err := v.ResponseWriter.Write(p)
	v.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (v *visit) Unwrap() http.ResponseWriter { return v.ResponseWriter }

// requestID returns the id under which the log knows a request.
func requestID(r *http.Request) string {
	if v, ok := r.Context().Value(visitKey).(*visit); ok {
		return v.id()
	}
	return ""
}

// ServeHTTP answers a request: from what is ready, or by the routes. It counts
// the request and logs it.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	v := &visit{ResponseWriter: w, site: s, number: s.ids.next()}
	r, end := s.tracer.Request(r)
	if !s.answerReady(v, r) {
		s.router.ServeHTTP(v, r.WithContext(context.WithValue(r.Context(), visitKey, v)))
	}
	if v.status == 0 {
		v.status = http.StatusOK // an answer to HEAD, or an empty one
	}
	took := time.Since(start)
	end(v.route, v.status)
	s.meter.Request(v.route, r.Method, v.status, took)
	s.logRequest(v, r.Method, start, took)
	if v.broken {
		panic(http.ErrAbortHandler) // or what was sent would look whole
	}
}

// logRequest writes a line for a request. It asks the handler directly: a
// slog.Logger would look up which line of the source calls it, and nobody asks.
func (s *server) logRequest(v *visit, method string, start time.Time, took time.Duration) {
	h := v.log
	if h == nil {
		h = s.log.Handler()
	}
	if !h.Enabled(context.Background(), slog.LevelInfo) {
		return
	}
	line := slog.NewRecord(start.Add(took), slog.LevelInfo, "request", 0)
	if v.log == nil {
		line.AddAttrs(sameOfLines(loggable(method), v.route)...)
	}
	line.AddAttrs(slog.String("id", v.id()), slog.Int("status", v.status), slog.Int("bytes", v.bytes), slog.Int64("ms", took.Milliseconds()))
	_ = h.Handle(context.Background(), line) // there is nowhere to tell that the log fails
}

// sameOfLines is the part of a request's line that is the same for many requests.
func sameOfLines(method, route string) []slog.Attr {
	return []slog.Attr{slog.String("method", method), slog.String("route", route)}
}

// loggable keeps a method that somebody made up short.
func loggable(method string) string { return method[:min(len(method), 16)] }

// routed notes the pattern of the route that took a request, also where its
// handler panics.
func routed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if v, ok := w.(*visit); ok {
			defer func() { v.route = chi.RouteContext(r.Context()).RoutePattern() }()
		}
		next.ServeHTTP(w, r)
	})
}

// identified notes the address of the client. Only proxies of our own are
// believed when they name another.
func (s *server) identified() func(http.Handler) http.Handler {
	if len(s.proxies) == 0 {
		return middleware.ClientIPFromRemoteAddr
	}
	names := make([]string, len(s.proxies))
	for i, p := range s.proxies {
		names[i] = p.String()
	}
	return middleware.ClientIPFromXFF(names...)
}

// proxyNamed tells the operator once of a proxy that seems to stand in front and is
// not named: all visitors behind it are one client. From elsewhere than this
// machine and its network, the field is whatever a visitor sends.
func (s *server) proxyNamed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header["X-Forwarded-For"]) > 0 && s.nearby(r.RemoteAddr) {
			s.unnamed.Do(func() {
				s.log.Warn("X-Forwarded-For comes from an address of this machine or network that is no trusted proxy",
					"remedy", "If it is your proxy, name its address in --trusted-proxies: until then all visitors behind it are counted as one.")
			})
		}
		next.ServeHTTP(w, r)
	})
}

// nearby reports whether a peer is on this machine or its network, and is none of
// the proxies that are named.
func (s *server) nearby(peer string) bool {
	p, err := netip.ParseAddrPort(peer)
	if err != nil {
		return false
	}
	a := p.Addr().Unmap()
	return (a.IsLoopback() || a.IsPrivate()) && !slices.ContainsFunc(s.proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// recovered turns a panic, which is a fault of ours, into a 500.
func (s *server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			s.fail(w, r, s.broke(requestID(r), v))
		}()
		next.ServeHTTP(w, r)
	})
}

// broke notes a panic, and words it for whoever asked.
func (s *server) broke(id string, value any) *problem.Problem {
	s.meter.Panic()
	s.log.Error("panic", "id", id, "value", fmt.Sprint(value), "stack", string(debug.Stack()))
	return problem.OfOurs(id)
}

// policy is the Content-Security-Policy of every page: nothing but our own
// style, script and images, and no script made from strings.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// constant is a response field whose value is made once, under its canonical
// name. Answers share the slice: net/http's Add and Set leave it as it is.
type constant struct {
	name  string
	value []string
}

var (
	policyOfPages = []string{policy}
	policyOfAPI   = []string{"default-src 'none'; frame-ancestors 'none'; sandbox"}
)

// constants are the response fields that every answer has, but for the policy.
func constants(publicURL string) []constant {
	all := []constant{
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"Referrer-Policy", []string{referrerPolicy(publicURL)}},
		{"Permissions-Policy", []string{"geolocation=(), camera=(), microphone=()"}},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
		{"Cross-Origin-Embedder-Policy", []string{"require-corp"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
	}
	if strings.HasPrefix(publicURL, "https:") {
		all = append(all, constant{"Strict-Transport-Security", []string{"max-age=31536000"}})
	}
	return all
}

// referrerPolicy tells other sites nothing. Over http to another machine, browsers
// leave out Sec-Fetch-Site, and without a referrer a form has the origin null
// (Fetch, "Append a request Origin header"): we could not tell our own from others'.
// To loopback they send it, but a loopback address here does not say that visitors
// use it: a proxy may stand in front. same-origin tells nobody but ourselves.
func referrerPolicy(publicURL string) string {
	if strings.HasPrefix(publicURL, "http:") {
		return "same-origin"
	}
	return "no-referrer"
}

// set gives an answer the constant fields.
func (s *server) set(h http.Header, policy []string) {
	h["Content-Security-Policy"] = policy
	for i := range s.constants {
		h[s.constants[i].name] = s.constants[i].value
	}
}

// fields sets the response fields that every answer has.
func (s *server) fields(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := policyOfPages
		if strings.HasPrefix(r.URL.Path, "/api/v1") {
			p = policyOfAPI
		}
		s.set(w.Header(), p)
		next.ServeHTTP(w, r)
	})
}

// headAsGet lets every route of GET answer HEAD: net/http drops the content.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			if c := chi.RouteContext(r.Context()); c != nil && !c.Routes.Match(chi.NewRouteContext(), "HEAD", r.URL.Path) {
				c.RouteMethod, c.RoutePath = http.MethodGet, r.URL.Path
			}
		}
		next.ServeHTTP(w, r)
	})
}

// exposed names the fields of answers that a script of another origin may read,
// beside those that it always may.
const exposed = "Accept, Allow, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, Sunset, WWW-Authenticate"

// open lets scripts of any origin read an answer that holds nothing of a visitor.
func open(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", exposed)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// descriptions leads to what describes the API (RFC 8631).
const descriptions = `</openapi.json>; rel="service-desc"; type="application/json", </api>; rel="service-doc"; type="text/html"`

// described leads from every answer of the API to its descriptions, lets scripts
// of any origin read it, and answers OPTIONS with the methods of the path: the
// API holds nothing that belongs to a visitor.
func (s *server) described(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		open(h)
		h.Set("Link", descriptions)
		routes, ok := s.router.(chi.Routes)
		if r.Method != http.MethodOptions || !ok {
			next.ServeHTTP(w, r)
			return
		}
		methods := methodsAt(routes, r.URL.Path)
		if len(methods) == 0 {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since")
		h.Set("Access-Control-Max-Age", "86400")
		tellMethods(w, methods)
	})
}
