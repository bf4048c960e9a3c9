package diagnose

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// lineRules judge field lines for what any field must keep to, and small fields
// that have no file of their own.
var lineRules = []rule{
	{[]string{"field-name-invalid"}, nameInvalid, false},
	{[]string{"field-value-not-ascii"}, valueNotASCII, false},
	{[]string{"field-line-large", "field-section-large"}, large, false},
	{[]string{"server-timing-invalid"}, serverTiming, false},
	{[]string{"cors-max-age-invalid"}, corsMaxAge, false},
	{[]string{"cors-preflight-fields"}, corsPreflightFields, false},
}

// nameInvalid reports a name that is no token (RFC 9110, Section 5.1). White
// space before the colon has a finding of its own.
func nameInvalid(e *exam) {
	for n, l := range e.resp.Fields {
		if name := strings.TrimSpace(l.Name); name != "" && !field.IsToken(name) {
			e.line("field-name-invalid", n)
		}
	}
}

// valueNotASCII reports bytes beyond ASCII, which every recipient reads its own
// way (RFC 9110, Section 5.5). The reader of challenges says it with the place.
func valueNotASCII(e *exam) {
	for n, l := range e.resp.Fields {
		at := strings.IndexFunc(l.Value, func(r rune) bool { return r >= utf8.RuneSelf })
		if at < 0 || strings.HasSuffix(strings.ToLower(l.Name), "-authenticate") {
			continue
		}
		e.at("field-value-not-ascii", l.Name, field.Span{Line: n, Offset: at, Length: len(l.Value) - at}, "field", l.Name)
	}
}

// Sizes beyond which common servers and proxies refuse a head: nginx reads 4 or
// 8 KiB of an upstream's head, Node.js and many proxies 16 KiB in all.
const (
	lineLarge    = 8 << 10
	sectionLarge = 32 << 10
)

func large(e *exam) {
	total := 0
	for n, l := range e.resp.Fields {
		size := len(l.Name) + len(l.Value) + 4
		challenge := strings.HasSuffix(strings.ToLower(l.Name), "-authenticate") // has a finding of its own
		if total += size; size > lineLarge && !challenge {
			e.line("field-line-large", n, "bytes", fmt.Sprint(size))
		}
	}
	if total > sectionLarge && !e.has("field-line-large") {
		e.report("field-section-large", "bytes", fmt.Sprint(total))
	}
}

// serverTiming reports a duration that is no number (Server Timing, "The Server-Timing header field").
func serverTiming(e *exam) {
	e.each("Server-Timing", func(n int, v string) {
		for _, p := range field.Split("parameters", n, v) {
			for _, q := range p.Parts {
				if _, err := strconv.ParseFloat(q.Value, 64); strings.EqualFold(q.Name, "dur") && err != nil {
					e.at("server-timing-invalid", "Server-Timing", q.Span, "metric", short(p.Name), "value", short(q.Value))
				}
			}
		}
	})
}

// corsMaxAge reports a time that is no number of seconds; -1 is a custom that
// means not at all (Fetch, "HTTP new-header syntax").
func corsMaxAge(e *exam) {
	e.each("Access-Control-Max-Age", func(n int, v string) {
		if _, ok := field.Integer(strings.TrimSpace(v)); !ok && v != "-1" {
			e.line("cors-max-age-invalid", n)
		}
	})
}

// corsPreflightFields reports fields that only the answer to a preflight needs
// (Fetch, "HTTP responses").
func corsPreflightFields(e *exam) {
	q := e.x.Request
	if q == nil || q.Method == "" || q.Method == "OPTIONS" || e.x.Fidelity < message.Transcribed {
		return
	}
	var names []string
	for _, name := range []string{"Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age"} {
		if e.resp.Fields.Has(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		e.at("cors-preflight-fields", names[0], field.Nowhere, "fields", strings.Join(names, ", "), "method", q.Method)
	}
}
