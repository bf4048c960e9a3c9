package diagnose

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// directiveRules judge how caching and negotiation are written: directives,
// dates, ages, codings and what an answer varies on.
var directiveRules = []rule{
	{[]string{"cache-directive-repeated", "cache-directive-argument", "cache-directive-obsolete"}, directives, false},
	{[]string{"date-form-obsolete"}, dateForm, false},
	{[]string{"date-in-the-future"}, dateAhead, false},
	{[]string{"age-large", "age-counted-twice"}, ageOdd, false},
	{[]string{"vary-host", "vary-user-agent", "vary-repeated", "vary-invalid"}, varies, false},
	{[]string{"content-coding-unasked"}, codingUnasked, false},
	{[]string{"dictionary-without-vary"}, dictionaryVaries, false},
	{[]string{"transfer-coding-odd"}, transferCoding, false},
	{[]string{"alt-svc-invalid"}, altSvc, false},
	{[]string{"cache-group-invalidation-ignored"}, groupInvalidation, false},
}

// directives judges Cache-Control (RFC 9111, Section 5.2.2). max-age twice with
// the same value harms nobody, but is told all the same.
func directives(e *exam) {
	seen := map[string]string{}
	e.each("Cache-Control", func(n int, v string) {
		for _, d := range field.Split("directives", n, v) {
			name := strings.ToLower(d.Name)
			first, had := seen[name]
			part := e.word("Cache-Control", name)
			seen[name] = d.Value
			switch {
			case had && name != "private" && name != "no-cache":
				differs := ""
				if first != d.Value {
					differs = first
				}
				e.at("cache-directive-repeated", "Cache-Control", d.Span, "directive", short(name), "first", short(differs))
			case part.State == "obsolete" && !e.has("cache-directive-obsolete"):
				e.at("cache-directive-obsolete", "Cache-Control", d.Span, "directive", name)
			case d.Value != "" && part.Bare:
				e.at("cache-directive-argument", "Cache-Control", d.Span, "directive", name, "value", short(d.Value))
			}
		}
	})
}

// dateForm reports a date in a form that recipients must read and senders must
// not write (RFC 9110, Section 5.6.7).
func dateForm(e *exam) {
	for n, l := range e.resp.Fields {
		f := e.lib.Field(l.Name)
		if f == nil || f.Syntax != "date" {
			continue
		}
		t, ok := field.ParseDate(l.Value)
		if right := t.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"); ok && strings.TrimSpace(l.Value) != right {
			e.line("date-form-obsolete", n, "right", right)
		}
	}
}

// dateAhead reports a Date that is still to come by our own clock, where we saw
// the response ourselves. One in the past may be a cache's.
func dateAhead(e *exam) {
	start := e.x.Timing.Start
	if e.x.Fidelity < message.Wire || start.IsZero() {
		return
	}
	e.each("Date", func(n int, v string) {
		if t, ok := field.ParseDate(v); ok && t.Sub(start) > 5*time.Minute {
			e.line("date-in-the-future", n, "seconds", fmt.Sprint(int(t.Sub(start).Seconds())))
		}
	})
}

const year = 365 * 24 * 3600 // seconds

// ageOdd reports an age beyond reason, and one beside a Date of just now: with a
// new Date, a lifetime by Expires is shorter already, and Age is taken from it
// once more (RFC 9111, Sections 4.2.1 and 4.2.3).
func ageOdd(e *exam) {
	e.each("Age", func(n int, v string) {
		seconds, ok := field.Integer(v)
		date, dated := field.ParseDate(e.resp.Fields.Get("Date"))
		start := e.x.Timing.Start
		switch {
		case ok && seconds > year:
			e.line("age-large", n, "days", fmt.Sprint(seconds/86400))
		case ok && seconds >= 600 && dated && !start.IsZero() && e.x.Fidelity >= message.Wire && start.Sub(date).Abs() < 10*time.Second:
			e.line("age-counted-twice", n, "seconds", fmt.Sprint(seconds))
		}
	})
}

// varies judges Vary (RFC 9110, Section 12.5.5).
func varies(e *exam) {
	seen := map[string]bool{}
	e.each("Vary", func(n int, v string) {
		for _, p := range field.Split("list", n, v) {
			name := strings.ToLower(p.Value)
			switch {
			case name != "" && !field.IsToken(name):
				e.at("vary-invalid", "Vary", p.Span, "member", short(p.Value))
			case seen[name]:
				e.at("vary-repeated", "Vary", p.Span, "name", short(p.Value))
			case name == "host":
				e.at("vary-host", "Vary", p.Span)
			case name == "user-agent":
				e.at("vary-user-agent", "Vary", p.Span)
			}
			seen[name] = true
		}
	})
}

