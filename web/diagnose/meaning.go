package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// meaningRules hold a status against the request that it answers and the fields
// that come with it.
var meaningRules = []rule{
	{[]string{"status-without-cause"}, withoutCause, false},
	{[]string{"status-despite-cause"}, despiteCause, false},
	{[]string{"condition-ignored"}, conditionIgnored, false},
	{[]string{"405-allows-the-method", "allow-lacks-the-method"}, allowsTheMethod, false},
	{[]string{"451-without-blocker"}, blockerUnnamed, false},
	{[]string{"201-to-safe-method"}, createdBySafeMethod, false},
	{[]string{"206-unasked"}, partUnasked, false},
	{[]string{"304-with-metadata"}, metadataIn304, false},
	{[]string{"length-where-none-is"}, lengthWhereNoneIs, false},
	{[]string{"interim-unasked"}, interimUnasked, false},
	{[]string{"location-ignored"}, locationIgnored, false},
	{[]string{"reason-not-ascii"}, reasonNotASCII, false},
}

// asked returns the request where its method and its fields are known.
func (e *exam) asked() (*message.Request, bool) {
	q := e.x.Request
	return q, e.x.RequestKnown() && q.Method != ""
}

// withoutCause reports a status that answers a field which the request does not
// have; the status's page names those fields. The condition that a 304 answers
// (RFC 9110, Section 15.4.5) browsers add, and leave out of what they export.
func withoutCause(e *exam) {
	page := e.lib.Status(e.resp.Code)
	q, known := e.asked()
	if page == nil || len(page.Answers) == 0 || !known || e.resp.Code == 304 && e.x.Fidelity < message.Wire {
		return
	}
	if !slices.ContainsFunc(page.Answers, q.Fields.Has) {
		e.report("status-without-cause", "code", fmt.Sprint(e.resp.Code), "fields", strings.Join(page.Answers, ", "))
	}
}

// despiteCause reports a demand for what the request has: something on the way
// took it out, or the server wants it otherwise.
func despiteCause(e *exam) {
	page := e.lib.Status(e.resp.Code)
	q, known := e.asked()
	if page == nil || !known {
		return
	}
	for _, name := range page.Demands {
		if q.Fields.Get(name) != "" {
			e.report("status-despite-cause", "code", fmt.Sprint(e.resp.Code), "field", name)
			return
		}
	}
}

// conditionIgnored reports content that the client said it has (RFC 9110,
// Sections 13.1.2 and 13.1.3).
func conditionIgnored(e *exam) {
	q, known := e.asked()
	if !known || e.resp.Code != 200 || q.Method != "GET" && q.Method != "HEAD" {
		return
	}
	switch {
	case q.Fields.Has("If-None-Match"):
		tag := strings.TrimPrefix(e.resp.Fields.Get("ETag"), "W/")
		for _, v := range q.Fields.Values("If-None-Match") {
			for _, p := range field.Split("list", 0, v) {
				if raw := v[p.Span.Offset:p.Span.End()]; len(tag) > 2 && strings.TrimPrefix(raw, "W/") == tag {
					e.report("condition-ignored", "condition", "If-None-Match", "validator", "ETag")
					return
				}
			}
		}
	case q.Fields.Has("If-Modified-Since"):
		since, ok := field.ParseDate(q.Fields.Get("If-Modified-Since"))
		modified, dated := field.ParseDate(e.resp.Fields.Get("Last-Modified"))
		if ok && dated && modified.Equal(since) { // an exact match may be asked for (Section 13.1.3)
			e.report("condition-ignored", "condition", "If-Modified-Since", "validator", "Last-Modified")
		}
	}
}

// seldomListed are methods that answer where Allow does not name them.
var seldomListed = []string{"CONNECT", "HEAD", "OPTIONS", "TRACE"}

// allowsTheMethod reports a refusal of a method that is listed as allowed (RFC
// 9110, Section 15.5.6), and one that succeeded and is not listed (Section
// 10.2.1). What works with every resource, few lists tell, and of a list that is
// not written as one nothing can be said.
func allowsTheMethod(e *exam) {
	q := e.x.Request
	if q == nil || q.Method == "" || e.resp.Code != 405 && (e.resp.Code < 200 || e.resp.Code > 299) {
		return
	}
	listed := false
	e.each("Allow", func(n int, v string) {
		for _, p := range field.Split("list", n, v) {
			listed = listed || strings.EqualFold(p.Value, q.Method) || p.Value == "*" || !field.IsToken(p.Value)
			if p.Value == q.Method && e.resp.Code == 405 {
				e.at("405-allows-the-method", "Allow", p.Span, "method", q.Method)
			}
		}
	})
	if e.resp.Code != 405 && !listed && e.resp.Fields.Get("Allow") != "" && !slices.Contains(seldomListed, q.Method) {
		e.report("allow-lacks-the-method", "method", q.Method, "code", fmt.Sprint(e.resp.Code))
	}
}

