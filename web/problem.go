package web

import (
	"bytes"
	"errors"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"

	"wwwhy/templates"
	"wwwhy/web/problem"
	"wwwhy/web/visit"
)

// handler answers a request or returns the error that answers it.
type handler func(w http.ResponseWriter, r *http.Request) error

// handle makes of a handler's error an answer in the form that the client
// wants: a page, or problem+json (RFC 9457).
func (s *server) handle(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

// ours refuses what a page of another site has a visitor's browser send: only
// who is here may save, delete or call tools.
func (s *server) ours(next handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.origin.Foreign(r) {
			return fromElsewhere("A page of another site had your browser send this. Nothing was done.")
		}
		return next(w, r)
	}
}

// fromElsewhere refuses what a page of another site asks for.
func fromElsewhere(detail string) *problem.Problem {
	return &problem.Problem{Status: http.StatusForbidden, Title: "Not from another site", Detail: detail, Fix: "If it was you who wanted it, do it on this site's own page, at the address that its operator gave it (--public-url)."}
}

func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var p *problem.Problem
	if !errors.As(err, &p) {
		if r.Context().Err() != nil {
			if !visit.Begun(w) {
				visit.BreakOff(w) // who asked went away, maybe amid the answer: nobody reads another
			}
			return
		}
		id := visit.ID(r)
		s.log.Error("request failed", "id", id, "route", chi.RouteContext(r.Context()).RoutePattern(), "error", err.Error())
		p = problem.OfOurs(id)
	}
	if visit.Begun(w) {
		visit.BreakOff(w) // most often its client went away
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	p.RetryLater(w.Header())
	if wantsProblem(r) {
		p.WriteJSON(w, r, s.publicURL, visit.ID(r))
		return
	}
	if terminal(r) {
		p.WriteText(w)
		return
	}
	// Not in turn: it is short, and may say that no turn is to be had.
	var b bytes.Buffer
	if err := templates.ProblemPage(*viewOf(p)).Render(s.drawing(r), &b); err != nil {
		s.log.Error("drawing a problem", "error", err.Error())
	}
	sendPage(w, p.Status, b.Bytes())
}

// viewOf is what a page shows of a problem.
func viewOf(p *problem.Problem) *templates.Problem {
	v := &templates.Problem{Status: p.Status, Title: p.Title, Detail: p.Detail, Fix: p.Fix}
	for _, l := range p.See {
		v.See = append(v.See, templates.ListEntry{Title: l.Title, Href: l.Href, Summary: l.Summary})
	}
	return v
}

// wantsProblem reports whether an error is to be told in JSON: in the API, and
// to clients that ask for JSON rather than for a page.
func wantsProblem(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/api/v1") || strings.HasSuffix(r.URL.Path, ".json") {
		return true
	}
	return negotiate(r, "text/html", "application/json", "application/problem+json") != "text/html"
}
