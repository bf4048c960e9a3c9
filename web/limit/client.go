package limit

import "net/netip"

// Client names who asks from an address: an IPv4 address, or the /64 network of
// IPv6, since one client has all of it.
func Client(a netip.Addr) string {
	if a.Is6() && !a.Is4In6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	if a == (netip.Addr{}) {
		return "unknown"
	}
	return a.String()
}
