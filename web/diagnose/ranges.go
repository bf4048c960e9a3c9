package diagnose

import (
	"strings"

	"wwwhy/web/field"
)

// rangeRules judge what is said about parts of content (RFC 9110, Section 14).
var rangeRules = []rule{
	{[]string{"content-range-invalid"}, rangeInvalid, false},
	{[]string{"accept-ranges-unknown"}, acceptRanges, false},
	{[]string{"416-without-content-range"}, lengthUnsaid, false},
}

// rangeInvalid reports a Content-Range that names no part (RFC 9110, Section
// 14.4). Other units than bytes have a grammar of their own.
func rangeInvalid(e *exam) {
	e.each("Content-Range", func(n int, v string) {
		if why := rangeFault(v, e.resp.Code); why != "" {
			e.line("content-range-invalid", n, "why", why)
		}
	})
}

func rangeFault(v string, code int) string {
	unit, rest, ok := strings.Cut(v, " ")
	switch {
	case !ok:
		return "the unit, or the space behind it, is missing"
	case !strings.EqualFold(unit, "bytes"):
		return ""
	}
	part, whole, ok := strings.Cut(strings.TrimSpace(rest), "/")
	length, number := field.Integer(whole)
	switch {
	case !ok:
		return "the slash before the whole length is missing"
	case whole != "*" && !number:
		return "the whole length is no number"
	case part == "*" && code == 206:
		return "a part that was sent has a first and a last position"
	case part == "*" && whole == "*":
		return "it names neither a part nor a length"
	case part == "*":
		return ""
	}
	first, last, ok := strings.Cut(part, "-")
	from, okFrom := field.Integer(first)
	to, okTo := field.Integer(last)
	switch {
	case !ok:
		return "the hyphen between the positions is missing"
	case !okFrom || !okTo:
		return "a position is no number"
	case from > to:
		return "the first position lies behind the last"
	case number && to >= length:
		return "the last position lies behind the end"
	}
	return ""
}

// acceptRanges reports a unit that IANA does not know (RFC 9110, Section 14.3).
func acceptRanges(e *exam) {
	e.each("Accept-Ranges", func(n int, v string) {
		for _, p := range field.Split("list", n, v) {
			if u := strings.ToLower(p.Value); u != "bytes" && u != "none" {
				e.at("accept-ranges-unknown", "Accept-Ranges", p.Span, "unit", short(p.Value))
			}
		}
	})
}

// lengthUnsaid reports a refused range without the length of the whole (RFC 9110,
// Section 15.5.17), which is asked of ranges of bytes only. Where no range was
// asked for, that is the finding.
func lengthUnsaid(e *exam) {
	if q, known := e.asked(); known && q.Fields.Has("Range") && !strings.HasPrefix(strings.ToLower(strings.TrimSpace(q.Fields.Get("Range"))), "bytes") {
		return
	}
	if e.resp.Code == 416 && !e.resp.Fields.Has("Content-Range") && !e.has("status-without-cause") {
		e.missing("416-without-content-range", "Content-Range")
	}
}
