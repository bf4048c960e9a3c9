package diagnose

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// Observatory returns the outcomes of those tests of MDN's HTTP Observatory
// that the exchanges show, by the names of content's registry/observatory.csv.
// It judges pages only: the last answer that was asked for. The preload list is
// not known here, and a policy within the page is not read; false: there is
// no page to judge.
func Observatory(lib *content.Library, xs []message.Exchange) ([]string, bool) {
	at := -1
	for i, x := range xs {
		if x.Cause != message.Probe {
			at = i
		}
	}
	if at < 0 || xs[at].Response == nil {
		return nil, false
	}
	e := newExam(lib, xs, at)
	if !e.page() {
		return nil, false
	}
	tests := []func(*exam) string{gradeCSP, gradeCookies, gradeCORS, gradeRedirection, gradeReferrer, gradeHSTS, gradeScripts, gradeSniffing, gradeFraming, gradeCORP, gradeCOEP, gradeCOOP}
	var all []string
	for _, test := range tests {
		if outcome := test(e); outcome != "" {
			all = append(all, outcome)
		}
	}
	return all, true
}

// Broad sources let almost anybody in; unsafe ones let texts of the page in.
var (
	broadSources  = []string{"*", "http:", "https:", "ftp:", "http://*", "https://*"}
	unsafeSources = []string{"'unsafe-inline'", "data:"}
)

func anyOf(sources, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return containsFold(sources, w) })
}

// gradeCSP judges the policies of the field as one.
func gradeCSP(e *exam) string {
	all := e.policies("Content-Security-Policy")
	if len(all) == 0 {
		switch {
		case bytes.Contains(bytes.ToLower(e.resp.Content.Sample), []byte("content-security-policy")):
			return "" // a policy within the page
		case e.resp.Fields.Has("Content-Security-Policy-Report-Only"):
			return "csp-not-implemented-but-reporting-enabled"
		case e.resp.Fields.Has("Content-Security-Policy"):
			return "csp-header-invalid"
		}
		return "csp-not-implemented"
	}
	p := all[0]
	if len(p.repeated) > 0 {
		return "csp-implemented-but-duplicate-directives"
	}
	script, style, object := p.effective("script-src"), p.effective("style-src"), p.effective("object-src")
	switch {
	case anyOf(script, broadSources) || anyOf(script, unsafeSources) || anyOf(object, broadSources):
		return "csp-implemented-with-unsafe-inline"
	case e.url != nil && e.url.Scheme == "https" && p.plain(false):
		return "csp-implemented-with-insecure-scheme"
	case containsFold(script, "'unsafe-eval'") || containsFold(style, "'unsafe-eval'"):
		return "csp-implemented-with-unsafe-eval"
	case e.url != nil && e.url.Scheme == "https" && p.plain(true):
		return "csp-implemented-with-insecure-scheme-in-passive-content-only"
	case anyOf(style, broadSources) || anyOf(style, unsafeSources):
		return "csp-implemented-with-unsafe-inline-in-style-src-only"
	}
	form := p.directives["form-action"]
	if none := p.directives["default-src"]; len(none) == 1 && containsFold(none, "'none'") && len(form) == 1 && (containsFold(form, "'none'") || containsFold(form, "'self'")) {
		return "csp-implemented-with-no-unsafe-default-src-none"
	}
	return "csp-implemented-with-no-unsafe"
}

// effective returns the sources that are in force: * where nothing limits them;
// without those that a nonce, a hash or 'strict-dynamic' overrules.
func (p policy) effective(directive string) []string {
	sources, ok := p.directives[directive]
	if !ok {
		if sources, ok = p.directives["default-src"]; !ok {
			return []string{"*"}
		}
	}
	strict, trusted := containsFold(sources, "'strict-dynamic'"), trusts(sources)
	return slices.DeleteFunc(slices.Clone(sources), func(s string) bool {
		inline := strings.EqualFold(s, "'unsafe-inline'")
		return trusted && inline || strict && trusted && (inline || slices.Contains(broadSources, strings.ToLower(s)))
	})
}

