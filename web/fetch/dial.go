package fetch

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"time"

	"wwwhy/web/message"
)

// dial resolves the host and connects to its addresses one after the other
// until one answers.
func (s *session) dial(u *url.URL, x *message.Exchange) (net.Conn, *message.Failure) {
	number := map[string]uint16{"http": 80, "https": 443}[u.Scheme]
	if p := u.Port(); p != "" {
		number, _ = port(p)
	}
	m := args("host", u.Hostname(), "port", number)
	start := time.Now()
	addresses, err := s.resolve(u.Hostname())
	x.Timing.DNS = time.Since(start)
	if err != nil {
		return nil, s.failure(err, message.FailureDNS, m)
	}
	x.Peer = &message.Peer{}
	start = time.Now()
	conn, address, err := s.connect(addresses, number, x.Peer)
	x.Timing.Connect = time.Since(start)
	if err != nil {
		m["address"] = address
		f := s.failure(err, message.FailureUnreachable, m)
		if f.Kind == message.FailureBlocked {
			x.Peer = nil // what the name resolves to is not ours to tell
		}
		return nil, f
	}
	x.Peer.Address = conn.RemoteAddr().String()
	return &budgetConn{Conn: conn, left: s.c.ReadLimit + s.c.HeadLimit}, nil
}

// resolve returns the addresses of a host; one that is an address is its own.
func (s *session) resolve(host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	addresses, err := s.c.Resolver.LookupNetIP(s.ctx, "ip", host)
	if err == nil && len(addresses) == 0 {
		err = &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	}
	return addresses, err
}

// connect tries the addresses in turn, within what is left of the dials.
// It returns the address that the error is about.
func (s *session) connect(addresses []netip.Addr, number uint16, peer *message.Peer) (net.Conn, string, error) {
	dialer := net.Dialer{Control: s.control, KeepAlive: -1, FallbackDelay: -1}
	var first error
	var about string
	note := func(a string, err error) {
		// A refusal by the guard is told only where nothing else happened.
		if first == nil {
			first, about = err, a
		}
	}
	for i, a := range addresses {
		target := netip.AddrPortFrom(a, number)
		if err := s.permit(target); err != nil {
			note(target.String(), err)
			continue
		}
		if s.dials++; s.dials > s.c.Dials {
			note(target.String(), errTooLarge)
			break
		}
		peer.Tried = append(peer.Tried, a.String())
		ctx, cancel := s.ctx, context.CancelFunc(func() {})
		if i < len(addresses)-1 {
			ctx, cancel = context.WithTimeout(s.ctx, s.c.Deadline/3)
		}
		conn, err := dialer.DialContext(ctx, "tcp", target.String())
		cancel()
		if err == nil {
			return conn, "", nil
		}
		note(target.String(), err)
	}
	return nil, about, first
}

// budgetConn ends reading when a connection's budget of bytes is used up.
type budgetConn struct {
	net.Conn
	left int64
}

func (c *budgetConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errTooLarge
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.Conn.Read(p)
	c.left -= int64(n)
	return n, err
}
