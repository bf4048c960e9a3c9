package challenge

import (
	"strings"

	"wwwhy/web/field"
)

// oversize is the length in bytes from which a line is worth a warning: many
// servers and clients stop at 8 KiB for one field line.
const oversize = 8 << 10

// Parse reads the field lines of one field, in the order received: spans count
// lines from 0 in that list and bytes in the line's value. It never fails. A
// strictly valid line has exactly the reading of RFC 9110, Section 11.6.1; a
// broken one is recovered, and a broken challenge never loses a good one
// beside it. A line without any challenge yields one without a scheme that
// holds the problem. Time and memory are linear in the input.
func Parse(lines []string) []Challenge {
	var p parser
	for i, value := range lines {
		p.line(i, value)
	}
	if len(p.out) > 1 {
		p.duplicates()
	}
	return p.out
}

// parser reads one line after the other; out holds what was found.
type parser struct {
	out     []Challenge
	s       string // the value of the line at hand
	number  int    // of that line
	i       int    // where we are
	begin   int    // index in out of the first challenge of this line
	pending []Problem
	comma   int             // place of the comma that ended the last element, or -1
	bare    bool            // the last element was a scheme with nothing after it, not even a space
	names   map[string]bool // of the current challenge's parameters, once they are many
	info    bool            // there are parameters only, no schemes
}

func (p *parser) line(number int, value string) {
	p.s, p.number, p.i, p.begin, p.comma, p.bare = value, number, 0, len(p.out), -1, false
	p.pending = p.pending[:0]
	if strings.Trim(value, ", \t\r\n") == "" {
		p.out = append(p.out, Challenge{Span: p.span(0, len(value)), Problems: []Problem{{EmptyField, p.span(0, len(value))}}})
		return
	}
	p.separators(true)
	for p.i < len(p.s) {
		p.element()
		p.separators(false)
	}
	p.finish()
}

// finish gives problems that had no challenge yet to one of this line.
func (p *parser) finish() {
	if len(p.s) > oversize {
		p.problem(Oversized, 0, len(p.s))
	}
	if len(p.pending) == 0 {
		return
	}
	if len(p.out) == p.begin {
		p.open("", 0, len(p.s))
	}
	c := &p.out[p.begin]
	c.Problems = append(c.Problems, p.pending...)
	p.pending = p.pending[:0]
}

func (p *parser) span(from, to int) field.Span {
	return field.Span{Line: p.number, Offset: from, Length: to - from}
}

// current returns the challenge to which parameters belong, or nil.
func (p *parser) current() *Challenge {
	if len(p.out) == 0 {
		return nil
	}
	return &p.out[len(p.out)-1]
}

// problem notes a problem with the current challenge of this line.
func (p *parser) problem(k Kind, from, to int) {
	if len(p.out) == p.begin {
		p.pending = append(p.pending, Problem{k, p.span(from, to)})
		return
	}
	c := p.current()
	c.Problems = append(c.Problems, Problem{k, p.span(from, to)})
}

// open begins a challenge.
func (p *parser) open(scheme string, from, to int) *Challenge {
	p.out = append(p.out, Challenge{Scheme: scheme, Span: p.span(from, to)})
	p.names = nil
	return p.current()
}

// extend lets the current challenge reach to the place where we are.
func (p *parser) extend() {
	if c := p.current(); c != nil && c.Span.Line == p.number {
		c.Span.Length = p.i - c.Span.Offset
	}
}

// space skips white space and reports whether there was any. Line breaks count
// as white space and are noted.
func (p *parser) space() bool {
	from := p.i
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\t':
			p.i++
		case '\r', '\n':
			at := p.i
			for p.i < len(p.s) && (p.s[p.i] == '\r' || p.s[p.i] == '\n') {
				p.i++
			}
			p.problem(LineFolding, at, p.i)
		default:
			return p.i > from
		}
	}
	return p.i > from
}

