package diagnose

import (
	"strings"

	"wwwhy/web/field"
)

var cookieRules = []rule{
	{[]string{"cookie-none-without-secure", "cookie-prefix", "cookie-secure-over-http"}, cookies, false},
}

// cookie is a Set-Cookie taken apart; attributes by lower-case name.
type cookie struct {
	name       string
	attributes map[string]string
}

func newCookie(value string) cookie {
	c := cookie{attributes: map[string]string{}}
	for i, p := range field.Split("cookie", 0, value) {
		if i == 0 {
			c.name = p.Name
			continue
		}
		c.attributes[strings.ToLower(p.Name)] = p.Value
	}
	return c
}

func (c cookie) is(attribute string) bool {
	_, ok := c.attributes[attribute]
	return ok
}

// deleted reports whether a cookie is one to be forgotten, by an age that is none
// or a date long ago; Max-Age goes first (RFC 6265, Section 5.3, step 3).
func (c cookie) deleted() bool {
	if age, ok := c.attributes["max-age"]; ok {
		_, number := field.Integer(strings.TrimPrefix(age, "-"))
		return number && (strings.Trim(age, "0") == "" || age[0] == '-')
	}
	at, ok := cookieDate(c.attributes["expires"])
	return ok && at.Year() < 2000
}

// cookiePrefix is the beginning of a name that promises attributes. Browsers
// compare it without regard to capitals (rfc6265bis, Section 5.4).
type cookiePrefix struct {
	name       string
	host, http bool   // needs what __Host- needs, what __Http- needs; all need Secure
	rule       string // in words
}

// cookiePrefixes has the longer of two that begin alike first.
var cookiePrefixes = []cookiePrefix{
	{"__host-http-", true, true, "Secure, HttpOnly, Path=/ and no Domain"},
	{"__host-", true, false, "Secure, Path=/ and no Domain"},
	{"__http-", false, true, "Secure and HttpOnly"},
	{"__secure-", false, false, "Secure"},
}

// kept reports whether a cookie has what the prefix promises.
func (p cookiePrefix) kept(c cookie) bool {
	return c.is("secure") && (!p.http || c.is("httponly")) &&
		(!p.host || c.attributes["path"] == "/" && !c.is("domain"))
}

// brokenPromise returns what the name of a cookie promises and the cookie does
// not have; empty where nothing is promised or all is kept.
func brokenPromise(c cookie) string {
	name := strings.ToLower(c.name)
	for _, p := range cookiePrefixes {
		if strings.HasPrefix(name, p.name) {
			if p.kept(c) {
				return ""
			}
			return p.rule
		}
	}
	return ""
}

// cookies reports cookies that browsers drop, each for the gravest reason.
func cookies(e *exam) {
	e.each("Set-Cookie", func(n int, v string) {
		c := newCookie(v)
		rule := brokenPromise(c)
		switch {
		case rule != "":
			e.line("cookie-prefix", n, "name", short(c.name), "rule", rule)
		case strings.EqualFold(c.attributes["samesite"], "none") && !c.is("secure"):
			e.line("cookie-none-without-secure", n, "name", short(c.name))
		case c.is("secure") && e.plainHTTP():
			e.line("cookie-secure-over-http", n, "name", short(c.name))
		}
	})
}
