package templates

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"wwwhy/web/report"
)

// buildable returns the scheme, in lower case, of a challenge whose answer can
// be computed from what somebody types; empty: it is none of these.
func buildable(c report.Challenge) string {
	switch s := strings.ToLower(c.Scheme); s {
	case "basic", "bearer", "digest":
		return s
	}
	return ""
}

// param returns the first parameter of a name.
func param(c report.Challenge, name string) (string, bool) {
	for _, p := range c.Params {
		if strings.EqualFold(p.Name, name) {
			return p.Value, true
		}
	}
	return "", false
}

// requestTarget returns path and query of the request.
func requestTarget(x report.Exchange) string {
	u, err := url.Parse(x.URL)
	if err != nil || u.Host == "" {
		return "/"
	}
	return u.RequestURI()
}

// answerField is the field in which the answer goes.
func answerField(c report.Challenge) string {
	if c.Field == "Proxy-Authenticate" {
		return "Proxy-Authorization"
	}
	return "Authorization"
}

// authorizeCommand is the command that computes the answer in a terminal.
func authorizeCommand(x report.Exchange, c report.Challenge) string {
	line := c.Corrected
	if line == "" {
		line = c.Received
	}
	words := []string{"wwwhy authorize"}
	scheme := buildable(c)
	if scheme != "bearer" {
		words = append(words, "-u NAME")
	}
	if scheme == "digest" {
		if x.Method != "" && x.Method != "GET" {
			words = append(words, "-X "+shellQuoted(x.Method))
		}
		words = append(words, "--uri "+shellQuoted(requestTarget(x)))
	}
	return strings.Join(append(words, "-c "+shellQuoted(c.Field+": "+line)), " ")
}

// shellQuoted quotes a word for a POSIX shell; control characters are made
// visible first, since nobody could see what they pasted.
func shellQuoted(s string) string {
	return "'" + strings.ReplaceAll(shown(s), "'", `'\''`) + "'"
}

// builderData is what the script needs of the challenge.
func builderData(x report.Exchange, c report.Challenge) templ.Attributes {
	method := x.Method
	if method == "" {
		method = "GET"
	}
	a := templ.Attributes{"data-scheme": buildable(c), "data-field": answerField(c), "data-method": method, "data-uri": requestTarget(x)}
	for _, name := range []string{"realm", "nonce", "qop", "algorithm", "opaque", "userhash"} {
		if v, ok := param(c, name); ok {
			a["data-"+name] = v
		}
	}
	for _, f := range x.Fields {
		if strings.EqualFold(f.Name, "Date") {
			a["data-date"] = f.Value
		}
	}
	return a
}

// computes reports whether the page has a challenge for the script.
func computes(r report.Report) bool {
	for _, x := range r.Exchanges {
		for _, c := range x.Challenges {
			if buildable(c) != "" {
				return true
			}
		}
	}
	return false
}
