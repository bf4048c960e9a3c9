package web

import (
	"regexp"
	"strings"

	"wwwhy/content"
)

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
