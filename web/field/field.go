// Package field holds field lines as they were received and the grammars of
// their values. It is the ground floor: it knows how a value falls into parts
// and where each part stands, never what a part means (that is content's) and
// never whether it is right (that is diagnose's).
package field

import (
	"iter"
	"strings"
)

// Line is one field line as received (RFC 9110, Section 5): the name with its
// case, the value less the whitespace around it. Bytes are not converted.
type Line struct{ Name, Value string }

// Section is an ordered list of field lines (RFC 9110, Section 5.1). Order,
// case and duplicates survive, because an inspector must show what was sent.
type Section []Line

// OfConnection reports whether a field is about the connection that a message came
// on and not about the message, so that none of HTTP/2 or 3 may have it (RFC 9113,
// Section 8.2.2; RFC 9114, Section 4.2). TE, which may be there with one value, is
// not among them.
func OfConnection(name string) bool {
	switch strings.ToLower(name) {
	case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade":
		return true
	}
	return false
}

// Span is a place in a section: Length bytes from byte Offset of the value of
// line number Line, all counted from 0. A span with Line -1 is nowhere: it
// stands for a field that is missing.
type Span struct{ Line, Offset, Length int }

// Nowhere is the span of what is not there.
var Nowhere = Span{Line: -1}

// End returns the offset of the first byte after the span.
func (s Span) End() int { return s.Offset + s.Length }

// Part is a piece of a value: a list member, a directive, a parameter. Span
// says where it stands; Name and Value are its unquoted pieces where the
// grammar has them; Parts are the pieces inside it.
type Part struct {
	Span        Span
	Name, Value string
	Parts       []Part
}

// Values yields line number and value of every line with the given name, in
// the order received. Names compare without case (RFC 9110, Section 5.1).
func (s Section) Values(name string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i, l := range s {
			if strings.EqualFold(l.Name, name) && !yield(i, l.Value) {
				return
			}
		}
	}
}

// Lines returns what Values yields, for those who read the lines as one.
func (s Section) Lines(name string) (numbers []int, values []string) {
	for i, v := range s.Values(name) {
		numbers, values = append(numbers, i), append(values, v)
	}
	return numbers, values
}

// Has reports whether a line with the given name is there.
func (s Section) Has(name string) bool {
	for range s.Values(name) {
		return true
	}
	return false
}

// Get returns the value of the first line with the given name, or "".
func (s Section) Get(name string) string {
	for _, v := range s.Values(name) {
		return v
	}
	return ""
}

// Count returns how many lines have the given name.
func (s Section) Count(name string) int {
	n := 0
	for range s.Values(name) {
		n++
	}
	return n
}

// Joined returns the values of all lines with the given name, joined by ", "
// as a recipient may do for list-based fields (RFC 9110, Section 5.3).
func (s Section) Joined(name string) string {
	var all []string
	for _, v := range s.Values(name) {
		all = append(all, v)
	}
	return strings.Join(all, ", ")
}
