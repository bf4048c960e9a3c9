package explanation

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// readHTML takes the title, the first heading and the first paragraph that has
// words.
func readHTML(data []byte, status phrases, e *Explanation) {
	var title, heading, paragraph strings.Builder
	var into *strings.Builder // nil: what comes is of no use
	loose := false            // into takes what stands in no element of its own
	silent := 0               // open elements whose text nobody reads
	z := html.NewTokenizer(bytes.NewReader(data))
	for {
		switch z.Next() {
		case html.ErrorToken:
			e.Title, e.Text = title.String(), sentences(heading.String(), paragraph.String(), title.String(), status)
			return
		case html.StartTagToken:
			name, _ := z.TagName()
			switch tag := atom.Lookup(name); tag {
			case atom.Script, atom.Style, atom.Svg, atom.Noscript, atom.Template:
				silent++
			case atom.Title:
				into, loose = unless(title.Len() > 0 || silent > 0, &title), false
			case atom.H1, atom.H2, atom.H3:
				into, loose = unless(strings.TrimSpace(heading.String()) != "", &heading), false
			case atom.P, atom.Pre:
				into, loose = unless(strings.TrimSpace(paragraph.String()) != "", &paragraph), false
			case atom.A, atom.B, atom.Code, atom.Em, atom.I, atom.Span, atom.Strong:
			default:
				into = within(into, loose)
				loose = false
			}
		case html.SelfClosingTagToken: // <br/> and the like
			into = within(into, loose)
			loose = false
		case html.EndTagToken:
			name, _ := z.TagName()
			switch atom.Lookup(name) {
			case atom.Script, atom.Style, atom.Svg, atom.Noscript, atom.Template:
				silent = max(silent-1, 0)
			case atom.Title, atom.P, atom.Pre:
				into = nil
			case atom.H1, atom.H2, atom.H3:
				// Small pages go on without a tag.
				into = unless(strings.TrimSpace(paragraph.String()) != "", &paragraph)
				loose = true
			}
		case html.TextToken:
			if into != nil && silent == 0 {
				into.Write(z.Text())
			}
		}
	}
}

// within goes on with a text behind the tag of a block, which parts words, unless
// the text was loose: there it ends.
func within(into *strings.Builder, loose bool) *strings.Builder {
	if into == nil || loose {
		return nil
	}
	into.WriteByte(' ')
	return into
}

func unless(taken bool, b *strings.Builder) *strings.Builder {
	if taken {
		return nil
	}
	return b
}

// sentences joins a heading and a paragraph; a heading that repeats the title or
// the status, or that the paragraph repeats, is left out.
func sentences(heading, paragraph, title string, status phrases) string {
	heading, paragraph = strings.TrimLeft(folded(heading), "0123456789 "), folded(paragraph) // the code is known
	if status.repeatedBy(heading) || strings.Contains(strings.ToLower(title), strings.ToLower(heading)) || strings.HasPrefix(strings.ToLower(paragraph), strings.ToLower(heading)) {
		return paragraph
	}
	if paragraph == "" {
		return heading
	}
	return strings.TrimRight(heading, ".:") + ": " + paragraph
}
