package main

import (
	"fmt"
	"io"
	"strings"

	"wwwhy/content"
	"wwwhy/web/report"
)

// lookupCommand shows a page of the reference, or finds pages.
type lookupCommand struct {
	Name     []string `arg:"" help:"A code (401), field (www-authenticate), scheme (bearer) or finding; other words are searched for."`
	JSON     bool     `name:"json" help:"Write JSON." xor:"form"`
	Markdown bool     `name:"markdown" help:"Write Markdown." xor:"form"`
	Text     bool     `name:"text" help:"Write text (default)." xor:"form"`
	Complete bool     `name:"complete" hidden:"" help:"List the names that begin so, for shells."`
}

// mostFound is how many pages a search lists.
const mostFound = 8

// Run finds the page and prints it. Words that are no page's name are searched
// for, as the site does.
func (c *lookupCommand) Run(sys *system) error {
	lib, err := content.Load()
	if err != nil {
		return err
	}
	words := strings.TrimSpace(strings.Join(c.Name, " "))
	if c.Complete {
		return complete(sys.stdout, lib, words)
	}
	if words == "" {
		return usage("Say what you look for, such as 401, www-authenticate or “login popup”.")
	}
	if page, ok := lib.Lookup(words); ok {
		if s, ok := lib.Substatus(words); ok {
			fmt.Fprintf(sys.stderr, "%s.\n\n", meaningOf(s))
		}
		return c.show(sys.stdout, lib, page)
	}
	hits := lib.Search(words, mostFound)
	switch {
	case len(hits) == 0:
		return usage("there is no page on “%s”, and the search finds none. Run “wwwhy --help” to see what wwwhy can do.", report.Visible(words))
	case hits[0].Called:
		page, _ := lib.Lookup(address(lib, hits[0]))
		leadsTo(sys.stderr, lib, words, hits)
		return c.show(sys.stdout, lib, page)
	}
	return c.list(sys.stdout, lib, words, hits)
}

// show prints a page.
func (c *lookupCommand) show(w io.Writer, lib *content.Library, page *content.Page) error {
	switch {
	case c.JSON:
		return report.WriteJSON(w, map[string]any{"kind": page.Kind(), "slug": page.Slug, "title": page.Title, "href": page.Href(),
			"summary": page.Summary, "facts": lib.Facts(page), "sources": page.Sources, "markdown": lib.Markdown(page)})
	case c.Markdown:
		_, err := io.WriteString(w, lib.Document(page))
		return err
	}
	_, err := io.WriteString(w, lib.Text(page))
	return err
}

// meaningOf says what a substatus is: the page that follows is about its code.
func meaningOf(s content.Substatus) string {
	if s.Meaning == "" {
		return s.Name + " is a substatus of IIS that is not in its documentation; those of the code are in the part “IIS substatus codes”"
	}
	return "IIS means by " + s.Name + ": " + s.Meaning + "; others are in the part “IIS substatus codes”"
}

// leadsTo says why a page of another name is shown, and what else there is.
func leadsTo(w io.Writer, lib *content.Library, words string, hits []content.Hit) {
	var others []string
	for _, h := range hits[1:] {
		others = append(others, address(lib, h))
	}
	also := ""
	if others != nil {
		also = " The search also finds " + strings.Join(others, ", ") + "."
	}
	fmt.Fprintf(w, "“%s” leads to %s.%s\n\n", report.Visible(words), hits[0].Title, also)
}

// list prints what a search found. Its JSON is that of the API.
func (c *lookupCommand) list(w io.Writer, lib *content.Library, words string, hits []content.Hit) error {
	if c.JSON {
		all := make([]content.Found, len(hits))
		for i, h := range hits {
			all[i] = h.Found()
		}
		return report.WriteJSON(w, map[string]any{"results": all})
	}
	words = report.Visible(words)
	if c.Markdown {
		fmt.Fprintf(w, "No page is called “%s”. These may be meant:\n\n", words)
		for _, h := range hits {
			if _, err := fmt.Fprintf(w, "- `%s:%s` (%s): %s\n", h.Kind.One(), h.Slug, h.Title, h.Words()); err != nil {
				return err
			}
		}
		return nil
	}
	t := &helpText{width: columns(w)}
	if t.width == 0 {
		t.width = 80
	}
	t.paragraph("No page is called “" + words + "”. These may be meant:")
	t.b.WriteString("\n")
	var rows [][2]string
	for _, h := range hits {
		rows = append(rows, [2]string{address(lib, h), h.Title + ": " + h.Words()})
	}
	t.rows(rows, min(24, t.width/3))
	t.b.WriteString("\n")
	t.paragraph("wwwhy lookup " + address(lib, hits[0]) + " shows the first.")
	_, err := io.WriteString(w, t.b.String())
	return err
}

// address is the name by which lookup finds the page: its slug, with its kind
// before it where another page has that, too.
func address(lib *content.Library, h content.Hit) string {
	if page, ok := lib.Lookup(h.Slug); ok && page.Kind() == h.Kind {
		return h.Slug
	}
	return h.Kind.One() + ":" + h.Slug
}

// complete lists names and titles of the pages whose name begins so.
func complete(w io.Writer, lib *content.Library, begins string) error {
	begins = strings.ToLower(begins)
	var b strings.Builder
	for _, kind := range content.Kinds {
		for _, p := range lib.Pages(kind) {
			if strings.HasPrefix(p.Slug, begins) {
				title := strings.TrimSpace(strings.TrimPrefix(p.Title, p.Slug))
				b.WriteString(p.Slug + "\t" + strings.Join(strings.Fields(title), " ") + "\n")
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
