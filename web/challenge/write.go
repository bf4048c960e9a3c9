package challenge

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"wwwhy/web/field"
)

// String returns the challenge as it should be written: the scheme as received,
// the token68 or the parameters, the first of repeated ones, realm and whatever
// was quoted or must be in quotes, no escapes but those that are needed. What
// has no correct form, such as a parameter without a name, is left out.
// Reading the result gives the same challenge again, without problems other
// than those of its meaning.
func (c Challenge) String() string {
	var b strings.Builder
	b.WriteString(onlyTokens(c.Scheme))
	if c.Token68 != "" && len(c.Params) == 0 {
		b.WriteByte(' ')
		for i := 0; i < len(c.Token68); i++ {
			if ch := c.Token68[i]; isToken68(ch) || ch == '=' {
				b.WriteByte(ch)
			}
		}
		return strings.TrimLeft(b.String(), " ")
	}
	written := make(map[string]bool, len(c.Params))
	for _, prm := range c.Params {
		if name := onlyTokens(prm.Name); name != "" && !written[strings.ToLower(name)] {
			if len(written) > 0 {
				b.WriteByte(',')
			}
			b.WriteByte(' ')
			b.WriteString(name)
			b.WriteByte('=')
			writeValue(&b, prm)
			written[strings.ToLower(name)] = true
		}
	}
	return strings.TrimLeft(b.String(), " ") // there may have been no scheme
}

func onlyTokens(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && field.IsTokenByte(byte(r)) {
			return r
		}
		return -1
	}, s)
}

// writeValue writes a token as it is where it was one and may be one, anything
// else as a quoted string.
func writeValue(b *strings.Builder, prm Param) {
	value := unwrapped(prm)
	if !prm.Quoted && field.IsToken(value) && value == prm.Value && !strings.EqualFold(prm.Name, "realm") {
		b.WriteString(value)
		return
	}
	b.WriteByte('"')
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c >= 0x20 && c != 0x7f || c == '\t':
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
}

// unwrapped takes off quotes of the wrong kind from a bare value.
func unwrapped(prm Param) string {
	v := cmp.Or(prm.meant, prm.Value)
	if prm.Quoted || len(v) < 2 {
		return v
	}
	if v[0] == '\'' && v[len(v)-1] == '\'' {
		return v[1 : len(v)-1]
	}
	for _, q := range curly {
		if strings.HasPrefix(v, q) {
			v = v[len(q):]
			_, n := utf8.DecodeLastRuneInString(v)
			for _, closing := range curly {
				if len(v) >= n && v[len(v)-n:] == closing {
					return v[:len(v)-n]
				}
			}
			return v
		}
	}
	return v
}
