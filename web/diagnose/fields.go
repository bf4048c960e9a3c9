package diagnose

import (
	"strings"

	"wwwhy/content"
	"wwwhy/web/field"
)

var fieldRules = []rule{
	{[]string{"field-misspelt"}, fieldMisspelt, false},
	{[]string{"structured-field-invalid"}, structuredInvalid, false},
	{[]string{"challenge-renamed"}, challengeRenamed, false},
}

// fieldMisspelt reports a name that nobody knows and that looks like a known
// one. Where it is one letter away from a registered name, hardly anything
// else can be meant.
func fieldMisspelt(e *exam) {
	for n, l := range e.resp.Fields {
		meant, edits := e.lib.FieldMeant(l.Name)
		if meant == nil || meant.In == "request" {
			continue
		}
		e.line("field-misspelt", n, "meant", meant.Name)
		if edits <= 1 && meant.Status == "permanent" {
			e.grade(content.Warning)
		}
	}
}

// structuredInvalid reports structured fields that do not parse, which
// recipients must ignore as a whole (RFC 9651, Section 4.2). Fields of drafts
// change their syntax from one to the next and are not judged.
func structuredInvalid(e *exam) {
	judged := map[string]bool{}
	for n, l := range e.resp.Fields {
		name := strings.ToLower(l.Name)
		f := e.lib.Field(name)
		if f == nil || judged[name] || f.State == "experimental" || f.Syntax != "item" && f.Syntax != "sf-list" && f.Syntax != "dictionary" {
			continue
		}
		judged[name] = true
		var values []string
		at := -1 // the first line that is wrong by itself
		for i, v := range e.resp.Fields.Values(name) {
			values = append(values, v)
			if at < 0 && field.CheckStructured(f.Syntax, []string{v}) != nil {
				at = i
			}
		}
		if field.CheckStructured(f.Syntax, values) == nil {
			continue
		}
		if at < 0 {
			at = n
		}
		e.line("structured-field-invalid", at, "type", structuredTypes[f.Syntax])
	}
}

// structuredTypes gives the types of structured fields the names of RFC 9651,
// Section 3.
var structuredTypes = map[string]string{"item": "an Item", "sf-list": "a List", "dictionary": "a Dictionary"}

// remapped is what Amazon's API Gateway makes of WWW-Authenticate.
const remapped = "X-Amzn-Remapped-WWW-Authenticate"

func challengeRenamed(e *exam) {
	if e.resp.Fields.Has("WWW-Authenticate") {
		return
	}
	e.each(remapped, func(n int, v string) { e.line("challenge-renamed", n) })
}
