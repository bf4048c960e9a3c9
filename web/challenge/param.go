package challenge

import (
	"strings"
	"unicode/utf8"

	"wwwhy/web/field"
)

// parameter reads name=value, the name from start to end and the equals sign
// at equals, and gives it to the challenge that it belongs to.
func (p *parser) parameter(start, end, equals int) {
	p.owner(start)
	if end == start {
		p.problem(InvalidParamName, start, equals+1)
	}
	from := p.blank(equals + 1)
	if equals > end || from > equals+1 && from < len(p.s) && p.s[from] != ',' {
		p.problem(WhitespaceAroundEqual, end, from)
	}
	p.i = from
	value, quoted := p.value(start)
	prm := Param{Name: p.s[start:end], Value: value, Quoted: quoted, Span: p.span(start, p.i)}
	c := p.current()
	if end > start && p.repeated(c, prm.Name) {
		p.problem(DuplicateParam, start, p.i)
	}
	if !quoted && value != "" && strings.EqualFold(prm.Name, "realm") && field.IsToken(value) && value[0] != '\'' {
		p.problem(UnquotedRealm, start, p.i)
	}
	if c.Params == nil {
		near := p.s[p.i:min(len(p.s), p.i+256)] // more would make many challenges slow
		c.Params = make([]Param, 0, min(1+strings.Count(near, "="), few))
	}
	c.Params = append(c.Params, prm)
	p.extend()
	at := p.i
	p.afterValue(quoted)
	p.glued(c, at)
}

// few is the number of parameters up to which looking at each is fastest.
const few = 16

// repeated reports whether the challenge has a parameter of that name already.
// It keeps a set of names once they are many, so that time stays linear.
func (p *parser) repeated(c *Challenge, name string) bool {
	if len(c.Params) < few {
		_, had := c.Param(name)
		return had
	}
	if p.names == nil {
		p.names = map[string]bool{}
		for _, prm := range c.Params {
			p.names[strings.ToLower(prm.Name)] = true
		}
	}
	name = strings.ToLower(name)
	had := p.names[name]
	p.names[name] = true
	return had
}

// owner makes sure that there is a challenge for the parameter at start, and
// notes by which mistake it came to it.
func (p *parser) owner(start int) {
	c := p.current()
	switch {
	case c == nil || len(p.out) == p.begin && c.Scheme == "":
		p.open("", start, start)
		p.attach()
		p.problem(MissingScheme, start, start)
	case len(p.out) == p.begin:
		// The challenge began on the line before.
		c.Problems = append(c.Problems, Problem{SplitChallenge, p.span(start, start)})
		p.begin = len(p.out) - 1
		p.attach()
	case c.Token68 != "" && !hasProblem(c, ParamsAfterToken68):
		p.problem(ParamsAfterToken68, start, start)
	case p.bare && p.comma >= 0 && len(c.Params) == 0:
		p.problem(CommaAfterScheme, p.comma, p.comma+1)
	case p.comma >= 0 && len(c.Params) == 0 && c.Token68 == "" && c.Scheme != "":
		p.problem(EmptyListElement, p.comma, p.comma+1)
	}
	p.bare = false
}

func hasProblem(c *Challenge, k Kind) bool {
	for _, had := range c.Problems {
		if had.Kind == k {
			return true
		}
	}
	return false
}

// value reads a parameter's value and reports whether it was a quoted string.
func (p *parser) value(start int) (string, bool) {
	if p.i == len(p.s) || p.s[p.i] == ',' {
		p.problem(MissingValue, start, p.i)
		return "", false
	}
	if p.s[p.i] == '"' {
		return p.quoted(), true
	}
	return p.unquoted(), false
}

