package diagnose

import (
	"net/netip"
	"net/url"
	"strings"

	"wwwhy/content"
	"wwwhy/web/challenge"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// exam is one exchange on the table: what rules ask for is parsed once.
type exam struct {
	lib   *content.Library
	all   []message.Exchange
	index int
	x     message.Exchange
	resp  *message.Response // nil where none came
	url   *url.URL          // of the request; nil: not known
	www   []posed           // of WWW-Authenticate
	proxy []posed           // of Proxy-Authenticate
	cache map[string]field.Part
	found []Finding
	alike map[string]int // findings by id
	last  *Finding       // noted last; nil: it was one too many

	structured map[string]bool // what parsed said, by syntax and name
}

// posed is a challenge with the field and the line of the section it stands in.
type posed struct {
	challenge.Challenge
	field  string
	lines  []int // numbers in the section of the field's lines
	scheme *content.Scheme
}

// place returns a span in the section for one in the field's own lines.
func (p posed) place(s field.Span) field.Span {
	if s.Line < 0 || s.Line >= len(p.lines) {
		return field.Nowhere
	}
	s.Line = p.lines[s.Line]
	return s
}

func newExam(lib *content.Library, xs []message.Exchange, i int) *exam {
	e := &exam{lib: lib, all: xs, index: i, x: xs[i], resp: xs[i].Response, alike: map[string]int{}}
	if q := e.x.Request; q != nil && q.URL != "" {
		if u, err := url.Parse(q.URL); err == nil {
			e.url = u
		}
	}
	if e.resp == nil {
		return e
	}
	e.www, e.proxy = e.posed("WWW-Authenticate"), e.posed("Proxy-Authenticate")
	e.cache = map[string]field.Part{}
	for n, v := range e.resp.Fields.Values("Cache-Control") {
		for _, d := range field.Split("directives", n, v) {
			name := strings.ToLower(d.Name)
			if _, had := e.cache[name]; !had {
				e.cache[name] = d
			}
		}
	}
	return e
}

// mostPosed is how many challenges of a field are judged. No client looks at a
// tenth of that, and a server can put a hundred thousand into the fields of one
// answer.
const mostPosed = 1000

func (e *exam) posed(name string) []posed {
	numbers, values := e.resp.Fields.Lines(name)
	if values == nil {
		return nil
	}
	var all []posed
	parsed := challenge.Parse(values)
	for _, c := range parsed[:min(len(parsed), mostPosed)] {
		all = append(all, posed{c, name, numbers, e.lib.Scheme(c.Scheme)})
	}
	return all
}

// schemes returns the challenges of both fields that name a scheme.
func (e *exam) schemes() []posed {
	var all []posed
	for _, list := range [][]posed{e.www, e.proxy} {
		for _, p := range list {
			if p.Scheme != "" {
				all = append(all, p)
			}
		}
	}
	return all
}

// report notes a finding about no field line.
func (e *exam) report(id string, pairs ...string) { e.at(id, "", field.Nowhere, pairs...) }

// missing notes a finding about a field that is not there.
func (e *exam) missing(id, name string, pairs ...string) {
	e.at(id, name, field.Nowhere, append(pairs, "field", name)...)
}

// mostAlike is how many findings of one kind are told of one exchange. Whoever
// mends the first knows how to mend the rest.
const mostAlike = 20

// at notes a finding about a place in a field line.
func (e *exam) at(id, name string, s field.Span, pairs ...string) {
	e.last = nil
	if e.alike[id]++; e.alike[id] > mostAlike {
		return
	}
	args := make(map[string]string, len(pairs)/2+1)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = pairs[i+1]
	}
	e.found = append(e.found, Finding{ID: id, Exchange: e.index, Field: name, Span: s, Args: args})
	e.last = &e.found[len(e.found)-1]
}

// grade changes the severity of the finding noted last.
func (e *exam) grade(s content.Severity) {
	if e.last != nil {
		e.last.Severity = s
	}
}

// line notes a finding about a whole field line.
func (e *exam) line(id string, n int, pairs ...string) {
	l := e.resp.Fields[n]
	e.at(id, l.Name, field.Span{Line: n, Length: len(l.Value)}, append(pairs, "field", l.Name, "value", short(l.Value))...)
}

// has reports whether a finding was noted already: what follows from another
// is not said beside it.
func (e *exam) has(id string) bool {
	for _, f := range e.found {
		if f.ID == id {
			return true
		}
	}
	return false
}

// each calls check for every line of a field.
func (e *exam) each(name string, check func(n int, value string)) {
	for n, v := range e.resp.Fields.Values(name) {
		check(n, v)
	}
}

// plainHTTP reports whether the exchange is known to have gone over http to
// another machine: on loopback nobody listens in.
func (e *exam) plainHTTP() bool { return e.url != nil && crossesInPlain(e.url) }

// overPlainHTTP is the same of an address.
func overPlainHTTP(address string) bool {
	u, err := url.Parse(address)
	return err == nil && crossesInPlain(u)
}

func crossesInPlain(u *url.URL) bool { return u.Scheme == "http" && !onThisMachine(u.Hostname()) }

// onThisMachine reports whether a host is the machine itself, as in development
// and where a native application waits for the answer to a sign-in (RFC 8252,
// Section 7.3).
func onThisMachine(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") // RFC 6761, Section 6.3
}

// html reports whether the response is a page, as far as its fields say.
func (e *exam) html() bool {
	t := strings.ToLower(e.resp.Fields.Get("Content-Type"))
	return strings.HasPrefix(t, "text/html") || strings.HasPrefix(t, "application/xhtml")
}

// short keeps what is quoted in a sentence short.
func short(s string) string { return field.Beginning(s, 80) }
