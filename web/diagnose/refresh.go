package diagnose

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"

	"wwwhy/web/field"
)

var refreshRules = []rule{
	{[]string{"refresh-redirect"}, refreshes, false},
	{[]string{"http3-offered"}, offersHTTP3, false},
}

// refreshes reports a page that sends its visitors on by itself, which neither
// a program nor the inspection follows (HTML, "shared declarative refresh
// steps"). Many servers write such a page behind a redirect, for clients that do
// not follow Location; who follows it never sees the page.
func refreshes(e *exam) {
	if follows(e.resp.Code) && e.resp.Fields.Has("Location") {
		return
	}
	e.each("Refresh", func(n int, v string) {
		if seconds, to, ok := refresh(v); ok && !e.has("refresh-redirect") {
			e.line("refresh-redirect", n, "seconds", seconds, "to", short(to), "by", "the field Refresh")
		}
	})
	if e.has("refresh-redirect") || !e.html() {
		return
	}
	if seconds, to, ok := refresh(metaRefresh(e.resp.Content.Sample)); ok {
		e.report("refresh-redirect", "seconds", seconds, "to", short(to), "by", "a meta element in the page")
	}
}

// refresh reads "5; url=/a". A value without an address loads the same page
// again, which is no redirect.
func refresh(v string) (seconds, to string, ok bool) {
	seconds, rest, found := strings.Cut(strings.TrimSpace(v), ";")
	if !found {
		seconds, rest, found = strings.Cut(seconds, ",")
	}
	seconds = strings.TrimSpace(seconds)
	rest = strings.TrimSpace(rest)
	if name, value, cut := strings.Cut(rest, "="); cut && strings.EqualFold(strings.TrimSpace(name), "url") {
		rest = strings.TrimSpace(value)
	}
	rest = strings.Trim(rest, `"'`)
	whole, _, _ := strings.Cut(seconds, ".")
	if _, isNumber := field.Integer(whole); !isNumber && whole != "" || !found || rest == "" {
		return "", "", false
	}
	return seconds, rest, true
}

// metaRefresh returns the content of the first meta element that stands for
// Refresh.
func metaRefresh(sample []byte) string {
	meta := inHead(sample, "http-equiv", func(t html.Token) bool {
		return t.Data == "meta" && strings.EqualFold(attribute(t, "http-equiv"), "refresh")
	})
	return attribute(meta, "content")
}

// inHead returns the first start tag of a page that is wanted and stands before
// the body; one without attributes where there is none. word, in small letters, is
// in each that may be wanted: most pages have none, and need not be read.
func inHead(sample []byte, word string, wanted func(html.Token) bool) html.Token {
	if !bytes.Contains(bytes.ToLower(sample), []byte(word)) {
		return html.Token{}
	}
	for z := html.NewTokenizer(bytes.NewReader(sample)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return html.Token{}
		case html.StartTagToken, html.SelfClosingTagToken:
			switch t := z.Token(); {
			case t.Data == "body":
				return html.Token{}
			case wanted(t):
				return t
			}
		}
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// offersHTTP3 tells that the server can be asked over HTTP/3, too (RFC 7838,
// Section 3).
func offersHTTP3(e *exam) {
	if e.resp.Protocol == "HTTP/3" {
		return
	}
	e.each("Alt-Svc", func(n int, v string) {
		for _, p := range field.Split("list", n, v) {
			protocol, rest, _ := strings.Cut(v[p.Span.Offset:p.Span.End()], "=")
			authority, _, _ := strings.Cut(rest, ";")
			if strings.TrimSpace(protocol) == "h3" && authority != "" && !e.has("http3-offered") {
				e.line("http3-offered", n, "authority", strings.Trim(strings.TrimSpace(authority), `"`))
			}
		}
	})
}