// blockerUnnamed reports a legal block that does not say who carries it out (RFC
// 7725, Section 4).
func blockerUnnamed(e *exam) {
	if e.resp.Code != 451 {
		return
	}
	for n, v := range e.resp.Fields.Values("Link") {
		for _, p := range field.Split("links", n, v) {
			for _, q := range p.Parts {
				if strings.EqualFold(q.Name, "rel") && slices.Contains(strings.Fields(strings.ToLower(q.Value)), "blocked-by") {
					return
				}
			}
		}
	}
	e.missing("451-without-blocker", "Link")
}

// createdBySafeMethod reports something new made by a method that only reads
// (RFC 9110, Section 9.2.1).
func createdBySafeMethod(e *exam) {
	if q := e.x.Request; e.resp.Code == 201 && q != nil && (q.Method == "GET" || q.Method == "HEAD") {
		e.report("201-to-safe-method", "method", q.Method)
	}
}

// partUnasked reports a part that nobody asked for (RFC 9110, Section 15.3.7).
func partUnasked(e *exam) {
	if q, known := e.asked(); known && e.resp.Code == 206 && !q.Fields.Has("Range") {
		e.report("206-unasked")
	}
}

// metadataIn304 reports fields that describe content in an answer that has none:
// a cache would put them over those that it stored (RFC 9110, Section 15.4.5).
func metadataIn304(e *exam) {
	if e.resp.Code != 304 {
		return
	}
	for n, l := range e.resp.Fields {
		switch strings.ToLower(l.Name) {
		case "content-type", "content-encoding", "content-language", "content-range":
			e.line("304-with-metadata", n)
		}
	}
}

// lengthWhereNoneIs reports framing of content that may not be (RFC 9110,
// Section 8.6; RFC 9112, Section 6.1).
func lengthWhereNoneIs(e *exam) {
	for _, r := range e.x.Interim {
		for _, name := range []string{"Content-Length", "Transfer-Encoding"} {
			if r.Fields.Has(name) {
				e.once("length-where-none-is", "code", fmt.Sprint(r.Code), "field", name)
			}
		}
	}
	if e.resp.Code == 205 { // may be framed, as empty (RFC 9110, Section 15.3.6)
		e.each("Content-Length", func(n int, v string) {
			if length, ok := field.Integer(v); ok && length > 0 {
				e.line("length-where-none-is", n, "code", "205")
			}
		})
	}
	if e.resp.Code != 204 && (e.resp.Code < 100 || e.resp.Code > 199) || e.x.Fidelity < message.Transcribed {
		return
	}
	for n, l := range e.resp.Fields {
		zero := strings.EqualFold(l.Name, "Content-Length") && l.Value == "0" // forbidden too, but harms nobody
		if strings.EqualFold(l.Name, "Content-Length") || strings.EqualFold(l.Name, "Transfer-Encoding") {
			e.line("length-where-none-is", n, "code", fmt.Sprint(e.resp.Code))
			if zero {
				e.grade(content.Notice)
			}
		}
	}
}

// interimUnasked reports a 100 or 101 that nobody asked for (RFC 9110, Sections
// 10.1.1 and 15.2.2). A client can simply discard a 100 (Section 15.2.1).
func interimUnasked(e *exam) {
	q, known := e.asked()
	if !known {
		return
	}
	all := e.x.Interim
	if e.resp.Code == 101 {
		all = append(all[:len(all):len(all)], *e.resp)
	}
	for _, r := range all {
		name := map[int]string{100: "Expect", 101: "Upgrade"}[r.Code]
		if name == "" || q.Fields.Has(name) || e.has("interim-unasked") {
			continue
		}
		e.report("interim-unasked", "code", fmt.Sprint(r.Code), "field", name)
		if r.Code == 100 {
			e.grade(content.Notice)
		}
	}
}

// locationIgnored reports an address that nobody follows. In 201 and 202 it
// tells where the result is; a 401 has a finding of its own (RFC 9110, Section
// 10.2.2).
func locationIgnored(e *exam) {
	c := e.resp.Code
	if e.x.Fidelity < message.Transcribed || c == 200 && e.x.Request != nil && e.x.Request.Method != "GET" || c < 200 || c == 201 || c == 202 || c >= 300 && c < 400 || c == 401 {
		return
	}
	e.each("Location", func(n int, _ string) { e.line("location-ignored", n, "code", fmt.Sprint(c)) })
}

func reasonNotASCII(e *exam) {
	if strings.ContainsFunc(e.resp.Reason, func(r rune) bool { return r > 0x7e || r < ' ' && r != '\t' }) {
		e.report("reason-not-ascii", "reason", short(e.resp.Reason))
	}
}
