package report

import (
	"fmt"
	"slices"
	"strings"
)

// Change is one difference between two reports on the same.
type Change struct {
	Kind     string `json:"kind"`     // exchange, target, status, protocol, field, trailer, interim, challenge, content, tls, certificate, address, error, finding, discovery, preflight, observatory
	Exchange int    `json:"exchange"` // of the later report, or of the earlier where it went; -1: of the report as a whole
	Where    string `json:"where"`    // name of the field, id of the finding and the like; empty: the kind says it
	Before   string `json:"before"`   // empty: it was not there
	After    string `json:"after"`    // empty: it is not there any more
	Text     string `json:"text"`     // a sentence
	Expected bool   `json:"expected"` // it is another in each answer, as Date is, though nothing has changed
}

// Changes lists what is different between two reports: exchanges in their
// order, then findings, then what belongs to the report as a whole. Times are
// never compared. Requests and redirects are matched by their order, probes by
// their purpose. The list is the same for the same reports.
func Changes(before, after Report) []Change {
	c := &comparison{all: []Change{}}
	pairs := matched(before.Exchanges, after.Exchanges)
	for _, p := range pairs {
		switch {
		case p.before < 0:
			x := &after.Exchanges[p.after]
			c.at = p.after
			c.add(Change{Kind: "exchange", Where: x.Purpose, After: askedFor(x), Text: "There is one more exchange: " + said(askedFor(x)) + "."})
		case p.after < 0:
			x := &before.Exchanges[p.before]
			c.at = p.before
			c.add(Change{Kind: "exchange", Where: x.Purpose, Before: askedFor(x), Text: "An exchange is not made any more: " + said(askedFor(x)) + "."})
		default:
			c.at = p.after
			c.exchange(&before.Exchanges[p.before], &after.Exchanges[p.after])
		}
	}
	c.findings(before.Findings, after.Findings, pairs)
	c.at = -1
	c.whole(before, after)
	return c.all
}

// comparison gathers changes.
type comparison struct {
	all []Change
	at  int // the exchange
}

func (c *comparison) add(one Change) {
	one.Exchange = c.at
	c.all = append(c.all, one)
}

// value adds a change of a value that has a name for people.
func (c *comparison) value(kind, where, name, before, after string, expected bool) {
	if before == after {
		return
	}
	c.add(Change{Kind: kind, Where: where, Before: before, After: after, Expected: expected, Text: sentence(name, before, after)})
}

// sentence says what a named value is now, and what it was.
func sentence(name, before, after string) string {
	switch {
	case before == "":
		return fmt.Sprintf("%s came: %s.", name, said(after))
	case after == "":
		return fmt.Sprintf("%s went; it was %s.", name, said(before))
	}
	return fmt.Sprintf("%s is %s, before %s.", name, said(after), said(before))
}

