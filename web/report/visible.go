package report

import (
	"strings"
	"unicode/utf8"

	"wwwhy/web/field"
)

// Visible makes text from outside safe to show to a person: control, format and
// bidirectional characters become an escape that can be read, bytes that are
// not UTF-8 are read as Latin-1. Every writer but JSON's, which has escapes of
// its own, passes what came from outside through it.
func Visible(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			r = rune(s[i])
		}
		i += n
		if hidden(r) {
			b.WriteString(escapeRune(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 && s[i] != '\t' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// hidden reports whether a character would not be seen or would move others. A tab
// is white space.
func hidden(r rune) bool { return r != '\t' && field.Unseen(r) }

func escapeRune(r rune) string {
	const hex = "0123456789ABCDEF"
	if r < 0x100 {
		return `\x` + string(hex[r>>4]) + string(hex[r&15])
	}
	out := make([]byte, 0, 8)
	for shift := 20; shift >= 0; shift -= 4 {
		if d := r >> shift & 15; d != 0 || len(out) > 0 || shift < 16 {
			out = append(out, hex[d])
		}
	}
	return `\u{` + string(out) + `}`
}

// legible returns a received value as UTF-8 text and a function that turns an
// offset in the bytes received into one in that text. Bytes that are not UTF-8
// are read as Latin-1, what field values were (RFC 9110, Section 5.5).
func legible(raw string) (string, func(int) int) {
	if utf8.ValidString(raw) {
		return raw, func(i int) int { return min(max(i, 0), len(raw)) }
	}
	var b strings.Builder
	starts := make([]int, 0, len(raw)+1)
	for i := 0; i < len(raw); {
		r, n := utf8.DecodeRuneInString(raw[i:])
		if r == utf8.RuneError && n == 1 {
			r = rune(raw[i])
		}
		for range n {
			starts = append(starts, b.Len())
		}
		b.WriteRune(r)
		i += n
	}
	starts = append(starts, b.Len())
	return b.String(), func(i int) int { return starts[min(max(i, 0), len(raw))] }
}

// text returns a received value as UTF-8 text.
func text(raw string) string {
	t, _ := legible(raw)
	return t
}

// quotable makes text from outside safe to stand in one of our sentences, in
// which only our own backquotes mark code.
func quotable(s string) string { return strings.ReplaceAll(Visible(s), "`", "'") }
