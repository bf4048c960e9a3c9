package main

import (
	"encoding/json"
	"io"
	"strings"

	"wwwhy/content"
)

// lookupCommand shows a page of the reference.
type lookupCommand struct {
	Name     string `arg:"" help:"A code (401), field (www-authenticate), scheme (bearer) or finding."`
	JSON     bool   `name:"json" help:"Write JSON." xor:"form"`
	Markdown bool   `name:"markdown" help:"Write Markdown." xor:"form"`
	Text     bool   `name:"text" help:"Write text (default)." xor:"form"`
	Complete bool   `name:"complete" hidden:"" help:"List the names that begin so, for shells."`
}

// Run finds the page and prints it.
func (c *lookupCommand) Run(sys *system) error {
	lib, err := content.Load()
	if err != nil {
		return err
	}
	if c.Complete {
		return c.complete(sys.stdout, lib)
	}
	page, ok := lib.Lookup(c.Name)
	if !ok {
		return c.unknown(lib)
	}
	switch {
	case c.JSON:
		enc := json.NewEncoder(sys.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(map[string]any{"kind": page.Kind(), "slug": page.Slug, "title": page.Title, "href": page.Href(),
			"summary": page.Summary, "facts": lib.Facts(page), "sources": page.Sources, "markdown": lib.Markdown(page)})
	case c.Markdown:
		_, err = io.WriteString(sys.stdout, lib.Document(page))
	default:
		_, err = io.WriteString(sys.stdout, lib.Text(page))
	}
	return err
}

// unknown says what may have been meant.
func (c *lookupCommand) unknown(lib *content.Library) error {
	var names []string
	for _, h := range lib.Search(c.Name, 5) {
		names = append(names, h.Slug+" ("+h.Title+")")
	}
	if names == nil {
		return usage("there is no page on %q.", c.Name)
	}
	return usage("there is no page on %q. Did you mean %s?", c.Name, strings.Join(names, ", "))
}

// complete lists names and titles of the pages whose name begins as given.
func (c *lookupCommand) complete(w io.Writer, lib *content.Library) error {
	begins := strings.ToLower(c.Name)
	var b strings.Builder
	for _, kind := range []content.Kind{content.KindCode, content.KindField, content.KindScheme, content.KindFinding, content.KindGuide} {
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
