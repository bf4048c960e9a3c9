package main

import (
	"log/slog"
	"net/netip"
	"slices"
	"sync"

	"wwwhy/web/limit"
	"wwwhy/web/listen"
)

// mostConnections is how many connections a client may have open at once. A
// browser has one or a few, and hundreds of people may share an address; each
// takes up to 100 kB, whatever it does.
const mostConnections = 256

// inside is networks from which proxies and balancers ask, beside private ones:
// the shared address space (RFC 6598).
var inside = netip.MustParsePrefix("100.64.0.0/10")

// crowd bounds the connections of each client. Those of our proxies are other people's, and whoever asks from this
// machine or its network may be a proxy that nobody has named.
func crowd(proxies []netip.Prefix, log *slog.Logger) listen.Enter {
	var places limit.Places
	var told sync.Once
	return func(from netip.Addr) (leave func(), ok bool) {
		known := func(p netip.Prefix) bool { return p.Contains(from) }
		if from.IsLoopback() || from.IsPrivate() || from.IsLinkLocalUnicast() || known(inside) || slices.ContainsFunc(proxies, known) {
			return func() {}, true
		}
		leave, full := places.Take(limit.Key{Name: limit.Client(from), Most: mostConnections})
		if full == nil {
			return leave, true
		}
		told.Do(func() {
			log.Warn("a client has as many connections open as one may have; more of them are ended", "most", mostConnections,
				"remedy", "If it is your proxy, name its address in --trusted-proxies: its connections are not bounded.")
		})
		return nil, false
	}
}
