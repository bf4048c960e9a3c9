package web

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"wwwhy/content"
	"wwwhy/templates"
)

// compare puts two codes side by side. The smaller one comes first; another
// order is redirected.
func (s *server) compare(w http.ResponseWriter, r *http.Request) error {
	a, _ := strconv.Atoi(chi.URLParam(r, "a")) // the route takes digits only
	b, _ := strconv.Atoi(chi.URLParam(r, "b"))
	one, other := s.lib.Status(a), s.lib.Status(b)
	switch {
	case one == nil || other == nil:
		return s.nothingAt(r, fmt.Sprintf("%03d %03d", a, b))
	case a == b:
		redirect(w, one.Href(), http.StatusMovedPermanently)
		return nil
	case a > b:
		redirect(w, fmt.Sprintf("/compare/%03d-vs-%03d", b, a), http.StatusMovedPermanently)
		return nil
	}
	pair, written := s.lib.Pair(a, b)
	page := func() templ.Component {
		v := templates.CompareView{Pair: pair, A: one, B: other, Rows: sideBySide(s.lib.Facts(&one.Page), s.lib.Facts(&other.Page))}
		for _, p := range s.lib.Pairs() {
			if p != pair && (p.A == a || p.B == a || p.A == b || p.B == b) {
				v.Others = append(v.Others, p)
			}
		}
		return templates.Compare(v)
	}
	if !written {
		return s.render(w, r, http.StatusOK, page()) // too many to be kept
	}
	return s.keptPage(w, r, fmt.Sprintf("/compare/%d-vs-%d", a, b), page)
}

// sideBySide pairs the facts of two pages by name, in the order of the first.
func sideBySide(a, b []content.Fact) []templates.CompareRow {
	var rows []templates.CompareRow
	at := map[string]int{}
	for _, f := range a {
		at[f.Name] = len(rows)
		rows = append(rows, templates.CompareRow{Name: f.Name, A: f.Value})
	}
	for _, f := range b {
		if i, ok := at[f.Name]; ok {
			rows[i].B = f.Value
			continue
		}
		rows = append(rows, templates.CompareRow{Name: f.Name, B: f.Value})
	}
	return rows
}

// comparisons lists the pairs of codes or, with left and right, compares reports.
func (s *server) comparisons(w http.ResponseWriter, r *http.Request) error {
	if q := r.URL.Query(); q.Has("left") || q.Has("right") {
		return s.changes(w, r)
	}
	return s.keptPage(w, r, "/compare", func() templ.Component { return templates.Comparisons(s.lib.Pairs()) })
}