// plain reports whether sources over http are allowed: of pictures and media, or
// of everything else.
func (p policy) plain(passive bool) bool {
	for name, sources := range p.directives {
		if fetching(name) && passive == (name == "img-src" || name == "media-src") &&
			slices.ContainsFunc(sources, func(s string) bool { return strings.HasPrefix(strings.ToLower(s), "http:") }) {
			return true
		}
	}
	return false
}

// gradeCookies returns the gravest outcome of all cookies.
func gradeCookies(e *exam) string {
	const good = "cookies-secure-with-httponly-sessions-and-samesite"
	order := []string{good, "cookies-secure-with-httponly-sessions", "cookies-without-secure-flag-but-protected-by-hsts", "cookies-session-without-secure-flag-but-protected-by-hsts",
		"cookies-without-secure-flag", "cookies-samesite-flag-invalid", "cookies-anticsrf-without-samesite-flag", "cookies-session-without-httponly-flag", "cookies-session-without-secure-flag"}
	worst := -1
	hsts := e.resp.Fields.Has("Strict-Transport-Security")
	e.each("Set-Cookie", func(_ int, v string) {
		worst = max(worst, slices.Index(order, newCookie(v).grade(hsts, e.word("Set-Cookie", "SameSite").Values)))
	})
	if worst < 0 {
		return "cookies-not-found"
	}
	return order[worst]
}

// grade names the outcome for one cookie; sameSite are the values that browsers
// know of that attribute.
func (c cookie) grade(hsts bool, sameSite []string) string {
	name := strings.ToLower(c.name)
	session := strings.Contains(name, "login") || strings.Contains(name, "sess") || name == "sid" || strings.HasSuffix(name, ".sid")
	switch {
	case !c.is("secure") && session && hsts:
		return "cookies-session-without-secure-flag-but-protected-by-hsts"
	case !c.is("secure") && session:
		return "cookies-session-without-secure-flag"
	case session && !c.is("httponly"):
		return "cookies-session-without-httponly-flag"
	case strings.Contains(name, "csrf") && !c.is("samesite"):
		return "cookies-anticsrf-without-samesite-flag"
	case c.is("samesite") && !containsFold(sameSite, c.attributes["samesite"]):
		return "cookies-samesite-flag-invalid"
	case !c.is("secure") && hsts:
		return "cookies-without-secure-flag-but-protected-by-hsts"
	case !c.is("secure"):
		return "cookies-without-secure-flag"
	case !c.is("samesite"):
		return "cookies-secure-with-httponly-sessions"
	}
	return "cookies-secure-with-httponly-sessions-and-samesite"
}

func gradeCORS(e *exam) string {
	origin := e.resp.Fields.Get("Access-Control-Allow-Origin")
	q := e.x.Request
	switch {
	case origin == "":
		return "cross-origin-resource-sharing-not-implemented"
	case q != nil && q.Fields.Get("Origin") == origin && e.resp.Fields.Get("Access-Control-Allow-Credentials") == "true":
		return "cross-origin-resource-sharing-implemented-with-universal-access"
	case origin == "*":
		return "cross-origin-resource-sharing-implemented-with-public-access"
	}
	return "cross-origin-resource-sharing-implemented-with-restricted-access"
}

// gradeRedirection judges the way from http, where the inspection began there.
func gradeRedirection(e *exam) string {
	var way []*url.URL
	for _, x := range e.all[:e.index+1] {
		if x.Cause == message.Probe || x.Request == nil {
			continue
		}
		u, err := url.Parse(x.Request.URL)
		if err != nil {
			return ""
		}
		way = append(way, u)
	}
	last := e.url
	switch {
	case len(way) == 0 || last == nil || way[0].Scheme != "http":
		return ""
	case len(way) == 1:
		return "redirection-missing"
	case last.Scheme != "https":
		return "redirection-not-to-https"
	case way[1].Scheme != "https":
		return "redirection-not-to-https-on-initial-redirection"
	case way[1].Hostname() != way[0].Hostname():
		return "redirection-off-host-from-http"
	}
	return "redirection-to-https"
}

func gradeReferrer(e *exam) string {
	if !e.resp.Fields.Has("Referrer-Policy") {
		return "referrer-policy-not-implemented"
	}
	switch e.referrerPolicy() {
	case "":
		return "referrer-policy-header-invalid"
	case "no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin":
		return "referrer-policy-private"
	}
	return "referrer-policy-unsafe"
}

