package fetch

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"

	"wwwhy/web/field"
)

// newJar keeps cookies for the exchanges of one inspection, by the rules of
// browsers (RFC 6265, Section 5.3), public suffixes included.
func newJar() *cookiejar.Jar {
	jar, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // has no error to give
	return jar
}

// keepCookies takes the cookies that a response sets.
func (s *session) keepCookies(u *url.URL, fields field.Section) {
	h := http.Header{}
	for _, v := range fields.Values("Set-Cookie") {
		h.Add("Set-Cookie", v)
	}
	s.jar.SetCookies(u, (&http.Response{Header: h}).Cookies())
}

// cookies returns the field line with the cookies for a URL, if there are any.
func (s *session) cookies(u *url.URL) (field.Line, bool) {
	if s.jar == nil {
		return field.Line{}, false
	}
	var pairs []string
	for _, c := range s.jar.Cookies(u) {
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return field.Line{Name: "Cookie", Value: strings.Join(pairs, "; ")}, len(pairs) > 0
}
