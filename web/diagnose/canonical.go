package diagnose

import (
	"bytes"
	"cmp"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// samePage reports whether the same content comes everywhere.
func samePage(hosts Entrances) bool {
	first := hosts[0].last().Response
	return !slices.ContainsFunc(hosts, func(e Entrance) bool {
		r := e.last().Response
		return r.Code != 200 || r.Content.Length <= 0 || r.Content.SHA256 == nil || !bytes.Equal(r.Content.SHA256, first.Content.SHA256)
	})
}

// oneCanonical reports whether all name the same address as the one that counts
// (RFC 6596, Section 3).
func oneCanonical(hosts Entrances) bool {
	first := canonicalIn(hosts[0].last())
	return first != "" && !slices.ContainsFunc(hosts, func(e Entrance) bool { return canonicalIn(e.last()) != first })
}

// canonicalIn is the address that an answer names as the canonical one, in Link or
// in the page; empty: none.
func canonicalIn(x message.Exchange) string {
	target := ""
	for n, v := range x.Response.Fields.Values("Link") {
		for _, l := range field.Split("links", n, v) {
			for _, p := range l.Parts {
				if strings.EqualFold(p.Name, "rel") && target == "" && slices.Contains(strings.Fields(strings.ToLower(p.Value)), "canonical") {
					target = l.Value
				}
			}
		}
	}
	if target = cmp.Or(target, canonicalLink(x.Response.Content.Sample)); target == "" {
		return ""
	}
	base, err := url.Parse(x.Request.URL)
	if err != nil {
		return ""
	}
	to, err := base.Parse(target)
	if err != nil {
		return ""
	}
	return plainAddress(to.String())
}

// canonicalLink is the address in the first link element of a page with the
// relation canonical.
func canonicalLink(sample []byte) string {
	link := inHead(sample, "canonical", func(t html.Token) bool {
		return t.Data == "link" && attribute(t, "href") != "" && slices.Contains(strings.Fields(strings.ToLower(attribute(t, "rel"))), "canonical")
	})
	return strings.TrimSpace(attribute(link, "href"))
}
