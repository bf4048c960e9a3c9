package field

import (
	"slices"
	"strings"
)

// splitters names the grammars that a field's page may ask for. Item, sf-list
// and dictionary are the structured fields of RFC 9651. The grammars of
// challenges and credentials are package challenge's, and text has no parts.
var splitters = map[string]func(string) []Part{
	"list":        splitList,
	"tokens":      splitParameters,
	"parameters":  splitParameters,
	"directives":  Directives,
	"date":        splitDate,
	"integer":     splitWhole,
	"uri":         splitWhole,
	"etag":        splitList,
	"etags":       splitList,
	"cookie":      splitCookie,
	"csp":         splitCSP,
	"product":     splitProducts,
	"links":       splitLinks,
	"item":        splitItem,
	"sf-list":     splitStructuredList,
	"dictionary":  splitDictionary,
	"challenges":  nil,
	"credentials": nil,
	"text":        nil,
}

// Syntaxes returns the names of all grammars, in alphabetical order.
func Syntaxes() []string {
	var all []string
	for name := range splitters {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// Split takes the value of line number line apart by a grammar. It never
// fails: what does not fit the grammar becomes a part as it stands. Spans lie
// inside the value, in order, inner ones inside outer ones.
func Split(syntax string, line int, value string) []Part {
	split := splitters[syntax]
	if split == nil {
		return nil
	}
	parts := split(value)
	onLine(parts, line)
	return parts
}

func onLine(parts []Part, line int) {
	for i := range parts {
		parts[i].Span.Line = line
		onLine(parts[i].Parts, line)
	}
}

// piece is a part of a value with the place where it stands.
type piece struct {
	text   string
	offset int
}

// span is the place of the piece.
func (p piece) span() Span { return Span{Offset: p.offset, Length: len(p.text)} }

// trimmed drops white space at both ends.
func (p piece) trimmed() piece {
	left := strings.TrimLeft(p.text, " \t")
	return piece{strings.TrimRight(left, " \t"), p.offset + len(p.text) - len(left)}
}

// cutting gathers the pieces that a piece is cut into, trimmed. Empty ones, which
// recipients must accept in lists (RFC 9110, Section 5.6.1), are left out.
type cutting struct {
	whole piece
	from  int
	all   []piece
}

// at ends a piece before the separator at an index.
func (c *cutting) at(to int) {
	if p := (piece{c.whole.text[c.from:to], c.whole.offset + c.from}).trimmed(); p.text != "" {
		c.all = append(c.all, p)
	}
	c.from = to + 1
}

// done returns all pieces. The last one ends where the whole does.
func (c *cutting) done() []piece {
	c.at(len(c.whole.text))
	return c.all
}

// cut cuts a piece at a separator, wherever it stands.
func (p piece) cut(separator byte) []piece {
	c := cutting{whole: p}
	for i := range len(p.text) {
		if p.text[i] == separator {
			c.at(i)
		}
	}
	return c.done()
}

// cutOutsideQuotes cuts a piece at a separator, which does not count inside a
// quoted string.
func (p piece) cutOutsideQuotes(separator byte) []piece {
	cuts := cutting{whole: p}
	quoted := false
	for i := 0; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			cuts.at(i)
		}
	}
	return cuts.done()
}

// nameValue makes a part of name, name=value or name="value".
func (p piece) nameValue() Part {
	name, value, found := strings.Cut(p.text, "=")
	if !found {
		return Part{Span: p.span(), Name: p.text}
	}
	return Part{Span: p.span(), Name: strings.TrimSpace(name), Value: Unquote(strings.TrimSpace(value))}
}

func splitWhole(value string) []Part {
	p := piece{value, 0}.trimmed()
	if p.text == "" {
		return nil
	}
	return []Part{{Span: p.span(), Value: p.text}}
}

func splitList(value string) []Part {
	var all []Part
	for _, p := range (piece{value, 0}).cutOutsideQuotes(',') {
		all = append(all, Part{Span: p.span(), Value: p.text})
	}
	return all
}

// Directives takes a list of name[=value] apart, as in Cache-Control (RFC 9111,
// Section 5.2).
func Directives(value string) []Part {
	var all []Part
	for _, p := range (piece{value, 0}).cutOutsideQuotes(',') {
		all = append(all, p.nameValue())
	}
	return all
}

// splitParameters takes a list of values with parameters apart, as in Accept
// and Content-Type (RFC 9110, Section 5.6.6).
func splitParameters(value string) []Part {
	var all []Part
	for _, member := range (piece{value, 0}).cutOutsideQuotes(',') {
		pieces := member.cutOutsideQuotes(';')
		if len(pieces) == 0 {
			continue
		}
		part := pieces[0].nameValue()
		part.Span = member.span()
		for _, p := range pieces[1:] {
			part.Parts = append(part.Parts, p.nameValue())
		}
		all = append(all, part)
	}
	return all
}

// splitCookie takes a Set-Cookie apart: the pair first, then the attributes.
// Quotes have no meaning there (RFC 6265, Section 5.2).
func splitCookie(value string) []Part {
	var all []Part
	for _, p := range (piece{value, 0}).cut(';') {
		name, v, _ := strings.Cut(p.text, "=")
		all = append(all, Part{Span: p.span(), Name: strings.TrimSpace(name), Value: strings.TrimSpace(v)})
	}
	return all
}

// splitCSP takes a policy apart: directives, and their sources inside them.
func splitCSP(value string) []Part {
	var all []Part
	for _, p := range (piece{value, 0}).cut(';') {
		words := p.words()
		part := Part{Span: p.span(), Name: strings.ToLower(words[0].text)}
		for _, w := range words[1:] {
			part.Parts = append(part.Parts, Part{Span: w.span(), Value: w.text})
		}
		if len(words) > 1 {
			part.Value = strings.TrimSpace(p.text[len(words[0].text):])
		}
		all = append(all, part)
	}
	return all
}

// words cuts a piece at white space.
func (p piece) words() []piece {
	var all []piece
	from := -1
	for i := 0; i <= len(p.text); i++ {
		space := i == len(p.text) || p.text[i] == ' ' || p.text[i] == '\t'
		switch {
		case space && from >= 0:
			all = append(all, piece{p.text[from:i], p.offset + from})
			from = -1
		case !space && from < 0:
			from = i
		}
	}
	return all
}

// splitProducts takes Server, User-Agent and Via apart: product/version, and
// comments in parentheses (RFC 9110, Section 10.1.5). Commas part the hops of
// Via.
func splitProducts(value string) []Part {
	var all []Part
	depth, from := 0, -1
	end := func(to int) {
		if from < 0 {
			return
		}
		p := piece{value[from:to], from}
		name, version, _ := strings.Cut(p.text, "/")
		if value[from] == '(' {
			name, version = p.text, ""
		}
		all = append(all, Part{Span: p.span(), Name: name, Value: version})
		from = -1
	}
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c == '(':
			if depth == 0 {
				end(i)
				from = i
			}
			depth++
		case c == ')' && depth > 0:
			depth--
			if depth == 0 {
				end(i + 1)
			}
		case depth == 0 && (c == ' ' || c == '\t' || c == ','):
			end(i)
		case from < 0:
			from = i
		}
	}
	end(len(value))
	return all
}
