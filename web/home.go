package web

import (
	"net/http"
	"net/url"
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
		return templates.Home(v)
	})
}

// ask sends what was typed into the one box to where it is answered.
func (s *server) ask(w http.ResponseWriter, r *http.Request) error {
	typed := strings.TrimSpace(r.URL.Query().Get("q"))
	if typed == "" {
		redirect(w, "/", http.StatusSeeOther)
		return nil
	}
	redirect(w, s.destination(typed), http.StatusSeeOther)
	return nil
}

// redirect sends the client to an address of the site.
func redirect(w http.ResponseWriter, to string, status int) {
	w.Header().Set("Location", to)
	if status != http.StatusMovedPermanently {
		w.Header().Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
}

// destination is the address that answers what was typed.
func (s *server) destination(typed string) string {
	if page, ok := s.lib.Lookup(typed); ok {
		return page.Href()
	}
	if looksLikeURL(typed) {
		return "/inspect?url=" + url.QueryEscape(typed)
	}
	if strings.Contains(typed, ":") || strings.Contains(typed, "=") || strings.HasPrefix(typed, "HTTP/") {
		return "/explain?text=" + url.QueryEscape(typed)
	}
	return "/search?q=" + url.QueryEscape(typed)
}

// looksLikeURL reports whether a text is an address: it has a scheme, or its
// first part is a name with a dot in it.
func looksLikeURL(s string) bool {
	if strings.ContainsAny(s, " \t\n\"") {
		return false
	}
	if strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") {
		return true
	}
	host, _, _ := strings.Cut(s, "/")
	host, _, _ = strings.Cut(host, ":")
	labels := strings.Split(host, ".")
	if len(labels) < 2 && host != "localhost" {
		return false
	}
	last := labels[len(labels)-1]
	return len(last) > 1 && strings.Trim(host, "0123456789.") != "" || len(labels) == 4
}

func (s *server) search(w http.ResponseWriter, r *http.Request) error {
	v := templates.SearchView{Query: strings.TrimSpace(r.URL.Query().Get("q"))}
	if len(v.Query) > 200 {
		v.Query = v.Query[:200]
	}
	for _, h := range s.lib.Search(v.Query, 40) {
		v.Hits = append(v.Hits, templates.ListEntry{Title: h.Title, Href: h.Href, Summary: h.Summary, Note: kindWord(h.Kind)})
	}
	w.Header().Set("Cache-Control", "no-store")
	return s.render(w, r, http.StatusOK, templates.Search(v))
}

func kindWord(k content.Kind) string {
	return map[content.Kind]string{content.KindCode: "status code", content.KindField: "header field", content.KindScheme: "authentication scheme", content.KindFinding: "finding", content.KindGuide: "guide"}[k]
}