// quoted reads a quoted string (RFC 9110, Section 5.6.4); without an end it
// runs to the end of the line.
func (p *parser) quoted() string {
	open := p.i
	p.i++
	escaped, odd := false, false
	for p.i < len(p.s) {
		c := p.s[p.i]
		switch {
		case c == '"':
			text := p.s[open+1 : p.i]
			p.i++
			return p.content(text, open+1, escaped, odd)
		case c == '\\' && p.i+1 == len(p.s):
			p.problem(StrayBackslash, p.i, p.i+1)
		case c == '\\':
			escaped = true
			if next := p.s[p.i+1]; next != '"' && next != '\\' {
				p.problem(UnneededEscape, p.i, p.i+2)
			}
			p.i++
		case c < 0x20 && c != '\t' || c >= 0x7f:
			odd = true
		}
		p.i++
	}
	p.i = len(p.s)
	p.problem(UnterminatedQuote, open, len(p.s))
	return p.content(strings.TrimRight(p.s[open+1:], " \t"), open+1, escaped, odd)
}

// content unescapes the inside of a quoted string and notes bytes in it that
// should not be there.
func (p *parser) content(text string, at int, escaped, odd bool) string {
	if odd {
		p.oddBytes(text, at)
	}
	if !escaped {
		return text
	}
	return field.Unquote(`"` + text + `"`)
}

// oddBytes notes control characters and what is not ASCII, once for each kind.
func (p *parser) oddBytes(text string, at int) {
	control, high, fold := -1, -1, -1
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case (c == '\r' || c == '\n') && fold < 0:
			fold = i
		case c < 0x20 && c != '\t' && c != '\r' && c != '\n' || c == 0x7f:
			if control < 0 {
				control = i
			}
		case c >= 0x80 && high < 0:
			high = i
		}
	}
	if fold >= 0 {
		p.problem(LineFolding, at+fold, at+fold+1)
	}
	if control >= 0 {
		p.problem(ControlChar, at+control, at+control+1)
	}
	if high >= 0 && utf8.ValidString(text) {
		p.problem(NonASCII, at+high, at+len(text))
	} else if high >= 0 {
		p.problem(InvalidUTF8, at+high, at+len(text))
	}
}

// unquoted reads a bare value: to the next comma, or to where a parameter or
// challenge begins without one.
func (p *parser) unquoted() string {
	from := p.i
	end := from // of the value, without the white space behind it
	for p.i < len(p.s) && p.s[p.i] != ',' {
		c := p.s[p.i]
		if isSpace(c) {
			next := p.blank(p.i)
			if next == len(p.s) || p.s[next] == ',' || p.opens(next) {
				break
			}
			p.i = next
			continue
		}
		if (c == ';' || c == '|') && p.opensParam(p.blank(p.i+1)) {
			break
		}
		p.i++
		end = p.i
	}
	p.i = end
	value := p.s[from:end]
	p.judgeUnquoted(value, from)
	return value
}

var curly = []string{"“", "”", "„", "‘", "’", "‚", "«", "»"}

// judgeUnquoted says what is wrong with a bare value that is no token.
func (p *parser) judgeUnquoted(value string, at int) {
	end := at + len(value)
	if len(value) > 1 && value[0] == '\'' && value[len(value)-1] == '\'' {
		p.problem(SingleQuotes, at, end)
	}
	if field.IsToken(value) {
		return
	}
	for _, q := range curly {
		if strings.HasPrefix(value, q) {
			p.problem(TypographicQuotes, at, end)
			return
		}
	}
	if i := strings.IndexByte(value, '\\'); i >= 0 {
		p.problem(StrayBackslash, at+i, at+i+1)
		return
	}
	p.oddBytes(value, at)
	p.problem(UnquotedValue, at, end)
}

// afterValue looks at what follows a value: a comma or the end, or a mistake.
func (p *parser) afterValue(quoted bool) {
	at := p.i
	next := p.blank(at)
	if next == len(p.s) || p.s[next] == ',' {
		p.space()
		return
	}
	switch c := p.s[next]; {
	case (c == ';' || c == '|' || c == '&') && p.opens(p.blank(next+1)):
		p.problem(WrongSeparator, next, next+1)
		p.i = next + 1
		p.space()
	case p.opens(next):
		p.problem(MissingComma, at, next)
		p.i = at
		p.space()
	case quoted && next == at:
		p.skipTo(TextAfterQuote, at)
	case field.IsTokenByte(c) || c == '"':
		p.skipTo(MissingEquals, next)
	default:
		p.skipTo(TrailingGarbage, next)
	}
}

