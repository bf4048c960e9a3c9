package content

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Article is the body of a page as HTML, with its contents list.
type Article struct {
	HTML      string
	Headings  []Heading
	Questions []Asked
}

// Asked is what people ask about a page's subject: a heading below the one
// whose id is faq, with the words that follow it.
type Asked struct {
	Question, Answer string // plain
}

// Heading is an entry of an article's contents list.
type Heading struct {
	Level int // 2 or 3
	ID    string
	Text  string
}

// Article renders the body of a page. Whoever needs it again keeps it.
func (lib *Library) Article(p *Page) (Article, error) {
	return render([]byte(lib.Markdown(p)))
}

// markdown reads and writes our dialect: GitHub's tables, ids on headings,
// code with titles as tabs, HTTP messages marked up, callouts, and links to
// the RFC editor from sections named in the text. It writes no raw HTML of an
// author's and no style attributes.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute))),
	goldmark.WithParserOptions(
		parser.WithAutoHeadingID(), parser.WithHeadingAttribute(),
		parser.WithASTTransformers(
			util.Prioritized(tabs{}, 500),
			util.Prioritized(callouts{}, 501),
			util.Prioritized(rfcLinks{}, 502),
		)),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(blocks{}, 100))),
)

func render(source []byte) (Article, error) {
	doc := markdown.Parser().Parse(text.NewReader(source))
	var b bytes.Buffer
	if err := markdown.Renderer().Render(&b, source, doc); err != nil {
		return Article{}, err
	}
	return Article{b.String(), headings(doc, source), questions(doc, source)}, nil
}

// questions lists what stands in the section whose id is faq.
func questions(doc ast.Node, source []byte) []Asked {
	var all []Asked
	within := false
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		h, isHeading := n.(*ast.Heading)
		switch {
		case isHeading && h.Level == 2:
			id, _ := h.AttributeString("id")
			name, _ := id.([]byte)
			within = string(name) == "faq"
		case within && isHeading:
			all = append(all, Asked{Question: plainText(h, source)})
		case within && len(all) > 0:
			last := &all[len(all)-1]
			last.Answer = strings.TrimSpace(last.Answer + " " + plainText(n, source))
		}
	}
	return all
}

// headings lists the second and third level of headings.
func headings(doc ast.Node, source []byte) []Heading {
	list := []Heading{}
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		h, ok := n.(*ast.Heading)
		if !ok || h.Level < 2 || h.Level > 3 {
			continue
		}
		id, _ := h.AttributeString("id")
		name, _ := id.([]byte)
		list = append(list, Heading{h.Level, string(name), plainText(h, source)})
	}
	return list
}

// plainText returns the words of a node without their markup.
func plainText(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch t := c.(type) {
		case *ast.Text:
			b.Write(t.Segment.Value(source))
			if t.SoftLineBreak() || t.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(t.Value)
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// Inline renders one line of Markdown, such as a sentence of a finding, as
// HTML without a paragraph around it.
func Inline(line string) string {
	var b bytes.Buffer
	if err := markdown.Convert([]byte(line), &b); err != nil {
		return ""
	}
	html := strings.TrimSpace(b.String())
	html = strings.TrimPrefix(html, "<p>")
	return strings.TrimSuffix(html, "</p>")
}

// Plain returns a line of Markdown, such as a page's summary, without its marks.
func Plain(line string) string {
	source := []byte(line)
	return plainText(markdown.Parser().Parse(text.NewReader(source)), source)
}

// Examples returns the fenced http blocks of a page, for the tests that run
// them.
func (lib *Library) Examples(p *Page) []Example {
	var all []Example
	for _, b := range fences(p) {
		words := strings.Fields(b.info)
		if len(words) == 0 || words[0] != "http" {
			continue
		}
		e := Example{Text: b.text, Line: b.line}
		for _, w := range words[1:] {
			e.Bad = e.Bad || w == "bad"
			e.Good = e.Good || w == "good"
			if w == "latin1" {
				e.Text = latin1(e.Text)
			}
		}
		all = append(all, e)
	}
	return all
}

// latin1 writes a text in ISO 8859-1, for examples of bytes that are not UTF-8,
// which a page, itself UTF-8, cannot hold.
func latin1(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r > 0xff {
			r = '?'
		}
		b.WriteByte(byte(r))
	}
	return b.String()
}

type fencedBlock struct {
	info, text string
	line       int // of the file, on which the text begins
}

// fences lists the fenced blocks of a body by lines, so that each has its
// place in the file.
func fences(p *Page) []fencedBlock {
	var all []fencedBlock
	var open *fencedBlock
	fence := ""
	for i, line := range strings.SplitAfter(p.body(), "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case open == nil && strings.HasPrefix(trimmed, "```"):
			info := strings.TrimLeft(trimmed, "`")
			fence = trimmed[:len(trimmed)-len(info)]
			open = &fencedBlock{info: info, line: p.line + i + 1}
		case open != nil && trimmed == fence:
			all = append(all, *open)
			open = nil
		case open != nil:
			open.text += line
		}
	}
	return all
}
