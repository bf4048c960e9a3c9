package intake

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Decoded returns a text that is written in UTF-16, as Windows PowerShell
// writes what its > catches, in UTF-8; any other as it is.
func Decoded(text string) string {
	var order binary.ByteOrder
	switch {
	case strings.HasPrefix(text, "\xff\xfe"):
		order = binary.LittleEndian
	case strings.HasPrefix(text, "\xfe\xff"):
		order = binary.BigEndian
	default:
		return text
	}
	units := make([]uint16, 0, len(text)/2)
	for b := []byte(text[2:]); len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return string(utf16.Decode(units))
}

// isBinary reports whether a text is none: it has zeros, or much that no
// terminal shows.
func isBinary(text string) bool {
	if strings.IndexByte(text, 0) >= 0 {
		return true
	}
	odd := 0
	for _, r := range text {
		if r == utf8.RuneError || r < 0x20 && !strings.ContainsRune("\t\r\n\x1b", r) {
			odd++
		}
	}
	return odd > 16 && odd > len(text)/10
}

// contentKept is how much stays of one content that is shortened, in bytes.
const contentKept = 32 << 10

// withoutContents shortens what a client printed of messages where it is too
// long or no text as a whole: a page or a picture behind a head says little
// that matters. Of a text as content the beginning stays, of a picture nothing.
// The numbers are those that the lines had before; nil: the same.
func withoutContents(kind Kind, text string) (short string, numbers []int) {
	if kind != Response && kind != CurlVerbose && kind != HTTPie || len(text) <= Limit && !isBinary(text) {
		return text, nil
	}
	var kept, content strings.Builder
	room := Limit / 2     // of all contents; heads may have the rest
	number, first := 0, 0 // of the line, and of the content's first line
	flush := func() {
		if s := content.String(); !isBinary(s) {
			s = s[:min(len(s), room, contentKept)]
			room -= len(s)
			kept.WriteString(s)
			if s != "" && !strings.HasSuffix(s, "\n") {
				kept.WriteByte('\n')
				s += "\n"
			}
			for i := range strings.Count(s, "\n") {
				numbers = append(numbers, first+i)
			}
		}
		content.Reset()
	}
	inHead := false
	for l := range strings.Lines(text) {
		number++
		bare := strings.TrimRight(unstyled(l), "\r\n")
		inHead = kind == CurlVerbose && marker(bare) != "" || kind != CurlVerbose && (inHead || startsMessage(bare))
		switch {
		case inHead:
			flush()
			kept.WriteString(l)
			numbers = append(numbers, number)
			inHead = !blank(bare)
		case content.Len() < contentKept:
			if content.Len() == 0 {
				first = number
			}
			content.WriteString(l)
		}
	}
	flush()
	return kept.String(), numbers
}
