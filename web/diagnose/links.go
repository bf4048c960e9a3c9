package diagnose

import (
	"net/url"
	"slices"
	"strings"

	"wwwhy/web/field"
)

// linkRules judge Link (RFC 8288, Section 3).
var linkRules = []rule{
	{[]string{"link-invalid", "link-parameter-invalid", "link-preload-without-as"}, links, false},
}

func links(e *exam) {
	e.each("Link", func(n int, v string) {
		for _, p := range field.Split("links", n, v) {
			text := v[p.Span.Offset:p.Span.End()]
			if !strings.HasPrefix(text, "<") || !strings.Contains(text, ">") {
				e.at("link-invalid", "Link", p.Span, "member", short(text), "why", "its address does not stand between angle brackets")
				continue
			}
			e.link(p)
		}
	})
}

// link judges the parameters of one link.
func (e *exam) link(p field.Part) {
	rel, as, rev := "", false, false
	seen := map[string]bool{}
	for _, q := range p.Parts {
		name := strings.ToLower(q.Name)
		if seen[name] && slices.Contains([]string{"rel", "media", "title", "title*", "type"}, name) {
			e.at("link-parameter-invalid", "Link", q.Span, "name", name, "why", "it came before in the same link, and only the first counts")
			continue
		}
		seen[name] = true
		switch name {
		case "rel":
			rel = strings.ToLower(q.Value)
		case "as":
			as = true
		case "rev":
			rev = true
			e.at("link-parameter-invalid", "Link", q.Span, "name", "rev", "why", "it is obsolete (RFC 8288, Section 3.3)")
		case "type":
			if media, _, _ := strings.Cut(q.Value, ";"); !isMediaType(media) {
				e.at("link-parameter-invalid", "Link", q.Span, "name", "type", "why", "`"+short(q.Value)+"` is no media type")
			}
		case "anchor":
			if _, err := url.Parse(q.Value); err != nil {
				e.at("link-parameter-invalid", "Link", q.Span, "name", "anchor", "why", "`"+short(q.Value)+"` is no address")
			}
		}
	}
	switch {
	case rel == "" && !rev:
		e.at("link-invalid", "Link", p.Span, "member", short(p.Value), "why", "it has no rel, so nobody knows what it is for")
	case slices.Contains(strings.Fields(rel), "preload") && !as:
		e.at("link-preload-without-as", "Link", p.Span, "url", short(p.Value))
	}
}
