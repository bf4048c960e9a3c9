package web

import (
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"wwwhy/content"
	"wwwhy/templates"
)

// often lists the codes that people look up most.
var often = []int{401, 403, 404, 500, 502, 429, 400, 503, 301, 407}

func (s *server) home(w http.ResponseWriter, r *http.Request) error {
	return s.keptPage(w, r, "/", func() templ.Component {
		var v templates.HomeView
		for _, code := range often {
			if p := s.lib.Status(code); p != nil {
				v.Often = append(v.Often, p)
			}
		}
		v.Classes = s.classTiles()
		return templates.Home(v)
	})
}

// classTiles leads to the classes of codes.
func (s *server) classTiles() []templates.ClassTile {
	tiles := templates.ClassTiles()
	for _, st := range s.lib.Statuses() {
		if i := st.Code/100 - 1; i >= 0 && i < len(tiles) {
			tiles[i].Count++
		}
	}
	return tiles
}

// redirect sends the client to an address of the site.
func redirect(w http.ResponseWriter, to string, status int) {
	w.Header().Set("Location", to)
	if status != http.StatusMovedPermanently {
		w.Header().Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
}

// longestSearch is how many bytes of what is searched for are looked at.
const longestSearch = 200

// searched is what a request searches for.
func searched(r *http.Request) string {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	return strings.ToValidUTF8(q[:min(len(q), longestSearch)], "") // without half a letter at its end
}

func (s *server) search(w http.ResponseWriter, r *http.Request) error {
	v := templates.SearchView{Query: searched(r)}
	for _, h := range s.hits(v.Query, 40) {
		hit := templates.ListEntry{Title: h.Title, Href: h.Href, Summary: h.Summary, Note: kindWord(h.Kind)}
		if h.Part != nil {
			hit.Part, hit.PartHref = h.Part.Text, h.Href+"#"+h.Part.ID
		}
		v.Hits = append(v.Hits, hit)
	}
	w.Header().Set("Cache-Control", "no-store")
	return s.render(w, r, http.StatusOK, templates.Search(v))
}

func kindWord(k content.Kind) string {
	return map[content.Kind]string{content.KindCode: "status code", content.KindField: "header field", content.KindScheme: "authentication scheme", content.KindFinding: "finding", content.KindGuide: "guide"}[k]
}
