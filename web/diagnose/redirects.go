package diagnose

import (
	"fmt"
	"net/url"
)

var redirectRules = []rule{
	{[]string{"redirect-without-location"}, noLocation, false},
	{[]string{"redirect-to-http"}, toHTTP, false},
	{[]string{"secret-in-location"}, secretInLocation, false},
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

// secretNames are parameters that carry a secret. An authorization code is
// meant to travel so (RFC 6749, Section 4.1.2) and is not among them.
var secretNames = []string{"access_token", "id_token", "refresh_token", "password", "passwd", "client_secret", "api_key", "apikey"}

func secretInLocation(e *exam) {
	e.each("Location", func(n int, v string) {
		u, err := url.Parse(v)
		if err != nil {
			return
		}
		query := u.Query()
		for _, name := range secretNames {
			if query.Get(name) != "" {
				e.line("secret-in-location", n, "name", name)
				return
			}
		}
	})
}