func gradeHSTS(e *exam) string {
	tls := e.x.Peer != nil && e.x.Peer.TLS != nil
	switch {
	case e.url != nil && e.url.Scheme == "http":
		return "hsts-not-implemented-no-https"
	case tls && !e.x.Peer.TLS.Verified:
		return "hsts-invalid-cert"
	case !e.resp.Fields.Has("Strict-Transport-Security"):
		return "hsts-not-implemented"
	}
	for _, d := range field.Split("cookie", 0, e.resp.Fields.Get("Strict-Transport-Security")) {
		if seconds, ok := field.Integer(strings.Trim(d.Value, `"`)); ok && strings.EqualFold(d.Name, "max-age") {
			if seconds >= halfAYear {
				return "hsts-implemented-max-age-at-least-six-months"
			}
			return "hsts-implemented-max-age-less-than-six-months"
		}
	}
	return "hsts-header-invalid"
}

// gradeScripts judges where the page's scripts come from, if all of the page is
// at hand.
func gradeScripts(e *exam) string {
	sample, whole := e.sampled()
	if !whole || e.url == nil {
		return ""
	}
	var elsewhere, guarded, plain, scripts int
	for z := html.NewTokenizer(bytes.NewReader(sample)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		t := z.Token()
		src := attribute(t, "src")
		if kind != html.StartTagToken || t.Data != "script" || src == "" {
			continue
		}
		scripts++
		u, err := e.url.Parse(src)
		if err != nil || u.Hostname() == e.url.Hostname() && u.Scheme == e.url.Scheme {
			continue
		}
		elsewhere++
		if attribute(t, "integrity") != "" {
			guarded++
		}
		if u.Scheme == "http" || strings.HasPrefix(src, "//") {
			plain++
		}
	}
	switch {
	case scripts == 0:
		return "sri-not-implemented-but-no-scripts-loaded"
	case elsewhere == 0:
		return "sri-not-implemented-but-all-scripts-loaded-from-secure-origin"
	case plain > 0 && guarded == elsewhere:
		return "sri-implemented-but-external-scripts-not-loaded-securely"
	case plain > 0:
		return "sri-not-implemented-and-external-scripts-not-loaded-securely"
	case guarded == elsewhere:
		return "sri-implemented-and-external-scripts-loaded-securely"
	}
	return "sri-not-implemented-but-external-scripts-loaded-securely"
}

func gradeSniffing(e *exam) string {
	switch v := e.resp.Fields.Get("X-Content-Type-Options"); {
	case v == "":
		return "x-content-type-options-not-implemented"
	case strings.EqualFold(strings.TrimSpace(v), "nosniff"):
		return "x-content-type-options-nosniff"
	}
	return "x-content-type-options-header-invalid"
}

func gradeFraming(e *exam) string {
	for _, p := range e.policies("Content-Security-Policy") {
		if s, ok := p.directives["frame-ancestors"]; ok && !anyOf(s, broadSources) {
			return "x-frame-options-implemented-via-csp"
		}
	}
	switch v := strings.ToLower(strings.TrimSpace(e.resp.Fields.Get("X-Frame-Options"))); {
	case v == "":
		return "x-frame-options-not-implemented"
	case v == "deny" || v == "sameorigin":
		return "x-frame-options-sameorigin-or-deny"
	case strings.HasPrefix(v, "allow-from "):
		return "x-frame-options-allow-from-origin"
	}
	return "x-frame-options-header-invalid"
}

// graded names the outcome of a field that takes one of a few tokens.
func graded(e *exam, test, name string) string {
	if !e.resp.Fields.Has(name) {
		return test + "-not-implemented"
	}
	value, _, _ := strings.Cut(e.resp.Fields.Get(name), ";")
	if value = strings.TrimSpace(value); !slices.Contains(e.words(name), value) {
		return test + "-header-invalid"
	}
	return test + "-implemented-with-" + value
}

func gradeCORP(e *exam) string { return graded(e, "corp", "Cross-Origin-Resource-Policy") }
func gradeCOEP(e *exam) string { return graded(e, "coep", "Cross-Origin-Embedder-Policy") }
func gradeCOOP(e *exam) string { return graded(e, "coop", "Cross-Origin-Opener-Policy") }
