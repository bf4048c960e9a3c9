package content

import (
	"fmt"
	"regexp"
	"strings"
)

// Markdown returns the body of a page as plain Markdown: links between pages
// written out, tables made from the registries in their places.
func (lib *Library) Markdown(p *Page) string {
	text, _ := lib.expand(p)
	return text
}

var wikiLink = regexp.MustCompile(`\[\[([^\]|#\n]*)(#[a-z0-9-]+)?(?:\|([^\]\n]*))?\]\]`)

// link is a link between pages as it was written.
type link struct {
	page   *Page // nil: the name is unknown
	name   string
	anchor string // without #
	line   int    // of the file
}

// expand writes out what is ours in a body. It also returns the links met, for
// Check.
func (lib *Library) expand(p *Page) (string, []link) {
	var out strings.Builder
	var links []link
	placed := map[string]bool{}
	fence := ""
	for i, line := range strings.SplitAfter(p.body(), "\n") {
		trimmed := strings.TrimSpace(line)
		if fence == "" && (strings.HasPrefix(trimmed, "## Examples") || trimmed == "This is wrong:") {
			lib.appendConfig(p, &out, placed)
		}
		switch {
		case fence != "":
			if trimmed == fence {
				fence = ""
			}
		case strings.HasPrefix(trimmed, "```"):
			fence = trimmed[:len(trimmed)-len(strings.TrimLeft(trimmed, "`"))]
		case strings.HasPrefix(trimmed, "{{") && strings.HasSuffix(trimmed, "}}"):
			name := trimmed[2 : len(trimmed)-2]
			placed[name] = true
			line = lib.tableFor(p, name) + "\n"
		default:
			line = outsideCode(line, func(text string) string {
				return wikiLink.ReplaceAllStringFunc(text, func(m string) string {
					l, md := lib.wiki(p, m)
					l.line = p.line + i
					links = append(links, l)
					return md
				})
			})
		}
		out.WriteString(line)
	}
	lib.appendConfig(p, &out, placed)
	lib.appendTables(p, &out, placed)
	return out.String(), links
}

// outsideCode applies change to the parts of a line that are not code spans.
func outsideCode(line string, change func(string) string) string {
	pieces := strings.Split(line, "`")
	for i := 0; i < len(pieces); i += 2 {
		pieces[i] = change(pieces[i])
	}
	return strings.Join(pieces, "`")
}

// wiki makes Markdown of one link by name.
func (lib *Library) wiki(from *Page, source string) (link, string) {
	m := wikiLink.FindStringSubmatch(source)
	l := link{name: m[1], anchor: strings.TrimPrefix(m[2], "#")}
	if m[1] == "" {
		l.page = from
	} else if page, ok := lib.Lookup(m[1]); ok {
		l.page = page
	} else {
		return l, source
	}
	text, href := m[3], l.page.Href()+m[2]
	if m[1] == "" {
		href = m[2]
		if text == "" {
			text = strings.ReplaceAll(l.anchor, "-", " ")
		}
	}
	if text == "" {
		text = l.page.Title
		if l.page.kind == KindCode {
			text = l.page.Slug
		}
	}
	return l, "[" + text + "](" + href + ")"
}

// appendTables ends a code's article with the tables that it did not place.
func (lib *Library) appendTables(p *Page, out *strings.Builder, placed map[string]bool) {
	if p.kind != KindCode {
		return
	}
	for _, t := range []struct{ name, heading string }{
		{"iis", "Substatus codes of IIS {#iis}"},
		{"constants", "Names in code {#constants}"},
	} {
		if placed[t.name] {
			continue
		}
		if table := lib.tableFor(p, t.name); table != "" {
			fmt.Fprintf(out, "\n## %s\n\n%s\n", t.heading, table)
		}
	}
}
