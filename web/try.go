package web

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"wwwhy/templates"
	"wwwhy/web/inspect"
	"wwwhy/web/problem"
	"wwwhy/web/trial"
)

// try answers with the status that the path names, as the query asks.
func (s *server) try(w http.ResponseWriter, r *http.Request) error {
	code, err := strconv.Atoi(chi.URLParam(r, "code"))
	if err != nil {
		return s.notFound(w, r)
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	err = s.trial.Answer(w, r, code)
	var refusal *trial.Refusal
	if errors.As(err, &refusal) {
		if refusal.Status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "5")
		}
		return &problem.Problem{Status: refusal.Status, Title: "This answer cannot be given", Detail: refusal.Detail, Fix: refusal.Fix}
	}
	return err
}

// tryPage tells what can be tried.
func (s *server) tryPage(w http.ResponseWriter, r *http.Request) error {
	return s.keptPage(w, r, "/try", func() templ.Component {
		return templates.Try(templates.TryView{User: trial.User, Password: trial.Password, Seconds: int(trial.LongestDelay.Seconds()), Hops: trial.MostHops, Fields: trial.Sendable(), Base: s.publicURL})
	})
}

// Own lets the inspector ask the site's own address at /try, which the guard
// would refuse where the site runs on an address that is not public.
type Own struct {
	Inspector *inspect.Inspector // may ask Address, and what is public
	Address   netip.AddrPort     // that the site listens on
}

// covers reports whether a target is an answer of our own /try.
func (o Own) covers(target string) bool {
	u, err := url.Parse(inspect.Complete(target))
	if err != nil || o.Inspector == nil || u.Scheme != "http" || !strings.HasPrefix(u.Path, "/try/") || u.Port() != strconv.Itoa(int(o.Address.Port())) {
		return false
	}
	if u.Hostname() == "localhost" {
		return o.Address.Addr().IsLoopback() || o.Address.Addr().IsUnspecified()
	}
	a, err := netip.ParseAddr(u.Hostname())
	return err == nil && (a == o.Address.Addr() || o.Address.Addr().IsUnspecified() && a.IsLoopback())
}

// inspectorFor returns who may ask a target.
func (s *server) inspectorFor(target string) *inspect.Inspector {
	if s.own.covers(target) {
		return s.own.Inspector
	}
	return s.inspector
}
