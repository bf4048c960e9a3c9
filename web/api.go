package web

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"wwwhy/content"
	"wwwhy/web/encoded"
	"wwwhy/web/problem"
	"wwwhy/web/report"
)

func itoa(n int) string { return strconv.Itoa(n) }

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

// useDocument is what a product means by a code.
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

// codeList is all status codes.
type codeList struct {
	Codes []listed `json:"codes"`
}

// fieldList is all header fields.
type fieldList struct {
	Fields []listed `json:"fields"`
}

// schemeList is all authentication schemes.
type schemeList struct {
	Schemes []listed `json:"schemes"`
}

// findingList is all findings.
type findingList struct {
	Findings []listed `json:"findings"`
}

// guideList is all guides.
type guideList struct {
	Guides []listed `json:"guides"`
}

// results is what a search found, the best first.
type results struct {
	Results []content.Found `json:"results"`
}

// listOf names the list of a kind.
func listOf(kind content.Kind, all []listed) any {
	switch kind {
	case content.KindCode:
		return codeList{all}
	case content.KindField:
		return fieldList{all}
	case content.KindScheme:
		return schemeList{all}
	case content.KindFinding:
		return findingList{all}
	}
	return guideList{all}
}

// apiList serves the list of all pages of a kind.
func (s *server) apiList(kind content.Kind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.keptJSON(w, r, "api/"+string(kind), func() any {
			all := []listed{}
			for _, p := range s.lib.Pages(kind) {
				all = append(all, listed{p.Slug, p.Title, p.Href(), p.Summary})
			}
			return listOf(kind, all)
		})
	}
}

// apiSearch finds pages. Its answer is the same for everybody, but there are too
// many questions to keep the answers.
func (s *server) apiSearch(w http.ResponseWriter, r *http.Request) error {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	if q == "" || len(q) > 200 {
		return problem.BadRequest("There are no words to look for, or more than 200 bytes of them.", "Write them as q, such as /api/v1/search?q=invalid_token.").At("q")
	}
	found := results{[]content.Found{}}
	hits, err := s.hits(r, q, 20)
	if err != nil {
		return err
	}
	for _, h := range hits {
		found.Results = append(found.Results, h.Found())
	}
	var b bytes.Buffer
	if err := report.WriteJSON(&b, found); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "public, max-age=300")
	return s.send(w, r, encoded.Plain("application/json", b.Bytes()))
}
