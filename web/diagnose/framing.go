package diagnose

import (
	"fmt"
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

var framingRules = []rule{
	{[]string{"length-and-transfer-encoding"}, lengthAndCoding, false},
	{[]string{"content-length-wrong"}, lengthWrong, false},
	{[]string{"content-cut-short"}, cutShort, false},
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

// cutShort reports content that ended before its length was reached.
func cutShort(e *exam) {
	c := e.resp.Content
	n, ok := field.Integer(e.resp.Fields.Get("Content-Length"))
	if e.x.Fidelity == message.Wire && ok && c.Known == message.Wholly && !c.Complete && c.Length < n {
		e.report("content-cut-short", "received", fmt.Sprint(c.Length), "promised", fmt.Sprint(n))
	}
}
