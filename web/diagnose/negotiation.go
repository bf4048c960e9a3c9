package diagnose

import (
	"regexp"
	"strings"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

var negotiationRules = []rule{
	{[]string{"content-type-missing"}, typeMissing, false},
	{[]string{"content-coding-unknown"}, codingUnknown, false},
	{[]string{"language-tag-invalid"}, languageInvalid, false},
}

// typeMissing reports content that does not say what it is (RFC 9110, Section
// 8.3). Who follows a redirect reads none of it.
func typeMissing(e *exam) {
	c := e.resp.Content
	if (c.Known == message.Wholly || c.Known == message.Partly) && c.Length > 0 && !e.resp.Fields.Has("Content-Type") && e.resp.Code != 206 {
		e.missing("content-type-missing", "Content-Type", "sniffed", c.Sniffed)
		if follows(e.resp.Code) && e.resp.Fields.Has("Location") {
			e.grade(content.Notice)
		}
	}
}

// codingUnknown reports a coding that nobody can undo, often a charset that got
// into the wrong field, and identity, which means none (RFC 9110, Sections 8.4
// and 8.4.1).
func codingUnknown(e *exam) {
	e.each("Content-Encoding", func(n int, v string) {
		for _, p := range field.Split("list", n, v) {
			coding := strings.ToLower(p.Value)
			if coding == "" || e.lib.ContentCoding(coding) {
				continue
			}
			e.at("content-coding-unknown", "Content-Encoding", p.Span, "coding", short(p.Value))
			if coding == "identity" {
				e.grade(content.Notice)
			}
		}
	})
}

// languageTag is the outer form of a tag (RFC 5646, Section 2.1).
var languageTag = regexp.MustCompile(`^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$`)

// languageInvalid reports a tag that none can be, such as one with an underscore
// (RFC 9110, Section 8.5).
func languageInvalid(e *exam) {
	e.each("Content-Language", func(n int, v string) {
		for _, p := range field.Split("list", n, v) {
			if p.Value != "" && !languageTag.MatchString(p.Value) {
				e.at("language-tag-invalid", "Content-Language", p.Span, "tag", short(p.Value))
			}
		}
	})
}
