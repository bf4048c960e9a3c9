package web

import (
	"net/http"
	"regexp"
	"strings"

	"wwwhy/content"
	"wwwhy/web/problem"
)

// notFound answers what no route takes: names of pages without their folder,
// such as /www-authenticate and /codes/401, lead to the page, all others to a
// 404 with pages that may be meant.
func (s *server) notFound(w http.ResponseWriter, r *http.Request) error {
	if to, ok := moved(s.lib, r.URL.Path); ok && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		redirect(w, to, http.StatusMovedPermanently)
		return nil
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	for _, folder := range []string{"codes/", "status/", "http/"} {
		name = strings.TrimPrefix(name, folder)
	}
	if page, ok := s.lib.Lookup(name); ok && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		redirect(w, page.Href(), http.StatusMovedPermanently)
		return nil
	}
	return s.nothingAt(r, r.URL.Path)
}

// nothingAt is the 404 for a name that nothing has, with suggestions.
func (s *server) nothingAt(r *http.Request, name string) *problem.Problem {
	words := strings.Join(strings.FieldsFunc(strings.TrimPrefix(name, "/api/v1/"), func(c rune) bool { return c == '/' || c == '.' || c == '-' || c == '_' }), " ")
	p := &problem.Problem{Status: 404, Title: "Nothing is here", Detail: "There is no page at " + r.URL.Path + ".",
		Fix: "Check the spelling, or search the reference from the box at the top."}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		p.Detail, p.Fix = "The API has nothing at "+r.URL.Path+".", "Check the spelling. /openapi.json lists all that there is, and /api/v1/search?q= finds pages."
	}
	hits, err := s.hits(r, words, 6)
	if err != nil {
		s.log.Debug("no suggestions", "error", err.Error()) // the answer is of use without them
	}
	for _, h := range hits {
		p.See = append(p.See, problem.Link{Title: h.Title, Href: h.Href, Summary: h.Summary})
	}
	if len(p.See) == 0 {
		p.See = []problem.Link{{Title: "All status codes", Href: "/codes"}, {Title: "All header fields", Href: "/fields"}, {Title: "Inspect a URL", Href: "/inspect"}}
	}
	return p
}

// oldPaths are the shapes in which other sites, and people, write addresses of
// such pages; the one group is the name.
var oldPaths = []struct {
	shape *regexp.Regexp
	kind  string
}{
	{regexp.MustCompile(`^/(?:status|codes?|statuses|errors?|http|http-status|status-codes?|http-status-codes?)/([0-9]{3})(?:[-/].*)?$`), "code"},
	{regexp.MustCompile(`^/(?:http|error|status|code)-?([0-9]{3})$`), "code"},
	{regexp.MustCompile(`^/([0-9]{3})-[A-Za-z-]+$`), "code"},
	{regexp.MustCompile(`^/(?:headers?|field|http-headers?)/([A-Za-z0-9-]+)$`), "field"},
	{regexp.MustCompile(`^/(?:auth|scheme|authentication)/([A-Za-z0-9-]+)$`), "scheme"},
}

// moved returns the address of the page that an address of an old or usual shape
// means.
func moved(lib *content.Library, path string) (string, bool) {
	path = strings.TrimSuffix(path, "/")
	for _, p := range oldPaths {
		m := p.shape.FindStringSubmatch(path)
		if m == nil {
			continue
		}
		if page, ok := lib.Lookup(p.kind + ":" + strings.ToLower(m[1])); ok {
			return page.Href(), true
		}
	}
	return "", false
}
