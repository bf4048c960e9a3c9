package diagnose

import (
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

var framingRules = []rule{
	{[]string{"length-and-transfer-encoding"}, lengthAndCoding, false},
	{[]string{"content-length-wrong"}, lengthWrong, false},
}

// lengthAndCoding reports both ways of framing at once, in either order
// (RFC 9112, Section 6.2).
func lengthAndCoding(e *exam) {
	if e.x.Fidelity > message.Retold && e.resp.Fields.Has("Transfer-Encoding") {
		e.each("Content-Length", func(n int, _ string) {
			if !e.has("length-and-transfer-encoding") {
				e.line("length-and-transfer-encoding", n)
			}
		})
	}
}

// lengthWrong reports a length that is no number or that another line
// contradicts (RFC 9110, Section 8.6).
func lengthWrong(e *exam) {
	first := ""
	e.each("Content-Length", func(n int, v string) {
		if first == "" {
			first = v
		}
		if _, ok := field.Integer(v); (!ok || v != first) && !e.has("content-length-wrong") && !sameNumbers(v) {
			e.line("content-length-wrong", n)
		}
	})
}

// sameNumbers reports whether the value is one number repeated with commas,
// which a recipient may take for the number itself.
func sameNumbers(v string) bool {
	parts := strings.Split(v, ",")
	for _, p := range parts {
		if _, ok := field.Integer(strings.TrimSpace(p)); !ok || strings.TrimSpace(p) != strings.TrimSpace(parts[0]) {
			return false
		}
	}
	return len(parts) > 1
}
