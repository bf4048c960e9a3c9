package inspect

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"wwwhy/content"
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
// field that carries credentials by its name; and whatever looks like a token. What
// the content says is left out.
func (in *Inspector) Redacted(r report.Report) report.Report {
	xs := make([]message.Exchange, len(r.Facts()))
	for i, x := range r.Facts() {
		xs[i] = redactExchange(x)
	}
	out := in.judge(xs, "")
	for i := range out.Exchanges {
		e := &out.Exchanges[i].Content.Explanation
		*e = e.Reserved()
	}
	if len(r.Preflight.Steps) > 0 {
		out.Preflight, out.Verdict = redactPreflight(r.Preflight), redactText(r.Verdict)
	}
	return out
}

// redactPreflight hides what an answer told in what is said of a browser's
// decisions.
func redactPreflight(p report.Preflight) report.Preflight {
	p.Steps = slices.Clone(p.Steps)
	for i := range p.Steps {
		p.Steps[i].Summary = redactText(p.Steps[i].Summary)
	}
	p.Verdict = redactText(p.Verdict)
	return p
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
		return redactSetCookie(value)
	case name == "authorization" || name == "proxy-authorization":
		scheme, _, more := strings.Cut(value, " ")
		if !more || !field.IsToken(scheme) || len(scheme) > longestScheme || keyLike(scheme) {
			return Hidden
		}
		return scheme + " " + Hidden
	case content.PrivateField(name):
		return Hidden
	case name == "location" || name == "content-location" || name == "referer" || name == "x-original-url" || name == "x-rewrite-url":
		return redactURL(value)
	case strings.HasPrefix(name, "x-"):
		return redactMembers(redactText(value))
	case name == "www-authenticate" || name == "proxy-authenticate":
		return descriptions.ReplaceAllStringFunc(redactText(value), redactWords)
	}
	return redactText(value)
}

// longestScheme is how long the name of an authentication scheme may be; a
// longer first word is a secret.
const longestScheme = 20

// cookieAttributes are the attributes whose values are shown.
var cookieAttributes = []string{"domain", "path", "expires", "max-age", "samesite", "priority", "version"}

// redactSetCookie hides the value, and every attribute that may be a part of it:
// one in quotation marks may hold semicolons, and several lines may have been
// joined by commas.
func redactSetCookie(value string) string {
	pair, attributes, more := strings.Cut(value, ";")
	cookie, _, ok := strings.Cut(pair, "=")
	switch {
	case !ok:
		cookie = Hidden
	case keyLike(strings.TrimSpace(cookie)):
		cookie = Hidden + "=" + Hidden
	default:
		cookie += "=" + Hidden
	}
	if !more {
		return cookie
	}
	var b strings.Builder
	b.WriteString(cookie)
	for a := range strings.SplitSeq(attributes, ";") {
		name, v, ok := strings.Cut(a, "=")
		trimmed := strings.ToLower(strings.TrimSpace(name))
		switch {
		case !ok && (trimmed == "" || field.IsToken(trimmed) && len(trimmed) < 16 && strings.Trim(trimmed, "abcdefghijklmnopqrstuvwxyz-") == ""):
		case !ok:
			name = Hidden
		case strings.Contains(v, "=") || !slices.Contains(cookieAttributes, trimmed):
			v = Hidden
			if keyLike(trimmed) {
				name = Hidden
			}
		case trimmed == "path":
			v = redactPath(v)
		}
		b.WriteString(";" + name)
		if ok {
			b.WriteString("=" + v)
		}
	}
	return b.String()
}

