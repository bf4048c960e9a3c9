package visit

import (
	"net/http"
	"strings"
)

// policy is the Content-Security-Policy of every page: nothing but our own
// style, script and images, and no script made from strings.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// constant is a response field whose value is made once, under its canonical
// name. Answers share the slice: net/http's Add and Set leave it as it is.
type constant struct {
	name  string
	value []string
}

// PolicyOfPages and PolicyOfAPI are the values of Content-Security-Policy.
var (
	PolicyOfPages = []string{policy}
	PolicyOfAPI   = []string{"default-src 'none'; frame-ancestors 'none'; sandbox"}
)

// Constants are the response fields that every answer has, but for the policy.
type Constants []constant

// ConstantsOf returns those of a site that visitors reach at publicURL.
func ConstantsOf(publicURL string) Constants {
	all := Constants{
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"Referrer-Policy", []string{referrerPolicy(publicURL)}},
		{"Permissions-Policy", []string{"geolocation=(), camera=(), microphone=()"}},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
		{"Cross-Origin-Embedder-Policy", []string{"require-corp"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
	}
	if strings.HasPrefix(publicURL, "https:") {
		all = append(all, constant{"Strict-Transport-Security", []string{"max-age=31536000"}})
	}
	return all
}

// referrerPolicy tells other sites nothing. Over http to another machine, browsers
// leave out Sec-Fetch-Site, and without a referrer a form has the origin null
// (Fetch, "Append a request Origin header"): we could not tell our own from others'.
// To loopback they send it, but a loopback address here does not say that visitors
// use it: a proxy may stand in front. same-origin tells nobody but ourselves.
func referrerPolicy(publicURL string) string {
	if strings.HasPrefix(publicURL, "http:") {
		return "same-origin"
	}
	return "no-referrer"
}

// Set gives an answer the constant fields, and a policy.
func (c Constants) Set(h http.Header, policy []string) {
	h["Content-Security-Policy"] = policy
	for i := range c {
		h[c[i].name] = c[i].value
	}
}

// exposed names the fields of answers that a script of another origin may read,
// beside those that it always may.
const exposed = "Accept, Allow, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, Sunset, WWW-Authenticate"

// Open lets scripts of any origin read an answer that holds nothing of a visitor.
func Open(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", exposed)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
}
