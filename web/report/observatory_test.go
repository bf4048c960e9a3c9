package report

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// page is a page that came over https with fields as "Name: value" lines.
func page(address, fields, content string) message.Exchange {
	x := message.Exchange{Cause: message.Asked, Fidelity: message.Wire, Request: &message.Request{Method: "GET", URL: address},
		Response: &message.Response{Code: 200, Fields: field.Section{{Name: "Content-Type", Value: "text/html"}},
			Content: message.Content{Known: message.Wholly, Complete: true, Length: int64(len(content)), Decoded: int64(len(content)), Sample: []byte(content)}}}
	for l := range strings.SplitSeq(fields, "\n") {
		if name, value, ok := strings.Cut(l, ": "); ok {
			x.Response.Fields = append(x.Response.Fields, field.Line{Name: name, Value: value})
		}
	}
	return x
}

// notSeen are outcomes that an inspection cannot show.
var notSeen = []string{"hsts-preloaded", "redirection-all-redirects-preloaded", "redirection-not-needed-no-http", "redirection-invalid-cert",
	"sri-implemented-and-all-scripts-loaded-securely", "sri-not-implemented-response-not-html"}

func TestThePagesGradeIsThatOfTheTable(t *testing.T) {
	lib := library(t)
	const https = "https://www.example.com/"
	seen := map[string]bool{}
	for _, tt := range []struct{ address, fields, content, want string }{
		{https, "", "<p>", "csp-not-implemented hsts-not-implemented x-content-type-options-not-implemented x-frame-options-not-implemented = 30 D"},
		{https, "Content-Security-Policy: default-src 'none'; form-action 'self'; frame-ancestors 'none'\nStrict-Transport-Security: max-age=31536000\nX-Content-Type-Options: nosniff\nReferrer-Policy: no-referrer\nCross-Origin-Resource-Policy: same-origin\nCross-Origin-Opener-Policy: same-origin\nCross-Origin-Embedder-Policy: require-corp\nSet-Cookie: sid=1; Secure; HttpOnly; SameSite=Lax", "<p>",
			"csp-implemented-with-no-unsafe-default-src-none cookies-secure-with-httponly-sessions-and-samesite referrer-policy-private x-frame-options-implemented-via-csp corp-implemented-with-same-origin coep-implemented-with-require-corp coop-implemented-with-same-origin = 155 A+"},
		{https, "Content-Security-Policy: default-src 'self'", "<p>", "csp-implemented-with-no-unsafe"},
		{https, "Content-Security-Policy: default-src 'self'; style-src 'unsafe-inline'", "<p>", "csp-implemented-with-unsafe-inline-in-style-src-only"},
		{https, "Content-Security-Policy: default-src 'self'; img-src http://a.example", "<p>", "csp-implemented-with-insecure-scheme-in-passive-content-only"},
		{https, "Content-Security-Policy: default-src 'self'; font-src http://a.example", "<p>", "csp-implemented-with-insecure-scheme"},
		{https, "Content-Security-Policy: script-src 'self' 'unsafe-eval'; object-src 'none'", "<p>", "csp-implemented-with-unsafe-eval"},
		{https, "Content-Security-Policy: default-src 'self' 'unsafe-inline'", "<p>", "csp-implemented-with-unsafe-inline"},
		{https, "Content-Security-Policy: script-src 'nonce-abc' 'strict-dynamic' https: 'unsafe-inline'; object-src 'none'", "<p>", "csp-implemented-with-unsafe-inline-in-style-src-only"},
		{https, "Content-Security-Policy: default-src 'self'; default-src 'none'", "<p>", "csp-implemented-but-duplicate-directives"},
		{https, "Content-Security-Policy: ;", "<p>", "csp-header-invalid"},
		{https, "Content-Security-Policy-Report-Only: default-src 'self'", "<p>", "csp-not-implemented-but-reporting-enabled"},
		{https, "Set-Cookie: a=1; Secure", "<p>", "cookies-secure-with-httponly-sessions"},
		{https, "Set-Cookie: a=1", "<p>", "cookies-without-secure-flag"},
		{https, "Set-Cookie: a=1\nStrict-Transport-Security: max-age=1", "<p>", "cookies-without-secure-flag-but-protected-by-hsts hsts-implemented-max-age-less-than-six-months"},
		{https, "Set-Cookie: sid=1; HttpOnly", "<p>", "cookies-session-without-secure-flag"},
		{https, "Set-Cookie: sid=1; HttpOnly\nStrict-Transport-Security: max-age=31536000", "<p>", "cookies-session-without-secure-flag-but-protected-by-hsts hsts-implemented-max-age-at-least-six-months"},
		{https, "Set-Cookie: sid=1; Secure", "<p>", "cookies-session-without-httponly-flag"},
		{https, "Set-Cookie: csrftoken=1; Secure", "<p>", "cookies-anticsrf-without-samesite-flag"},
		{https, "Set-Cookie: a=1; Secure; SameSite=x", "<p>", "cookies-samesite-flag-invalid"},
		{https, "Access-Control-Allow-Origin: *", "<p>", "cross-origin-resource-sharing-implemented-with-public-access"},
		{https, "Access-Control-Allow-Origin: https://b.example", "<p>", "cross-origin-resource-sharing-implemented-with-restricted-access"},
		{"http://www.example.com/", "", "<p>", "redirection-missing hsts-not-implemented-no-https"},
		{https, "Referrer-Policy: unsafe-url", "<p>", "referrer-policy-unsafe"},
		{https, "Referrer-Policy: none", "<p>", "referrer-policy-header-invalid"},
		{https, "Strict-Transport-Security: max-age=x", "<p>", "hsts-header-invalid"},
		{https, "X-Content-Type-Options: no", "<p>", "x-content-type-options-header-invalid"},
		{https, "X-Frame-Options: DENY", "<p>", "x-frame-options-sameorigin-or-deny"},
		{https, "X-Frame-Options: ALLOW-FROM https://a.example", "<p>", "x-frame-options-allow-from-origin"},
		{https, "X-Frame-Options: x", "<p>", "x-frame-options-header-invalid"},
		{https, "Cross-Origin-Resource-Policy: x\nCross-Origin-Embedder-Policy: x\nCross-Origin-Opener-Policy: x", "<p>", "corp-header-invalid coep-header-invalid coop-header-invalid"},
		{https, "Cross-Origin-Resource-Policy: cross-origin\nCross-Origin-Embedder-Policy: unsafe-none\nCross-Origin-Opener-Policy: unsafe-none", "<p>", "corp-implemented-with-cross-origin coep-implemented-with-unsafe-none coop-implemented-with-unsafe-none"},
		{https, "Cross-Origin-Resource-Policy: same-site\nCross-Origin-Embedder-Policy: credentialless\nCross-Origin-Opener-Policy: same-origin-allow-popups; report-to=\"x\"", "<p>", "corp-implemented-with-same-site coep-implemented-with-credentialless coop-implemented-with-same-origin-allow-popups"},
		{https, "Cross-Origin-Opener-Policy: noopener-allow-popups", "<p>", "coop-implemented-with-noopener-allow-popups"},
		{https, "", "<script src=/a.js></script>", "sri-not-implemented-but-all-scripts-loaded-from-secure-origin"},
		{https, "", "<script src=https://b.example/a.js></script>", "sri-not-implemented-but-external-scripts-loaded-securely"},
		{https, "", "<script src=https://b.example/a.js integrity=sha256-x></script>", "sri-implemented-and-external-scripts-loaded-securely"},
		{https, "", "<script src=http://b.example/a.js integrity=sha256-x></script>", "sri-implemented-but-external-scripts-not-loaded-securely"},
		{https, "", "<script src=//b.example/a.js></script>", "sri-not-implemented-and-external-scripts-not-loaded-securely"},
	} {
		o := newObservatory(lib, []message.Exchange{page(tt.address, tt.fields, tt.content)})
		got := ""
		for _, one := range o.Tests {
			got += one.Outcome + " "
			seen[one.Outcome] = true
		}
		got += fmt.Sprintf("= %d %s", o.Score, o.Grade)
		for _, word := range strings.Split(tt.want, " = ") {
			for _, outcome := range strings.Fields(word) {
				if !strings.Contains(" "+got+" ", " "+outcome+" ") {
					t.Errorf("%s %q: %s, want %s", tt.fields, tt.content, got, outcome)
				}
			}
		}
	}
	for _, tt := range []struct{ way, want string }{
		{"http://a.example/ https://a.example/", "redirection-to-https"},
		{"http://a.example/ https://www.a.example/", "redirection-off-host-from-http"},
		{"http://a.example/ http://www.a.example/ https://www.a.example/", "redirection-not-to-https-on-initial-redirection"},
		{"http://a.example/ http://www.a.example/", "redirection-not-to-https"},
	} {
		var xs []message.Exchange
		for _, address := range strings.Fields(tt.way) {
			xs = append(xs, page(address, "", "<p>"))
		}
		for _, one := range newObservatory(lib, xs).Tests {
			seen[one.Outcome] = true
			if one.Test == "redirection" && one.Outcome != tt.want {
				t.Errorf("%s: %s, want %s", tt.way, one.Outcome, tt.want)
			}
		}
	}
	untrusted := page(https, "", "<p>")
	untrusted.Peer = &message.Peer{TLS: &message.TLS{Problem: message.Expired}}
	asked := page(https, "Access-Control-Allow-Origin: https://evil.example\nAccess-Control-Allow-Credentials: true", "<p>")
	asked.Request.Fields = field.Section{{Name: "Origin", Value: "https://evil.example"}}
	for _, x := range []message.Exchange{untrusted, asked} {
		for _, one := range newObservatory(lib, []message.Exchange{x}).Tests {
			seen[one.Outcome] = true
		}
	}
	for _, name := range notSeen {
		seen[name] = true
	}
	data, err := os.ReadFile("../../content/registry/observatory.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range strings.Split(string(data), "\n")[1:] {
		if name, _, _ := strings.Cut(row, ","); name != "" && !seen[name] {
			t.Errorf("no case has the outcome %s", name)
		}
	}
	for name := range seen {
		if _, err := lib.ObservatoryOutcome(name); err != nil {
			t.Error(err)
		}
	}
}

