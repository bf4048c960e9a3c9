package content

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// blocks writes the HTML of the blocks that are ours: code, tabs, callouts,
// tables that scroll by themselves and headings with an anchor.
type blocks struct{}

// RegisterFuncs enters the writers.
func (b blocks) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(ast.KindFencedCodeBlock, b.code)
	reg.Register(kindTabGroup, b.tabs)
	reg.Register(ast.KindBlockquote, b.quote)
	reg.Register(ast.KindHeading, b.heading)
	reg.Register(extast.KindTable, b.table)
	reg.Register(extast.KindTableCell, b.cell)
}

func (blocks) code(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	c := n.(*ast.FencedCodeBlock)
	language, info := string(c.Language(source)), ""
	if c.Info != nil {
		info = string(c.Info.Segment.Value(source))
	}
	var text strings.Builder
	for i := range c.Lines().Len() {
		line := c.Lines().At(i)
		text.Write(line.Value(source))
	}
	title := codeTitle(c, source)
	_, inTabs := n.Parent().(*tabGroup)
	if inTabs {
		open := ""
		if n.PreviousSibling() == nil {
			open = " open"
		}
		fmt.Fprintf(w, "<details class=\"tab\"%s><summary>%s</summary>", open, escape(title))
	}
	label := title
	if label == "" {
		label = "Example"
		if language == "http" {
			label = "HTTP example"
		}
	}
	classes := "code"
	if strings.HasPrefix(info, "http bad") {
		classes, label = "code bad", "Wrong on purpose"
	}
	fmt.Fprintf(w, "<figure class=\"%s\">", classes)
	if (title != "" && !inTabs) || classes == "code bad" {
		fmt.Fprintf(w, "<figcaption>%s</figcaption>", escape(label))
	}
	fmt.Fprintf(w, "<pre tabindex=\"0\" role=\"group\" aria-label=\"%s\"><code", escape(label))
	if language != "" {
		fmt.Fprintf(w, " class=\"language-%s\"", escape(language))
	}
	w.WriteString(">")
	if language == "http" {
		w.WriteString(markHTTP(text.String()))
	} else {
		w.WriteString(escape(text.String()))
	}
	w.WriteString("</code></pre>")
	if language == "http" {
		explainLink(w, text.String())
	}
	w.WriteString("</figure>\n")
	if inTabs {
		w.WriteString("</details>\n")
	}
	return ast.WalkSkipChildren, nil
}

// explainLink leads from an example to what the inspector says of it. Long ones
// are left out: they would double the weight of a page.
func explainLink(w util.BufWriter, text string) {
	const longest = 1200
	if len(text) > longest || !strings.HasPrefix(text, "HTTP/") && !strings.Contains(text, "\nHTTP/") {
		return
	}
	fmt.Fprintf(w, "<p class=\"explain\"><a href=\"/explain?text=%s\" rel=\"nofollow\">Explain this response</a></p>", url.QueryEscape(strings.TrimSpace(text)))
}

func (blocks) tabs(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.WriteString("<div class=\"tabs\">\n")
	} else {
		w.WriteString("</div>\n")
	}
	return ast.WalkContinue, nil
}

func (blocks) quote(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	kind, isCallout := n.AttributeString("callout")
	switch {
	case !isCallout && entering:
		w.WriteString("<blockquote>\n")
	case !isCallout:
		w.WriteString("</blockquote>\n")
	case entering:
		name := kind.(string)
		fmt.Fprintf(w, "<div class=\"callout %s\" role=\"note\">\n<p class=\"callout-name\">%s</p>\n", name, strings.ToUpper(name[:1])+name[1:])
	default:
		w.WriteString("</div>\n")
	}
	return ast.WalkContinue, nil
}

func (blocks) heading(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	h := n.(*ast.Heading)
	id, _ := h.AttributeString("id")
	name, _ := id.([]byte)
	if entering {
		fmt.Fprintf(w, "<h%d id=\"%s\">", h.Level, escape(string(name)))
		return ast.WalkContinue, nil
	}
	if len(name) > 0 {
		fmt.Fprintf(w, " <a class=\"anchor\" href=\"#%s\" aria-label=\"Link to “%s”\">#</a>", escape(string(name)), escape(plainText(h, source)))
	}
	fmt.Fprintf(w, "</h%d>\n", h.Level)
	return ast.WalkContinue, nil
}

func (blocks) table(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.WriteString("<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>\n")
		return ast.WalkContinue, nil
	}
	w.WriteString("</table></div>\n")
	return ast.WalkContinue, nil
}

func (blocks) cell(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	c := n.(*extast.TableCell)
	tag := "td"
	if _, ok := n.Parent().(*extast.TableHeader); ok {
		tag = "th"
	}
	if !entering {
		fmt.Fprintf(w, "</%s>", tag)
		return ast.WalkContinue, nil
	}
	scope, class := "", ""
	if tag == "th" {
		scope = " scope=\"col\""
	}
	if c.Alignment == extast.AlignRight || c.Alignment == extast.AlignCenter {
		class = " class=\"" + c.Alignment.String() + "\""
	}
	fmt.Fprintf(w, "<%s%s%s>", tag, scope, class)
	return ast.WalkContinue, nil
}

// markHTTP marks start lines, field names and comments of HTTP messages.
func markHTTP(text string) string {
	var b strings.Builder
	head := true
	for line := range strings.SplitAfterSeq(text, "\n") {
		trimmed := strings.TrimRight(line, "\r\n")
		name, value, isField := strings.Cut(trimmed, ":")
		switch {
		case startLine(trimmed):
			head = true
			fmt.Fprintf(&b, "<span class=\"start\">%s</span>", escape(trimmed))
		case trimmed == "":
			head = false
		case head && isField && !strings.ContainsAny(name, " \t"):
			fmt.Fprintf(&b, "<span class=\"name\">%s:</span>%s", escape(name), escape(value))
		default:
			b.WriteString(escape(trimmed))
		}
		b.WriteString(line[len(trimmed):])
	}
	return b.String()
}

// startLine reports whether a line begins a request or a response.
func startLine(line string) bool {
	if strings.HasPrefix(line, "HTTP/") {
		return true
	}
	method, _, ok := strings.Cut(line, " ")
	return ok && strings.Contains(line, " HTTP/") && method == strings.ToUpper(method)
}

func escape(s string) string { return string(util.EscapeHTML([]byte(s))) }
