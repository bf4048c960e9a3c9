package content

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// columns is the width of the text form: what a terminal is sure to have.
const columns = 80

// Text returns a page whole as plain text of at most 80 columns, code and
// tables aside.
func (lib *Library) Text(p *Page) string {
	return lib.text(p, false)
}

// ColoredText is Text with bold headings, and each status in the color of its
// class, for a terminal (ECMA-48, SGR).
func (lib *Library) ColoredText(p *Page) string { return lib.text(p, true) }

// StatusColor returns the parameter of SGR (ECMA-48) that colors a status by its
// class: green for 2xx, blue for 3xx, yellow for 4xx, red for 5xx and above, dim
// for those below 200.
func StatusColor(code int) string {
	return [...]string{"2", "2", "32", "34", "33", "31", "31", "31", "31", "31"}[code/100%10]
}

func (lib *Library) text(p *Page, color bool) string {
	source := []byte(lib.Document(p))
	doc := markdown.Parser().Parse(text.NewReader(source))
	w := &textWriter{source: source, color: color, statusFirst: p.Kind() == KindCode}
	w.blocks(doc, "")
	return strings.TrimLeft(w.b.String(), "\n")
}

// textWriter writes a parsed document as text.
type textWriter struct {
	source      []byte
	color       bool
	statusFirst bool // the title begins with a status
	b           strings.Builder
}

func (w *textWriter) blocks(parent ast.Node, indent string) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		w.block(n, indent)
	}
}

func (w *textWriter) block(n ast.Node, indent string) {
	switch t := n.(type) {
	case *ast.Heading:
		w.heading(t)
	case *ast.Paragraph, *ast.TextBlock:
		w.b.WriteString("\n")
		w.wrap(w.inline(n), indent, indent)
	case *ast.List:
		w.b.WriteString("\n")
		w.list(t, indent)
	case *ast.Blockquote:
		w.blocks(t, indent+"  ")
	case *tabGroup:
		w.blocks(t, indent)
	case *ast.FencedCodeBlock:
		w.code(t, indent)
	case *extast.Table:
		w.table(t, indent)
	case *ast.ThematicBreak:
		w.b.WriteString("\n")
	}
}

func (w *textWriter) heading(h *ast.Heading) {
	words := w.inline(h)
	if h.Level == 1 {
		words = strings.ToUpper(words)
	}
	line := strings.Repeat(map[bool]string{true: "=", false: "-"}[h.Level == 1], min(utf8.RuneCountInString(words), columns))
	if h.Level > 2 {
		line = ""
	}
	if number, phrase, ok := strings.Cut(words, " "); ok && h.Level == 1 && w.statusFirst {
		fmt.Fprintf(&w.b, "\n%s %s\n", w.status(number), w.style("1", phrase))
	} else {
		fmt.Fprintf(&w.b, "\n%s\n", w.style("1", words))
	}
	if line != "" {
		w.b.WriteString(line + "\n")
	}
}

// style writes words in a style where styles are wanted.
func (w *textWriter) style(sgr, words string) string {
	if !w.color {
		return words
	}
	return "\x1b[" + sgr + "m" + words + "\x1b[0m"
}

// status styles what begins with a status by its class.
func (w *textWriter) status(words string) string {
	code, err := strconv.Atoi(words[:min(3, len(words))])
	if err != nil {
		return words
	}
	return w.style("1;"+StatusColor(code), words)
}

func (w *textWriter) list(l *ast.List, indent string) {
	number := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "- "
		if l.IsOrdered() {
			mark = fmt.Sprintf("%d. ", number)
			number++
		}
		inner := indent + strings.Repeat(" ", len(mark))
		for c := item.FirstChild(); c != nil; c = c.NextSibling() {
			switch c.(type) {
			case *ast.Paragraph, *ast.TextBlock:
				first := inner
				if c == item.FirstChild() {
					first = indent + mark
				}
				w.wrap(w.inline(c), first, inner)
			default:
				w.block(c, inner)
			}
		}
	}
}

func (w *textWriter) code(c *ast.FencedCodeBlock, indent string) {
	w.b.WriteString("\n")
	if title := codeTitle(c, w.source); title != "" {
		fmt.Fprintf(&w.b, "%s%s:\n\n", indent, title)
	}
	for i := range c.Lines().Len() {
		at := c.Lines().At(i)
		line := strings.TrimRight(string(at.Value(w.source)), " \r\n")
		if version, status, ok := strings.Cut(line, " "); ok && strings.HasPrefix(version, "HTTP/") {
			line = version + " " + w.status(status)
		}
		w.b.WriteString(strings.TrimRight(indent+"    "+line, " ") + "\n")
	}
}

// table writes a table in columns where it fits, else row by row with the
// heading before each cell.
func (w *textWriter) table(t *extast.Table, indent string) {
	var rows [][]string
	var widths []int
	for r := t.FirstChild(); r != nil; r = r.NextSibling() {
		var cells []string
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			cell := w.inline(c)
			if i := len(cells); i == len(widths) {
				widths = append(widths, 0)
			}
			widths[len(cells)] = max(widths[len(cells)], utf8.RuneCountInString(cell))
			cells = append(cells, cell)
		}
		rows = append(rows, cells)
	}
	total := len(indent)
	for _, n := range widths {
		total += n + 2
	}
	w.b.WriteString("\n")
	if total-2 <= columns {
		for _, cells := range rows {
			w.b.WriteString(strings.TrimRight(indent+padded(cells, widths), " ") + "\n")
		}
		return
	}
	for _, cells := range rows[1:] {
		for i, cell := range cells {
			name := ""
			if i < len(rows[0]) && rows[0][i] != "" {
				name = rows[0][i] + ": "
			}
			mark := "  "
			if i == 0 {
				mark, name = "- ", ""
			}
			w.wrap(name+cell, indent+mark, indent+"  ")
		}
	}
}

func padded(cells []string, widths []int) string {
	var b strings.Builder
	for i, c := range cells {
		b.WriteString(c + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c)+2))
	}
	return b.String()
}

// wrap writes words in lines of at most 80 columns.
func (w *textWriter) wrap(words, first, rest string) {
	line, width, empty := first, utf8.RuneCountInString(first), true
	for word := range strings.FieldsSeq(words) {
		n := utf8.RuneCountInString(word)
		if !empty && width+1+n > columns {
			w.b.WriteString(line + "\n")
			line, width, empty = rest, utf8.RuneCountInString(rest), true
		}
		if !empty {
			line += " "
			width++
		}
		line += word
		width += n
		empty = false
	}
	w.b.WriteString(line + "\n")
}

// inline returns the words of a block, code in backquotes; of links the text.
func (w *textWriter) inline(n ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		switch c.(type) {
		case *ast.CodeSpan:
			b.WriteByte('`')
		case *ast.Text, *ast.String:
			if entering {
				b.WriteString(plainText(c, w.source))
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}
