package diagnose

import (
	"net/url"
	"strings"
	"time"

	"wwwhy/web/message"
)

var securityRules = []rule{
	{[]string{"certificate-not-trusted"}, certificate, false},
	{[]string{"certificate-ends-soon"}, certificateEnds, false},
	{[]string{"hsts-over-http"}, hstsOverHTTP, false},
	{[]string{"hsts-without-max-age"}, hstsWithoutAge, false},
	{[]string{"nosniff-misspelt"}, nosniff, false},
	{[]string{"sniffing-not-forbidden"}, sniffing, false},
}

func certificate(e *exam) {
	if p := e.x.Peer; p != nil && p.TLS != nil && !p.TLS.Verified {
		e.report("certificate-not-trusted", "reason", string(p.TLS.Problem), "detail", short(p.TLS.Detail))
	}
}

// certificateEnds reports a certificate in the last tenth of its time, and three
// weeks at most. Programs renew before, many of them 30 days ahead however long it
// lasts; of one that lasts for days, a tenth is hours.
func certificateEnds(e *exam) {
	p, now := e.x.Peer, e.x.Timing.Start
	if p == nil || p.TLS == nil || !p.TLS.Verified || len(p.TLS.Certificates) == 0 || now.IsZero() || e.x.Cause == message.Redirect && e.sameHostBefore() {
		return
	}
	c := p.TLS.Certificates[0]
	if left := c.NotAfter.Sub(now); left > 0 && left < min(c.NotAfter.Sub(c.NotBefore)/10, 21*24*time.Hour) {
		e.report("certificate-ends-soon", "at", c.NotAfter.UTC().Format("2 January 2006, 15:04 UTC"), "left", spoken(left))
	}
}

// sameHostBefore reports whether the exchange before went to the same host, so
// that the same certificate is not told of twice.
func (e *exam) sameHostBefore() bool {
	if e.url == nil || e.index == 0 || e.all[e.index-1].Request == nil {
		return false
	}
	before, err := url.Parse(e.all[e.index-1].Request.URL)
	return err == nil && before.Host == e.url.Host && before.Scheme == e.url.Scheme
}

// hstsOverHTTP reports a field that is ignored over http (RFC 6797, Section
// 8.1).
func hstsOverHTTP(e *exam) {
	if e.url == nil || e.url.Scheme != "http" {
		return
	}
	e.each("Strict-Transport-Security", func(n int, _ string) { e.line("hsts-over-http", n) })
}

func hstsWithoutAge(e *exam) {
	e.each("Strict-Transport-Security", func(n int, v string) {
		for d := range strings.SplitSeq(v, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(d), "=")
			value = strings.Trim(value, `"`)
			if strings.EqualFold(name, "max-age") && value != "" && strings.Trim(value, "0123456789") == "" {
				return
			}
		}
		e.line("hsts-without-max-age", n)
	})
}

// nosniff reports a word that does not forbid sniffing. Of several, on one line
// or more, the first counts (Fetch, "determine nosniff").
func nosniff(e *exam) {
	first := true
	e.each("X-Content-Type-Options", func(n int, v string) {
		word, _, _ := strings.Cut(v, ",")
		if first && !strings.EqualFold(strings.TrimSpace(word), "nosniff") {
			e.line("nosniff-misspelt", n)
		}
		first = false
	})
}

// sniffing advises nosniff for pages that a browser shows. An API's answer, a
// redirect or an error without content needs none.
func sniffing(e *exam) {
	if e.resp.Code == 200 && e.html() && !e.resp.Fields.Has("X-Content-Type-Options") {
		e.missing("sniffing-not-forbidden", "X-Content-Type-Options")
	}
}
