package content

import (
	"math"
	"slices"
	"sort"
	"strings"
)

// passage is a part of an article under a heading of its own, or what stands
// before the first.
type passage struct {
	page    int // in the index of pages
	id      string
	heading string   // as written
	named   []string // words of the heading
}

// passages finds parts of articles by the words that stand in them. Pages are
// numbered as in the index of pages. The words are one text and the places of all
// words one list, since ten thousand of each would be as many pieces of memory.
type passages struct {
	all    []passage
	words  string   // sorted, without anything between
	ends   []uint32 // where each word ends
	having []uint32 // the passages that have a word, ascending, word by word
	last   []uint32 // where those of each word end
}

// of returns the passages that have a word.
func (ps *passages) of(word string) []uint32 {
	at, found := sort.Find(len(ps.ends), func(i int) int {
		return strings.Compare(word, ps.words[before(ps.ends, i):ps.ends[i]])
	})
	if !found {
		return nil
	}
	return ps.having[before(ps.last, at):ps.last[at]]
}

// before returns where the piece i begins: where the one before it ends.
func before(ends []uint32, i int) uint32 {
	if i == 0 {
		return 0
	}
	return ends[i-1]
}

// match is how well a page's article fits a query: the part of the query's weight
// that its best passage has, 1 for all of it, a little more for a heading.
type match struct {
	passage int // -1: none
	share   float64
}

// rarity is the weight of a word: that of one which stands in few passages is
// high. One that stands nowhere weighs as much as the rarest, so that a passage
// without it does not fit as well.
func (ps *passages) rarity(word string) float64 {
	return math.Log(1 + float64(len(ps.all))/float64(1+len(ps.of(word))))
}

// matches returns how well each of the pages fits some words, by the passage of
// it that fits best.
func (ps *passages) matches(terms []string, pages int) []match {
	weight, whole := map[uint32]float64{}, 0.0
	for _, t := range terms {
		rare := ps.rarity(t)
		whole += rare
		for _, n := range ps.of(t) {
			weight[n] += rare
			if slices.Contains(ps.all[n].named, t) {
				weight[n] += rare / 4 // it is what the passage is about
			}
		}
	}
	best := make([]match, pages)
	for i := range best {
		best[i].passage = -1
	}
	for n, w := range weight {
		m := &best[ps.all[n].page]
		share := w / whole
		// The map has no order: of two that are even, the first counts.
		if share > m.share || share == m.share && int(n) < m.passage {
			*m = match{int(n), share}
		}
	}
	return best
}

// heading returns the heading of a page's best passage, or nil where that stands
// before the first one.
func (ps *passages) heading(m match) *Heading {
	if m.passage < 0 || ps.all[m.passage].id == "" {
		return nil
	}
	p := ps.all[m.passage]
	return &Heading{ID: p.id, Text: Plain(p.heading)}
}

// idle are words of questions that say nothing of their subject.
var idle = wordSet(`a about after all also always am an and any are as at be because been but by can cannot could did do does doing
	done e even every for from g get gets getting give go got had has have having he her his how i if in into is isn it its just keeps
	know like m made make may me mean meaning means more my need no not now of on only or our out over please s same say says see she
	should so some still t than that the their them then there these they this those to too try trying up use used using ve
	vs want was we what when where which while who why will with without won work working works would you your`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// telling drops the words that say nothing, unless there are no others.
func telling(terms []string) []string {
	var kept []string
	for _, t := range terms {
		if !idle[t] && !slices.Contains(kept, t) {
			kept = append(kept, t)
		}
	}
	if len(kept) == 0 {
		return terms
	}
	return kept
}
