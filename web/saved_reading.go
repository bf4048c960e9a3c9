package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"wwwhy/templates"
	"wwwhy/web/archive"
	"wwwhy/web/card"
	"wwwhy/web/encoded"
	"wwwhy/web/report"
)

// savedForms gives the names of report.Formats for the suffixes of a saved
// report; those of a page of the reference mean the same.
var savedForms = map[string]string{"json": "json", "txt": "text", "md": "markdown", "sarif": "sarif"}

// savedReport serves a saved report: as a page, in every form of a report, as the
// picture for other sites.
func (s *server) savedReport(w http.ResponseWriter, r *http.Request) error {
	id, form, _ := strings.Cut(chi.URLParam(r, "id"), ".")
	d, rec, err := s.load(r, id)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	if !rec.Expires.IsZero() && !rec.Pinned {
		h.Set("Sunset", rec.Expires.UTC().Format(http.TimeFormat)) // RFC 8594
	}
	switch {
	case form == "png":
		// Another report may be saved under the id of one that was deleted.
		return s.servePicture(w, r, "/r/"+id+" "+rec.Created.String(), func() card.Card { return savedCard(d.Report) })
	case form != "":
		f, ok := report.FormatNamed(savedForms[form])
		if !ok {
			return s.nothingAt(r, form)
		}
		return s.sendSaved(w, r, f, d, rec)
	case strings.HasPrefix(r.URL.Path, "/api/") || terminal(r) || negotiate(r, "text/html", "application/json", "text/plain", "text/markdown", "application/sarif+json") != "text/html":
		f, err := formOf(r)
		if err != nil {
			return err
		}
		tellForm(h, f)
		return s.sendSaved(w, r, f, d, rec)
	}
	h.Add("Vary", "Accept, User-Agent")
	v := templates.SavedView{Base: s.publicURL, Href: "/r/" + id, Saved: rec.Created.UTC().Format(time.RFC3339), Durable: s.archive.Durable(), Report: &d.Report}
	if !rec.Expires.IsZero() && !rec.Pinned {
		v.Expires = rec.Expires.UTC().Format(time.RFC3339)
	}
	page, err := s.draw(r, templates.Saved(v))
	if err != nil {
		return err
	}
	return s.send(w, r, encoded.Plain("text/html; charset=utf-8", page).Dated(rec.Created))
}

// sendSaved answers with a saved report in a form.
func (s *server) sendSaved(w http.ResponseWriter, r *http.Request, f report.Format, d savedDocument, rec archive.Record) error {
	data, err := s.drawForm(r, f, d.Report)
	if err != nil {
		return err
	}
	return s.send(w, r, encoded.Plain(f.MediaType, data).Dated(rec.Created))
}

// savedCard is what the picture of a saved report says. Its words hold what came
// from outside as plain text.
func savedCard(rep report.Report) card.Card {
	c := card.Card{Title: report.Visible(rep.Verdict), Foot: "wwwhy"}
	if x := rep.Last(); x != nil {
		if x.Status.Code > 0 {
			c.Badge, c.Class = fmt.Sprintf("%03d", x.Status.Code), x.Status.Code/100
		}
		c.Text = strings.TrimSpace(report.Visible(x.Method + " " + x.URL))
	}
	return c
}
