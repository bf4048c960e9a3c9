package inspect

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"wwwhy/web/fetch"
	"wwwhy/web/field"
	"wwwhy/web/message"
	"wwwhy/web/report"
)

// Hidden stands where a secret stood. It is a token, so that what held the
// secret still reads as what it was.
const Hidden = "REDACTED"

// Redacted makes a report anew from the same facts without their secrets: no
// word of it can hold one, since all words come from the facts. It may tell less
// than the report: what rests on the raw head or on a token is not in it.
//
// Hidden are the values of queries, fragments, user information, and parts of
// paths that look like keys, in every address; the values of cookies; every
// field that carries credentials by its name; and whatever looks like a token.
func (in *Inspector) Redacted(r report.Report) report.Report {
	xs := make([]message.Exchange, len(r.Facts()))
	for i, x := range r.Facts() {
		xs[i] = redactExchange(x)
	}
	out := in.judge(xs, "")
	if len(r.Preflight.Steps) > 0 {
		out.Preflight, out.Verdict = r.Preflight, r.Verdict
	}
	return out
}

func redactExchange(x message.Exchange) message.Exchange {
	if q := x.Request; q != nil {
		c := *q
		c.URL = redactURL(c.URL)
		c.Fields = redactFields(c.Fields)
		c.Content.Sample = nil
		x.Request = &c
	}
	x.Interim = slices.Clone(x.Interim)
	for i := range x.Interim {
		x.Interim[i] = redactResponse(x.Interim[i])
	}
	if x.Response != nil {
		c := redactResponse(*x.Response)
		x.Response = &c
	}
	if f := x.Failure; f != nil {
		c := *f
		c.Args = maps.Clone(f.Args)
		for name, value := range c.Args {
			c.Args[name] = redactText(value)
		}
		c.Err = nil
		x.Failure = &c
	}
	return x
}

func redactResponse(r message.Response) message.Response {
	r.Reason = redactText(r.Reason)
	r.Fields, r.Trailers = redactFields(r.Fields), redactFields(r.Trailers)
	r.Head = nil // its bytes cannot be changed and still be what was received
	r.Content.Sample = redactSample(r.Content.Sample)
	r.Content.SHA256 = nil // of a short content it tells the content
	return r
}

func redactFields(s field.Section) field.Section {
	out := make(field.Section, len(s))
	for i, l := range s {
		out[i] = field.Line{Name: l.Name, Value: redactValue(strings.ToLower(l.Name), l.Value)}
	}
	return out
}

// redactValue returns the value of a field line without its secrets. name is in
// lower case.
func redactValue(name, value string) string {
	switch {
	case name == "set-cookie":
		pair, attributes, more := strings.Cut(value, ";")
		cookie, _, ok := strings.Cut(pair, "=")
		if !ok {
			cookie = Hidden
		} else {
			cookie += "=" + Hidden
		}
		if more {
			cookie += ";" + redactText(attributes)
		}
		return cookie
	case name == "authorization" || name == "proxy-authorization":
		scheme, _, more := strings.Cut(value, " ")
		if !more {
			return Hidden
		}
		return scheme + " " + Hidden
	case fetch.Secret(name) || name == "dpop" || name == "cookie2":
		return Hidden
	case name == "location" || name == "content-location" || name == "referer" || name == "x-original-url" || name == "x-rewrite-url":
		return redactURL(value)
	case name == "authentication-info" || name == "proxy-authentication-info":
		return redactText(value)
	}
	return redactText(value)
}

var (
	// addresses finds what looks like a URL with an authority, or a reference
	// with a query, within other text. A semicolon ends one, for policies.
	addresses = regexp.MustCompile("(?i)[a-z][a-z0-9+.-]*://[^\\s\"'<>`;\\\\]+|[^\\s\"'<>`;\\\\?]*\\?[^\\s\"'<>`;\\\\]+")
	// enclosed finds references that brackets or quotation marks end.
	enclosed = regexp.MustCompile(`<[^<>\s]+>|"[^"\s]*[?][^"\s]*"`)
	// tokens finds JSON Web Tokens.
	tokens = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){1,4}`)
	// members finds members of JSON and of forms that hold credentials by their
	// name.
	members = regexp.MustCompile(`(?i)("?[a-z0-9_.-]*(?:token|secret|password|passwd|apikey|api_key|api-key|session|signature|credential|otp|code|email|phone)[a-z0-9_.-]*"?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^\s&,;}"'<>]+)`)
)

