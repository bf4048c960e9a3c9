package report

import (
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/challenge"
	"wwwhy/web/field"
)

// annotate explains every field line and its pieces, in answer to a request that
// is known to have carried no credentials or may have.
func annotate(lib *content.Library, section field.Section, anonymous bool) []Field {
	all := make([]Field, len(section))
	for i, l := range section {
		value, at := legible(l.Value)
		all[i] = Field{Name: text(l.Name), Value: value, Parts: []Part{}}
		page := lib.Field(l.Name)
		if page == nil {
			all[i].Summary = unknown(lib, l.Name)
			continue
		}
		all[i].Summary, all[i].Href = page.Summary, page.Href()
		a := annotator{lib, page, value, at, anonymous, nil}
		if page.Syntax == "challenges" {
			a.challenges(l)
		} else {
			a.parts(field.Split(page.Syntax, i, l.Value))
		}
		if a.out != nil {
			all[i].Parts = a.out
		}
	}
	return all
}

// unknown says what can be said of a field without a page: whose family it is
// of, or that nobody knows it and what may be meant.
func unknown(lib *content.Library, name string) string {
	family, ok := lib.FieldFamily(name)
	switch {
	case ok && family.Product != "":
		return family.Product + ": " + strings.ToLower(family.Summary[:1]) + family.Summary[1:]
	case ok:
		return family.Summary
	}
	summary := "Not registered and not known to us; clients ignore fields that they do not know (RFC 9110, Section 5.1)."
	if meant, _ := lib.FieldMeant(name); meant != nil {
		summary += " " + meant.Name + " may be meant."
	}
	return summary
}

// annotator gathers the explained pieces of one value.
type annotator struct {
	lib       *content.Library
	page      *content.Field
	value     string
	at        func(int) int
	anonymous bool // the request carried no credentials
	out       []Part
}

// mostParts is how many pieces of one value are explained: more than any value has
// that somebody wrote.
const mostParts = 1000

func (a *annotator) add(s field.Span, summary string) {
	if len(a.out) == mostParts {
		return
	}
	from, to := a.at(s.Offset), a.at(s.End())
	if to > from {
		a.out = append(a.out, Part{a.value[from:to], from, to - from, summary})
	}
}

// parts adds the pieces that the field's page explains, outer before inner. A
// piece that it does not know is added bare, unless its own pieces say more.
func (a *annotator) parts(parts []field.Part) {
	for _, p := range parts {
		name := p.Name
		if name == "" {
			name = p.Value
		}
		known, ok := a.page.Part(name)
		switch {
		case ok:
			a.add(p.Span, known.Summary.With(map[string]string{"value": quotable(p.Value), "name": quotable(p.Name)}))
		case a.page.Slug == "content-type" || len(p.Parts) == 0:
			a.add(p.Span, generic(a.page, p))
		}
		a.parts(p.Parts)
	}
}

// generic says of a piece what its syntax alone tells.
func generic(page *content.Field, p field.Part) string {
	switch page.Syntax {
	case "date":
		if t, ok := field.ParseDate(p.Value); ok {
			return t.UTC().Format("Monday, 2 January 2006, 15:04:05 UTC")
		}
		return "This is no date in a form that HTTP knows (RFC 9110, Section 5.6.7)."
	case "item", "sf-list", "dictionary":
		return structured(p.Value)
	}
	return ""
}

// structured says in words what a value of a structured field is whose form
// does not speak for itself (RFC 9651, Section 3.3).
func structured(value string) string {
	switch {
	case value == "?1":
		return "True."
	case value == "?0":
		return "False."
	case strings.HasPrefix(value, "@"):
		if seconds, ok := field.Integer(value[1:]); ok && seconds < 1e12 {
			return time.Unix(seconds, 0).UTC().Format("Monday, 2 January 2006, 15:04:05 UTC")
		}
	case strings.HasPrefix(value, ":") && strings.HasSuffix(value, ":") && len(value) > 1:
		return "Bytes, written in base64."
	}
	return ""
}

// challenges adds schemes and parameters of a challenge field.
func (a *annotator) challenges(l field.Line) {
	for _, c := range challenge.Parse([]string{l.Value}) {
		scheme := a.lib.Scheme(c.Scheme)
		if c.Scheme != "" {
			summary := "An authentication scheme that is not registered and not known to us."
			if scheme != nil {
				summary = scheme.Summary
			}
			if at := strings.Index(l.Value[c.Span.Offset:], c.Scheme); at >= 0 {
				a.add(field.Span{Offset: c.Span.Offset + at, Length: len(c.Scheme)}, summary)
			}
		}
		for _, p := range c.Params {
			a.add(p.Span, paramSummary(scheme, p, a.anonymous))
		}
	}
}

// paramSummary says what a challenge's parameter is and what its value means.
func paramSummary(scheme *content.Scheme, p challenge.Param, anonymous bool) string {
	if scheme == nil {
		return ""
	}
	known, ok := scheme.Param(p.Name)
	if !ok {
		return "The scheme " + scheme.Name + " does not define this parameter; clients ignore it (RFC 9110, Section 11.2)."
	}
	summary := known.Summary.With(map[string]string{"value": quotable(p.Value)})
	for _, v := range known.Values {
		if strings.EqualFold(v.Value, p.Value) {
			return summary + " " + v.Means
		}
	}
	if strings.EqualFold(p.Name, "error") {
		if e, ok := errorCode(scheme, p.Value, anonymous); ok {
			return summary + " " + e.Means
		}
	}
	return summary
}
