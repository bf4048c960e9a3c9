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

// cookies reports cookies that browsers drop, each for the gravest reason.
func cookies(e *exam) {
	e.each("Set-Cookie", func(n int, v string) {
		c := newCookie(v)
		switch {
		case strings.HasPrefix(c.name, "__Host-") && (!c.is("secure") || c.is("domain") || c.attributes["path"] != "/"):
			e.line("cookie-prefix", n, "name", short(c.name), "rule", "Secure, Path=/ and no Domain")
		case strings.HasPrefix(c.name, "__Secure-") && !c.is("secure"):
			e.line("cookie-prefix", n, "name", short(c.name), "rule", "Secure")
		case strings.EqualFold(c.attributes["samesite"], "none") && !c.is("secure"):
			e.line("cookie-none-without-secure", n, "name", short(c.name))
		case c.is("secure") && e.plainHTTP():
			e.line("cookie-secure-over-http", n, "name", short(c.name))
		}
	})
}