// codingUnasked reports a coding that the request's Accept-Encoding does not
// name (RFC 9110, Section 12.5.3). A request without the field takes any.
func codingUnasked(e *exam) {
	q, known := e.asked()
	if !known || !q.Fields.Has("Accept-Encoding") || e.resp.Code >= 300 {
		return
	}
	accepted := map[string]bool{}
	for _, v := range q.Fields.Values("Accept-Encoding") {
		for _, p := range field.Split("parameters", 0, v) {
			refused := slices.ContainsFunc(p.Parts, func(w field.Part) bool { return strings.EqualFold(w.Name, "q") && strings.Trim(w.Value, "0.") == "" })
			accepted[strings.TrimPrefix(strings.ToLower(p.Name), "x-")] = !refused
		}
	}
	told := short(q.Fields.Joined("Accept-Encoding"))
	e.each("Content-Encoding", func(n int, v string) {
		for _, p := range field.Split("list", n, v) {
			coding := strings.TrimPrefix(strings.ToLower(p.Value), "x-")
			if !e.lib.ContentCoding(coding) {
				continue // has a finding of its own
			}
			allowed, named := accepted[coding]
			if !(named && allowed) && (named || !accepted["*"]) {
				e.at("content-coding-unasked", "Content-Encoding", p.Span, "coding", short(p.Value), "accepted", told)
			}
		}
	})
}

// dictionaryVaries reports content that only the holder of a dictionary can
// read, and that a cache may give to others (RFC 9842, Section 6.2).
func dictionaryVaries(e *exam) {
	coding := strings.ToLower(e.resp.Fields.Joined("Content-Encoding"))
	if coding != "dcb" && coding != "dcz" || e.directive("no-store") || e.directive("private") {
		return
	}
	vary := strings.ToLower(e.resp.Fields.Joined("Vary"))
	if !strings.Contains(vary, "available-dictionary") && vary != "*" {
		e.missing("dictionary-without-vary", "Vary", "coding", coding)
	}
}

// transferCoding reports codings that recipients need not know, parameters that
// none has, and chunked where it is not last (RFC 9112, Sections 6.1 and 7).
func transferCoding(e *exam) {
	unasked, known := e.unasked(), e.lib.TransferCodings()
	e.each("Transfer-Encoding", func(n int, v string) {
		parts := field.Split("parameters", n, v)
		for i, p := range parts {
			why := ""
			switch name := strings.ToLower(p.Name); {
			case len(p.Parts) > 0:
				why = "transfer codings have no parameters"
			case e.x.Request != nil && e.x.Request.Protocol == "HTTP/1.0":
				why = "the request was one of HTTP/1.0, which knows none"
			case name == "identity":
				why = "identity is no longer a transfer coding"
			case name == "chunked" && i < len(parts)-1:
				why = "chunked must be the last coding"
			case name != "chunked" && !slices.Contains(known, name):
				why = "IANA knows no transfer coding of that name"
			case unasked[name]:
				why = "the request did not ask for it in TE"
			}
			if why != "" {
				e.at("transfer-coding-odd", "Transfer-Encoding", p.Span, "coding", short(p.Name), "why", why)
			}
		}
	})
}

// unasked are the transfer codings that the request does not take, where it is
// known (RFC 9110, Section 10.1.4).
func (e *exam) unasked() map[string]bool {
	q, known := e.asked()
	if !known {
		return nil
	}
	te := strings.ToLower(q.Fields.Joined("TE"))
	lacking := map[string]bool{}
	for _, coding := range e.lib.TransferCodings() {
		lacking[coding] = !strings.Contains(te, strings.TrimPrefix(coding, "x-"))
	}
	return lacking
}

// altSvc reports clear beside services (RFC 7838, Section 3), and members without
// protocol and address.
func altSvc(e *exam) {
	e.each("Alt-Svc", func(n int, v string) {
		all := field.Split("parameters", n, v)
		for _, p := range all {
			switch {
			case strings.EqualFold(p.Name, "clear") && len(all) == 1:
			case strings.EqualFold(p.Name, "clear"):
				e.at("alt-svc-invalid", "Alt-Svc", p.Span, "member", short(p.Name), "why", "it stands beside services, so it is taken for one of them")
			case p.Value == "" || !strings.Contains(p.Value, ":"):
				e.at("alt-svc-invalid", "Alt-Svc", p.Span, "member", short(p.Name), "why", "it is not of the form protocol=\"host:port\"")
			}
		}
	})
}

// groupInvalidation reports a field that caches heed only in answers to unsafe
// methods (RFC 9875, Section 3).
func groupInvalidation(e *exam) {
	if q := e.x.Request; q != nil && slices.Contains([]string{"GET", "HEAD", "OPTIONS", "TRACE"}, q.Method) {
		e.each("Cache-Group-Invalidation", func(n int, _ string) { e.line("cache-group-invalidation-ignored", n, "method", q.Method) })
	}
}
