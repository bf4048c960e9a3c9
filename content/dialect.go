package content

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// tabGroup is consecutive titled code blocks, shown as tabs.
type tabGroup struct{ ast.BaseBlock }

var kindTabGroup = ast.NewNodeKind("TabGroup")

func (*tabGroup) Kind() ast.NodeKind              { return kindTabGroup }
func (g *tabGroup) Dump(source []byte, level int) { ast.DumpHelper(g, source, level, nil, nil) }

// tabs gathers two and more code blocks that follow each other and have
// titles.
type tabs struct{}

func (tabs) Transform(doc *ast.Document, r text.Reader, _ parser.Context) {
	var runs [][]ast.Node
	var run []ast.Node
	end := func() {
		if len(run) > 1 {
			runs = append(runs, run)
		}
		run = nil
	}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || n.Type() != ast.TypeBlock {
			return ast.WalkContinue, nil
		}
		code, ok := n.(*ast.FencedCodeBlock)
		if !ok || codeTitle(code, r.Source()) == "" || len(run) > 0 && run[len(run)-1] != n.PreviousSibling() {
			end()
		}
		if ok && codeTitle(code, r.Source()) != "" {
			run = append(run, n)
		}
		return ast.WalkContinue, nil
	})
	end()
	for _, run := range runs {
		group := &tabGroup{}
		run[0].Parent().InsertBefore(run[0].Parent(), run[0], group)
		for _, n := range run {
			group.AppendChild(group, n)
		}
	}
}

var titleAttribute = regexp.MustCompile(`\btitle="([^"]*)"`)

// codeTitle returns the title="…" of a code block's info string.
func codeTitle(n *ast.FencedCodeBlock, source []byte) string {
	if n.Info == nil {
		return ""
	}
	if m := titleAttribute.FindSubmatch(n.Info.Segment.Value(source)); m != nil {
		return string(m[1])
	}
	return ""
}

// callouts turns a quotation that begins with [!NOTE], [!TIP] or [!WARNING]
// into a callout, by an attribute that the renderer reads.
type callouts struct{}

var calloutMark = regexp.MustCompile(`^\[!(NOTE|TIP|WARNING)\]\s*$`)

func (callouts) Transform(doc *ast.Document, r text.Reader, _ parser.Context) {
	source := r.Source()
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		quote, ok := n.(*ast.Blockquote)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		p, ok := quote.FirstChild().(*ast.Paragraph)
		if !ok || p.Lines().Len() == 0 {
			return ast.WalkContinue, nil
		}
		first := p.Lines().At(0)
		m := calloutMark.FindSubmatch(bytes.TrimSpace(first.Value(source)))
		if m == nil {
			return ast.WalkContinue, nil
		}
		quote.SetAttributeString("callout", strings.ToLower(string(m[1])))
		for c := p.FirstChild(); c != nil; {
			next := c.NextSibling()
			if t, ok := c.(*ast.Text); ok && t.Segment.Start < first.Stop {
				p.RemoveChild(p, c)
			}
			c = next
		}
		if p.ChildCount() == 0 {
			quote.RemoveChild(quote, p)
		}
		return ast.WalkContinue, nil
	})
}

// rfcLinks links "RFC 9110, Section 15.5.2" and "RFC 9110" to the RFC editor.
type rfcLinks struct{}

var rfcCitation = regexp.MustCompile(`RFC (\d{3,5})\b(?:, (Section|Appendix) ([A-Z0-9]+(?:\.[0-9]+)*))?`)

// RFCURL returns the address of an RFC or of a section that is cited as
// "RFC 9110, Section 15.5.2", or "" where the text cites none.
func RFCURL(citation string) string {
	m := rfcCitation.FindStringSubmatch(citation)
	if m == nil {
		return ""
	}
	url := "https://www.rfc-editor.org/rfc/rfc" + m[1] + ".html"
	switch {
	case m[2] == "Section":
		url += "#section-" + m[3]
	case m[2] == "Appendix":
		url += "#appendix-" + m[3]
	}
	return url
}

func (rfcLinks) Transform(doc *ast.Document, r text.Reader, _ parser.Context) {
	var found []*ast.Text
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n.Kind() {
		case ast.KindLink, ast.KindCodeSpan, ast.KindHeading, ast.KindAutoLink:
			return ast.WalkSkipChildren, nil
		}
		if t, ok := n.(*ast.Text); ok && entering {
			found = append(found, t)
		}
		return ast.WalkContinue, nil
	})
	for _, t := range found {
		linkCitations(t, r.Source())
	}
}

// linkCitations cuts a text at its citations and puts links in their places.
func linkCitations(t *ast.Text, source []byte) {
	value := t.Segment.Value(source)
	parent, at := t.Parent(), t.Segment.Start
	soft, hard, stop := t.SoftLineBreak(), t.HardLineBreak(), t.Segment.Stop
	matches := rfcCitation.FindAllIndex(value, -1)
	if matches == nil {
		return
	}
	insert := func(n ast.Node) { parent.InsertBefore(parent, t, n) }
	for _, m := range matches {
		if from := t.Segment.Start + m[0]; from > at {
			insert(ast.NewTextSegment(text.NewSegment(at, from)))
		}
		l := ast.NewLink()
		l.Destination = []byte(RFCURL(string(value[m[0]:m[1]])))
		at = t.Segment.Start + m[1]
		l.AppendChild(l, ast.NewTextSegment(text.NewSegment(t.Segment.Start+m[0], at)))
		insert(l)
	}
	rest := ast.NewTextSegment(text.NewSegment(at, stop))
	rest.SetSoftLineBreak(soft)
	rest.SetHardLineBreak(hard)
	insert(rest)
	parent.RemoveChild(parent, t)
}
