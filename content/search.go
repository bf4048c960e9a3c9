package content

import (
	"slices"
	"strings"
)

// Hit is a page that a search found, and the part of it that has the words, if
// it is a part rather than the whole.
type Hit struct {
	Ref
	Summary string
	Part    *Heading
	Called  bool // the query is one of the page's names
	score   int
}

// searchIndex is all by which pages are found. A process keeps it from its first
// search on, so it holds each word once.
type searchIndex struct {
	entries  []indexEntry
	lexicon  lexicon
	passages passages
}

// indexEntry holds the words by which a page is found.
type indexEntry struct {
	page  *Page
	names []string // what it is called: slug, title, aliases; lower case
	words []int32  // of title, aliases and summary, each once; in the lexicon
}

// wholeText is what a page counts one passage of which has every word of a
// query: less than a name that is the query, more than words of names.
const wholeText = 120

// Search finds pages by the words of a query: codes, phrases, fields, schemes,
// findings, the aliases that people type, and what stands in the articles. Best
// first, at most limit.
func (lib *Library) Search(query string, limit int) []Hit {
	index, _ := lib.index.get()
	query = lowered(strings.TrimSpace(query))
	if len(query) > 200 {
		query = query[:200]
	}
	terms := telling(words(query))
	matches := index.passages.matches(terms, len(index.entries))
	asked := index.lexicon.ask(terms)
	var hits []Hit
	for i, e := range index.entries {
		named := e.score(query, asked)
		s := named
		m := matches[i]
		// Half of the words stand in many places by chance.
		if m.share > 0.5 {
			s += int(wholeText * m.share * m.share)
		}
		if s > 0 {
			h := Hit{Ref: e.page.Ref(), Summary: e.page.Summary, Called: slices.Contains(e.names, query), score: s}
			if !e.titled(query) && m.share > 0.7 && e.share(asked) < m.share {
				h.Part = index.passages.heading(m)
			}
			hits = append(hits, h)
		}
	}
	if len(hits) == 0 {
		if meant, _ := lib.FieldMeant(strings.ReplaceAll(query, " ", "-")); meant != nil {
			hits = append(hits, Hit{Ref: meant.Ref(), Summary: meant.Summary, score: 1})
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return b.score - a.score })
	hits = hits[:min(limit, len(hits))]
	// What fits far worse than the best is there by chance.
	for len(hits) > 0 && hits[len(hits)-1].score*6 < hits[0].score && hits[0].score < wholeName {
		hits = hits[:len(hits)-1]
	}
	return hits
}

// makeIndex makes the index: some hundred pages, made at the first search.
func (lib *Library) makeIndex() (searchIndex, error) {
	entries, lexicon := lib.entries()
	var found gathering
	for i, e := range entries {
		if e.page.Written() {
			found.add(i, lib.Document(e.page))
		}
	}
	return searchIndex{entries, lexicon, found.passages()}, nil
}

// entries lists the pages with their names and the words of them.
func (lib *Library) entries() ([]indexEntry, lexicon) {
	var all []indexEntry
	var texts []string // of each page, where its words stand
	add := func(p *Page, more ...string) {
		names := append([]string{p.Slug, strings.ReplaceAll(p.Slug, "-", " "), lowered(p.Title)}, more...)
		for _, a := range p.Aliases {
			names = append(names, lowered(a))
		}
		all = append(all, indexEntry{page: p, names: names})
		texts = append(texts, strings.Join(names, " ")+" "+lowered(p.Summary))
	}
	for _, s := range lib.Statuses() {
		more := []string{lowered(s.Phrase)}
		for _, u := range s.Uses {
			more = append(more, lowered(u.Phrase), lowered(u.Product))
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
	lexicon := lexiconOf(texts)
	for i := range all {
		all[i].words = lexicon.numbers(texts[i])
	}
	return all, lexicon
}

// titled reports whether a query is what the page itself is called, by more than
// an alias, which may be about a part of it.
func (e indexEntry) titled(query string) bool {
	return slices.Contains(e.names[:3], query)
}

// share returns what part of some words stands in names and summary.
func (e indexEntry) share(terms []askedWord) float64 {
	found := 0
	for _, t := range terms {
		if _, has := slices.BinarySearch(e.words, t.number); has {
			found++
		}
	}
	return float64(found) / float64(max(1, len(terms)))
}

// wholeName is what a page counts whose name is the query.
const wholeName = 1000

// score is 0 where a page does not match. Names whole count most, then their
// beginnings, then names that stand within the query, as in a message that was
// pasted whole, then words; a word may be one edit away where it is long enough.
func (e indexEntry) score(query string, terms []askedWord) int {
	if query == "" {
		return 0
	}
	best := 0
	for _, n := range e.names {
		switch {
		case n == query:
			best = max(best, wholeName)
		case strings.HasPrefix(n, query):
			best = max(best, 300)
		case len(query) > 3 && strings.Contains(n, query):
			best = max(best, 150)
		case within(query, n):
			best = max(best, 100+2*min(len(n), 40))
		}
	}
	found := 0
	for _, t := range terms {
		s := 0
		for _, w := range e.words {
			s = max(s, int(t.likeness[w]))
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

// within reports whether a name stands in a longer query as words of its own.
// A short one tells something only where it is a code's number.
func within(query, name string) bool {
	if len(name) < 6 && !isCode(name) {
		return false
	}
	before, after, found := strings.Cut(query, name)
	return found && (before == "" || !wordByte(before[len(before)-1])) && (after == "" || !wordByte(after[0]))
}

func isCode(s string) bool {
	return len(s) == 3 && strings.Trim(s, "0123456789") == ""
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c > 0x7f
}
