// Package challenge reads and writes the authentication challenges of
// WWW-Authenticate and Proxy-Authenticate (RFC 9110, Section 11). Parse never
// fails: it recovers every challenge that it can and says, with byte offsets,
// what was wrong with the rest. What a scheme or a parameter means is not
// known here; that is content's.
package challenge

import (
	"sort"
	"strings"

	"wwwhy/web/field"
)

// Challenge is one challenge of a field: a scheme with either a token68 or a
// list of parameters (RFC 9110, Section 11.3).
type Challenge struct {
	Scheme   string // as received; empty: parameters came before any scheme
	Token68  string
	Params   []Param // in the order received, repeated ones each time
	Span     field.Span
	Problems []Problem
}

// Param is one auth-param (RFC 9110, Section 11.2). Value is unquoted and
// unescaped, Span covers name, equals sign and value as received.
type Param struct {
	Name, Value string
	Quoted      bool
	Span        field.Span

	meant string // with the quotation marks that nobody escaped; empty: as Value
}

// Problem is one departure from the grammar or from the rules around it.
type Problem struct {
	Kind Kind
	Span field.Span
}

// Param returns the first parameter with the given name, compared without
// case: the first is the effective one where a name is repeated.
func (c Challenge) Param(name string) (Param, bool) {
	for _, p := range c.Params {
		if strings.EqualFold(p.Name, name) {
			return p, true
		}
	}
	return Param{}, false
}

// ParamAt returns the parameter that a span begins in. Parameters stand in the
// order in which they were received, so that none is looked at in vain.
func (c Challenge) ParamAt(s field.Span) (Param, bool) {
	i := sort.Search(len(c.Params), func(i int) bool {
		at := c.Params[i].Span
		return at.Line > s.Line || at.Line == s.Line && at.Offset > s.Offset
	})
	if i == 0 || c.Params[i-1].Span.Line != s.Line || s.Offset >= c.Params[i-1].Span.End() {
		return Param{}, false
	}
	return c.Params[i-1], true
}

// Get returns the value of the first parameter with the given name, or "".
func (c Challenge) Get(name string) string {
	p, _ := c.Param(name)
	return p.Value
}

// Is reports whether the challenge has the given scheme, compared without case
// (RFC 9110, Section 11.1).
func (c Challenge) Is(scheme string) bool { return strings.EqualFold(c.Scheme, scheme) }
