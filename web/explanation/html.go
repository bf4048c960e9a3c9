package explanation

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"wwwhy/content"
)

// page gathers what an HTML page says of an error.
type page struct {
	status                    phrases
	title, heading, paragraph strings.Builder
	label, value              strings.Builder // of a row such as <th>Message:</th><td>…, or <p><b>Message</b> …
	labeled                   members         // what such rows say
	into                      *strings.Builder
	loose                     bool // into takes what stands in no element of its own
	pre                       bool // into takes lines
	silent                    int  // open elements whose text nobody reads
	tagged                    bool // there is an element
}

// readHTML takes the title, the first heading and the first paragraph that has
// words; a message that is labeled as such knows better.
func readHTML(lib *content.Library, data []byte, status phrases, e *Explanation) {
	p := page{status: status, labeled: members{lib, map[string]candidate{}}}
	z := html.NewTokenizer(bytes.NewReader(data))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if !p.tagged { // many applications send a sentence and call it HTML
				e.Text = firstParagraph([]byte(html.UnescapeString(string(data))), status)
				return
			}
			e.Title, e.Text = p.title.String(), p.labeled.best["text"].text
			if e.Text == "" || status.repeatedBy(e.Text) {
				e.Text = p.sentences()
			}
			return
		case html.StartTagToken:
			name, _ := z.TagName()
			p.start(atom.Lookup(name))
		case html.SelfClosingTagToken:
			if name, _ := z.TagName(); atom.Lookup(name) == atom.Br || atom.Lookup(name) == atom.Hr {
				p.part()
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(atom.Lookup(name))
		case html.TextToken:
			if p.into != nil && p.silent == 0 {
				p.into.Write(z.Text())
			}
		}
	}
}

func (p *page) start(tag atom.Atom) {
	p.tagged = true
	switch tag {
	case atom.Script, atom.Style, atom.Svg, atom.Noscript, atom.Template:
		p.silent++
	case atom.Title:
		p.take(&p.title, p.title.Len() > 0 || p.silent > 0)
	case atom.H1, atom.H2, atom.H3, atom.H4:
		// A first heading may name the status only, and the next one the error.
		if blank(&p.paragraph) && p.status.repeatedBy(p.heading.String()) {
			p.heading.Reset()
		}
		p.take(&p.heading, !blank(&p.heading))
	case atom.P, atom.Pre:
		p.paragraphs()
		p.pre = tag == atom.Pre
	case atom.Blockquote: // what comes before only leads up to the quote
		p.part()
		p.paragraph.Reset()
	case atom.Th:
		p.label.Reset()
		p.take(&p.label, false)
	case atom.Td:
		p.value.Reset()
		p.take(&p.value, blank(&p.label))
	case atom.B, atom.Strong:
		if p.into == &p.paragraph && !p.pre && blank(&p.paragraph) {
			p.label.Reset()
			p.take(&p.label, false)
		}
	case atom.Div:
		if !p.loose || p.into == nil || !blank(p.into) { // what stands behind a heading may stand in a box
			p.part()
		}
	case atom.A, atom.Code, atom.Em, atom.I, atom.Span, atom.Tt:
	default:
		p.part()
	}
}

func (p *page) end(tag atom.Atom) {
	switch tag {
	case atom.Script, atom.Style, atom.Svg, atom.Noscript, atom.Template:
		p.silent = max(p.silent-1, 0)
	case atom.Title, atom.Pre:
		p.take(nil, true)
	case atom.B, atom.Strong:
		if p.into == &p.label {
			p.bold()
		}
	case atom.P:
		if p.into == &p.value {
			p.row()
		}
		p.take(nil, true)
	case atom.Td:
		p.row()
		p.take(nil, true)
	case atom.H1, atom.H2, atom.H3, atom.H4:
		// Small pages go on without a tag.
		p.take(&p.paragraph, !blank(&p.paragraph))
		p.loose = true
	}
}

// take makes b the one that takes what comes; nobody, where it has its words.
func (p *page) take(b *strings.Builder, taken bool) {
	p.into, p.loose, p.pre = b, false, false
	if taken {
		p.into = nil
	}
}

// paragraphs begins a paragraph. One that ends with a colon goes on in the next.
func (p *page) paragraphs() {
	said := strings.TrimSpace(p.paragraph.String())
	p.take(&p.paragraph, said != "" && !strings.HasSuffix(said, ":"))
	p.paragraph.WriteByte(' ')
}

// part is a tag between two parts of a text, or between lines. Loose text ends
// there, and so do the lines of a pre: behind the first there is a trace.
func (p *page) part() {
	switch {
	case p.into == nil:
	case p.loose, p.pre && !blank(p.into):
		p.take(nil, true)
	default:
		p.into.WriteByte(' ')
	}
}

// bold ends what a paragraph begins with in bold type: the label of the rest, or
// words of the paragraph itself.
func (p *page) bold() {
	if role, _, ok := p.labeled.lib.ErrorMember(labelOf(&p.label)); ok && (role == "text" || role == "type") {
		p.value.Reset()
		p.take(&p.value, false)
		return
	}
	p.paragraph.WriteString(p.label.String())
	p.label.Reset()
	p.take(&p.paragraph, false)
}

// row ends a row of a label and a value.
func (p *page) row() {
	if name := labelOf(&p.label); name != "" {
		if role, _, _ := p.labeled.lib.ErrorMember(name); role == "text" {
			p.labeled.found(name, p.value.String(), 0)
		}
	}
	p.label.Reset()
	p.value.Reset()
}

func labelOf(b *strings.Builder) string { return strings.Trim(b.String(), " :\t\r\n") }

func blank(b *strings.Builder) bool { return strings.TrimSpace(b.String()) == "" }

// sentences joins a heading and a paragraph; a heading that repeats the title or
// the status, or that the paragraph repeats, is left out.
func (p *page) sentences() string {
	heading, paragraph := folded(bare(p.heading.String())), folded(p.paragraph.String()) // the code is known
	title := strings.ToLower(p.title.String())
	if p.status.repeatedBy(heading) || strings.Contains(title, strings.ToLower(heading)) || begins(paragraph, heading) {
		return paragraph
	}
	if paragraph == "" {
		return heading
	}
	return strings.TrimRight(heading, ".:") + ": " + paragraph
}
