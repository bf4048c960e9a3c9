package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"

	"wwwhy/templates"
	"wwwhy/web/archive"
	"wwwhy/web/encoded"
	"wwwhy/web/problem"
)

// deletePage asks whether to delete a report, and deletes it.
func (s *server) deletePage(w http.ResponseWriter, r *http.Request) error {
	id, key := chi.URLParam(r, "id"), r.URL.Query().Get("key")
	w.Header().Set("Cache-Control", "no-store")
	v := templates.SavedView{Href: "/r/" + id, DeleteHref: "/r/" + id + "/delete?key=" + url.QueryEscape(key)}
	if r.Method == http.MethodPost {
		if err := s.remove(r, id, key); err != nil {
			return err
		}
		v.Deleted = true
	} else if _, _, err := s.load(r, id); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, templates.DeleteSaved(v))
}

func (s *server) remove(r *http.Request, id, key string) error {
	ctx, cancel := context.WithTimeout(r.Context(), archiveWait)
	defer cancel()
	err := s.archive.Delete(ctx, id, key)
	if err != nil && !errors.Is(err, archive.ErrNotFound) && !errors.Is(err, archive.ErrWrongKey) {
		s.meter.Stored("delete", err)
	}
	if err != nil {
		return s.archiveProblem(err)
	}
	s.meter.Stored("delete", nil)
	return nil
}

// apiDelete deletes for programs. The delete key is a bearer token for this one
// report.
func (s *server) apiDelete(w http.ResponseWriter, r *http.Request) error {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if key = strings.TrimSpace(key); !strings.EqualFold(scheme, "Bearer") || key == "" {
		w.Header().Set("WWW-Authenticate", `Bearer realm="saved reports"`)
		return &problem.Problem{Status: http.StatusUnauthorized, Title: "Whose report is this?", Detail: "Deleting a report takes its delete key.", Fix: "Send Authorization: Bearer and the delete_key that came when it was saved."}
	}
	id := chi.URLParam(r, "id")
	err := s.unlessChanged(r, id, key)
	if err == nil {
		err = s.remove(r, id, key)
	}
	var p *problem.Problem
	if errors.As(err, &p) && p.Status == http.StatusForbidden {
		// The key is wrong, not too weak: RFC 6750, Section 3.1, has 401 for it.
		w.Header().Set("WWW-Authenticate", `Bearer realm="saved reports", error="invalid_token", error_description="this is not the delete key of this report"`)
		p.Status = http.StatusUnauthorized
		return p
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// unlessChanged evaluates the conditions of a request to delete a report, on the
// form of it that GET with the same fields would answer with. Without the right
// key, deleting itself has the answer (RFC 9110, Section 13.2.1).
func (s *server) unlessChanged(r *http.Request, id, key string) error {
	if r.Header["If-Match"] == nil && r.Header["If-Unmodified-Since"] == nil && r.Header["If-None-Match"] == nil {
		return nil
	}
	d, rec, err := s.load(r, id)
	if err != nil || !rec.Opens(key) {
		return err
	}
	f, err := formOf(r)
	if err != nil {
		return err
	}
	data, err := s.drawForm(r, f, d.Report)
	if err != nil {
		return err
	}
	if failed := encoded.Plain(f.MediaType, data).Dated(rec.Created).Failed(r); failed != "" {
		return conditionFailed(failed)
	}
	return nil
}
