package report

import (
	"bytes"
	"encoding/json"
	"io"
	"unicode/utf8"
)

// Format is a written form of a report. HTML is not among them: templates draw
// it.
type Format struct {
	Name, MediaType string
	Write           func(io.Writer, Report) error
}

// Formats lists the forms by name.
var Formats = []Format{
	{"json", "application/json", writeJSON},
	{"text", "text/plain; charset=utf-8", writePlain},
	{"markdown", "text/markdown; charset=utf-8", writeMarkdown},
	{"sarif", "application/sarif+json", writeSARIF},
}

// FormatNamed returns the form of that name.
func FormatNamed(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

func writeJSON(w io.Writer, r Report) error { return WriteJSON(w, r) }

// WriteJSON writes any value as indented JSON in which control, format and
// bidirectional characters from outside stand as escapes.
func WriteJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(EscapeJSON(b.Bytes()))
	return err
}

// EscapeJSON turns characters that would not be seen into JSON's own escapes.
func EscapeJSON(data []byte) []byte {
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r < 0x7f || !hidden(r) {
			out = append(out, data[i:i+n]...)
		} else {
			out = appendUTF16(out, r)
		}
		i += n
	}
	return out
}

// appendUTF16 writes a character as JSON escapes: one, or a surrogate pair.
func appendUTF16(out []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	units := []rune{r}
	if r > 0xffff {
		r -= 0x10000
		units = []rune{0xd800 + r>>10, 0xdc00 + r&0x3ff}
	}
	for _, u := range units {
		out = append(out, '\\', 'u', hex[u>>12&15], hex[u>>8&15], hex[u>>4&15], hex[u&15])
	}
	return out
}
