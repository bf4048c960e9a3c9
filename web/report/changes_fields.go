package report

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/field"
)

// fields compares field lines by name. Their order matters among those of one
// name only (RFC 9110, Section 5.3). length says that another length of the
// content was told already.
func (c *comparison) fields(before, after *Exchange, length bool) {
	values := func(x *Exchange) []Line {
		all := make([]Line, len(x.Fields))
		for i, f := range x.Fields {
			all[i] = Line{f.Name, f.Value}
		}
		return all
	}
	b, a := values(before), values(after)
	challenged := c.told("challenge")
	for _, name := range names(b, a) {
		lines := linesOf{name, valuesOf(b, name), valuesOf(a, name), first(b, "date"), first(a, "date")}
		switch {
		case strings.HasSuffix(name, "-authenticate") && challenged:
		case name == "content-length" && length && len(lines.before) == 1 && len(lines.after) == 1:
		default:
			c.lines("field", nameIn(a, b, name), lines)
		}
	}
}

func (c *comparison) trailers(before, after *Exchange) {
	for _, name := range names(before.Trailers, after.Trailers) {
		c.lines("trailer", nameIn(after.Trailers, before.Trailers, name),
			linesOf{name: name, before: valuesOf(before.Trailers, name), after: valuesOf(after.Trailers, name)})
	}
}

// told reports whether a change of that kind was told of this exchange.
func (c *comparison) told(kind string) bool {
	for _, one := range c.all {
		if one.Exchange == c.at && one.Kind == kind {
			return true
		}
	}
	return false
}

// names lists the names of both sections in lower case, each once, in the order
// of the earlier section, with the new ones of the later behind them.
func names(sections ...[]Line) []string {
	var all []string
	seen := map[string]bool{}
	for _, s := range sections {
		for _, l := range s {
			if name := strings.ToLower(l.Name); !seen[name] {
				seen[name] = true
				all = append(all, name)
			}
		}
	}
	return all
}

func valuesOf(s []Line, name string) []string {
	var all []string
	for _, l := range s {
		if strings.EqualFold(l.Name, name) {
			all = append(all, l.Value)
		}
	}
	return all
}

func first(s []Line, name string) string {
	if all := valuesOf(s, name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// nameIn returns a field's name as it was received, rather of the first section.
func nameIn(a, b []Line, name string) string {
	for _, l := range append(append([]Line{}, a...), b...) {
		if strings.EqualFold(l.Name, name) {
			return text(l.Name)
		}
	}
	return name
}

// linesOf is the values of all lines of one name.
type linesOf struct {
	name                  string // in lower case
	before, after         []string
	dateBefore, dateAfter string // values of Date, from which times are counted
}

// lines compares them: the same ones first, then those that differ in what
// always varies, then those of one cookie, then the rest in order.
func (c *comparison) lines(kind, name string, l linesOf) {
	varying, _ := content.Varies(l.name)
	before, after := l.before, l.after
	same := func(b, a string) bool { return b == a }
	rest := func(b, a []string, equal func(b, a string) bool, found func(b, a string)) ([]string, []string) {
		var left []string
		a = append([]string{}, a...)
		for _, v := range b {
			at := indexFunc(a, func(w string) bool { return equal(v, w) })
			if at < 0 {
				left = append(left, v)
				continue
			}
			found(v, a[at])
			a = append(a[:at], a[at+1:]...)
		}
		return left, a
	}
	before, after = rest(before, after, same, func(string, string) {})
	if len(before)+len(after) == 0 {
		if all := strings.Join(l.before, "\n"); all != strings.Join(l.after, "\n") {
			c.add(Change{Kind: kind, Where: name, Before: strings.Join(l.before, ", "), After: strings.Join(l.after, ", "), Text: "The lines of " + said(name) + " are in another order."})
		}
		return
	}
	before, after = rest(before, after, func(b, a string) bool { return l.masked(varying, b, true) == l.masked(varying, a, false) },
		func(b, a string) {
			c.value(kind, name, said(name), b, a, true)
		})
	before, after = rest(before, after, func(b, a string) bool { return l.name == "set-cookie" && cookieName(b) == cookieName(a) },
		func(b, a string) { c.value(kind, name, said(name), b, a, false) })
	for i := range max(len(before), len(after)) {
		switch {
		case l.name != "set-cookie" && i < len(before) && i < len(after):
			c.value(kind, name, said(name), before[i], after[i], false)
		default:
			if i < len(before) {
				c.add(Change{Kind: kind, Where: name, Before: before[i], Expected: varying.Varies == "comes", Text: fmt.Sprintf("%s went; it was %s.", said(name), orEmpty(before[i]))})
			}
			if i < len(after) {
				c.add(Change{Kind: kind, Where: name, After: after[i], Expected: varying.Varies == "comes", Text: fmt.Sprintf("%s came: %s.", said(name), orEmpty(after[i]))})
			}
		}
	}
}

func orEmpty(value string) string {
	if strings.TrimSpace(value) == "" {
		return "an empty value"
	}
	return said(value)
}

func indexFunc(all []string, f func(string) bool) int {
	for i, v := range all {
		if f(v) {
			return i
		}
	}
	return -1
}

var (
	nonces     = regexp.MustCompile(`'nonce-[^']*'`)
	cookieEnds = regexp.MustCompile(`(?i);\s*expires=[^;]*`)
	freshParts = regexp.MustCompile(`(?i)\b(nonce|opaque)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,]+)`)
)

// masked takes out of a value what is another in each answer.
func (l linesOf) masked(v content.Varying, value string, before bool) string {
	switch v.Varies {
	case "whole", "comes":
		return ""
	case "cookie":
		_, attributes, _ := strings.Cut(value, ";")
		return cookieName(value) + cookieEnds.ReplaceAllString(";"+attributes, ";expires")
	case "nonce":
		return nonces.ReplaceAllString(value, "'nonce'")
	case "challenge":
		return freshParts.ReplaceAllString(value, "$1=")
	case "date":
		date := l.dateAfter
		if before {
			date = l.dateBefore
		}
		from, ok := field.ParseDate(date)
		to, ok2 := field.ParseDate(value)
		if ok && ok2 {
			// The two clocks of an answer may tick between being read.
			return to.Sub(from).Round(5 * time.Second).String()
		}
	}
	return value
}

func cookieName(value string) string {
	name, _, _ := strings.Cut(value, "=")
	return strings.TrimSpace(name)
}

var digits = regexp.MustCompile(`[0-9]+`)

// sameButNumbers reports whether two sentences differ in numbers only.
func sameButNumbers(a, b string) bool {
	return digits.ReplaceAllString(a, "0") == digits.ReplaceAllString(b, "0")
}
