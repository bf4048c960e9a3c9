package diagnose

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/challenge"
	"wwwhy/web/field"
)

var authRules = []rule{
	{problemIDs, challengeProblems, false},
	{[]string{"407-with-www-authenticate"}, wrongField, false},
	{[]string{"401-to-connect"}, toConnect, false},
	{[]string{"scheme-misspelt", "scheme-unknown", "scheme-silenced"}, unknownScheme, false},
	{[]string{"challenge-data-unexpected"}, dataUnexpected, false},
	{[]string{"auth-param-missing"}, paramMissing, false},
	{[]string{"auth-param-quoting"}, paramQuoting, false},
	{[]string{"credentials-in-the-clear"}, inTheClear, false},
	{[]string{"connection-scheme-over-http2"}, perConnection, false},
	{[]string{"several-challenges-on-a-line"}, severalOnALine, false},
	{[]string{"401-in-shared-caches"}, sharedCaches, false},
	{[]string{"401-with-location"}, ignoredLocation, false},
	{[]string{"ntlm-leaks-names"}, leakedNames, false},
	{[]string{"authentication-info-invalid"}, infoInvalid, false},
}

// challengeProblems reports what the parser noted. Case and white space are
// judged only where the lines are known as they were.
func challengeProblems(e *exam) {
	for _, list := range [][]posed{e.www, e.proxy} {
		for _, p := range list {
			if len(p.Problems) == 0 {
				continue
			}
			corrected := short(p.String())
			for _, problem := range p.Problems {
				span := p.place(problem.Span)
				prm, _ := p.ParamAt(problem.Span)
				text := ""
				if span.Line >= 0 {
					v := e.resp.Fields[span.Line].Value
					text = short(v[min(span.Offset, len(v)):min(span.End(), len(v))])
				}
				e.at("challenge-"+string(problem.Kind), p.field, span, "scheme", p.Scheme, "name", prm.Name, "text", text,
					"corrected", corrected, "field", p.field)
			}
		}
	}
}

// wrongField reports a 407 whose challenges stand in the origin's field.
func wrongField(e *exam) {
	if e.resp.Code == 407 && len(e.www) > 0 && len(e.proxy) == 0 {
		e.line("407-with-www-authenticate", e.www[0].lines[0])
	}
}

// toConnect reports a proxy that refuses a tunnel as a site would. What asks a
// site for a resource of its own by CONNECT names a path (RFC 8441, Section 4).
func toConnect(e *exam) {
	if q := e.x.Request; e.resp.Code == 401 && q != nil && q.Method == "CONNECT" && !strings.Contains(q.URL, "/") {
		e.report("401-to-connect")
	}
}

// unknownScheme tells a scheme that looks misspelt from one that is unknown.
func unknownScheme(e *exam) {
	for _, p := range e.schemes() {
		if p.scheme != nil || e.has("challenge-invalid-scheme") {
			continue
		}
		span := p.place(field.Span{Line: p.Span.Line, Offset: p.Span.Offset, Length: len(p.Scheme)})
		id, meant := "scheme-unknown", meantScheme(e.lib, strings.ToLower(p.Scheme))
		if meant != "" {
			id = "scheme-misspelt"
		}
		if silenced := silencedScheme(e.lib, strings.ToLower(p.Scheme)); silenced != "" {
			id, meant = "scheme-silenced", silenced
		}
		e.at(id, p.field, span, "scheme", p.Scheme, "meant", meant)
	}
}

// silencedScheme returns the scheme that a name stands for with an x before it,
// which is put there to keep browsers from asking; "": it does not.
func silencedScheme(lib *content.Library, name string) string {
	rest, had := strings.CutPrefix(name, "x")
	if s := lib.Scheme(strings.TrimPrefix(rest, "-")); had && s != nil {
		return s.Name
	}
	return ""
}

