package content

import (
	"maps"
	"slices"
	"strings"
)

// lexicon is the words that stand in names and summaries of pages, each once.
// Pages have numbers of words instead of words.
type lexicon struct {
	words  []string // lower case, sorted
	common []bool   // whether many pages have it, so that it tells little
}

// commonShare is the part of all pages, as one in so many, above which a word
// counts as common.
const commonShare = 12

// lexiconOf makes the lexicon of the texts of all pages.
func lexiconOf(texts []string) lexicon {
	pages := map[string]int{} // how many have a word
	for _, text := range texts {
		all := words(text)
		slices.Sort(all)
		for _, w := range slices.Compact(all) {
			if _, known := pages[w]; !known {
				w = strings.Clone(w) // else the lexicon would keep every text
				pages[w] = 0
			}
			pages[w]++
		}
	}
	l := lexicon{words: slices.Sorted(maps.Keys(pages))}
	for _, w := range l.words {
		l.common = append(l.common, pages[w]*commonShare > len(texts))
	}
	return l
}

// numbers returns the words of a text, each once, by their places in the
// lexicon, ascending.
func (l lexicon) numbers(text string) []int32 {
	var all []int32
	for _, w := range words(text) {
		if n := l.number(w); n >= 0 {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return slices.Clone(slices.Compact(all))
}

// number returns the place of a word, or -1.
func (l lexicon) number(word string) int32 {
	at, found := slices.BinarySearch(l.words, word)
	if !found {
		return -1
	}
	return int32(at)
}

// askedWord is a word of a query, with what each word of the lexicon counts for
// it.
type askedWord struct {
	number   int32 // in the lexicon, or -1
	likeness []uint8
}

// ask holds the words of a query against the lexicon.
func (l lexicon) ask(terms []string) []askedWord {
	all := make([]askedWord, len(terms))
	for i, t := range terms {
		all[i] = askedWord{l.number(t), make([]uint8, len(l.words))}
		for n, w := range l.words {
			all[i].likeness[n] = likeness(w, t, l.common[n])
		}
	}
	return all
}

// likeness is what a word of a page counts for one of a query: 0 where they have
// nothing in common. A word may be one edit away where it is long enough.
func likeness(w, asked string, common bool) uint8 {
	switch {
	case w == asked && common:
		return 12
	case w == asked:
		return 40
	case len(asked) > 2 && strings.HasPrefix(w, asked):
		return 20
	case len(asked) > 4 && OneEdit(w, asked):
		return 10
	}
	return 0
}

// lowered writes what people type, or what a page is called, in one way.
func lowered(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "’", "'")
}

func words(s string) []string { return strings.FieldsFunc(s, betweenWords) }

func betweenWords(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r > 0x7f)
}

// OneEdit reports whether a and b differ by one letter put in, left out,
// changed, or two neighbors exchanged.
func OneEdit(a, b string) bool {
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
