package web

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"wwwhy/templates"
	"wwwhy/web/inspect"
	"wwwhy/web/problem"
	"wwwhy/web/report"
	"wwwhy/web/strict"
	"wwwhy/web/visit"
)

// entrancesTime is the time for all entrances of one site.
const entrancesTime = 30 * time.Second

// entrances prepares to ask all entrances of a site, which is one inspection of
// its client, and one of the site for each entrance. Each takes a place among all
// inspections. end gives the client's place back.
func (s *server) entrances(h http.Header, r *http.Request, typed string) (ask func() report.Entrances, end func(), p *problem.Problem) {
	site, err := inspect.ReadSite(typed)
	if err != nil {
		said := err.Error()
		return nil, nil, problem.BadRequest(strings.ToUpper(said[:1])+said[1:]+".", "Write a name such as example.com, or an address of the site.").At("site")
	}
	leave, p := s.many(h, r, site.Addresses[0], len(site.Addresses))
	if p != nil {
		return nil, nil, p
	}
	ctx, cancel := context.WithTimeout(r.Context(), entrancesTime)
	return func() report.Entrances {
		e := s.inspector.Entrances(ctx, site, inspect.Target{}, s.place)
		s.log.Info("entrances", "id", visit.ID(r), "origin", inspect.Host(typed), "entrances", len(e.Entrances))
		return e
	}, func() { cancel(); leave() }, nil
}

// entrancesPage is the form for one site, and below it where its entrances lead.
func (s *server) entrancesPage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("X-Robots-Tag", "noindex")
	if wantsProblem(r) || terminal(r) {
		return s.apiEntrances(w, r)
	}
	q, p := strict.Query(r)
	if p != nil {
		return p
	}
	v := templates.EntrancesView{Site: q.Get("site"), Limit: entrancesTime, API: "/api/v1/entrances?site=" + url.QueryEscape(q.Get("site"))}
	ask, end, p := s.entrances(w.Header(), r, v.Site)
	if p != nil {
		v.Problem = viewOf(p)
		p.RetryLater(w.Header())
		return s.render(w, r, p.Status, templates.Entrances(v))
	}
	defer end()
	v.Ask = ask
	return s.flow(w, r, templates.Entrances(v))
}

// apiEntrances compares the entrances of a site for programs and terminals.
func (s *server) apiEntrances(w http.ResponseWriter, r *http.Request) error {
	format := r.URL.Query().Get("format")
	if format != "" && format != "json" && format != "text" {
		return problem.BadRequest("There is no format named "+format+".", "Choose json or text.").At("format")
	}
	if format == "" && (negotiate(r, "application/json", "text/plain") == "text/plain" || terminal(r) && !strings.HasPrefix(r.URL.Path, "/api/")) {
		format = "text"
	}
	ask, end, p := s.entrances(w.Header(), r, r.URL.Query().Get("site"))
	if p != nil {
		return p
	}
	defer end()
	e := ask()
	var b bytes.Buffer
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept")
	if format == "text" {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		if err := report.WriteEntrances(&b, e, report.TextOptions{Color: colored(r) && !strings.HasPrefix(r.URL.Path, "/api/")}); err != nil {
			return err
		}
	} else {
		h.Set("Content-Type", "application/json")
		if err := report.WriteJSON(&b, e); err != nil {
			return err
		}
	}
	_, _ = w.Write(b.Bytes()) // a client that went away needs no answer
	return nil
}