// said makes a value from outside fit for a sentence.
func said(s string) string {
	const most = 160
	s = quotable(strings.TrimSpace(s))
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// pair is the numbers of two exchanges that are compared; -1: there is none.
type pair struct{ before, after int }

// matched pairs exchanges. Those that went stand where they were.
func matched(before, after []Exchange) []pair {
	var all []pair
	left := map[string]int{}
	for i, name := range roles(before) {
		left[name] = i
	}
	next := 0 // of the earlier ones, to be listed as gone
	names := roles(after)
	gone := func(until int) {
		for ; next < until; next++ {
			if !slices.Contains(names, roles(before)[next]) {
				all = append(all, pair{next, -1})
			}
		}
	}
	for i, name := range names {
		if b, ok := left[name]; ok {
			gone(b)
			all = append(all, pair{b, i})
		} else {
			all = append(all, pair{-1, i})
		}
	}
	gone(len(before))
	return all
}

// roles names each exchange by what it is in its report.
func roles(all []Exchange) []string {
	names := make([]string, len(all))
	count := map[string]int{}
	for i, x := range all {
		role := "chain"
		if x.Cause == "probe" {
			role = "probe " + x.Purpose
		}
		names[i] = fmt.Sprintf("%s %d", role, count[role])
		count[role]++
	}
	return names
}

// askedFor tells an exchange in a few words.
func askedFor(x *Exchange) string {
	s := strings.TrimSpace(x.Method + " " + x.URL)
	if x.Status.Code > 0 {
		s += fmt.Sprintf(" (%d)", x.Status.Code)
	}
	return s
}

// exchange compares one with its counterpart.
func (c *comparison) exchange(before, after *Exchange) {
	if after.Cause != "redirect" || !c.moved() {
		name := "The address that was asked"
		if after.Cause == "redirect" {
			name = "The target of the redirect"
		}
		c.value("target", "", name, before.URL, after.URL, false)
	}
	c.value("target", "method", "The method", before.Method, after.Method, false)
	c.value("error", "", "What ended the exchange", before.Error.Message, after.Error.Message, before.Error.Kind == after.Error.Kind && sameButNumbers(before.Error.Message, after.Error.Message))
	c.value("status", "", "The status", statusLine(before.Status), statusLine(after.Status), false)
	c.value("protocol", "", "The protocol", before.Protocol, after.Protocol, false)
	c.connection(before, after)
	c.value("interim", "", "The interim responses", interims(before.Interim), interims(after.Interim), false)
	c.challenges(before, after)
	length := c.content(before, after)
	c.fields(before, after, length)
	c.trailers(before, after)
}

// moved reports whether the exchange before this one told of another Location.
func (c *comparison) moved() bool {
	return slices.ContainsFunc(c.all, func(one Change) bool {
		return one.Exchange == c.at-1 && one.Kind == "field" && strings.EqualFold(one.Where, "Location")
	})
}

func statusLine(s Status) string {
	if s.Code == 0 {
		return ""
	}
	phrase := s.Reason
	if phrase == "" {
		phrase = s.Phrase
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", s.Code, phrase))
}

func interims(all []Interim) string {
	var codes []string
	for _, i := range all {
		codes = append(codes, fmt.Sprint(i.Code))
	}
	return strings.Join(codes, ", ")
}

// connection compares addresses and TLS. Another address of several is usual.
func (c *comparison) connection(before, after *Exchange) {
	if before.Remote != "" && after.Remote != "" {
		c.value("address", "", "The address that answered", before.Remote, after.Remote, true)
	}
	if len(before.DNS.Addresses) > 0 && len(after.DNS.Addresses) > 0 {
		c.value("address", "dns", "What the name resolves to", sorted(before.DNS.Addresses), sorted(after.DNS.Addresses), true)
		c.value("address", "canonical", "The name that the name leads to", before.DNS.Canonical, after.DNS.Canonical, false)
	}
	b, a := before.TLS, after.TLS
	c.value("tls", "version", "The version of TLS", b.Version, a.Version, false)
	if b.Version == "" || a.Version == "" {
		return
	}
	c.value("tls", "cipher", "The cipher", b.Cipher, a.Cipher, false)
	c.value("tls", "alpn", "The protocol agreed on in TLS (ALPN)", b.ALPN, a.ALPN, false)
	trust := map[bool]string{true: "trusted", false: "not trusted"}
	c.value("tls", "verified", "The certificate", strings.TrimSpace(trust[b.Verified]+" "+b.Error), strings.TrimSpace(trust[a.Verified]+" "+a.Error), false)
	c.certificates(b.Certificates, a.Certificates)
}

// certificates compares the server's own certificate piece by piece, those of
// the issuers by name.
func (c *comparison) certificates(before, after []Certificate) {
	if len(before) == 0 || len(after) == 0 {
		return
	}
	b, a := before[0], after[0]
	c.value("certificate", "subject", "The subject of the certificate", b.Subject, a.Subject, false)
	c.value("certificate", "issuer", "The issuer of the certificate", b.Issuer, a.Issuer, false)
	c.value("certificate", "names", "The names in the certificate", sorted(b.Names), sorted(a.Names), false)
	c.value("certificate", "not_before", "The first day of the certificate", b.NotBefore, a.NotBefore, false)
	c.value("certificate", "not_after", "The last day of the certificate", b.NotAfter, a.NotAfter, false)
	c.value("certificate", "key", "The key of the certificate", b.Key, a.Key, false)
	c.value("certificate", "chain", "The issuers' certificates that the server sends", issuers(before), issuers(after), false)
}

func issuers(chain []Certificate) string {
	var all []string
	for _, c := range chain[1:] {
		all = append(all, c.Subject+" until "+c.NotAfter)
	}
	return strings.Join(all, "; ")
}

func sorted(all []string) string {
	return strings.Join(slices.Sorted(slices.Values(all)), ", ")
}

// content compares what came. It reports whether another length was told.
func (c *comparison) content(before, after *Exchange) (length bool) {
	b, a := before.Content, after.Content
	known := func(x Content) bool { return x.Length >= 0 && (x.Known == "wholly" || x.Known == "none") }
	if known(b) && known(a) {
		if length = b.Length != a.Length; length {
			c.add(Change{Kind: "content", Where: "length", Before: fmt.Sprint(b.Length), After: fmt.Sprint(a.Length),
				Text: fmt.Sprintf("The content has %d bytes, before %d.", a.Length, b.Length)})
		} else if b.SHA256 != "" && a.SHA256 != "" && b.SHA256 != a.SHA256 {
			c.add(Change{Kind: "content", Where: "digest", Before: b.SHA256, After: a.SHA256, Text: "The content is another one of the same length."})
		}
	}
	if known(b) != known(a) && b.Known != "unknown" && a.Known != "unknown" {
		c.value("content", "known", "What was read of the content", b.Known, a.Known, false)
	}
	if b.Sniffed != "" && a.Sniffed != "" {
		c.value("content", "sniffed", "What the content looks like", b.Sniffed, a.Sniffed, false)
	}
	c.value("content", "problem", "What is wrong with the content", b.Problem, a.Problem, false)
	return length
}
