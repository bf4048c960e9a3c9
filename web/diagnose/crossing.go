package diagnose

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/field"
)

// crossingRules judge what is said about other origins and about cookies,
// beyond what browsers refuse at once.
var crossingRules = []rule{
	{[]string{"cors-origin-invalid", "cors-null-origin"}, originForm, false},
	{[]string{"cors-credentials-not-true"}, credentialsForm, false},
	{[]string{"cors-origin-without-vary"}, originVaries, false},
	{[]string{"cookie-domain-mismatch"}, cookieDomain, false},
	{[]string{"cookie-twice"}, cookieTwice, false},
	{[]string{"cookie-too-large"}, cookieLarge, false},
	{[]string{"cookie-attribute-unknown"}, cookieAttributes, false},
	{[]string{"session-cookie-readable", "session-cookie-without-secure"}, sessionCookie, false},
	{[]string{"hsts-preload-incomplete"}, hstsPreload, false},
	{[]string{"version-disclosed"}, versionDisclosed, false},
	{[]string{"basic-charset-unknown"}, basicCharset, false},
}

// originForm reports a value that can equal no origin, and the one that
// sandboxed pages of anybody have (Fetch, "CORS check").
func originForm(e *exam) {
	e.each("Access-Control-Allow-Origin", func(n int, v string) {
		u, err := url.Parse(v)
		switch {
		case v == "*" || strings.ContainsAny(v, ", "):
		case v == "null":
			e.line("cors-null-origin", n)
		case err != nil || u.Scheme == "" || u.Host == "" || u.Scheme+"://"+u.Host != v:
			e.line("cors-origin-invalid", n)
		}
	})
}

func credentialsForm(e *exam) {
	e.each("Access-Control-Allow-Credentials", func(n int, v string) {
		if v != "true" && !strings.EqualFold(v, "false") {
			e.line("cors-credentials-not-true", n)
		}
	})
}

// originVaries reports an answer for one origin that a cache may give to
// another (Fetch, "CORS protocol and HTTP caches"). It is known only where the
// request named that origin and the answer may be kept.
func originVaries(e *exam) {
	q := e.x.Request
	if q == nil || q.Fields.Get("Origin") == "" || q.Method == "OPTIONS" || e.directive("no-store") || e.directive("private") {
		return
	}
	if variesOn(e.resp, "Origin") {
		return
	}
	e.each("Access-Control-Allow-Origin", func(n int, v string) {
		if v == q.Fields.Get("Origin") {
			e.line("cors-origin-without-vary", n)
		}
	})
}

// cookieDomain reports a Domain that does not cover the host, for which browsers
// drop the cookie (RFC 6265, Section 5.3, step 6).
func cookieDomain(e *exam) {
	if e.url == nil || e.url.Hostname() == "" {
		return
	}
	host := strings.ToLower(e.url.Hostname())
	e.each("Set-Cookie", func(n int, v string) {
		c := newCookie(v)
		domain := strings.ToLower(strings.TrimPrefix(c.attributes["domain"], "."))
		if domain != "" && host != domain && !strings.HasSuffix(host, "."+domain) {
			e.line("cookie-domain-mismatch", n, "name", short(c.name), "domain", short(domain), "host", host)
		}
	})
}

// cookieTwice reports two values for the same cookie: the last wins (RFC 6265,
// Section 4.1.1).
func cookieTwice(e *exam) {
	seen := map[string]bool{}
	e.each("Set-Cookie", func(n int, v string) {
		c := newCookie(v)
		key := c.name + ";" + strings.ToLower(c.attributes["domain"]) + ";" + c.attributes["path"]
		if seen[key] && !e.has("cookie-twice") {
			e.line("cookie-twice", n, "name", short(c.name))
		}
		seen[key] = true
	})
}

// cookieLarge reports a cookie beyond what every browser keeps: name and value
// count, without the equals sign and the blanks around them (rfc6265bis, Section 5.7).
func cookieLarge(e *exam) {
	e.each("Set-Cookie", func(n int, v string) {
		pair, _, _ := strings.Cut(v, ";")
		name, value, _ := strings.Cut(pair, "=")
		if len(strings.Trim(name, " \t"))+len(strings.Trim(value, " \t")) > 4096 {
			e.line("cookie-too-large", n, "name", short(newCookie(v).name))
		}
	})
}

// cookieAttributes reports an attribute that looks misspelt.
func cookieAttributes(e *exam) {
	inUse := slices.DeleteFunc(e.words("Set-Cookie"), func(name string) bool { return e.word("Set-Cookie", name).State == "obsolete" })
	e.each("Set-Cookie", func(n int, v string) {
		c := newCookie(v)
		for _, name := range slices.Sorted(maps.Keys(c.attributes)) {
			if name != "" && !containsFold(inUse, name) && slices.ContainsFunc(inUse, func(known string) bool { return content.OneEdit(name, strings.ToLower(known)) }) {
				e.line("cookie-attribute-unknown", n, "name", short(c.name), "attribute", short(name))
				return
			}
		}
	})
}

// sessionCookie advises for cookies that by their name carry a sign-in, and are
// not being deleted.
func sessionCookie(e *exam) {
	e.each("Set-Cookie", func(n int, v string) {
		c := newCookie(v)
		name := strings.ToLower(c.name)
		if !e.lib.SessionCookie(strings.TrimPrefix(strings.TrimPrefix(name, "__host-"), "__secure-")) || c.deleted() {
			return
		}
		switch {
		case !c.is("httponly"):
			e.line("session-cookie-readable", n, "name", short(c.name))
		case !c.is("secure") && e.url != nil && e.url.Scheme == "https":
			e.line("session-cookie-without-secure", n, "name", short(c.name))
		}
	})
}

// hstsPreload reports a wish to be on the browsers' list without what the list
// demands (hstspreload.org).
func hstsPreload(e *exam) {
	e.each("Strict-Transport-Security", func(n int, v string) {
		lower := strings.ToLower(strings.ReplaceAll(v, " ", ""))
		if !strings.Contains(lower, "preload") {
			return
		}
		seconds := int64(0)
		for d := range strings.SplitSeq(lower, ";") {
			if value, ok := strings.CutPrefix(d, "max-age="); ok {
				seconds, _ = field.Integer(strings.Trim(value, `"`))
			}
		}
		if seconds < 31536000 || !strings.Contains(lower, "includesubdomains") {
			e.line("hsts-preload-incomplete", n)
		}
	})
}

// tellsVersion finds a number behind a product, as in nginx/1.22 and PHP 8.
var tellsVersion = regexp.MustCompile(`[A-Za-z][/ ]v?\d+(\.\d+|$)`)

// versionDisclosed tells which fields name a version (RFC 9110, Section 10.2.4).
func versionDisclosed(e *exam) {
	for n, l := range e.resp.Fields {
		if how := e.lib.VersionField(strings.ToLower(l.Name)); how == "whole" || how == "within" && tellsVersion.MatchString(l.Value) {
			e.line("version-disclosed", n)
		}
	}
}

// basicCharset reports a charset other than the only one there is (RFC 7617,
// Section 2.1).
func basicCharset(e *exam) {
	for _, p := range e.schemes() {
		if prm, ok := p.Param("charset"); ok && p.Is("Basic") && !strings.EqualFold(prm.Value, "UTF-8") {
			e.at("basic-charset-unknown", p.field, p.place(prm.Span), "charset", short(prm.Value))
		}
	}
}
