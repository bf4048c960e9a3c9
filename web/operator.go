package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"wwwhy/web/archive"
	"wwwhy/web/meter"
	"wwwhy/web/report"
)

// operator is what those who run a copy do with saved reports: look when one
// expires, pin it for documentation, and remove it for abuse, without the key
// of who saved it. It has no place on the listener of visitors.
type operator struct {
	reports archive.Archive
	meter   *meter.Meter
}

// keptReport tells an operator of a saved report, and not what it says.
type keptReport struct {
	Created string `json:"created"` // RFC 3339
	Expires string `json:"expires"` // RFC 3339; empty: never. Where pinned: what holds when it no longer is
	Pinned  bool   `json:"pinned"`  // does not expire
}

// operatorProblem is an error for operators (RFC 9457). Its type is about:blank,
// so its title is the phrase of the status (RFC 9457, Section 4.2.1).
type operatorProblem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"` // what is wrong, and what to do
}

// routes enters the operations. The paths without a method answer the others.
func (o operator) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /reports.db", o.copy)
	mux.HandleFunc("/reports.db", onlyMethods("GET, HEAD"))
	mux.HandleFunc("GET /reports/{id}", o.show)
	mux.HandleFunc("DELETE /reports/{id}", o.does("remove", o.reports.Remove))
	mux.HandleFunc("/reports/{id}", onlyMethods("GET, HEAD, DELETE"))
	for method, pinned := range map[string]bool{"PUT": true, "DELETE": false} {
		mux.HandleFunc(method+" /reports/{id}/pin", o.does("pin", func(ctx context.Context, id string) error { return o.reports.Pin(ctx, id, pinned) }))
	}
	mux.HandleFunc("/reports/{id}/pin", onlyMethods("PUT, DELETE"))
	mux.HandleFunc("/reports/", func(w http.ResponseWriter, _ *http.Request) {
		operatorFails(w, http.StatusNotFound, "There is /reports/ID and /reports/ID/pin; the ID is what follows /r/ in the address of a report.")
	})
}

func (o operator) show(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), archiveWait)
	defer cancel()
	rec, err := o.reports.Load(ctx, r.PathValue("id"))
	if err != nil {
		o.fail(w, "load", err)
		return
	}
	o.meter.Stored("load", nil)
	kept := keptReport{Created: rec.Created.UTC().Format(time.RFC3339), Pinned: rec.Pinned}
	if !rec.Expires.IsZero() {
		kept.Expires = rec.Expires.UTC().Format(time.RFC3339)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(kept) // whoever asked and left needs no answer
}

// copy sends the file of all reports, for a backup. Its length is told before, so
// that the client knows a copy that was broken off.
func (o operator) copy(w http.ResponseWriter, r *http.Request) {
	file, ok := o.reports.(archive.Copier)
	if !ok {
		operatorFails(w, http.StatusNotFound, "Reports are not in a file. What is in PostgreSQL is copied by pg_dump; what is in memory goes with the process.")
		return
	}
	begun := false
	err := file.Copy(func(size int64) io.Writer {
		begun = true
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
		w.Header().Set("Cache-Control", "no-store")
		if r.Method == http.MethodHead {
			return io.Discard
		}
		return w
	})
	switch {
	case err == nil || begun && r.Context().Err() != nil: // whoever left needs no copy
		o.meter.Stored("copy", nil)
	case begun:
		o.meter.Stored("copy", err)
		panic(http.ErrAbortHandler)
	default:
		o.fail(w, "copy", err)
	}
}

// does answers with 204 when an operation of the archive is done.
func (o operator) does(what string, do func(context.Context, string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), archiveWait)
		defer cancel()
		if err := do(ctx, r.PathValue("id")); err != nil {
			o.fail(w, what, err)
			return
		}
		o.meter.Stored(what, nil)
		w.WriteHeader(http.StatusNoContent)
	}
}

// fail words what the archive answered. An operator may see an error as it is:
// no archive's error shows a password.
func (o operator) fail(w http.ResponseWriter, what string, err error) {
	if errors.Is(err, archive.ErrNotFound) {
		operatorFails(w, http.StatusNotFound, "No report is saved under this id. It may have expired or been deleted; check the id against the address of the report.")
		return
	}
	o.meter.Stored(what, err)
	w.Header().Set("Retry-After", "30")
	operatorFails(w, http.StatusServiceUnavailable, "The store of reports failed: "+report.Visible(err.Error())+". Nothing that was saved is lost; try again when the store answers.")
}

func onlyMethods(allowed string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allowed)
		operatorFails(w, http.StatusMethodNotAllowed, "The method "+loggable(r.Method)+" does not work here. Use one of "+allowed+".")
	}
}

func operatorFails(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = report.WriteJSON(w, operatorProblem{"about:blank", http.StatusText(status), status, detail}) // whoever asked and left needs no answer
}
