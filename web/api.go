package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"wwwhy/content"
	"wwwhy/templates"
)

func itoa(n int) string { return strconv.Itoa(n) }

// readJSON reads a small JSON object strictly: an unknown key is a mistake that
// its sender wants to know of.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if t := r.Header.Get("Content-Type"); t != "" && !strings.HasPrefix(t, "application/json") {
		w.Header().Set("Accept", "application/json")
		return &Problem{Status: 415, Title: "Not JSON", Detail: "The content is " + t + ".", Fix: "Send application/json."}
	}
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 600<<10))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		var limit *http.MaxBytesError
		if errors.As(err, &limit) {
			return tooLarge(err)
		}
		return badRequest("The JSON cannot be read: "+strings.TrimPrefix(err.Error(), "json: ")+".", "Send one object with the keys that the API page lists.")
	}
	if _, err := dec.Token(); err != io.EOF {
		return badRequest("There is more behind the JSON object.", "Send one object.")
	}
	return nil
}

// pageDocument is a page of the reference for programs.
type pageDocument struct {
	Kind     string             `json:"kind"`
	Slug     string             `json:"slug"`
	Title    string             `json:"title"`
	Href     string             `json:"href"`
	Summary  string             `json:"summary"`
	Reviewed string             `json:"reviewed"`
	Facts    []content.Fact     `json:"facts"`
	Uses     []useDocument      `json:"uses"`
	Names    []content.Constant `json:"constants"`
	Sources  []string           `json:"sources"`
	See      []string           `json:"see"`
	Markdown string             `json:"markdown"`
}

type useDocument struct {
	Product string `json:"product"`
	Phrase  string `json:"phrase"`
	Kind    string `json:"kind"`
	Wire    string `json:"wire"`
	State   string `json:"state"`
	Meaning string `json:"meaning"`
}

func (s *server) pageJSON(p *content.Page) pageDocument {
	d := pageDocument{Kind: string(p.Kind()), Slug: p.Slug, Title: p.Title, Href: p.Href(), Summary: p.Summary, Reviewed: p.Reviewed,
		Facts: append([]content.Fact{}, s.lib.Facts(p)...), Sources: append([]string{}, p.Sources...), See: []string{},
		Uses: []useDocument{}, Names: []content.Constant{}, Markdown: s.lib.Markdown(p)}
	for _, ref := range s.lib.Related(p) {
		d.See = append(d.See, ref.Href)
	}
	if code, err := strconv.Atoi(p.Slug); err == nil && p.Kind() == content.KindCode {
		d.Names = append(d.Names, s.lib.Constants(code)...)
		for _, u := range s.lib.Status(code).Uses {
			d.Uses = append(d.Uses, useDocument{u.Product, u.Phrase, u.Kind, u.Wire, u.State, u.Meaning})
		}
	}
	return d
}

// apiPageOf serves one page of a kind.
func (s *server) apiPageOf(kind string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		page, ok := s.lib.Lookup(kind + ":" + chi.URLParam(r, "name"))
		if !ok {
			return s.nothingAt(r, chi.URLParam(r, "name"))
		}
		return s.servePage(w, r, page, "json")
	}
}

// listed is an entry of a list for programs.
type listed struct {
	Slug    string `json:"slug"`
	Title   string `json:"title"`
	Href    string `json:"href"`
	Summary string `json:"summary"`
}

// apiList serves the list of all pages of a kind.
func (s *server) apiList(kind content.Kind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.keptJSON(w, r, "api/"+string(kind), func() any {
			all := []listed{}
			for _, p := range s.lib.Pages(kind) {
				all = append(all, listed{p.Slug, p.Title, p.Href(), p.Summary})
			}
			return map[string]any{string(kind): all}
		})
	}
}

func (s *server) apiSearch(w http.ResponseWriter, r *http.Request) error {
	all := []listed{}
	for _, h := range s.lib.Search(r.URL.Query().Get("q"), 20) {
		all = append(all, listed{h.Slug, h.Title, h.Href, h.Summary})
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(map[string]any{"results": all})
}

func (s *server) apiPage(w http.ResponseWriter, r *http.Request) error {
	return s.keptPage(w, r, "/api", func() templ.Component { return templates.API() })
}