// separators skips white space and commas before an element. Commas beyond the
// one that a list needs are empty elements.
func (p *parser) separators(leading bool) {
	p.space()
	p.comma = -1
	for p.i < len(p.s) && p.s[p.i] == ',' {
		if p.comma >= 0 || leading {
			p.problem(EmptyListElement, p.i, p.i+1)
		}
		p.comma = p.i
		p.i++
		p.space()
	}
	if p.i == len(p.s) && p.comma >= 0 && !leading {
		p.problem(EmptyListElement, p.comma, p.comma+1)
	}
}

// element reads what stands between two commas, or up to where a comma is
// missing.
func (p *parser) element() {
	start := p.i
	if p.s[start] == '"' {
		p.stringAlone(start)
		return
	}
	end := p.token(start)
	equals := p.blank(end)
	switch {
	case equals < len(p.s) && p.s[equals] == '=' && p.token68Alone(start):
		p.lateToken68(start)
	case equals < len(p.s) && p.s[equals] == '=':
		p.parameter(start, end, equals)
	case p.info && end > start:
		p.word68(start)
	case end == len(p.s) || end > start && (p.s[end] == ',' || isSpace(p.s[end])):
		p.scheme(start, end)
	default:
		p.strange(start, end)
	}
}

// word68 skips a word where only parameters may stand.
func (p *parser) word68(start int) {
	if p.current() == nil {
		p.open("", start, start)
	}
	p.skipTo(MissingEquals, start)
}

// token returns the end of the token that begins at from.
func (p *parser) token(from int) int {
	for from < len(p.s) && field.IsTokenByte(p.s[from]) {
		from++
	}
	return from
}

