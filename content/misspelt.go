package content

import (
	"math/bits"
	"strings"
)

// FieldMeant returns the known field that somebody who wrote an unknown name
// may have meant, or nil: a field with the same letters but without the same
// hyphens, or the only one that is one or two letters away. Short names, and
// names that differ in a digit, are left alone: they may be anybody's own.
func (lib *Library) FieldMeant(name string) (meant *Field, edits int) {
	name = strings.ToLower(name)
	if _, known := lib.fields[name]; known {
		return nil, 0
	}
	if _, known := lib.FieldFamily(name); known {
		return nil, 0
	}
	wrong := spellingOf(name)
	if wrong.edits == 0 {
		return nil, 0
	}
	all, _ := lib.spellings.get()
	best, several, slug := wrong.edits+1, false, ""
	for _, known := range all {
		d := wrong.away(known)
		if d > min(wrong.edits, known.edits) || d > best || !lib.guessable(known.slug) {
			continue
		}
		several = d == best
		best, slug = d, known.slug
	}
	if slug == "" || several {
		return nil, 0
	}
	return lib.Field(slug), best
}

// Meant returns which of the known names somebody who wrote another may have
// meant: the only one with the same letters, whatever their case and hyphens, or
// the only one that is a letter away, in longer names two; "" where there is none.
func Meant(name string, known []string) string {
	name = strings.ToLower(name)
	limit := 0
	if n := len(name); n >= 3 && n <= 64 {
		limit = 1 + n/8
	}
	best, meant := limit+1, ""
	for _, k := range known {
		d := distance(name, k, limit)
		if hyphens.Replace(name) == hyphens.Replace(k) {
			d = 0
		}
		switch {
		case d < best:
			best, meant = d, k
		case d == best:
			meant = ""
		}
	}
	return meant
}

// spelling is a name with what rules out most others at a glance.
type spelling struct {
	slug, joined, digits string
	letters              uint32 // a bit for each letter in it
	edits                int    // how many letters may be wrong
}

func spellingOf(slug string) spelling {
	return spelling{slug, hyphens.Replace(slug), digitsOf(slug), lettersOf(slug), editsAllowed(slug)}
}

// spelt lists the names that can be meant.
func (lib *Library) spelt() ([]spelling, error) {
	var all []spelling
	for slug := range lib.fields {
		if s := spellingOf(slug); s.edits > 0 {
			all = append(all, s)
		}
	}
	return all, nil
}

// away is how many letters a known name is away from a wrong one; more than
// may be wrong count as one more than that. An edit concerns two letters at
// most.
func (s spelling) away(known spelling) int {
	limit := min(s.edits, known.edits)
	switch {
	case s.joined == known.joined:
		return 0
	case s.digits != known.digits || bits.OnesCount32(s.letters^known.letters) > 2*limit:
		return limit + 1
	}
	return distance(s.slug, known.slug, limit)
}

// guessable reports whether a field is in such use that a guess may name it:
// registered for good, or with an article of its own, and not given up.
func (lib *Library) guessable(slug string) bool {
	f := lib.Field(slug)
	return f.State != "obsolete" && (f.Written() || f.Status == "permanent")
}

// editsAllowed is how many letters may be wrong in a name: none in a short one.
// What stands before the first hyphen of X-Name does not count.
func editsAllowed(name string) int {
	switch n := len(strings.TrimPrefix(name, "x-")); {
	case n < 6:
		return 0
	case n < 10:
		return 1
	}
	return 2
}

var hyphens = strings.NewReplacer("-", "", "_", "")

// lettersOf has a bit for each letter in a name.
func lettersOf(name string) uint32 {
	var set uint32
	for i := 0; i < len(name); i++ {
		if c := name[i]; c >= 'a' && c <= 'z' {
			set |= 1 << (c - 'a')
		}
	}
	return set
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// distance counts the letters put in, left out, changed or exchanged with
// their neighbor between two names, up to limit; more count as limit+1.
func distance(a, b string, limit int) int {
	if max(len(a), len(b))-min(len(a), len(b)) > limit {
		return limit + 1
	}
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			least = min(least, now[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, now = last, now, before
	}
	return min(last[len(b)], limit+1)
}
