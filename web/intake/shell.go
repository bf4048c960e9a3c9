package intake

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// shellWords parts a command as bash does. What would run, or depends on the
// machine, is refused before the parser sees it: that also keeps what it parses
// flat, since its depth is not bounded.
func shellWords(text string, start int) ([]word, error) {
	end, err := oneCommand(text, start)
	if err != nil {
		return nil, err
	}
	source := text[start:end]
	file, perr := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(source), "")
	if perr != nil {
		return nil, shellError(text, start, perr)
	}
	if len(file.Stmts) != 1 || len(file.Stmts[0].Redirs) > 0 {
		return nil, refusal(text, start, "More than one command")
	}
	call, ok := file.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 || len(call.Assigns) > 0 {
		return nil, refusal(text, start, "This")
	}
	words := make([]word, 0, len(call.Args))
	for _, arg := range call.Args {
		at := start + int(arg.Pos().Offset())
		var b strings.Builder
		for _, part := range arg.Parts {
			if !writePart(&b, part) {
				return nil, refusal(text, start+int(part.Pos().Offset()), "An expansion")
			}
		}
		words = append(words, word{b.String(), min(at, len(text))})
	}
	return words, nil
}

// writePart writes what a part of a word stands for, or returns false where it
// depends on the machine.
func writePart(b *strings.Builder, part syntax.WordPart) bool {
	switch p := part.(type) {
	case *syntax.Lit:
		b.WriteString(unescaped(p.Value))
	case *syntax.SglQuoted:
		if p.Dollar {
			b.WriteString(ansi(p.Value))
		} else {
			b.WriteString(p.Value)
		}
	case *syntax.DblQuoted:
		for _, inner := range p.Parts {
			l, ok := inner.(*syntax.Lit)
			if !ok {
				return false
			}
			b.WriteString(unescapedInQuotes(l.Value))
		}
	default:
		return false
	}
	return true
}

// unescaped takes the backslashes out of an unquoted text.
func unescaped(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if i++; s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// unescapedInQuotes takes out the backslashes that have a meaning between
// quotation marks.
func unescapedInQuotes(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte("$`\"\\\n", s[i+1]) >= 0 {
			if i++; s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// ansi undoes the escapes of $'…', as bash's manual lists them.
func ansi(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch c := s[i]; {
		case strings.IndexByte(`abeEfnrtv`, c) >= 0:
			b.WriteByte("\a\b\x1b\x1b\f\n\r\t\v"[strings.IndexByte(`abeEfnrtv`, c)])
		case strings.IndexByte(`\'"?`, c) >= 0:
			b.WriteByte(c)
		case strings.IndexByte("xuU", c) >= 0 && i+1 < len(s) && isHex(s[i+1]):
			i += writeCode(&b, s[i+1:], 16, map[byte]int{'x': 2, 'u': 4, 'U': 8}[c], c != 'x')
		case c == 'c' && i+1 < len(s):
			i++
			b.WriteByte(s[i] & 0x1f)
		case c >= '0' && c <= '7':
			i += writeCode(&b, s[i:], 8, 3, false) - 1
		default:
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
	return b.String()
}

// writeCode writes the byte or the character whose number stands at the
// beginning of s, and returns how many digits were read.
func writeCode(b *strings.Builder, s string, base, most int, character bool) int {
	n := 0
	for n < len(s) && n < most && (isHex(s[n]) && base == 16 || s[n] >= '0' && s[n] <= '7') {
		n++
	}
	code, err := strconv.ParseUint(s[:n], base, 32)
	switch {
	case err != nil:
	case character && code <= utf8.MaxRune:
		b.WriteRune(rune(code))
	case !character:
		b.WriteByte(byte(code))
	}
	return n
}

// oneCommand goes through the quotation marks and returns where the command
// ends. It refuses what would expand or run.
func oneCommand(text string, start int) (int, error) {
	quote := byte(0) // ', " or $ for $'…'
	for i := start; i < len(text); i++ {
		c := text[i]
		switch {
		case quote == '\'':
			if c == '\'' {
				quote = 0
			}
		case c == '\\':
			if i+2 < len(text) && text[i+1] == '\r' && text[i+2] == '\n' {
				i++ // a continued line of a file from Windows
			}
			i++
		case quote == '$':
			if c == '\'' {
				quote = 0
			}
		case c == '`' || c == '$' && i+1 < len(text) && expands(text[i+1]):
			return 0, refusal(text, i, "An expansion")
		case quote == '"':
			if c == '"' {
				quote = 0
			}
		case c == '$' && i+1 < len(text) && text[i+1] == '\'':
			quote = '$'
			i++
		case c == '\'' || c == '"':
			quote = c
		case c == '\n':
			if strings.TrimSpace(text[i:]) == "" {
				return i, nil
			}
			return 0, refusal(text, i+1+leadingSpace(text[i+1:]), "A second line")
		case c == '#' && i > 0 && (text[i-1] == ' ' || text[i-1] == '\t'):
			return 0, refusal(text, i, "A comment")
		case strings.IndexByte("|;&<>()", c) >= 0:
			return 0, refusal(text, i, signs[c])
		}
	}
	if quote != 0 {
		return 0, &Error{1 + strings.Count(text, "\n"), len(text) - strings.LastIndexByte(text, '\n'), "The command ends inside quotation marks.", "Paste the whole of it, with the closing mark."}
	}
	return len(text), nil
}

// expands reports whether a dollar before this byte begins an expansion.
func expands(c byte) bool {
	return c == '(' || c == '{' || c == '[' || c == '_' || c == '?' || c == '!' || c == '@' || c == '*' || c == '#' || c == '$' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// signs names what the signs of a shell do.
var signs = map[byte]string{'|': "A pipe", ';': "A second command", '&': "An “&” outside of quotation marks", '<': "A redirection", '>': "A redirection", '(': "A parenthesis", ')': "A parenthesis"}

// refusal says that something of the shell is not read, and what to do.
func refusal(text string, at int, what string) *Error {
	line, column := place(text, min(at, len(text)))
	remedies := map[string]string{
		"A pipe":                            "Remove it and what follows: only the curl command itself is read.",
		"A second command":                  "Paste one curl command alone.",
		"A second line":                     "Paste one curl command alone. A line that goes on ends with a backslash.",
		"A redirection":                     "Remove it: nothing is read from or written to a file.",
		"An expansion":                      "Put the value itself there: nothing is run or looked up here.",
		"A comment":                         "Remove it.",
		"An “&” outside of quotation marks": "Put the address in quotation marks, since the shell ends the command there.",
	}
	remedy := remedies[what]
	if remedy == "" {
		remedy = "Paste one curl command alone, as a browser copies it."
	}
	return &Error{line, column, fmt.Sprintf("%s is not read here.", what), remedy}
}

func leadingSpace(s string) int { return len(s) - len(strings.TrimLeft(s, " \t\r\n")) }

// shellError places an error of the parser.
func shellError(text string, start int, err error) *Error {
	at, what := start, err.Error()
	if p, ok := err.(syntax.ParseError); ok {
		at, what = start+int(p.Pos.Offset()), p.Text
	}
	line, column := place(text, min(at, len(text)))
	return &Error{line, column, "A shell could not read this: " + what + ".", "Copy the command again, whole."}
}

// encodedPair does what --data-urlencode does with "name=value", "=value" and
// "value".
func encodedPair(v string) string {
	name, value, found := strings.Cut(v, "=")
	switch {
	case !found:
		return url.QueryEscape(v)
	case name == "":
		return url.QueryEscape(value)
	}
	return name + "=" + url.QueryEscape(value)
}