// glued looks at text that was found right behind a closing quotation mark: where
// it ends with another one, the marks between belong to the value, and nobody
// escaped them.
func (p *parser) glued(c *Challenge, at int) {
	if n := len(c.Problems); n == 0 || c.Problems[n-1].Kind != TextAfterQuote || c.Problems[n-1].Span.Offset != at {
		return
	}
	if inner, ended := strings.CutSuffix(strings.TrimRight(p.s[at:p.i], " \t"), `"`); ended {
		last := &c.Params[len(c.Params)-1]
		last.meant = once(last.Value + `"` + field.Unquote(`"`+inner+`"`))
	}
}

// once takes off quotation marks that stand around the whole value: they were
// written by whoever wrote the value, and again by the server.
func once(value string) string {
	if inner, first := strings.CutPrefix(value, `"`); first {
		if inner, last := strings.CutSuffix(inner, `"`); last && !strings.Contains(inner, `"`) {
			return inner
		}
	}
	return value
}

// skipTo skips text that fits nowhere, up to the next comma, or to where a
// parameter begins, or past quotes that hold a comma.
func (p *parser) skipTo(k Kind, from int) {
	p.i = from
	for p.i < len(p.s) && p.s[p.i] != ',' {
		if isSpace(p.s[p.i]) {
			next := p.blank(p.i)
			if p.opens(next) {
				break
			}
			p.i = next
			continue
		}
		p.i++
	}
	to := p.i
	for to > from && isSpace(p.s[to-1]) {
		to--
	}
	p.problem(k, from, to)
	p.extend()
}

// stringAlone skips a quoted string where name=value is expected.
func (p *parser) stringAlone(start int) {
	p.i = start
	pending := len(p.out) == p.begin
	p.quoted()
	if pending {
		p.open("", start, p.i)
		p.attach()
	}
	p.problem(MissingEquals, start, p.i)
	p.extend()
	p.afterValue(true)
}

// strange reads an element that begins with no token, or whose token is glued
// to something else: a scheme or a name with wrong bytes in it.
func (p *parser) strange(start, tokenEnd int) {
	end := p.word(tokenEnd)
	if equals := p.blank(end); end > start && equals < len(p.s) && p.s[equals] == '=' {
		p.badName(start, end, equals)
		return
	}
	if end < len(p.s) && p.s[end] == '"' {
		p.skipTo(TrailingGarbage, start)
		return
	}
	if c := p.current(); c != nil && len(p.out) > p.begin && tokenEnd == start {
		p.skipTo(TrailingGarbage, start)
		return
	}
	name := p.s[start:tokenEnd]
	if name == "" {
		name = p.s[start:end]
	}
	p.open(name, start, end)
	p.attach()
	p.oddBytes(p.s[start:end], start)
	p.problem(InvalidScheme, tokenEnd, max(end, tokenEnd))
	p.i, p.comma = end, -1
	p.afterScheme()
}

// word returns the end of a run without space, comma, equals sign or quote.
func (p *parser) word(from int) int {
	for from < len(p.s) && !isSpace(p.s[from]) && strings.IndexByte(`,="`, p.s[from]) < 0 {
		from++
	}
	return from
}

// badName reads a parameter whose name is no token.
func (p *parser) badName(start, end, equals int) {
	p.owner(start)
	p.problem(InvalidParamName, start, end)
	p.i = p.blank(equals + 1)
	value, quoted := p.value(start)
	c := p.current()
	c.Params = append(c.Params, Param{Name: p.s[start:end], Value: value, Quoted: quoted, Span: p.span(start, p.i)})
	p.extend()
	p.afterValue(quoted)
}