// meantScheme returns the registered scheme that a name is one letter away
// from, or "". An x before the name is put there on purpose, to keep browsers
// from asking.
func meantScheme(lib *content.Library, name string) string {
	meant := ""
	for _, s := range lib.Schemes() {
		if name == "x"+s.Slug || name == "x-"+s.Slug {
			return ""
		}
		if s.Registered && len(name) > 3 && content.OneEdit(name, s.Slug) {
			meant = s.Name
		}
	}
	return meant
}

// dataUnexpected reports a token68 where the scheme has parameters only. By the
// grammar "Bearer realm=" is one, too (RFC 9110, Section 11.3).
func dataUnexpected(e *exam) {
	for _, p := range e.schemes() {
		if s := p.scheme; p.Token68 != "" && s != nil && s.Registered && !s.Token68 && len(s.Params) > 0 && len(p.Problems) == 0 {
			e.at("challenge-data-unexpected", p.field, p.place(p.Span), "scheme", s.Name, "data", short(p.Token68))
		}
	}
}

// paramMissing reports parameters that the scheme's page requires. A token68
// continues an exchange and has none.
func paramMissing(e *exam) {
	for _, p := range e.schemes() {
		if p.scheme == nil || p.Token68 != "" {
			continue
		}
		for _, prm := range p.scheme.Params {
			if _, has := p.Param(prm.Name); prm.Required == "yes" && !has {
				e.at("auth-param-missing", p.field, p.place(p.Span), "scheme", p.scheme.Name, "name", prm.Name, "spec", prm.Spec)
			}
		}
	}
}

// paramQuoting reports values in quotes where the scheme forbids them, and bare
// ones where it demands quotes. A realm has a finding of its own.
func paramQuoting(e *exam) {
	for _, p := range e.schemes() {
		if p.scheme == nil {
			continue
		}
		for _, had := range p.Params {
			known, ok := p.scheme.Param(had.Name)
			if !ok || strings.EqualFold(had.Name, "realm") || had.Value == "" || e.overlaps(p.place(had.Span)) {
				continue
			}
			want := ""
			if known.Quoting == "quoted" && !had.Quoted {
				want = "in quotes"
			}
			if known.Quoting == "token" && had.Quoted {
				want = "without quotes"
			}
			if want != "" {
				e.at("auth-param-quoting", p.field, p.place(had.Span), "scheme", p.scheme.Name, "name", had.Name, "want", want, "spec", known.Spec)
			}
		}
	}
}

// overlaps reports whether something was already noted about a place.
func (e *exam) overlaps(s field.Span) bool {
	for _, f := range e.found {
		if f.Span.Line == s.Line && f.Span.Offset < s.End() && s.Offset < f.Span.End() {
			return true
		}
	}
	return false
}

// inTheClear reports schemes whose secret can be read on the way.
func inTheClear(e *exam) {
	if !e.plainHTTP() {
		return
	}
	for _, p := range e.www { // how the way to a proxy is protected, the URL does not tell
		if p.scheme != nil && p.scheme.Clear {
			e.at("credentials-in-the-clear", p.field, p.place(p.Span), "scheme", p.scheme.Name)
			return
		}
	}
}

// framed reports whether the answer came over HTTP/2 or 3, whose messages must not
// have fields about a connection (RFC 9113, Section 8.2.2; RFC 9114, Section 4.2).
func (e *exam) framed() bool {
	return strings.HasPrefix(e.resp.Protocol, "HTTP/2") || strings.HasPrefix(e.resp.Protocol, "HTTP/3")
}

// perConnection reports schemes that sign in a connection where requests share
// one.
func perConnection(e *exam) {
	protocol := e.resp.Protocol
	if e.x.Fidelity == 0 || !e.framed() {
		return
	}
	for _, p := range e.schemes() {
		if p.scheme != nil && p.scheme.PerConnection {
			e.at("connection-scheme-over-http2", p.field, p.place(p.Span), "scheme", p.scheme.Name, "protocol", protocol)
		}
	}
}

