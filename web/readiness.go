package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	askedEvery = time.Second     // how often stores are asked how they are, however many ask us
	partWait   = 2 * time.Second // for the answer of one
)

// part is something that the site can do without, and how it is.
type part struct {
	name string
	ask  func(context.Context) error
	gone string // what to say of it when it fails
}

// readiness asks the parts how they are, once a second at most: probes of
// balancers, and whoever else asks, share the answer.
type readiness struct {
	parts []part

	mu       sync.Mutex // held while the parts are asked: others wait for the answer
	at       time.Time  // of the answer
	text     string     // a line for each part
	degraded bool
}

// state tells how the parts are. They are asked side by side, and not in the
// name of the request, whose end says nothing of them.
func (r *readiness) state() (text string, degraded bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.at.IsZero() && time.Since(r.at) < askedEvery {
		return r.text, r.degraded
	}
	failed := make([]error, len(r.parts))
	var asking sync.WaitGroup
	for i, p := range r.parts {
		asking.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), partWait)
			defer cancel()
			failed[i] = p.ask(ctx)
		})
	}
	asking.Wait()
	var b strings.Builder
	r.degraded = false
	for i, p := range r.parts {
		state := "ok"
		if failed[i] != nil {
			state, r.degraded = p.gone, true
		}
		fmt.Fprintf(&b, "%s: %s\n", p.name, state)
	}
	r.at, r.text = time.Now(), b.String()
	return r.text, r.degraded
}

// parts are what /readyz tells of.
func (s *server) parts() []part {
	all := []part{{"reports", s.archive.Ping, "out of reach; nothing can be saved"}}
	if s.gate.Limiter != nil {
		all = append(all, part{"limits", s.gate.Limiter.Ping, "out of reach; counted in memory"})
	}
	if s.certificate != nil {
		all = append(all, part{"certificate", func(context.Context) error {
			if expires := s.certificate(); time.Now().After(expires) {
				return fmt.Errorf("it expired at %s", expires)
			}
			return nil
		}, "lacking or expired; the log says why"})
	}
	return all
}

// ready says whether to send visitors here, and how the parts are. A store that
// is gone leaves articles and inspections working, so it is told, and is no
// reason to send visitors away; with ?strict it is.
func (s *server) ready(w http.ResponseWriter, r *http.Request) error {
	text, degraded := s.readiness.state()
	switch {
	case s.ending != nil && s.ending():
		plain(w, http.StatusServiceUnavailable, "ending\n"+text)
	case degraded && r.URL.Query().Has("strict"):
		w.Header().Set("Retry-After", "10")
		plain(w, http.StatusServiceUnavailable, "degraded\n"+text)
	case degraded:
		plain(w, http.StatusOK, "degraded\n"+text)
	default:
		plain(w, http.StatusOK, "ok\n"+text)
	}
	return nil
}

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
