package diagnose

import (
	"wwwhy/web/field"
)

var cachingRules = []rule{
	{[]string{"cache-control-contradiction"}, contradiction, false},
	{[]string{"public-and-private"}, publicAndPrivate, false},
	{[]string{"cache-control-number"}, cacheNumber, false},
	{[]string{"date-invalid"}, dates, false},
}

// contradiction reports no-store beside a directive that allows storing. With
// must-understand both have a meaning: no-store is for caches that do not know
// that directive (RFC 9111, Section 5.2.2.3).
func contradiction(e *exam) {
	if !e.directive("no-store") || e.directive("must-understand") {
		return
	}
	for _, name := range []string{"public", "s-maxage", "immutable", "max-age"} {
		if d, ok := e.cache[name]; ok && d.Value != "0" {
			e.at("cache-control-contradiction", "Cache-Control", d.Span, "directive", name)
			return
		}
	}
}

// publicAndPrivate reports an invitation to shared caches beside their exclusion
// (RFC 9111, Sections 5.2.2.7 and 5.2.2.9). private with the names of fields is
// about those fields alone.
func publicAndPrivate(e *exam) {
	if d, ok := e.cache["private"]; ok && d.Value == "" && e.directive("public") && !e.directive("no-store") {
		e.at("public-and-private", "Cache-Control", d.Span)
	}
}

// cacheNumber reports ages that are no numbers (RFC 9111, Section 1.2.2).
func cacheNumber(e *exam) {
	for _, name := range []string{"max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"} {
		d, ok := e.cache[name]
		if _, number := field.Integer(d.Value); ok && !number {
			e.at("cache-control-number", "Cache-Control", d.Span, "directive", name, "value", short(d.Value))
		}
	}
}

// dates reports dates that no recipient can read. Expires: 0 and -1 are a
// custom that means "already expired" and works (RFC 9111, Section 5.3).
func dates(e *exam) {
	for _, name := range []string{"Date", "Last-Modified", "Expires", "Sunset"} {
		e.each(name, func(n int, v string) {
			if _, ok := field.ParseDate(v); !ok && !(name == "Expires" && (v == "0" || v == "-1")) {
				e.line("date-invalid", n)
			}
		})
	}
}
