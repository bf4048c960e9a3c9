package diagnose

import (
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/field"
)

// structuredRules judge structured fields that parse (RFC 9651).
var structuredRules = []rule{
	{[]string{"structured-field-type"}, structuredType, false},
	{[]string{"structured-key-repeated"}, keyRepeated, false},
	{[]string{"cache-status-contradiction"}, cacheStatus, false},
}

// parsed reports whether a field's value as a whole can be read. It is read once,
// however many lines it has.
func (e *exam) parsed(syntax, name string) bool {
	key := syntax + " " + strings.ToLower(name)
	if known, ok := e.structured[key]; ok {
		return known
	}
	_, values := e.resp.Fields.Lines(name)
	if e.structured == nil {
		e.structured = map[string]bool{}
	}
	e.structured[key] = field.CheckStructured(syntax, values) == nil
	return e.structured[key]
}

// structuredType reports members of another type than the field's standard
// names; recipients ignore them, or the field.
func structuredType(e *exam) {
	for n, l := range e.resp.Fields {
		types := e.lib.StructuredTypes(l.Name)
		if len(types) == 0 || !e.parsed(types[0].Syntax, l.Name) {
			continue
		}
		for _, p := range field.Split(types[0].Syntax, n, l.Value) {
			for _, t := range types {
				if is := bareType(t.Syntax, l.Value[p.Span.Offset:p.Span.End()]); (t.Member == "*" || t.Member == p.Name) && !slices.Contains(t.Types, is) {
					e.at("structured-field-type", l.Name, p.Span, "field", l.Name, "member", short(memberName(p)), "is", is, "want", strings.Join(t.Types, " or "))
				}
			}
		}
	}
}

func memberName(p field.Part) string {
	if p.Name != "" {
		return p.Name
	}
	return p.Value
}

// bareType names the type of a member by its first character (RFC 9651, Section
// 4.2.3.1).
func bareType(syntax, raw string) string {
	if syntax == "dictionary" {
		_, value, found := strings.Cut(raw, "=")
		if semicolon := strings.IndexByte(raw, ';'); !found || semicolon >= 0 && semicolon < strings.IndexByte(raw, '=') {
			return "boolean" // a key alone is true
		}
		raw = value
	}
	if raw = strings.TrimSpace(raw); raw == "" {
		return ""
	}
	switch c := raw[0]; {
	case c == '"':
		return "string"
	case c == ':':
		return "bytes"
	case c == '?':
		return "boolean"
	case c == '@':
		return "date"
	case c == '%':
		return "display string"
	case c == '(':
		return "list"
	case c == '-' || c >= '0' && c <= '9':
		if number, _, _ := strings.Cut(raw, ";"); strings.Contains(number, ".") {
			return "decimal"
		}
		return "integer"
	}
	return "token"
}

// keyRepeated reports a key of a dictionary that comes again: the last one
// counts (RFC 9651, Section 3.2).
func keyRepeated(e *exam) {
	seen := map[string]bool{}
	for n, l := range e.resp.Fields {
		f := e.lib.Field(l.Name)
		if f == nil || f.Syntax != "dictionary" || f.State == "experimental" || !e.parsed(f.Syntax, l.Name) {
			continue
		}
		for _, p := range field.Split(f.Syntax, n, l.Value) {
			key := strings.ToLower(l.Name) + " " + p.Name
			if seen[key] {
				e.at("structured-key-repeated", l.Name, p.Span, "field", l.Name, "key", short(p.Name))
			}
			seen[key] = true
		}
	}
}

// cacheStatus reports a cache that says of itself that it both had the answer
// and asked for it, or asked for a reason that is not defined (RFC 9211,
// Sections 2.1 and 2.2).
func cacheStatus(e *exam) {
	if !e.parsed("sf-list", "Cache-Status") {
		return
	}
	e.each("Cache-Status", func(n int, v string) {
		for _, p := range field.Split("sf-list", n, v) {
			hit, why := false, ""
			for _, q := range p.Parts {
				switch q.Name {
				case "hit":
					hit = q.Value != "?0"
				case "fwd":
					why = q.Value
				}
			}
			switch {
			case hit && why != "":
				e.at("cache-status-contradiction", "Cache-Status", p.Span, "cache", short(p.Value), "why", "it names both hit and fwd")
			case why != "" && !slices.Contains(e.word("Cache-Status", "fwd").Values, why):
				e.at("cache-status-contradiction", "Cache-Status", p.Span, "cache", short(p.Value), "why", "its fwd is "+short(why)+", which is not defined")
				e.grade(content.Notice)
			}
		}
	})
}
