package diagnose

import (
	"fmt"
	"strings"

	"wwwhy/web/field"
)

// hstsRules judge Strict-Transport-Security (RFC 6797, Section 6.1).
var hstsRules = []rule{
	{[]string{"hsts-directive-twice", "hsts-directive-value", "hsts-removed", "hsts-short"}, hsts, false},
}

const halfAYear = 15768000 // seconds; what MDN Observatory wants at least

func hsts(e *exam) {
	e.each("Strict-Transport-Security", func(n int, v string) {
		seen := map[string]bool{}
		for _, d := range field.Split("cookie", n, v) {
			name := strings.ToLower(d.Name)
			switch {
			case name != "" && seen[name]:
				e.at("hsts-directive-twice", "Strict-Transport-Security", d.Span, "directive", short(name))
			case e.word("Strict-Transport-Security", name).Bare && d.Value != "":
				e.at("hsts-directive-value", "Strict-Transport-Security", d.Span, "directive", short(d.Name))
			case name == "max-age":
				e.hstsAge(n, d)
			}
			seen[name] = true
		}
	})
}

func (e *exam) hstsAge(n int, d field.Part) {
	seconds, ok := field.Integer(strings.Trim(d.Value, `"`))
	switch {
	case !ok:
	case seconds == 0:
		e.line("hsts-removed", n)
	case seconds < halfAYear && !e.has("hsts-short"):
		e.at("hsts-short", "Strict-Transport-Security", d.Span, "days", fmt.Sprint(seconds/86400))
	}
}
