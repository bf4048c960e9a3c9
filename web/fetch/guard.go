package fetch

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"syscall"
)

// special lists what must not be asked: the IANA IPv4 Special-Purpose Address
// Registry whole, and what of the IPv6 one lies within the global unicast space
// 2000::/3, outside of which nothing is asked at all. As of 2026-11.
var special = prefixes(
	"0.0.0.0/8",         // this network
	"10.0.0.0/8",        // private use
	"100.64.0.0/10",     // shared address space
	"127.0.0.0/8",       // loopback
	"169.254.0.0/16",    // link-local, cloud metadata
	"172.16.0.0/12",     // private use
	"192.0.0.0/24",      // IETF protocol assignments
	"192.0.2.0/24",      // documentation
	"192.31.196.0/24",   // AS112
	"192.52.193.0/24",   // AMT
	"192.88.99.0/24",    // former 6to4 relays
	"192.168.0.0/16",    // private use
	"192.175.48.0/24",   // AS112
	"198.18.0.0/15",     // benchmarking
	"198.51.100.0/24",   // documentation
	"203.0.113.0/24",    // documentation
	"224.0.0.0/4",       // multicast
	"240.0.0.0/4",       // reserved, limited broadcast
	"168.63.129.16/32",  // Azure's host, not in the registry
	"2001::/23",         // IETF protocol assignments, Teredo and ORCHID among them
	"2001:db8::/32",     // documentation
	"2002::/16",         // 6to4: carries an IPv4 address
	"2620:4f:8000::/48", // AS112
	"3fff::/20",         // documentation
)

var globalUnicast = netip.MustParsePrefix("2000::/3")

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, s := range all {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// public reports whether an address is one that anybody on the internet could
// ask. An address with a zone is none.
func public(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	if a.Is6() && (!globalUnicast.Contains(a) || isatap(a)) {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// isatap reports whether the interface identifier carries an IPv4 address
// (RFC 5214, Section 6.1).
func isatap(a netip.Addr) bool {
	b := a.As16()
	return b[8]&^3 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
}

// permit decides on the address that is about to be dialled.
func (f *Fetcher) permit(a netip.AddrPort) error {
	if f.c.AllowAll {
		return nil
	}
	if a.Addr().Zone() != "" {
		return errBlocked
	}
	plain := a.Addr().Unmap()
	if slices.Contains(f.c.AllowPorts, netip.AddrPortFrom(plain, a.Port())) {
		return nil
	}
	for _, p := range f.c.Allow {
		if p.Contains(plain) {
			return nil
		}
	}
	if !public(plain) {
		return errBlocked
	}
	if !slices.Contains(f.c.Ports, a.Port()) {
		return errPort
	}
	return nil
}

// control is called by the dialer with the address of the socket, after every
// look-up and just before it connects: whatever a name resolved to, nothing
// else is dialled.
func (f *Fetcher) control(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("reading the address to be dialled: %w", errBlocked)
	}
	return f.permit(a)
}

// port reads a port, which net.Dial would let wrap around.
func port(s string) (uint16, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return uint16(n), err == nil && n > 0
}

func portString(p uint16) string { return strconv.Itoa(int(p)) }
