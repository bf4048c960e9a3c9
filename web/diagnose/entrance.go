package diagnose

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// Entrance is one of the addresses by which people come to a site, with what
// came of asking it.
type Entrance struct {
	URL   string
	Chain []message.Exchange // the request and its redirects
	Deep  []message.Exchange // the same for an address below it, at which there is nothing; empty: not asked
}

// last is the exchange at which the entrance ends.
func (e Entrance) last() message.Exchange { return e.Chain[len(e.Chain)-1] }

// answers reports whether an HTTP response came to the last request.
func (e Entrance) answers() bool {
	x := e.last()
	return x.Response != nil && x.Response.Code > 0 && x.Failure == nil
}

// end is the address at which the entrance ends with an answer; empty: it does
// not. A query that was not asked for is left out: a sign-in gives each visit one of
// its own.
func (e Entrance) end() string {
	if !e.answers() {
		return ""
	}
	end := plainAddress(e.last().Request.URL)
	path, query, _ := strings.Cut(end, "?")
	if _, asked, _ := strings.Cut(e.URL, "?"); query != asked {
		return path
	}
	return end
}

// code is the status with which the entrance ends.
func (e Entrance) code() int {
	if !e.answers() {
		return 0
	}
	return e.last().Response.Code
}

// entered reports whether the entrance itself gave an answer, wherever it leads.
func (e Entrance) entered() bool { return e.Chain[0].Response != nil }

// host and scheme are those of the entrance itself.
func (e Entrance) host() string   { return hostIn(e.URL) }
func (e Entrance) scheme() string { return schemeIn(e.URL) }

func hostIn(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

func schemeIn(address string) string {
	scheme, _, _ := strings.Cut(address, "://")
	return strings.ToLower(scheme)
}

// distrusted is the first exchange whose certificate browsers refuse: they go no
// further.
func (e Entrance) distrusted() (message.Exchange, bool) {
	for _, x := range e.Chain {
		if x.Peer != nil && x.Peer.TLS != nil && !x.Peer.TLS.Verified {
			return x, true
		}
	}
	return message.Exchange{}, false
}

// HSTS is Strict-Transport-Security in the first answer over https that the
// entrance leads to; empty: it has none, or there is no such answer.
func (e Entrance) HSTS() string {
	for _, x := range e.Chain {
		if x.Response != nil && schemeIn(x.Request.URL) == "https" {
			return x.Response.Fields.Get("Strict-Transport-Security")
		}
	}
	return ""
}

// home is the last origin of the site itself that the entrance leads to, of which
// a sign-in elsewhere is none; empty: it does not end with an answer.
func (all Entrances) home(e Entrance) string {
	home := ""
	for _, x := range e.Chain {
		if host := hostIn(x.Request.URL); e.answers() && slices.ContainsFunc(all, func(o Entrance) bool { return o.host() == host }) {
			home = originIn(x.Request.URL)
		}
	}
	return home
}

// LeadsElsewhere reports whether an entrance leads to another origin of the site.
func (all Entrances) LeadsElsewhere(i int) bool {
	home := all.home(all[i])
	return home != "" && home != originIn(all[i].URL)
}

// below is an address below an entrance, and that at the site's home to which it
// leads. It is not known where the entrance leads to no other origin, or the address
// does not.
func (all Entrances) below(e Entrance) (from, to *url.URL, ok bool) {
	chain, home := e.Deep, all.home(e)
	if len(chain) == 0 {
		chain = e.Chain
	}
	at := arrival(chain, home)
	from, err := url.Parse(chain[0].Request.URL)
	to, err2 := url.Parse(chain[at].Request.URL)
	if home == "" || at == 0 || originIn(chain[at].Request.URL) != home || err != nil || err2 != nil {
		return nil, nil, false
	}
	return from, to, strings.Trim(from.Path, "/")+from.RawQuery != ""
}

// arrival is the number of the first exchange that an origin was asked in; that
// of the last where it never was.
func arrival(chain []message.Exchange, origin string) int {
	for i, x := range chain {
		if originIn(x.Request.URL) == origin {
			return i
		}
	}
	return len(chain) - 1
}

// asksForHTTPS reports whether an answer has a Strict-Transport-Security that does
// not end the policy, as max-age=0 does (RFC 6797, Section 6.1.1).
func asksForHTTPS(r *message.Response) bool {
	for n, v := range r.Fields.Values("Strict-Transport-Security") {
		for _, d := range field.Split("cookie", n, v) {
			if seconds, ok := field.Integer(strings.Trim(d.Value, `"`)); strings.EqualFold(d.Name, "max-age") && ok {
				return seconds > 0
			}
		}
		return false // the first line alone counts (Section 8.1)
	}
	return false
}

// plainAddress is an address in the form in which two that are the same are
// equal (RFC 9110, Section 4.2.3), without a fragment.
func plainAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.Fragment, u.RawFragment = "", ""
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Port() != "" && u.Port() == map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	}
	u.Path = cmp.Or(u.Path, "/")
	return u.String()
}

// originIn is scheme and authority of an address.
func originIn(address string) string {
	u, err := url.Parse(plainAddress(address))
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// sameBelow reports whether two addresses differ in nothing but their origins.
func sameBelow(a, b string) bool {
	strip := func(s string) string { return strings.TrimPrefix(plainAddress(s), originIn(s)) }
	return originIn(a) != originIn(b) && strip(a) == strip(b)
}

// Entrances is the addresses by which people come to one site.
type Entrances []Entrance

// Ends lists the addresses at which entrances end, the one of most first; https
// goes before http.
func (all Entrances) Ends() []string {
	count := map[string]int{}
	var ends []string
	for _, e := range all {
		end := e.end()
		if end == "" {
			continue
		}
		if count[end]++; count[end] == 1 {
			ends = append(ends, end)
		}
	}
	slices.SortStableFunc(ends, func(a, b string) int {
		return cmp.Or(count[b]-count[a], strings.Compare(schemeIn(b), schemeIn(a)))
	})
	return ends
}

// Canonical is the one address at which all entrances end that answer; empty:
// there are several, or none answers.
func (all Entrances) Canonical() string {
	ends := all.Ends()
	if len(ends) != 1 {
		return ""
	}
	return ends[0]
}

// Answering counts the entrances that end with an answer.
func (all Entrances) Answering() int {
	n := 0
	for _, e := range all {
		if e.answers() {
			n++
		}
	}
	return n
}
