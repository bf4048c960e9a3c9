package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"wwwhy/content"
	"wwwhy/templates"
	"wwwhy/web/report"
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

// mostFound is how many pages a search lists; mostFoundInText those at a terminal.
const (
	mostFound       = 40
	mostFoundInText = 10
)

func (s *server) search(w http.ResponseWriter, r *http.Request) error {
	v := templates.SearchView{Query: searched(r)}
	if terminal(r) {
		return s.searchText(w, r, v.Query)
	}
	w.Header().Set("Vary", "Accept, User-Agent")
	hits, err := s.hits(r, v.Query, mostFound)
	if err != nil {
		return err
	}
	for _, h := range hits {
		hit := templates.ListEntry{Title: h.Title, Href: h.Href, Summary: h.Summary, Note: kindWord(h.Kind)}
		if h.Part != nil {
			hit.Part, hit.PartHref = h.Part.Text, h.PartHref()
		}
		v.Hits = append(v.Hits, hit)
	}
	w.Header().Set("Cache-Control", "no-store")
	return s.render(w, r, http.StatusOK, templates.Search(v))
}

// searchText lists what a search found for people at a terminal.
func (s *server) searchText(w http.ResponseWriter, r *http.Request, query string) error {
	var b strings.Builder
	hits, err := s.hits(r, query, mostFoundInText)
	if err != nil {
		return err
	}
	if len(hits) == 0 {
		fmt.Fprintf(&b, "Nothing was found for “%s”.\n", report.Visible(query))
	}
	for _, h := range hits {
		fmt.Fprintf(&b, "%s\n  %s%s\n  %s\n", h.Title, s.publicURL, h.PartHref(), h.Words())
	}
	w.Header().Set("Vary", "Accept, User-Agent")
	plain(w, http.StatusOK, b.String())
	return nil
}

func kindWord(k content.Kind) string {
	return map[content.Kind]string{content.KindCode: "status code", content.KindField: "header field", content.KindScheme: "authentication scheme", content.KindFinding: "finding", content.KindGuide: "guide"}[k]
}
