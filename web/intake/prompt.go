package intake

import "strings"

// typedInWindows reports whether a command is written for the command prompt of
// Windows: its first quotation mark is a double one after "^", or a line ends
// with "^" and not with a backslash.
func typedInWindows(s string) bool {
	if at := strings.IndexAny(s, `'"`); at > 0 && s[at] == '"' && s[at-1] == '^' {
		return true
	}
	first, _, more := strings.Cut(s, "\n")
	return more && strings.HasSuffix(strings.TrimRight(first, "\r"), "^")
}

// promptWords parts a command as Windows does, in two steps: the command prompt
// takes out its carets, and the program parts what is left at quotation marks
// and space, with backslashes before marks.
func promptWords(text string, start int) ([]word, error) {
	bytes, err := promptText(text, start)
	if err != nil {
		return nil, err
	}
	var words []word
	for i := 0; i < len(bytes); {
		if isSpace(bytes[i].c) {
			i++
			continue
		}
		w := word{at: bytes[i].at}
		w.text, i = promptWord(bytes, i)
		words = append(words, w)
	}
	return words, nil
}

// placed is a byte and where it stood in the text.
type placed struct {
	c  byte
	at int
}

// promptText undoes the carets. One before a line break continues the line, and
// the byte after it is literal, so that browsers write a line break as a caret
// and two breaks.
func promptText(text string, start int) ([]placed, error) {
	out := make([]placed, 0, len(text)-start)
	inQuotes := false
	for i := start; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '^' && !inQuotes:
			i++
			if i+1 < len(text) && text[i] == '\r' && text[i+1] == '\n' {
				i++
			}
			if i < len(text) && text[i] == '\n' {
				i++
				if i+1 < len(text) && text[i] == '\r' && text[i+1] == '\n' {
					i++
				}
			}
			if i < len(text) {
				out = append(out, placed{text[i], i})
			}
		case c == '"':
			inQuotes = !inQuotes
			out = append(out, placed{c, i})
		case c == '\n':
			if strings.TrimSpace(text[i:]) == "" {
				return out, nil
			}
			line, column := place(text, i)
			return nil, &Error{line, column, "The line ends here, and the command prompt would run it.", "Paste one curl command alone. A line that goes on ends with “^”."}
		case !inQuotes && strings.IndexByte("|&<>", c) >= 0:
			return nil, refusal(text, i, signs[c])
		case c != '\r':
			out = append(out, placed{c, i})
		}
	}
	return out, nil
}

// promptWord reads a word from i on as programs on Windows do, and returns where
// it ends: a mark begins and ends a quotation, backslashes count only before a
// mark, and two marks inside a quotation are one.
func promptWord(s []placed, i int) (string, int) {
	var b strings.Builder
	inQuotes := false
	for i < len(s) {
		c := s[i].c
		switch {
		case c == '\\':
			n := 0
			for i < len(s) && s[i].c == '\\' {
				n, i = n+1, i+1
			}
			if i == len(s) || s[i].c != '"' {
				b.WriteString(strings.Repeat(`\`, n))
				continue
			}
			b.WriteString(strings.Repeat(`\`, n/2))
			if n%2 == 1 {
				b.WriteByte('"')
				i++
			}
			continue
		case c == '"' && inQuotes && i+1 < len(s) && s[i+1].c == '"':
			b.WriteByte('"')
			i++
		case c == '"':
			inQuotes = !inQuotes
		case isSpace(c) && !inQuotes:
			return b.String(), i
		default:
			b.WriteByte(c)
		}
		i++
	}
	return b.String(), i
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }
