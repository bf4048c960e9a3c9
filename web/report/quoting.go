package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// shellWord quotes bytes as one word for a POSIX shell, where they need that.
// From the first to the last of what a terminal would act on, or show as
// something else, printf writes it: once for each word, since a shell starts a
// process for each time, and dash falls over thousands of them.
func shellWord(s string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+=,"
	if s != "" && strings.Trim(s, plain) == "" {
		return s
	}
	first, end := unprintable(s)
	word := "'" + singleQuoted.Replace(s[:first])
	if first < end {
		word += `'"$(printf '` + printfFormat(s[first:end]) + `')"'`
	}
	return word + singleQuoted.Replace(s[end:]) + "'"
}

// singleQuoted ends single quotes for a quote, and begins them again.
var singleQuoted = strings.NewReplacer(`'`, `'\''`)

// unprintable finds the first and the end of the last part of s that a command
// cannot carry as it is: s has none where both are its length.
func unprintable(s string) (first, end int) {
	first, end = len(s), len(s)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if unprintableRune(r, n) {
			first, end = min(first, i), i+n
		}
		i += n
	}
	return first, end
}

// unprintableRune tells of a rune of n bytes; a line feed may stand in quotes.
func unprintableRune(r rune, n int) bool {
	return r != '\n' && (hidden(r) || r == utf8.RuneError && n == 1)
}

// printfFormat is what printf turns into s, for single quotes inside of double
// ones: an exclamation mark there would still ask an interactive bash for its
// history.
func printfFormat(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '%' || r == '\\':
			b.WriteRune(r)
			b.WriteRune(r)
		case r == '\'' || r == '!' || unprintableRune(r, n):
			for _, c := range []byte(s[i : i+n]) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// byteLiteral quotes bytes in double quotes with \x escapes, as Python's b""
// has them.
func byteLiteral(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(s) {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c < 0x20 || c >= 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// scriptString quotes UTF-8 for JavaScript and Python, which agree on the
// escapes used, characters beyond the BMP aside.
func scriptString(s string, python bool) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case hidden(r) && r > 0xffff && python:
			fmt.Fprintf(&b, `\U%08x`, r)
		case hidden(r) && r > 0xffff:
			fmt.Fprintf(&b, `\u{%x}`, r)
		case hidden(r) || r == '\t':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// byteString quotes bytes for JavaScript as a string with one character for
// each, which is what fetch wants of a field's value (Web IDL, ByteString).
func byteString(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteRune(rune(c))
	}
	latin := b.String()
	b.Reset()
	b.WriteByte('"')
	for _, r := range latin {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r >= 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// powerShell quotes UTF-8 in single quotes, of which PowerShell knows five. What
// cannot be seen is added by its number.
func powerShell(s string) string {
	var b strings.Builder
	added := false
	b.WriteByte('\'')
	for _, r := range s {
		switch {
		case r == '\'' || r >= 0x2018 && r <= 0x201b:
			b.WriteRune(r)
			b.WriteRune(r)
		case r != '\n' && (hidden(r) || unicode.IsControl(r)):
			fmt.Fprintf(&b, `' + [char]::ConvertFromUtf32(0x%X) + '`, r)
			added = true
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	if added {
		return "(" + b.String() + ")"
	}
	return b.String()
}