// severalOnALine reports a scheme that a client would answer, but does not see,
// because it reads only the first one of each line.
func severalOnALine(e *exam) {
	for i := 1; i < len(e.www); i++ {
		before, p := e.www[i-1], e.www[i]
		if p.Scheme == "" || before.Scheme == "" || p.Span.Line != before.Span.Line || p.Is(before.Scheme) {
			continue
		}
		if slices.ContainsFunc(e.lib.ClientChoices(), func(c content.ClientChoice) bool {
			return c.FirstOfLine && slices.ContainsFunc(c.Order, p.Is)
		}) {
			e.at("several-challenges-on-a-line", p.field, p.place(p.Span), "first", before.Scheme, "scheme", p.Scheme)
			return
		}
	}
}

// sharedCaches reports a 401 that is marked as fit for a shared cache
// (RFC 9111, Section 3). One that is stale from the start is asked for anew
// before each use, unless stale-while-revalidate allows otherwise.
func sharedCaches(e *exam) {
	if e.resp.Code != 401 && e.resp.Code != 407 {
		return
	}
	for _, stop := range []string{"no-store", "private", "no-cache"} {
		if _, ok := e.cache[stop]; ok {
			return
		}
	}
	lifetime, limited := e.cache["s-maxage"]
	if !limited {
		lifetime, limited = e.cache["max-age"]
	}
	if limited && lifetime.Value == "0" && !e.directive("stale-while-revalidate") {
		return
	}
	for _, name := range []string{"s-maxage", "public", "max-age"} {
		d, ok := e.cache[name]
		if !ok || name != "public" && d.Value == "0" {
			continue
		}
		e.at("401-in-shared-caches", "Cache-Control", d.Span, "code", fmt.Sprint(e.resp.Code), "directive", name)
		if name == "max-age" {
			e.grade(content.Notice)
		}
		return
	}
}

// ignoredLocation reports a Location that no client follows.
func ignoredLocation(e *exam) {
	if e.resp.Code != 401 {
		return
	}
	e.each("Location", func(n int, _ string) { e.line("401-with-location", n) })
}

// leakedNames reports the names of computers and domains that a message of NTLM
// tells anybody who asks.
func leakedNames(e *exam) {
	for _, p := range e.schemes() {
		if p.Token68 == "" || !p.Is("NTLM") && !p.Is("Negotiate") {
			continue
		}
		var names []string
		for _, n := range challenge.NTLMNames(challenge.Decode(p.Challenge)) {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
		if len(names) > 0 {
			e.at("ntlm-leaks-names", p.field, p.place(p.Span), "scheme", p.Scheme, "names", short(strings.Join(names, ", ")))
		}
	}
}

// infoHarmless are the problems of a list that every recipient passes over (RFC
// 9110, Sections 5.6.1.2 and 11.2).
var infoHarmless = []challenge.Kind{challenge.EmptyListElement, challenge.WhitespaceAroundEqual, challenge.UnneededEscape}

// base64Value is what RFC 7804, Section 5, shows without quotation marks in data,
// though the equals signs at its end ask for them.
var base64Value = regexp.MustCompile(`^[A-Za-z0-9+/]+=*$`)

// infoInvalid reports what a server says about a sign-in in a form that clients
// cannot read (RFC 9110, Sections 11.6.3 and 11.7.3).
func infoInvalid(e *exam) {
	for _, name := range []string{"Authentication-Info", "Proxy-Authentication-Info"} {
		numbers, values := e.resp.Fields.Lines(name)
		for _, problem := range challenge.ParseInfo(values).Problems {
			if slices.Contains(infoHarmless, problem.Kind) || problem.Span.Line >= len(numbers) {
				continue
			}
			if s := problem.Span; problem.Kind == challenge.UnquotedValue && s.Line >= 0 && base64Value.MatchString(values[s.Line][s.Offset:s.End()]) {
				continue
			}
			e.line("authentication-info-invalid", numbers[max(problem.Span.Line, 0)], "kind", strings.ReplaceAll(string(problem.Kind), "-", " "))
			break
		}
	}
}