func TestOnlyPagesAreGraded(t *testing.T) {
	lib := library(t)
	for _, change := range []func(*message.Exchange){
		func(x *message.Exchange) { x.Response.Code = 404 },
		func(x *message.Exchange) { x.Response.Fields[0].Value = "application/json" },
		func(x *message.Exchange) { x.Fidelity = message.Retold },
	} {
		x := page("https://a.example/", "", "<p>")
		change(&x)
		if o := newObservatory(lib, []message.Exchange{x}); len(o.Tests) != 0 || o.Grade != "" {
			t.Errorf("graded: %+v", o)
		}
	}
}

// gradeWords keeps the rows of the table free of unfinished sentences.
var gradeWords = regexp.MustCompile(`^[A-Z].*\.$`)

func TestOutcomesAreSentences(t *testing.T) {
	lib := library(t)
	for _, name := range []string{"csp-not-implemented", "cookies-not-found", "coop-header-invalid"} {
		o, err := lib.ObservatoryOutcome(name)
		if err != nil || !gradeWords.MatchString(o.Says) || o.Raise != "" && !gradeWords.MatchString(o.Raise) {
			t.Errorf("%s: %+v, %v", name, o, err)
		}
	}
	if _, err := lib.ObservatoryOutcome("nope"); err == nil {
		t.Error("an outcome that is not there was found")
	}
}
