package web

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"wwwhy/templates"
	"wwwhy/web/archive"
	"wwwhy/web/inspect"
	"wwwhy/web/problem"
	"wwwhy/web/report"
	"wwwhy/web/strict"
)

// Saved reports, as SECURITY of the design has it: kept only when somebody asks,
// without secrets, under an id that nobody guesses, for a time.
const (
	savedFor     = 30 * 24 * time.Hour
	archiveWait  = 5 * time.Second // for an operation on the store
	savedVersion = 1
)

// savedDocument is what is stored.
type savedDocument struct {
	Version int           `json:"version"`
	Report  report.Report `json:"report"`
	Asked   string        `json:"asked,omitempty"` // what was asked with an Idempotency-Key, as a digest that only its holder can make
}

// saving is what a visitor wants saved: an inspection or a pasted text.
type saving struct {
	asking
	Text  string `json:"text"`
	As    string `json:"as"`    // kind of the text; empty: recognized
	Entry int    `json:"entry"` // of a HAR file, from 1; 0: the first that failed
}

// receipt tells who saved a report where it is and how it is deleted.
type receipt struct {
	ID        string `json:"id"`
	Href      string `json:"href"`
	DeleteKey string `json:"delete_key"`
	Expires   string `json:"expires"` // RFC 3339; empty: never
	Durable   bool   `json:"durable"` // outlives a restart of the site
}

// save makes the report again, or takes the shared one, and keeps it redacted.
// idempotency is the client's Idempotency-Key, or "".
func (s *server) save(w http.ResponseWriter, r *http.Request, what saving, idempotency string) (receipt, error) {
	if p := toldWrong(what.Method, what.Entry); p != nil {
		return receipt{}, p
	}
	if p := s.gate.SpendSave(w.Header(), r); p != nil {
		return receipt{}, p
	}
	var rep report.Report
	if what.Text != "" {
		kind, p := kindOf(what.As, what.Text)
		if p != nil {
			return receipt{}, p
		}
		made, err := s.text(r, what.Text, inspect.Pasted{URL: what.URL, Method: what.Method, As: kind, Entry: what.Entry})
		if err != nil {
			return receipt{}, err
		}
		rep = made
	} else {
		made, p := s.run(w, r, what.asking)
		if p != nil {
			return receipt{}, p
		}
		rep = *made
	}
	asked := what.digest(idempotency)
	data, err := json.Marshal(savedDocument{savedVersion, s.inspector.Redacted(rep), asked})
	if err != nil {
		return receipt{}, fmt.Errorf("writing a report to be saved: %w", err)
	}
	now := time.Now()
	rec := archive.Record{ID: archive.NewName(), DeleteKey: archive.NewName(), Created: now, Expires: now.Add(savedFor), Report: data}
	if idempotency != "" {
		rec.ID, rec.DeleteKey = named(idempotency, "id"), named(idempotency, "delete key")
	}
	return s.keep(r.Context(), rec, asked)
}

// digest stands for what was asked under a client's own key; "" without one. It
// tells nothing to whoever has not the key.
func (what saving) digest(key string) string {
	if key == "" {
		return ""
	}
	data, err := json.Marshal(what)
	if err != nil {
		return "" // of strings and numbers, which can always be written
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(data)
	return hex.EncodeToString(mac.Sum(nil))
}

// savedBefore tells of the report that was saved with a client's own key, if one
// was: asking again makes no inspection and counts as none.
func (s *server) savedBefore(r *http.Request, what saving, key string) (out receipt, found bool, err error) {
	id := named(key, "id")
	d, rec, err := s.load(r, id)
	var p *problem.Problem
	if errors.As(err, &p) && p.Status == http.StatusNotFound {
		return out, false, nil
	}
	if err != nil {
		return out, false, err
	}
	rec.DeleteKey = named(key, "delete key")
	out, err = s.receiptOf(rec, d.Asked == what.digest(key))
	return out, true, err
}

// keep stores a record and tells of it. Where it is there already, because its
// client asks a second time, it tells of the first. asked is the digest of what
// was asked for.
func (s *server) keep(ctx context.Context, rec archive.Record, asked string) (receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, archiveWait)
	defer cancel()
	err := s.archive.Save(ctx, rec)
	same := true
	if errors.Is(err, archive.ErrExists) {
		if kept, e := s.archive.Load(ctx, rec.ID); e == nil {
			var d savedDocument
			same = json.Unmarshal(kept.Report, &d) == nil && d.Asked == asked
			rec.Created, rec.Expires, rec.Pinned, err = kept.Created, kept.Expires, kept.Pinned, nil
		}
	}
	s.meter.Stored("save", err)
	if err != nil {
		return receipt{}, s.archiveProblem(err)
	}
	return s.receiptOf(rec, same)
}

