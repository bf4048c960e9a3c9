package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// CORS is a request that a script of another origin wants to make.
type CORS struct {
	Origin      string // as "https://app.example"
	Method      string
	Fields      field.Section // that the script sets; a value may be empty
	Credentials bool          // the request carries cookies or a sign-in of the browser
}

// Step is one decision of the browser, by its name in content's
// registry/cors_steps.csv. A step that is not right ends the way, but for
// "needed" and "challenge".
type Step struct {
	Name  string
	Right bool
	Args  map[string]string
}

func step(name string, right bool, pairs ...string) Step {
	s := Step{name, right, map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		s.Args[pairs[i]] = pairs[i+1]
	}
	return s
}

// safeMethods need no preflight for themselves (Fetch, "CORS-safelisted
// method").
var safeMethods = []string{"GET", "HEAD", "POST"}

// ForbiddenMethod reports whether a browser sends no request of a method for a
// script (Fetch, "forbidden method").
func ForbiddenMethod(method string) bool {
	return containsFold([]string{"CONNECT", "TRACE", "TRACK"}, method)
}

// Unsafe returns the names of the fields that make a preflight necessary, in
// lower case and sorted (Fetch, "CORS-unsafe request-header names").
func (c CORS) Unsafe() []string {
	var names, harmless []string
	size := 0
	for _, l := range c.Fields {
		name := strings.ToLower(l.Name)
		if !safelisted(name, l.Value) {
			names = append(names, name)
			continue
		}
		harmless = append(harmless, name)
		size += len(l.Value)
	}
	if size > mostHarmless {
		names = append(names, harmless...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// mostHarmless is how many bytes the values of all safelisted fields may have
// together (Fetch, "CORS-unsafe request-header names").
const mostHarmless = 1024

// unsafeBytes may not stand in what forms could not send (Fetch, "CORS-unsafe
// request-header byte"); control characters, but for the tab, belong to them.
const unsafeBytes = "\"():<>?@[\\]{}\x7f"

func hasUnsafeByte(value string) bool {
	return strings.ContainsFunc(value, func(r rune) bool { return r < 0x20 && r != '\t' || strings.ContainsRune(unsafeBytes, r) })
}

// languageBytes are all that a list of languages may be made of to be harmless.
func isLanguageByte(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune(" *,-.;=", r)
}

// safelisted reports whether a script may set a field without being asked
// about it (Fetch, "CORS-safelisted request-header").
func safelisted(name, value string) bool {
	if len(value) > 128 {
		return false
	}
	switch name {
	case "accept":
		return !hasUnsafeByte(value)
	case "accept-language", "content-language":
		return !strings.ContainsFunc(value, func(r rune) bool { return !isLanguageByte(r) })
	case "content-type":
		essence, _, _ := strings.Cut(value, ";")
		essence = strings.ToLower(strings.Trim(essence, " \t"))
		return !hasUnsafeByte(value) && slices.Contains([]string{"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"}, essence)
	case "range":
		return oneRange(value)
	}
	return false
}

// oneRange reports whether a value is a single range with a first byte (Fetch,
// "parse a single range header value").
func oneRange(value string) bool {
	spec, ok := strings.CutPrefix(value, "bytes=")
	first, last, ok2 := strings.Cut(spec, "-")
	from, ok3 := field.Integer(first)
	if !ok || !ok2 || !ok3 {
		return false
	}
	to, ok4 := field.Integer(last)
	return last == "" || ok4 && from <= to
}

// Needed is the first step: whether the browser asks before it sends.
func (c CORS) Needed() Step {
	unsafe := c.Unsafe()
	switch {
	case !slices.Contains(safeMethods, c.Method):
		return step("needed", true, "why", "forms cannot send the method "+c.Method)
	case len(unsafe) > 0:
		return step("needed", true, "why", "a script sets "+strings.Join(unsafe, ", "))
	}
	return step("needed", false)
}

// Preflight returns the question, as a browser sends it: without credentials
// (Fetch, "CORS-preflight fetch").
func (c CORS) Preflight(url string) message.Request {
	q := message.Request{Method: "OPTIONS", URL: url, Fields: field.Section{{Name: "Origin", Value: c.Origin}, {Name: "Access-Control-Request-Method", Value: c.Method}}}
	if unsafe := c.Unsafe(); len(unsafe) > 0 {
		q.Fields = append(q.Fields, field.Line{Name: "Access-Control-Request-Headers", Value: strings.Join(unsafe, ",")})
	}
	return q
}

// Allowed goes through the answer to the preflight, step by step, up to the
// first that is wrong (Fetch, "CORS-preflight fetch").
func (c CORS) Allowed(x message.Exchange) []Step {
	if x.Response == nil {
		return []Step{step("answered", false, "failure", failureKind(x))}
	}
	steps := []Step{step("answered", true)}
	steps = append(steps, c.check(x.Response, "origin", "credentials")...)
	if !steps[len(steps)-1].Right {
		return steps
	}
	if code := x.Response.Code; code < 200 || code > 299 {
		why := ""
		switch {
		case code == 401 || code == 403:
			why = "A preflight carries no credentials, so the server must let OPTIONS through without them."
		case code >= 300 && code < 400:
			why = "A browser does not follow a redirect of a preflight."
		}
		return append(steps, step("status", false, "code", fmt.Sprint(code), "why", why))
	}
	steps = append(steps, step("status", true, "code", fmt.Sprint(x.Response.Code)))
	for _, name := range []string{"Access-Control-Allow-Methods", "Access-Control-Allow-Headers"} {
		joined, all := listed(x.Response, name)
		if slices.ContainsFunc(all, func(v string) bool { return !field.IsToken(v) }) {
			return append(steps, step("lists", false, "field", name, "value", short(joined)))
		}
	}
	if steps = append(steps, c.methodAllowed(x.Response)); !steps[len(steps)-1].Right {
		return steps
	}
	for _, name := range c.Unsafe() {
		if steps = append(steps, c.fieldAllowed(x.Response, name)); !steps[len(steps)-1].Right {
			return steps
		}
	}
	seconds := "5"
	if v := x.Response.Fields.Get("Access-Control-Max-Age"); v != "" {
		if n, ok := field.Integer(v); ok {
			seconds = fmt.Sprint(n)
		}
	}
	return append(steps, step("kept", true, "seconds", seconds))
}

func failureKind(x message.Exchange) string {
	if x.Failure == nil {
		return ""
	}
	return string(x.Failure.Kind)
}

// check is the CORS check of a response (Fetch, "CORS check"), as steps of the
// given names.
func (c CORS) check(r *message.Response, origin, credentials string) []Step {
	values := r.Fields.Joined("Access-Control-Allow-Origin")
	if !(values == "*" && !c.Credentials || values == c.Origin && r.Fields.Count("Access-Control-Allow-Origin") == 1) {
		return []Step{step(origin, false, "value", short(values), "origin", c.Origin)}
	}
	steps := []Step{step(origin, true, "value", short(values), "origin", c.Origin)}
	if c.Credentials {
		v := r.Fields.Joined("Access-Control-Allow-Credentials")
		steps = append(steps, step(credentials, v == "true", "value", short(v)))
	}
	return steps
}

// listed returns the members of a list field.
func listed(r *message.Response, name string) (joined string, all []string) {
	joined = r.Fields.Joined(name)
	for v := range strings.SplitSeq(joined, ",") {
		if v = strings.TrimSpace(v); v != "" {
			all = append(all, v)
		}
	}
	return joined, all
}

func (c CORS) methodAllowed(r *message.Response) Step {
	joined, all := listed(r, "Access-Control-Allow-Methods")
	ok := slices.Contains(all, c.Method) || slices.Contains(safeMethods, c.Method) || slices.Contains(all, "*") && !c.Credentials
	return step("method", ok, "method", c.Method, "value", short(joined))
}

// fieldAllowed judges one name. The asterisk covers all but Authorization
// (Fetch, "CORS non-wildcard request-header name").
func (c CORS) fieldAllowed(r *message.Response, name string) Step {
	joined, all := listed(r, "Access-Control-Allow-Headers")
	named := slices.ContainsFunc(all, func(v string) bool { return strings.EqualFold(v, name) })
	star := slices.Contains(all, "*")
	why := ""
	switch {
	case star && c.Credentials:
		why = "With credentials, * is only a name."
	case star && name == "authorization":
		why = "The asterisk does not cover Authorization."
	}
	ok := named || star && !c.Credentials && name != "authorization"
	if ok {
		why = ""
	}
	return step("field", ok, "field", name, "value", short(joined), "why", why)
}

// Readable goes through the answer to the request itself: whether a script may
// read it, and its challenge.
func (c CORS) Readable(x message.Exchange) []Step {
	if x.Response == nil {
		return []Step{step("sent", false, "failure", failureKind(x))}
	}
	steps := []Step{step("sent", true, "code", fmt.Sprint(x.Response.Code))}
	steps = append(steps, c.check(x.Response, "readable", "credentials-readable")...)
	if !steps[len(steps)-1].Right {
		return steps
	}
	if to := x.Response.Fields.Get("Location"); to != "" && slices.Contains([]int{301, 302, 303, 307, 308}, x.Response.Code) {
		return append(steps, step("final", false, "code", fmt.Sprint(x.Response.Code), "location", short(to)))
	}
	if !x.Response.Fields.Has("WWW-Authenticate") {
		return steps
	}
	joined, all := listed(x.Response, "Access-Control-Expose-Headers")
	ok := slices.ContainsFunc(all, func(v string) bool { return strings.EqualFold(v, "WWW-Authenticate") }) || slices.Contains(all, "*") && !c.Credentials
	return append(steps, step("challenge", ok, "value", short(joined)))
}
