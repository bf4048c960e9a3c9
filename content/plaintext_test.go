package content

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// codeOf gathers the lines of an article's blocks of code, which are not wrapped.
func codeOf(lib *Library, p *Page) map[string]bool {
	source := []byte(lib.Document(p))
	lines := map[string]bool{}
	_ = ast.Walk(markdown.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if c, ok := n.(*ast.FencedCodeBlock); ok && entering {
			for i := range c.Lines().Len() {
				line := c.Lines().At(i)
				lines[strings.TrimSpace(string(line.Value(source)))] = true
			}
		}
		return ast.WalkContinue, nil
	})
	return lines
}

// alone is a line of one word that is longer than a line: an address, or code.
var alone = regexp.MustCompile(`^ *(- |[0-9]+\. )?[^ ]+$`)

// TestTextFitsATerminal holds the text of every page against 80 columns, code
// and words longer than a line aside.
func TestTextFitsATerminal(t *testing.T) {
	lib := library(t)
	for _, p := range everyPage(lib) {
		code := codeOf(lib, p)
		for line := range strings.Lines(lib.Text(p)) {
			line = strings.TrimRight(line, "\n")
			if n := utf8.RuneCountInString(line); n > columns && !code[strings.TrimSpace(line)] && !alone.MatchString(line) {
				t.Errorf("%s: %d columns: %s", p.file, n, line)
			}
		}
	}
}

// TestColorIsOnTopOfTheText takes the styles away again: what is left is the
// text, and the text itself has none.
func TestColorIsOnTopOfTheText(t *testing.T) {
	lib := library(t)
	style := regexp.MustCompile("\x1b\\[(0|1|1;2|1;3[1-4])m")
	for _, p := range everyPage(lib) {
		plain, colored := lib.Text(p), lib.ColoredText(p)
		if strings.Contains(plain, "\x1b") {
			t.Errorf("%s: the text has styles", p.file)
		}
		if left := style.ReplaceAllString(colored, ""); left != plain {
			t.Errorf("%s: without its styles the colored text is another", p.file)
		}
		if colored == plain {
			t.Errorf("%s: nothing is styled", p.file)
		}
	}
	p, _ := lib.Lookup("code:401")
	for _, want := range []string{"\x1b[1;33m401\x1b[0m \x1b[1mUNAUTHORIZED\x1b[0m\n================\n", "HTTP/1.1 \x1b[1;33m401 Unauthorized\x1b[0m\n"} {
		if !strings.Contains(lib.ColoredText(p), want) {
			t.Errorf("the colored text of 401 lacks %q", want)
		}
	}
}
