package content

import (
	"slices"
	"strings"
)

// Hit is a page that a search found.
type Hit struct {
	Ref
	Summary string
	score   int
}

// indexEntry holds the words by which a page is found.
type indexEntry struct {
	page  *Page
	names []string // what it is called: slug, title, aliases; lower case
	words []string // words of title, aliases and summary; lower case
}

// Search finds pages by the words of a query: codes, phrases, fields, schemes,
// findings, and the aliases that people type. Best first, at most limit.
func (lib *Library) Search(query string, limit int) []Hit {
	entries, _ := lib.index.get()
	query = strings.ToLower(strings.TrimSpace(query))
	if len(query) > 200 {
		query = query[:200]
	}
	terms := words(query)
	var hits []Hit
	for _, e := range entries {
		if s := e.score(query, terms); s > 0 {
			hits = append(hits, Hit{e.page.Ref(), e.page.Summary, s})
		}
	}
	if len(hits) == 0 {
		if meant, _ := lib.FieldMeant(strings.ReplaceAll(query, " ", "-")); meant != nil {
			hits = append(hits, Hit{meant.Ref(), meant.Summary, 1})
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return b.score - a.score })
	return hits[:min(limit, len(hits))]
}

// entries makes the index: some hundred pages, made at the first search.
func (lib *Library) entries() ([]indexEntry, error) {
	var all []indexEntry
	add := func(p *Page, more ...string) {
		names := append([]string{p.Slug, strings.ToLower(p.Title)}, more...)
		for _, a := range p.Aliases {
			names = append(names, strings.ToLower(a))
		}
		e := indexEntry{page: p, names: names}
		e.words = words(strings.Join(names, " ") + " " + strings.ToLower(p.Summary))
		all = append(all, e)
	}
	for _, s := range lib.Statuses() {
		more := []string{strings.ToLower(s.Phrase)}
		for _, u := range s.Uses {
			more = append(more, strings.ToLower(u.Phrase), strings.ToLower(u.Product))
		}
		add(&s.Page, more...)
	}
	for _, s := range lib.Schemes() {
		var more []string
		for _, e := range s.Errors {
			more = append(more, e.Code)
		}
		add(&s.Page, more...)
	}
	for _, kind := range []Kind{KindField, KindGuide, KindFinding} {
		for _, p := range lib.Pages(kind) {
			add(p)
		}
	}
	return all, nil
}

// score is 0 where a page does not match. Names whole count most, then their
// beginnings, then words; a word may be one edit away where it is long enough.
func (e indexEntry) score(query string, terms []string) int {
	if query == "" {
		return 0
	}
	best := 0
	for _, n := range e.names {
		switch {
		case n == query:
			best = max(best, 1000)
		case strings.HasPrefix(n, query):
			best = max(best, 300)
		case len(query) > 3 && strings.Contains(n, query):
			best = max(best, 150)
		}
	}
	found := 0
	for _, t := range terms {
		s := 0
		for _, w := range e.words {
			switch {
			case w == t:
				s = max(s, 40)
			case len(t) > 2 && strings.HasPrefix(w, t):
				s = max(s, 20)
			case len(t) > 4 && oneEdit(w, t):
				s = max(s, 10)
			}
		}
		if s > 0 {
			found++
		}
		best += s
	}
	if found < len(terms) && best < 150 {
		best = best * found / (2 * max(1, len(terms)))
	}
	if best > 0 && e.page.Written() {
		best += 15
		if e.page.kind == KindCode {
			best += 10
		}
	}
	if best <= 25 {
		return 0
	}
	return best
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r > 0x7f)
	})
}

// oneEdit reports whether a and b differ by one letter put in, left out,
// changed, or two neighbors exchanged.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return true
	}
	if a[i+1:] == b[i+1:] {
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