// receiptOf tells of a record, or refuses where its key was used before for
// something else.
func (s *server) receiptOf(rec archive.Record, same bool) (receipt, error) {
	if !same {
		return receipt{}, &problem.Problem{Status: http.StatusUnprocessableEntity, Title: "Another report has this key", Detail: "This Idempotency-Key was sent before, with another request.", Fix: "Send a new key with each report, and the same one only to ask again."}
	}
	out := receipt{ID: rec.ID, Href: "/r/" + rec.ID, DeleteKey: rec.DeleteKey, Durable: s.archive.Durable()}
	if !rec.Expires.IsZero() && !rec.Pinned {
		out.Expires = rec.Expires.UTC().Format(time.RFC3339)
	}
	return out, nil
}

// named derives a name from a client's own key, so that asking again leads to
// the same report. Whoever knows the key knows the report: it must be as hard to
// guess as an id.
func named(key, purpose string) string {
	b, err := hkdf.Key(sha256.New, []byte(key), nil, "wwwhy saved report, "+purpose, 20)
	if err != nil {
		return archive.NewName() // a length that SHA-256 always gives
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// archiveProblem words what the store of reports answered.
func (s *server) archiveProblem(err error) error {
	switch {
	case errors.Is(err, archive.ErrNotFound), errors.Is(err, archive.ErrInvalid):
		return &problem.Problem{Status: http.StatusNotFound, Title: "No report is here", Detail: "No report is saved under this address. Reports are kept for 30 days, and can be deleted by who saved them.", Fix: "Inspect the address again, and save the new report."}
	case errors.Is(err, archive.ErrWrongKey):
		return &problem.Problem{Status: http.StatusForbidden, Title: "Not the key of this report", Detail: "This key does not delete this report.", Fix: "Use the link that came with the report when it was saved."}
	case errors.Is(err, archive.ErrTooLarge):
		return &problem.Problem{Status: http.StatusRequestEntityTooLarge, Title: "Too large to be saved", Detail: "This report is too large to be kept.", Fix: "Save it on your machine: the inspection is there as JSON and as text."}
	case errors.Is(err, archive.ErrFull):
		return &problem.Problem{Status: http.StatusServiceUnavailable, Title: "No room for more reports", Detail: "As many reports as fit are kept here.", Fix: "Try again tomorrow, or keep the report as JSON on your machine.", After: time.Hour}
	}
	if !errors.Is(err, context.Canceled) { // whoever left is no fault of the store
		s.log.Error("store of reports", "error", err.Error())
	}
	return &problem.Problem{Status: http.StatusServiceUnavailable, Title: "Saved reports are out of reach", Detail: "The store of reports does not answer at the moment. Nothing that was saved is lost.", Fix: "Try again in half a minute.", After: 30 * time.Second}
}

// savePage saves what a form on a report's page names, and shows where it is.
func (s *server) savePage(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 3*inspect.TextLimit+100_000)
	if err := r.ParseForm(); err != nil {
		return problem.Unread(err)
	}
	what := saving{asking: askingOf(r.PostForm), Text: r.PostForm.Get("text"), As: r.PostForm.Get("as")}
	what.posted = true
	got, err := s.save(w, r, what, "")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Location", got.Href)
	h.Set("Cache-Control", "no-store")
	return s.render(w, r, http.StatusCreated, templates.SavedReceipt(templates.SavedView{Base: s.publicURL, Href: got.Href, DeleteHref: got.Href + "/delete?key=" + got.DeleteKey, Expires: got.Expires, Durable: got.Durable}))
}

// load returns a saved report.
func (s *server) load(r *http.Request, id string) (savedDocument, archive.Record, error) {
	ctx, cancel := context.WithTimeout(r.Context(), archiveWait)
	defer cancel()
	rec, err := s.archive.Load(ctx, id)
	if err != nil {
		if !errors.Is(err, archive.ErrNotFound) {
			s.meter.Stored("load", err)
		}
		return savedDocument{}, rec, s.archiveProblem(err)
	}
	s.meter.Stored("load", nil)
	var d savedDocument
	if err := json.Unmarshal(rec.Report, &d); err != nil {
		return d, rec, fmt.Errorf("reading the saved report: %w", err)
	}
	return d, rec, nil
}

// apiSave saves for programs. With an Idempotency-Key, asking again is harmless.
func (s *server) apiSave(w http.ResponseWriter, r *http.Request) error {
	var what saving
	if err := strict.JSON(w, r, &what); err != nil {
		return err
	}
	what.posted = true
	key := strings.Trim(r.Header.Get("Idempotency-Key"), `"`)
	if key != "" && (len(key) < 22 || len(key) > 200) {
		return problem.BadRequest("The Idempotency-Key has "+itoa(len(key))+" characters.", "Send 22 to 200 random ones, such as a UUID: whoever guesses the key can read and delete the report.")
	}
	var got receipt
	var found bool
	var err error
	if key != "" {
		got, found, err = s.savedBefore(r, what, key)
	}
	if !found && err == nil {
		got, err = s.save(w, r, what, key)
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Location", "/api/v1/reports/"+got.ID)
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusCreated)
	return report.WriteJSON(w, got)
}
