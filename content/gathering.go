package content

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// gathering is the passages of all articles while they are read, page by page.
type gathering struct {
	all    []passage
	having map[string]*[]uint32 // the passages that have a word, ascending
}

// headingLine is a heading of the second or third level with an id of its own.
var headingLine = regexp.MustCompile(`^#{2,3} (.+?) *\{#([^}]+)\}$`)

// add enters the passages of a page, and keeps nothing else of its document. Its
// references are left out: they would make every page about what it cites.
func (g *gathering) add(page int, document string) {
	if g.having == nil {
		g.having = map[string]*[]uint32{}
	}
	document, _, _ = strings.Cut(document, "\n## References\n")
	g.all = append(g.all, passage{page: page})
	code := false
	for line := range strings.SplitSeq(document, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
			continue
		}
		if m := headingLine.FindStringSubmatch(line); m != nil && !code {
			heading := strings.Clone(m[1])
			g.all = append(g.all, passage{page: page, id: strings.Clone(m[2]), heading: heading, named: words(lowered(heading))})
		}
		g.enter(line)
	}
}

// enter enters the words of a line for the last passage.
func (g *gathering) enter(line string) {
	number := uint32(len(g.all) - 1)
	for w := range strings.FieldsFuncSeq(lowered(line), betweenWords) {
		at := g.having[w]
		if at == nil {
			at = new([]uint32)
			g.having[strings.Clone(w)] = at // else the map would keep every line
		}
		if n := len(*at); n == 0 || (*at)[n-1] != number {
			*at = append(*at, number)
		}
	}
}

// passages packs what was entered.
func (g *gathering) passages() passages {
	packed := passages{all: slices.Clone(g.all)}
	var words strings.Builder
	for _, w := range slices.Sorted(maps.Keys(g.having)) {
		words.WriteString(w)
		packed.having = append(packed.having, *g.having[w]...)
		packed.ends = append(packed.ends, uint32(words.Len()))
		packed.last = append(packed.last, uint32(len(packed.having)))
	}
	packed.words, packed.having = strings.Clone(words.String()), slices.Clone(packed.having)
	return packed
}
