package fetch

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"wwwhy/web/message"
)

// target is where a URL's host is to be found.
type target struct {
	host      string
	port      uint16
	addresses []netip.Addr // in the order in which they are tried
	stop      func()       // ends what is still being looked up
}

// resolve finds the addresses of the host and notes them.
func (s *session) resolve(u *url.URL, x *message.Exchange) (target, *message.Failure) {
	t := target{host: u.Hostname(), port: map[string]uint16{"http": 80, "https": 443}[u.Scheme], stop: func() {}}
	if p := u.Port(); p != "" {
		t.port, _ = port(p)
	}
	start := time.Now()
	addresses, err := s.look(&t, x)
	x.Timing.DNS = time.Since(start)
	if err == nil && len(addresses) == 0 {
		err = &net.DNSError{Err: "no addresses", Name: t.host, IsNotFound: true}
	}
	if err == nil {
		t.addresses = interleaved(s.ofFamily(addresses))
		if len(t.addresses) == 0 {
			err = errFamily
		}
	}
	if err != nil {
		t.stop()
		f := s.failure(err, message.FailureDNS, args("host", t.host, "port", t.port))
		if errors.Is(err, errFamily) {
			f.Args["family"] = strconv.Itoa(s.o.Family)
		}
		return t, f
	}
	if x.Peer == nil {
		x.Peer = &message.Peer{}
	}
	for i, a := range addresses {
		if i == 32 {
			break // more are no use to anybody
		}
		x.Peer.Resolved = append(x.Peer.Resolved, a.String())
	}
	return t, nil
}

// look asks the resolver; a host that is an address is its own, and one that
// the caller has named an address for is not looked up.
func (s *session) look(t *target, x *message.Exchange) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(t.host); err == nil {
		return []netip.Addr{a}, nil
	}
	key := net.JoinHostPort(strings.ToLower(t.host), portString(t.port))
	for _, named := range []Resolved{s.o.Resolve, s.c.Resolve} {
		if a, ok := named[key]; ok {
			t.port = cmp.Or(a.Port(), t.port)
			return []netip.Addr{a.Addr()}, nil
		}
	}
	x.Peer = &message.Peer{}
	t.stop = s.canonical(t.host, x.Peer)
	all, err := s.c.Resolver.LookupNetIP(s.ctx, "ip", t.host)
	for i, a := range all {
		all[i] = a.Unmap() // the hosts file yields IPv4 in the form of IPv6
	}
	return all, err
}

// canonical asks, beside everything else, for the name that the host leads to.
// The returned function ends the question and waits for it.
func (s *session) canonical(host string, peer *message.Peer) (stop func()) {
	r, ok := s.c.Resolver.(interface {
		LookupCNAME(ctx context.Context, host string) (string, error)
	})
	if !ok || strings.EqualFold(host, "localhost") {
		return func() {}
	}
	ctx, cancel := context.WithCancel(s.ctx)
	told := make(chan string, 1)
	go func() {
		name, err := r.LookupCNAME(ctx, host)
		if err != nil {
			name = ""
		}
		told <- name
	}()
	return func() {
		cancel()
		name := strings.TrimSuffix(<-told, ".")
		if !strings.EqualFold(name, strings.TrimSuffix(host, ".")) {
			peer.Canonical = name
		}
	}
}

var errFamily = errors.New("the name has no address of the asked version of IP")

func (s *session) ofFamily(all []netip.Addr) []netip.Addr {
	if s.o.Family == 0 {
		return all
	}
	var out []netip.Addr
	for _, a := range all {
		if a.Unmap().Is4() == (s.o.Family == 4) {
			out = append(out, a)
		}
	}
	return out
}

// interleaved alternates between the versions of IP, beginning with that of the
// first address, so that one that does not work costs little time (RFC 8305,
// Section 4).
func interleaved(all []netip.Addr) []netip.Addr {
	if len(all) < 3 {
		return all
	}
	var first, second []netip.Addr
	for _, a := range all {
		if a.Is4() == all[0].Is4() {
			first = append(first, a)
		} else {
			second = append(second, a)
		}
	}
	out := make([]netip.Addr, 0, len(all))
	for i := range max(len(first), len(second)) {
		if i < len(first) {
			out = append(out, first[i])
		}
		if i < len(second) {
			out = append(out, second[i])
		}
	}
	return out
}