// blank returns the first place from which on there is no white space.
func (p *parser) blank(from int) int {
	for from < len(p.s) && isSpace(p.s[from]) {
		from++
	}
	return from
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// scheme opens a challenge and reads what belongs to its scheme at once: a
// token68, or the first parameter.
func (p *parser) scheme(start, end int) {
	p.open(p.s[start:end], start, end)
	p.attach()
	p.i, p.comma = end, -1
	p.afterScheme()
}

// attach gives the problems noted before the first challenge of a line to it.
func (p *parser) attach() {
	if len(p.pending) > 0 {
		c := p.current()
		c.Problems = append(c.Problems, p.pending...)
		p.pending = p.pending[:0]
	}
}

func (p *parser) afterScheme() {
	from := p.i
	p.bare = false
	if !p.space() || p.i == len(p.s) {
		p.bare = p.i < len(p.s)
		return
	}
	if tab := strings.IndexByte(p.s[from:p.i], '\t'); tab >= 0 && p.s[p.i] != ',' {
		p.problem(TabAfterScheme, from+tab, from+tab+1)
	}
	if p.s[p.i] == ',' {
		return // an empty list of parameters, or the next challenge
	}
	c := p.current()
	if to := p.token68(p.i); to > p.i && p.ends(to) {
		c.Token68 = p.s[p.i:to]
		p.i = to
		p.extend()
		return
	}
	if to, broken := p.brokenToken68(p.i); broken {
		c.Token68 = p.s[p.i:to]
		p.problem(InvalidToken68, p.i, to)
		p.i = to
		p.extend()
		return
	}
	if end := p.token(p.i); end > p.i && p.opensChallenge(p.i) {
		p.problem(MissingComma, p.i, p.i)
		p.scheme(p.i, end)
		return
	}
	p.element68()
}

// element68 reads the first parameter after a scheme.
func (p *parser) element68() {
	start := p.i
	if p.s[start] == '"' {
		p.stringAlone(start)
		return
	}
	end := p.token(start)
	if equals := p.blank(end); equals < len(p.s) && p.s[equals] == '=' {
		p.parameter(start, end, equals)
		return
	}
	if end := p.word(end); end > start && p.blank(end) < len(p.s) && p.s[p.blank(end)] == '=' {
		p.badName(start, end, p.blank(end))
		return
	}
	kind := TrailingGarbage
	if end > start {
		kind = MissingEquals
	}
	p.skipTo(kind, start)
}

// token68 returns the end of the token68 that begins at from, or from
// (RFC 9110, Section 11.2).
func (p *parser) token68(from int) int {
	i := from
	for i < len(p.s) && isToken68(p.s[i]) {
		i++
	}
	if i == from {
		return from
	}
	for i < len(p.s) && p.s[i] == '=' {
		i++
	}
	return i
}

func isToken68(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~+/", c) >= 0
}

// ends reports whether an element ends at a place.
func (p *parser) ends(at int) bool {
	at = p.blank(at)
	return at == len(p.s) || p.s[at] == ','
}

// token68Alone reports whether the element is a token68 with padding that no
// parameter can have: two equals signs at its end.
func (p *parser) token68Alone(start int) bool {
	to := p.token68(start)
	return to-start > 2 && p.s[to-2] == '=' && p.ends(to)
}

// brokenToken68 recognizes a token68 with a byte in it that has no place there:
// one run without space, quote or inner equals sign up to the element's end.
func (p *parser) brokenToken68(from int) (int, bool) {
	i := from
	for i < len(p.s) && !isSpace(p.s[i]) && strings.IndexByte(`,;"=`, p.s[i]) < 0 {
		i++
	}
	for i < len(p.s) && p.s[i] == '=' {
		i++
	}
	return i, i-from > 3 && p.ends(i) && p.token(from) < i && isToken68(p.s[from])
}

// lateToken68 skips a token68 where only parameters may stand.
func (p *parser) lateToken68(start int) {
	to := p.token68(start)
	p.problem(Token68AfterParams, start, to)
	p.i = to
	p.extend()
}

// opensParam reports whether name= stands at a place.
func (p *parser) opensParam(at int) bool {
	end := p.token(at)
	equals := p.blank(end)
	return end > at && equals < len(p.s) && p.s[equals] == '=' && !(equals > end && equals+1 < len(p.s) && p.s[equals+1] == '=')
}

// opensChallenge reports whether scheme name= stands at a place.
func (p *parser) opensChallenge(at int) bool {
	end := p.token(at)
	next := p.blank(end)
	return end > at && next > end && p.opensParam(next)
}

// opens reports whether a parameter or a challenge begins at a place, which is
// where a missing comma is repaired.
func (p *parser) opens(at int) bool { return p.opensParam(at) || p.opensChallenge(at) }

// duplicates notes challenges that came before, word for word. A few are
// compared with each other; for many a set keeps the time linear.
func (p *parser) duplicates() {
	if len(p.out) > few {
		p.duplicatesOfMany()
		return
	}
	for i := range p.out {
		for j := range p.out[:i] {
			if same(&p.out[i], &p.out[j]) {
				p.out[i].Problems = append(p.out[i].Problems, Problem{DuplicateChallenge, p.out[i].Span})
				break
			}
		}
	}
}

func same(a, b *Challenge) bool {
	if a.Scheme == "" || !strings.EqualFold(a.Scheme, b.Scheme) || a.Token68 != b.Token68 || len(a.Params) != len(b.Params) {
		return false
	}
	for i, prm := range a.Params {
		if !strings.EqualFold(prm.Name, b.Params[i].Name) || prm.Value != b.Params[i].Value {
			return false
		}
	}
	return true
}

func (p *parser) duplicatesOfMany() {
	seen := make(map[string]bool, len(p.out))
	for i := range p.out {
		c := &p.out[i]
		if c.Scheme == "" {
			continue
		}
		var key strings.Builder
		key.WriteString(strings.ToLower(c.Scheme) + " " + c.Token68)
		for _, prm := range c.Params {
			key.WriteString("\x00" + strings.ToLower(prm.Name) + "=" + prm.Value)
		}
		if seen[key.String()] {
			c.Problems = append(c.Problems, Problem{DuplicateChallenge, c.Span})
		}
		seen[key.String()] = true
	}
}
