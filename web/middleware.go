package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

type contextKey int

const idKey contextKey = iota

// requestID returns the id under which the log knows a request.
func requestID(r *http.Request) string {
	id, _ := r.Context().Value(idKey).(string)
	return id
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
	bytes  int
}

func (w *statusWriter) WriteHeader(code int) {
	if w.status == 0 {
		w.status = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// logged writes a line for each request: the route, never the path or the
// query, which may hold what somebody inspects.
func (s *server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:12]
		r = r.WithContext(context.WithValue(r.Context(), idKey, id))
		sw := &statusWriter{ResponseWriter: w}
		start := time.Now()
		next.ServeHTTP(sw, r)
		s.meter.Request(chi.RouteContext(r.Context()).RoutePattern(), r.Method, sw.status, time.Since(start))
		s.log.Info("request", "id", id, "method", loggable(r.Method), "route", chi.RouteContext(r.Context()).RoutePattern(),
			"status", sw.status, "bytes", sw.bytes, "ms", time.Since(start).Milliseconds())
	})
}

// loggable keeps a method that somebody made up short.
func loggable(method string) string { return method[:min(len(method), 16)] }

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
			s.meter.Panic()
			s.log.Error("panic", "id", requestID(r), "value", fmt.Sprint(v), "stack", string(debug.Stack()))
			if sw, ok := w.(*statusWriter); !ok || sw.status == 0 {
				s.fail(w, r, fmt.Errorf("panic: %v", v))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// policy is the Content-Security-Policy of every page: nothing but our own
// style, script and images, and no script made from strings.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// fields sets the response fields that every answer has.
func (s *server) fields(next http.Handler) http.Handler {
	secure := strings.HasPrefix(s.publicURL, "https:")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		csp := policy
		if strings.HasPrefix(r.URL.Path, "/api/v1") {
			csp = "default-src 'none'; frame-ancestors 'none'; sandbox"
		}
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Embedder-Policy", "require-corp")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
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

// openToScripts lets scripts of any origin read the API: it holds nothing that
// belongs to a visitor.
func openToScripts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Expose-Headers", "Retry-After, Link")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		next.ServeHTTP(w, r)
	})
}

// preflight answers what a browser asks before a script's POST of JSON.
func preflight(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	h.Set("Access-Control-Allow-Headers", "Content-Type")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}
