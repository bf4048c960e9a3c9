package field

import (
	"fmt"
	"strings"

	"github.com/dunglas/httpsfv"
)

// CheckStructured returns what is wrong with the values of all lines of a
// structured field, or nil. The syntax is "item", "sf-list" or "dictionary";
// of any other nothing is wrong. A recipient ignores a value that does not
// parse as a whole, however small the fault (RFC 9651, Section 4.2).
func CheckStructured(syntax string, values []string) error {
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.Trim(v, " \t")
	}
	var err error
	switch syntax {
	case "item":
		_, err = httpsfv.UnmarshalItem(trimmed)
	case "sf-list":
		_, err = httpsfv.UnmarshalList(trimmed)
	case "dictionary":
		_, err = httpsfv.UnmarshalDictionary(trimmed)
	}
	if err != nil {
		return fmt.Errorf("reading a structured field: %w", err)
	}
	return nil
}

// splitItem takes an Item apart: the value, and its parameters inside it (RFC
// 9651, Section 3.3).
func splitItem(value string) []Part {
	p := piece{value, 0}.trimmed()
	if p.text == "" {
		return nil
	}
	return []Part{p.structuredMember()}
}

// splitStructuredList takes a List apart: items and inner lists, with their
// parameters inside them (RFC 9651, Section 3.1).
func splitStructuredList(value string) []Part {
	var all []Part
	for _, p := range (piece{value, 0}).cutStructured(',') {
		all = append(all, p.structuredMember())
	}
	return all
}

// splitDictionary takes a Dictionary apart: keys with their values, which are
// items or inner lists (RFC 9651, Section 3.2). The value of a key alone is
// true and left empty here.
func splitDictionary(value string) []Part {
	var all []Part
	for _, p := range (piece{value, 0}).cutStructured(',') {
		end := strings.IndexAny(p.text, `=;"(`)
		if end < 0 {
			end = len(p.text)
		}
		from := end
		if from < len(p.text) && p.text[from] == '=' {
			from++
		}
		part := piece{p.text[from:], p.offset + from}.structuredMember()
		part.Span, part.Name = p.span(), strings.TrimSpace(p.text[:end])
		all = append(all, part)
	}
	return all
}

// structuredMember makes a part of an item or an inner list and of its
// parameters. The items of an inner list stand before the parameters; they are
// never inner lists themselves, so the depth is bounded.
func (p piece) structuredMember() Part {
	part, first := p.structuredItem()
	inner, ok := first.innerList()
	if !ok {
		return part
	}
	var items []Part
	for _, piece := range inner.cutStructured(' ') {
		item, _ := piece.structuredItem()
		items = append(items, item)
	}
	part.Parts = append(items, part.Parts...)
	return part
}

// structuredItem makes a part of a value and its parameters, and returns the
// piece that is the value.
func (p piece) structuredItem() (Part, piece) {
	part := Part{Span: p.span()}
	pieces := p.cutStructured(';')
	if strings.HasPrefix(p.text, ";") {
		pieces = append([]piece{{"", p.offset}}, pieces...) // a key alone, with parameters
	}
	if len(pieces) == 0 {
		return part, piece{}
	}
	part.Value = Unquote(pieces[0].text)
	for _, parameter := range pieces[1:] {
		part.Parts = append(part.Parts, parameter.nameValue())
	}
	return part, pieces[0]
}

// innerList returns what stands between the parentheses of an inner list (RFC
// 9651, Section 3.1.1).
func (p piece) innerList() (piece, bool) {
	if len(p.text) < 2 || p.text[0] != '(' || p.text[len(p.text)-1] != ')' {
		return piece{}, false
	}
	return piece{p.text[1 : len(p.text)-1], p.offset + 1}, true
}

// cutStructured cuts a piece at a separator that stands in no string and in no
// inner list.
func (p piece) cutStructured(separator byte) []piece {
	cuts := cutting{whole: p}
	depth, quoted := 0, false
	for i := 0; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case c == separator && depth == 0:
			cuts.at(i)
		}
	}
	return cuts.done()
}
