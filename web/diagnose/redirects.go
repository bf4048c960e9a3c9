package diagnose

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/message"
)

var redirectRules = []rule{
	{[]string{"redirect-without-location"}, noLocation, false},
	{[]string{"redirect-to-http"}, toHTTP, false},
	{[]string{"secret-in-location"}, secretInLocation, false},
	{[]string{"redirect-to-itself"}, toItself, false},
	{[]string{"location-invalid"}, locationInvalid, false},
}

// follows reports whether a code sends the client elsewhere by Location.
func follows(code int) bool {
	return code == 301 || code == 302 || code == 303 || code == 307 || code == 308
}

func noLocation(e *exam) {
	if follows(e.resp.Code) && !e.resp.Fields.Has("Location") {
		e.missing("redirect-without-location", "Location", "code", fmt.Sprint(e.resp.Code))
	}
}

// toHTTP reports a redirect that leaves the encrypted connection for one that
// others can read.
func toHTTP(e *exam) {
	if !follows(e.resp.Code) || e.url == nil || e.url.Scheme != "https" {
		return
	}
	e.each("Location", func(n int, v string) {
		if overPlainHTTP(v) {
			e.line("redirect-to-http", n)
		}
	})
}

// toItself reports a redirect to the address that was asked for. One that sets a
// cookie expects another request next time, one with Retry-After another state,
// and after a POST the same address is asked for by GET. A request that was pasted
// seldom tells whether it went over https, so that a redirect there may be the
// right one. Where we follow redirects ourselves, the loop is told.
func toItself(e *exam) {
	q := e.x.Request
	if e.url == nil || e.url.Host == "" || !follows(e.resp.Code) || q.Method != "GET" && q.Method != "HEAD" || e.x.Fidelity != message.Transcribed || e.resp.Fields.Has("Set-Cookie") || e.resp.Fields.Has("Retry-After") {
		return
	}
	e.each("Location", func(n int, v string) {
		to, err := e.url.Parse(v)
		if err != nil || strings.HasPrefix(strings.ToLower(v), "https:") {
			return
		}
		here := *e.url
		here.Fragment, to.Fragment = "", ""
		if to.String() == here.String() {
			e.line("redirect-to-itself", n, "code", fmt.Sprint(e.resp.Code))
		}
	})
}

// octet is a coded byte, which may stand in the name of a host as well (RFC 3986,
// Section 3.2.2), where Go takes none.
var octet = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// placeholder is a name that stands for a value, as in <id> and {id}.
var placeholder = regexp.MustCompile(`[^<]<[^<>]*>|[^{]\{[^{}]*\}`)

// locationInvalid reports what is no reference to anything (RFC 9110, Section
// 10.2.2; RFC 3986, Section 4.1). Bytes beyond ASCII have a finding of their own. What
// all clients send on as it stands is a notice.
func locationInvalid(e *exam) {
	if !follows(e.resp.Code) && e.resp.Code != 201 {
		return
	}
	e.each("Location", func(n int, v string) {
		why, everywhere := "", false
		switch _, err := url.Parse(octet.ReplaceAllString(v, "x")); {
		case e.x.Fidelity < message.Wire && (placeholder.MatchString(v) || content.Hides(v)):
		case strings.TrimSpace(v) == "":
			why = "it is empty"
		case strings.ContainsAny(v, " \t"):
			why = "it has a space in it"
		case strings.ContainsAny(v, "<>\"\\"):
			why = "it has a character that addresses do not have"
		case strings.ContainsAny(v, "{}|^`"):
			why, everywhere = "it has a character that addresses do not have", true
		case err != nil:
			why = "it cannot be taken apart"
		}
		if why != "" {
			e.line("location-invalid", n, "why", why)
		}
		if everywhere {
			e.grade(content.Notice)
		}
	})
}

// secretInLocation reports an address with a secret in its query, which logs and
// histories keep.
func secretInLocation(e *exam) {
	e.each("Location", func(n int, v string) {
		u, err := url.Parse(v)
		if err != nil {
			return
		}
		query := u.Query()
		for _, name := range slices.Sorted(maps.Keys(query)) {
			if content.SecretParameter(name) && query.Get(name) != "" {
				e.line("secret-in-location", n, "name", name)
				return
			}
		}
	})
}