var (
	// references finds what may be a URL or a reference within a text. Spaces, and
	// what is no part of a URL, end one; a semicolon does, for policies, unless a
	// parameter follows.
	references = regexp.MustCompile("(?:[^\\s\"<>`;]|;[A-Za-z0-9_.%-]+=)+")
	// addressed tells which of them are: those with an authority, a query or a
	// fragment with a value, and paths.
	addressed = regexp.MustCompile(`://|:\\/\\/|[?].|#[^=]*=|^\.{0,2}/`)
	// enclosed finds references that brackets or quotation marks end.
	enclosed = regexp.MustCompile(`<[^<>\s]+>|"[^"\s]*[?][^"\s]*"`)
	// tokens finds JSON in base64, such as JSON Web Tokens, and keys that say what
	// they are.
	tokens = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){1,4}|eyJ[A-Za-z0-9+/_-]{20,}=*|` +
		`\b(?:gh[pousr]_|github_pat_|glpat-|sk-|sk_live_|rk_live_|xox[a-z]-|ya29\.|AKIA|AIza)[A-Za-z0-9_.-]{12,}`)
	// given finds credentials as a request gives them.
	given = regexp.MustCompile(`(?i)\b(?:bearer|basic|token|dpop)\s+[A-Za-z0-9._~+/-]{8,}=*`)
	// members finds members of JSON and of forms that hold credentials by their
	// name.
	members = regexp.MustCompile(`(?i)("?[a-z0-9_.-]*(?:token|secret|password|passwd|apikey|api_key|api-key|session|signature|credential|otp|code|email|phone)[a-z0-9_.-]*"?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^\s&,;}\]\[{"'<>]+)`)
	// open finds the names of members that hold none, though they look so.
	open = regexp.MustCompile(`(?i)(?:_endpoint|_uri|_url|_type|_supported|_methods|_values|_verified|^error.*|^code_challenge.*)$`)
	// descriptions finds the words of a challenge for people.
	descriptions = regexp.MustCompile(`(?i)error_description\s*=\s*"(?:[^"\\]|\\.)*"`)
)

// redactText hides addresses' secrets and tokens within a text.
func redactText(s string) string {
	s = tokens.ReplaceAllString(s, Hidden)
	s = given.ReplaceAllStringFunc(s, func(m string) string {
		at := strings.LastIndexAny(m, " \t")
		if plainWord(strings.TrimRight(m[at+1:], "=")) {
			return m
		}
		return m[:at+1] + Hidden
	})
	s = enclosed.ReplaceAllStringFunc(s, func(m string) string { return m[:1] + redactURL(m[1:len(m)-1]) + m[len(m)-1:] })
	return references.ReplaceAllStringFunc(s, func(m string) string {
		plain := strings.TrimRight(m, ".,:!)'")
		if !addressed.MatchString(plain) {
			return m
		}
		return redactURL(plain) + m[len(plain):]
	})
}

// redactWords hides what looks like a key among words.
func redactWords(s string) string {
	parts := strings.Split(s, " ")
	for i, p := range parts {
		if word := strings.Trim(p, `"'.,:;()`); keyLike(word) && !strings.Contains(word, "=") {
			parts[i] = strings.Replace(p, word, Hidden, 1)
		}
	}
	return strings.Join(parts, " ")
}

// redactSample hides what looks like a secret in the beginning of a content. The
// rules read it; of its words none is shown but the names of error codes.
func redactSample(sample []byte) []byte {
	if sample == nil {
		return nil
	}
	return []byte(redactMembers(redactText(string(sample))))
}

// HoldsSecret reports whether a short text seems to hold something that a saved
// report would hide: a field that carries credentials, a key, a token, a query
// with values.
func HoldsSecret(text string) bool {
	for l := range strings.Lines(text) {
		l = strings.TrimSpace(l)
		if name, value, ok := strings.Cut(l, ":"); ok && field.IsToken(name) && !strings.HasPrefix(value, "//") {
			value = strings.TrimSpace(value)
			if keyLike(l) || redactValue(strings.ToLower(name), value) != value {
				return true
			}
			continue
		}
		if redactMembers(redactText(l)) != l || redactWords(l) != l {
			return true
		}
	}
	return false
}

// redactMembers hides the members of JSON and of forms that hold credentials by
// their name. JSON stays JSON.
func redactMembers(s string) string {
	return members.ReplaceAllStringFunc(s, func(m string) string {
		parts := members.FindStringSubmatch(m)
		name, value := strings.Trim(parts[1], "\" \t\r\n:="), parts[2]
		quoted := strings.HasPrefix(value, `"`)
		// An error code explains an answer; it is a short word.
		if v := strings.Trim(value, `"`); open.MatchString(name) && len(v) < 40 && !keyLike(v) || open.MatchString(name) && !strings.HasPrefix(name, "error") {
			return m
		}
		switch {
		case quoted:
			return parts[1] + `"` + Hidden + `"`
		case !strings.HasPrefix(parts[1], `"`):
			return parts[1] + Hidden
		case value == "true" || value == "false" || value == "null" || len(value) < 5 && strings.Trim(value, "0123456789") == "":
			return m // not long enough for a secret
		}
		return parts[1] + "0"
	})
}