// redactText hides addresses' secrets and tokens within a text.
func redactText(s string) string {
	s = tokens.ReplaceAllString(s, Hidden)
	s = enclosed.ReplaceAllStringFunc(s, func(m string) string { return m[:1] + redactURL(m[1:len(m)-1]) + m[len(m)-1:] })
	return addresses.ReplaceAllStringFunc(s, redactURL)
}

// redactSample hides what looks like a secret in the beginning of a content. The
// rules read it; of its words none is shown but the names of error codes.
func redactSample(sample []byte) []byte {
	if sample == nil {
		return nil
	}
	s := members.ReplaceAllStringFunc(redactText(string(sample)), func(m string) string {
		parts := members.FindStringSubmatch(m)
		// An error code explains an answer; it is a short word.
		if v := strings.Trim(parts[2], `"`); strings.HasPrefix(strings.Trim(parts[1], `" :=`), "error") && len(v) < 40 && !keyLike(v) {
			return m
		}
		if strings.HasPrefix(parts[2], `"`) {
			return parts[1] + `"` + Hidden + `"`
		}
		return parts[1] + Hidden
	})
	return []byte(s)
}

// redactURL returns an address, whole or relative, without what may be secret
// in it. What is no address is hidden whole where it has a query.
func redactURL(s string) string {
	s, _, fragment := strings.Cut(s, "#")
	path, query, hasQuery := strings.Cut(s, "?")
	if scheme, rest, ok := strings.Cut(path, "://"); ok {
		authority, p, _ := strings.Cut(rest, "/")
		if at := strings.LastIndexByte(authority, '@'); at >= 0 {
			authority = authority[at+1:]
		}
		if strings.Contains(rest, "/") {
			p = "/" + redactPath(p)
		}
		path = scheme + "://" + authority + p
	} else {
		path = redactPath(path)
	}
	if hasQuery {
		path += "?" + redactQuery(query)
	}
	if fragment {
		path += "#" + Hidden
	}
	return path
}

func redactQuery(query string) string {
	pairs := strings.Split(query, "&")
	for i, p := range pairs {
		name, _, ok := strings.Cut(p, "=")
		switch {
		case ok:
			pairs[i] = name + "=" + Hidden
		case keyLike(p):
			pairs[i] = Hidden
		}
	}
	return strings.Join(pairs, "&")
}

func redactPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		// Matrix parameters, such as ;jsessionid=…, are a query of their part.
		p, params, ok := strings.Cut(p, ";")
		if plain, err := url.PathUnescape(p); err != nil || keyLike(plain) {
			p = Hidden
		}
		if ok {
			p += ";" + redactQuery(params)
		}
		parts[i] = p
	}
	return strings.Join(parts, "/")
}

// keyLike reports whether a word looks like a key: long, and not made of words.
// Identifiers of the usual kinds count too, since they may open something.
func keyLike(s string) bool {
	if strings.Contains(s, "@") {
		return true // a person's address
	}
	if len(s) < 16 {
		return false
	}
	digits, upper, lower, run, longest := 0, 0, 0, 0, 0
	for _, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'A' && c <= 'Z':
			upper++
		case c >= 'a' && c <= 'z':
			lower++
		}
		if run++; c == '-' || c == '_' || c == '.' || c == ' ' {
			run = 0
		}
		longest = max(longest, run)
	}
	switch {
	case digits == len(s):
		return true // a long number
	case digits > 0 && longest >= 16:
		return true // letters and digits in one piece
	case upper > 0 && lower > 0 && longest >= 20:
		return true // mixed case in one piece
	case longest >= 32:
		return true
	}
	return digits >= 6 && upper+lower >= 2 && len(s) >= 24 // a UUID, and the like
}
