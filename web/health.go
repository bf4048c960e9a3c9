package web

import (
	"net/http"
	"net/http/pprof"

	"wwwhy/web/archive"
	"wwwhy/web/meter"
)

// healthy says that the process answers. It looks at nothing else, so that a
// store that is gone does not have every copy started anew.
func (s *server) healthy(w http.ResponseWriter, _ *http.Request) error {
	plain(w, http.StatusOK, "ok\n")
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
