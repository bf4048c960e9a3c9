package web

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/go-chi/chi/v5"

	"wwwhy/web/problem"
	"wwwhy/web/visit"
)

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
			s.fail(w, r, s.broke(visit.ID(r), v))
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

// fields sets the response fields that every answer has.
func (s *server) fields(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := visit.PolicyOfPages
		if strings.HasPrefix(r.URL.Path, "/api/v1") {
			p = visit.PolicyOfAPI
		}
		s.constants.Set(w.Header(), p)
		next.ServeHTTP(w, r)
	})
}

// roomForContent answers requests with content that there is room for.
func (s *server) roomForContent(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leave, p := s.gate.Content(w, r)
		if p != nil {
			s.fail(w, r, p)
			return
		}
		defer leave()
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

// descriptions leads to what describes the API (RFC 8631).
const descriptions = `</openapi.json>; rel="service-desc"; type="application/json", </api>; rel="service-doc"; type="text/html"`

// described leads from every answer of the API to its descriptions, lets scripts
// of any origin read it, and answers OPTIONS with the methods of the path: the
// API holds nothing that belongs to a visitor.
func (s *server) described(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		visit.Open(h)
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
