package field

import "strings"

// splitLinks takes a list of links apart: the target between angle brackets,
// and the parameters inside it (RFC 8288, Section 3).
func splitLinks(value string) []Part {
	var all []Part
	for _, p := range (piece{value, 0}).cutOutsideTargets(',') {
		pieces := p.cutOutsideTargets(';')
		if len(pieces) == 0 {
			continue
		}
		target := strings.TrimSuffix(strings.TrimPrefix(pieces[0].text, "<"), ">")
		part := Part{Span: p.span(), Value: target}
		for _, parameter := range pieces[1:] {
			part.Parts = append(part.Parts, parameter.nameValue())
		}
		all = append(all, part)
	}
	return all
}

// cutOutsideTargets cuts a piece at a separator that stands neither in a
// quoted string nor between angle brackets.
func (p piece) cutOutsideTargets(separator byte) []piece {
	cuts := cutting{whole: p}
	quoted, target := false, false
	for i := 0; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && !target:
			quoted = !quoted
		case quoted:
		case c == '<':
			target = true
		case c == '>':
			target = false
		case c == separator && !target:
			cuts.at(i)
		}
	}
	return cuts.done()
}
