package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"wwwhy/web/problem"
	"wwwhy/web/visit"
)

// implemented are the methods that some address of the site has.
var implemented = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// knownMethods answers a method that nothing here has (RFC 9110, Sections 9.1 and
// 15.6.2), and requests for the server as a whole, which is "*".
func (s *server) knownMethods(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !slices.Contains(implemented, r.Method):
			s.fail(w, r, s.notImplemented(w.Header(), r))
		case r.URL.Path != "*":
			next.ServeHTTP(w, r)
		case r.Method == http.MethodOptions:
			tellMethods(w, implemented)
		default:
			s.fail(w, r, problem.BadRequest("The target * stands for the server as a whole, and only OPTIONS asks for that.", "Ask for a path, such as /."))
		}
	})
}

// notImplemented is the problem of a method that nothing here has.
func (s *server) notImplemented(h http.Header, r *http.Request) *problem.Problem {
	p := &problem.Problem{Status: http.StatusNotImplemented, Title: "Nothing here has this method", Detail: "The method " + visit.Loggable(r.Method) + " is not known here.", Fix: "Use one of " + strings.Join(implemented, ", ") + "."}
	if routes, ok := s.router.(chi.Routes); ok {
		if all := methodsAt(routes, r.URL.Path); len(all) > 0 {
			h.Set("Allow", strings.Join(all, ", "))
			p.Fix = "This address answers " + strings.Join(all, ", ") + "."
		}
	}
	if upper := strings.ToUpper(r.Method); slices.Contains(implemented, upper) {
		p.Fix = "Write it in capitals, as " + upper + ": the case of a method counts."
	}
	return p
}

// methodNotAllowed answers a method that a path does not have, with the ones
// that it has (RFC 9110, Section 15.5.6), and OPTIONS where no route does.
func (s *server) methodNotAllowed(routes chi.Routes) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		all := methodsAt(routes, r.URL.Path)
		if r.Method == http.MethodOptions {
			tellMethods(w, all)
			return nil
		}
		allowed := strings.Join(all, ", ")
		w.Header().Set("Allow", allowed)
		return &problem.Problem{Status: 405, Title: "This method does not fit", Detail: "The method " + visit.Loggable(r.Method) + " does not work at " + r.URL.Path + ".",
			Fix: "It answers " + allowed + "."}
	}
}

// tellMethods answers OPTIONS (RFC 9110, Section 9.3.7).
func tellMethods(w http.ResponseWriter, all []string) {
	w.Header().Set("Allow", strings.Join(all, ", "))
	w.WriteHeader(http.StatusNoContent)
}

// methodsAt returns the methods that a path has, HEAD with GET, and OPTIONS, which
// every path has; none where there is no such path.
func methodsAt(routes chi.Routes, path string) []string {
	var all []string
	for _, m := range implemented {
		follows := m == http.MethodHead || m == http.MethodOptions // GET, which is first, and any other
		if follows && len(all) > 0 || !follows && routes.Match(chi.NewRouteContext(), m, path) {
			all = append(all, m)
		}
	}
	return all
}
