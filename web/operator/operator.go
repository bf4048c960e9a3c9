// Package operator is what those who run a copy do on a listener of their own:
// look at figures, profiles and the site's health, and at saved reports, to pin
// and to remove them. Whoever reaches it may do all of that.
package operator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"wwwhy/web/archive"
	"wwwhy/web/meter"
	"wwwhy/web/report"
)

// New returns what operators see: figures for Prometheus, profiles, the health of
// the site, and the saved reports.
func New(m *meter.Meter, site http.Handler, reports archive.Archive) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	mux.Handle("GET /healthz", site)
	mux.Handle("GET /readyz", site)
	keeper{reports, m}.routes(mux)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// keeper is what an operator does with saved reports: look when one expires, pin it
// for documentation, and remove it for abuse, without the key of who saved it.
type keeper struct {
	reports archive.Archive
	meter   *meter.Meter
}

// storeWait bounds an operation on the store.
const storeWait = 5 * time.Second

// Kept tells an operator of a saved report, and not what it says.
type Kept struct {
	Created string `json:"created"` // RFC 3339
	Expires string `json:"expires"` // RFC 3339; empty: never. Where pinned: what holds when it no longer is
	Pinned  bool   `json:"pinned"`  // does not expire
}

// Problem is an error for operators (RFC 9457). Its type is about:blank,
// so its title is the phrase of the status (RFC 9457, Section 4.2.1).
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"` // what is wrong, and what to do
}

// routes enters the operations. The paths without a method answer the others.
func (k keeper) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /reports.db", k.copy)
	mux.HandleFunc("/reports.db", onlyMethods("GET, HEAD"))
	mux.HandleFunc("GET /reports/{id}", k.show)
	mux.HandleFunc("DELETE /reports/{id}", k.does("remove", k.reports.Remove))
	mux.HandleFunc("/reports/{id}", onlyMethods("GET, HEAD, DELETE"))
	for method, pinned := range map[string]bool{"PUT": true, "DELETE": false} {
		mux.HandleFunc(method+" /reports/{id}/pin", k.does("pin", func(ctx context.Context, id string) error { return k.reports.Pin(ctx, id, pinned) }))
	}
	mux.HandleFunc("/reports/{id}/pin", onlyMethods("PUT, DELETE"))
	mux.HandleFunc("/reports/", func(w http.ResponseWriter, _ *http.Request) {
		fails(w, http.StatusNotFound, "There is /reports/ID and /reports/ID/pin; the ID is what follows /r/ in the address of a report.")
	})
}

func (k keeper) show(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), storeWait)
	defer cancel()
	rec, err := k.reports.Load(ctx, r.PathValue("id"))
	if err != nil {
		k.fail(w, "load", err)
		return
	}
	k.meter.Stored("load", nil)
	kept := Kept{Created: rec.Created.UTC().Format(time.RFC3339), Pinned: rec.Pinned}
	if !rec.Expires.IsZero() {
		kept.Expires = rec.Expires.UTC().Format(time.RFC3339)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(kept) // whoever asked and left needs no answer
}

// copy sends the file of all reports, for a backup. Its length is told before, so
// that the client knows a copy that was broken off.
func (k keeper) copy(w http.ResponseWriter, r *http.Request) {
	file, ok := k.reports.(archive.Copier)
	if !ok {
		fails(w, http.StatusNotFound, "Reports are not in a file. What is in PostgreSQL is copied by pg_dump; what is in memory goes with the process.")
		return
	}
	begun, c := false, http.NewResponseController(w)
	defer func() { _ = c.SetWriteDeadline(time.Time{}) }() // what follows on the connection has its own time
	err := file.Copy(func(size int64) io.Writer {
		begun = true
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
		w.Header().Set("Cache-Control", "no-store")
		if r.Method == http.MethodHead {
			return io.Discard
		}
		return patient{w, c}
	})
	switch {
	case err == nil || begun && r.Context().Err() != nil: // whoever left needs no copy
		k.meter.Stored("copy", nil)
	case begun:
		k.meter.Stored("copy", err)
		panic(http.ErrAbortHandler)
	default:
		k.fail(w, "copy", err)
	}
}

// pieceWait is how long a client may take for a piece of a copy.
const pieceWait = time.Minute

// patient writes as long as the client reads. While a copy is under way the file
// cannot give up what is deleted, so one that stands still must not hold it.
type patient struct {
	w http.ResponseWriter
	c *http.ResponseController
}

func (p patient) Write(piece []byte) (int, error) {
	_ = p.c.SetWriteDeadline(time.Now().Add(pieceWait)) // where it cannot be set, there is none
	return p.w.Write(piece)
}

// does answers with 204 when an operation of the archive is done.
func (k keeper) does(what string, do func(context.Context, string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), storeWait)
		defer cancel()
		if err := do(ctx, r.PathValue("id")); err != nil {
			k.fail(w, what, err)
			return
		}
		k.meter.Stored(what, nil)
		w.WriteHeader(http.StatusNoContent)
	}
}

// fail words what the archive answered. An operator may see an error as it is:
// no archive's error shows a password.
func (k keeper) fail(w http.ResponseWriter, what string, err error) {
	if errors.Is(err, archive.ErrNotFound) {
		fails(w, http.StatusNotFound, "No report is saved under this id. It may have expired or been deleted; check the id against the address of the report.")
		return
	}
	k.meter.Stored(what, err)
	w.Header().Set("Retry-After", "30")
	fails(w, http.StatusServiceUnavailable, "The store of reports failed: "+report.Visible(err.Error())+". Nothing that was saved is lost; try again when the store answers.")
}

func onlyMethods(allowed string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allowed)
		fails(w, http.StatusMethodNotAllowed, "The method "+r.Method[:min(len(r.Method), 16)]+" does not work here. Use one of "+allowed+".")
	}
}

func fails(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = report.WriteJSON(w, Problem{"about:blank", http.StatusText(status), status, detail}) // whoever asked and left needs no answer
}
