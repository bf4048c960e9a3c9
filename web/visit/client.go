package visit

import (
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"sync"

	"github.com/go-chi/chi/v5/middleware"

	"wwwhy/web/limit"
)

// Client names who asks, as package limit names clients.
func Client(r *http.Request) string {
	return limit.Client(middleware.GetClientIPAddr(r.Context()))
}

// Proxies are those in front of the site whose word on the client counts.
type Proxies struct {
	trusted []netip.Prefix
	log     *slog.Logger
	unnamed sync.Once // telling of a proxy that is not among them
}

// NewProxies returns the proxies of these addresses.
func NewProxies(trusted []netip.Prefix, log *slog.Logger) *Proxies {
	return &Proxies{trusted: trusted, log: log}
}

// Identified notes the address of the client. Only proxies of our own are
// believed when they name another.
func (p *Proxies) Identified() func(http.Handler) http.Handler {
	if len(p.trusted) == 0 {
		return middleware.ClientIPFromRemoteAddr
	}
	names := make([]string, len(p.trusted))
	for i, t := range p.trusted {
		names[i] = t.String()
	}
	return middleware.ClientIPFromXFF(names...)
}

// Named tells the operator once of a proxy that seems to stand in front and is
// not named: all visitors behind it are one client. From elsewhere than this
// machine and its network, the field is whatever a visitor sends.
func (p *Proxies) Named(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header["X-Forwarded-For"]) > 0 && p.nearby(r.RemoteAddr) {
			p.unnamed.Do(func() {
				p.log.Warn("X-Forwarded-For comes from an address of this machine or network that is no trusted proxy",
					"remedy", "If it is your proxy, name its address in --trusted-proxies: until then all visitors behind it are counted as one.")
			})
		}
		next.ServeHTTP(w, r)
	})
}

// nearby reports whether a peer is on this machine or its network, and is none of
// the proxies that are named.
func (p *Proxies) nearby(peer string) bool {
	at, err := netip.ParseAddrPort(peer)
	if err != nil {
		return false
	}
	a := at.Addr().Unmap()
	return (a.IsLoopback() || a.IsPrivate()) && !slices.ContainsFunc(p.trusted, func(t netip.Prefix) bool { return t.Contains(a) })
}
