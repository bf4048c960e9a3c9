package diagnose

import (
	"bytes"
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// wireRules judge what only the wire shows: how lines end and begin, and what
// another version of HTTP forbids.
var wireRules = []rule{
	{[]string{"line-end-bare", "line-folded", "line-space-before-colon", "line-without-colon", "status-line-short"}, linesOfHead, false},
	{[]string{"field-value-control"}, controlInValue, false},
	{[]string{"field-name-upper-case", "connection-field-forbidden"}, fieldsOfFrames, false},
}

// linesOfHead reads the head of HTTP/1 as it came (RFC 9112, Sections 2.2, 4
// and 5).
func linesOfHead(e *exam) {
	if e.x.Fidelity < message.Wire || !strings.HasPrefix(e.resp.Protocol, "HTTP/1.") {
		return
	}
	number := -1 // of the field line
	for i, line := range bytes.SplitAfter(e.resp.Head, []byte("\n")) {
		text, crlf := bytes.CutSuffix(line, []byte("\r\n"))
		if !crlf {
			if text = bytes.TrimSuffix(line, []byte("\n")); len(text) == len(line) {
				return // what follows the last line end
			}
			e.once("line-end-bare")
		}
		switch {
		case len(text) == 0:
			return
		case i == 0:
			if bytes.Count(text, []byte(" ")) < 2 {
				e.once("status-line-short", "line", short(string(text)))
			}
			continue
		case text[0] == ' ' || text[0] == '\t':
			e.onceAt("line-folded", number)
			continue
		}
		name, _, found := bytes.Cut(text, []byte(":"))
		if !found || len(name) == 0 {
			e.once("line-without-colon", "line", short(string(text)))
			continue
		}
		if number++; bytes.HasSuffix(name, []byte(" ")) || bytes.HasSuffix(name, []byte("\t")) {
			e.onceAt("line-space-before-colon", number)
		}
	}
}

// controlInValue reports bytes that no value may hold (RFC 9110, Section 5.5).
func controlInValue(e *exam) {
	if e.x.Fidelity < message.Transcribed {
		return
	}
	for n, l := range e.resp.Fields {
		if strings.HasSuffix(strings.ToLower(l.Name), "-authenticate") {
			continue // the reader of challenges says it with the place
		}
		value := strings.ReplaceAll(l.Value, "\r\n ", "") // folding is another finding
		if at := strings.IndexFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }); at >= 0 {
			e.line("field-value-control", n)
		}
	}
}

// fieldsOfFrames reports what a message of HTTP/2 or 3 must not have (RFC 9113,
// Sections 8.2.1 and 8.2.2; RFC 9114, Section 4.2).
func fieldsOfFrames(e *exam) {
	if e.x.Fidelity < message.Wire || e.resp.Protocol != "HTTP/2" && e.resp.Protocol != "HTTP/3" {
		return
	}
	for n, l := range e.resp.Fields {
		if strings.ToLower(l.Name) != l.Name {
			e.line("field-name-upper-case", n, "protocol", e.resp.Protocol)
		}
		if field.OfConnection(l.Name) {
			e.line("connection-field-forbidden", n, "protocol", e.resp.Protocol)
		}
	}
}

// once notes a finding that is said once for all places.
func (e *exam) once(id string, pairs ...string) {
	if !e.has(id) {
		e.report(id, pairs...)
	}
}

// onceAt notes the first field line of those that a finding is about.
func (e *exam) onceAt(id string, n int) {
	if e.has(id) {
		return
	}
	if n < 0 || n >= len(e.resp.Fields) {
		e.at(id, "", field.Nowhere)
		return
	}
	e.line(id, n)
}
