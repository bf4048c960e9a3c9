package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"

	"wwwhy/web/archive"
	"wwwhy/web/meter"
)

// healthy says that the process answers. It looks at nothing else, so that a
// store that is gone does not have every copy started anew.
func (s *server) healthy(w http.ResponseWriter, _ *http.Request) error {
	plain(w, http.StatusOK, "ok\n")
	return nil
}

// ready says whether to send visitors here, and how the parts are. A store that
// is gone leaves articles and inspections working, so it is told, and is no
// reason to send visitors away; with ?strict it is.
func (s *server) ready(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	var b strings.Builder
	degraded := false
	part := func(name string, err error, otherwise string) {
		state := "ok"
		if err != nil {
			state, degraded = otherwise, true
		}
		fmt.Fprintf(&b, "%s: %s\n", name, state)
	}
	part("reports", s.archive.Ping(ctx), "out of reach; nothing can be saved")
	if s.limiter != nil {
		part("limits", s.limiter.Ping(ctx), "out of reach; counted in memory")
	}
	switch {
	case s.ending != nil && s.ending():
		plain(w, http.StatusServiceUnavailable, "ending\n"+b.String())
	case degraded && r.URL.Query().Has("strict"):
		w.Header().Set("Retry-After", "10")
		plain(w, http.StatusServiceUnavailable, "degraded\n"+b.String())
	case degraded:
		plain(w, http.StatusOK, "degraded\n"+b.String())
	default:
		plain(w, http.StatusOK, "ok\n"+b.String())
	}
	return nil
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // whoever asked and left needs no answer
}

// Admin is what operators see on a listener of their own: figures for
// Prometheus, profiles, the site's health, and the saved reports, to pin and to
// remove them. Whoever reaches it may do all of that.
func Admin(m *meter.Meter, site http.Handler, reports archive.Archive) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	mux.Handle("GET /healthz", site)
	mux.Handle("GET /readyz", site)
	operator{reports, m}.routes(mux)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}
