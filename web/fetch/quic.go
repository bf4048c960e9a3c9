package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"github.com/quic-go/quic-go"

	"wwwhy/web/message"
)

// overQUIC connects over UDP and speaks HTTP/3, which only https has. The guard
// passes the address before the first packet.
func (s *session) overQUIC(u *url.URL, t target, x *message.Exchange) *message.Failure {
	if u.Scheme != "https" {
		x.Peer = nil
		return &message.Failure{Kind: message.FailureURL, Args: args("url", shortened(x.Request.URL), "detail", "HTTP/3 is for https only")}
	}
	conn, end, failure := s.dialQUIC(u, t, x)
	if failure != nil {
		return failure
	}
	defer end()
	state := conn.ConnectionState().TLS
	x.Peer.Address, x.Peer.ALPN = conn.RemoteAddr().String(), state.NegotiatedProtocol
	x.Peer.TLS = s.facts(state, u.Hostname())
	if failure := s.trusted(u, x); failure != nil {
		return failure
	}
	s.completeRequest(x.Request, u)
	x.Request.Protocol = "HTTP/3"
	return s.http3(conn, u, x)
}

// dialQUIC tries the addresses in turn. end closes what the connection uses.
func (s *session) dialQUIC(u *url.URL, t target, x *message.Exchange) (conn *quic.Conn, end func(), failure *message.Failure) {
	var first error
	about := ""
	start := time.Now()
	defer func() { x.Timing.TLS = time.Since(start) }()
	for i, ip := range t.addresses {
		a := netip.AddrPortFrom(ip, t.port)
		leave, err := s.enter(a)
		if err == nil {
			x.Peer.Tried = append(x.Peer.Tried, ip.String())
			ctx, cancel := s.ctx, context.CancelFunc(func() {})
			if i < len(t.addresses)-1 {
				ctx, cancel = context.WithTimeout(s.ctx, s.c.Deadline/4)
			}
			var hangUp func()
			conn, hangUp, err = s.handshakeQUIC(ctx, a, u.Hostname())
			cancel()
			if err == nil {
				return conn, func() { hangUp(); leave() }, nil
			}
			leave()
		}
		if first == nil {
			first, about = err, a.String()
		}
	}
	f := s.failure(quicCause(first), message.FailureTLS, args("host", t.host, "port", t.port, "address", about))
	switch f.Kind {
	case message.FailureBlocked:
		x.Peer = nil
	case message.FailureRefused:
		f.Args["port"] += " over UDP" // the same port may take connections over TCP
	}
	return nil, nil, f
}

// handshakeQUIC opens a socket for one address and one connection. The flow
// control windows are the budget of its content, and the socket has one of its own.
func (s *session) handshakeQUIC(ctx context.Context, a netip.AddrPort, host string) (*quic.Conn, func(), error) {
	dialer := net.Dialer{Control: s.control}
	socket, err := dialer.DialUDP(ctx, "udp", netip.AddrPort{}, a)
	if err != nil {
		return nil, nil, fmt.Errorf("opening a socket: %w", err)
	}
	most := s.c.ReadLimit + s.c.HeadLimit
	transport := &quic.Transport{Conn: &budgetSocket{conn: socket, budget: budget{r: socket, left: 2 * most}}}
	end := func() {
		_ = transport.Close()
		_ = socket.Close()
	}
	window := uint64(most)
	conn, err := transport.Dial(ctx, net.UDPAddrFromAddrPort(a),
		&tls.Config{ServerName: host, NextProtos: []string{"h3"}, MinVersion: tls.VersionTLS13, InsecureSkipVerify: true},
		&quic.Config{HandshakeIdleTimeout: s.c.Deadline, MaxIdleTimeout: s.c.Deadline, InitialStreamReceiveWindow: window, MaxStreamReceiveWindow: window,
			InitialConnectionReceiveWindow: window, MaxConnectionReceiveWindow: window, MaxIncomingStreams: -1, MaxIncomingUniStreams: 8,
			RequireStreamCreditRelease: true, DisablePathMTUDiscovery: true})
	if err != nil {
		end()
		return nil, nil, err
	}
	return conn, func() { _ = conn.CloseWithError(0x100, ""); end() }, nil // H3_NO_ERROR
}

// budgetSocket is a UDP socket that hears one peer only, within a budget of bytes
// and datagrams. Flow control bounds what streams carry: whatever else comes, such
// as datagrams that nobody can decrypt, costs time as well. It has no more methods
// than it needs, or quic-go would read around it.
type budgetSocket struct {
	conn *net.UDPConn
	budget
}

// ReadFrom reads a datagram within the budget.
func (s *budgetSocket) ReadFrom(p []byte) (int, net.Addr, error) {
	n, err := s.Read(p)
	return n, s.conn.RemoteAddr(), err
}

// WriteTo sends a datagram to the peer; the address is known to be its own.
func (s *budgetSocket) WriteTo(p []byte, _ net.Addr) (int, error) { return s.conn.Write(p) }

// Close closes the socket.
func (s *budgetSocket) Close() error { return s.conn.Close() }

// LocalAddr returns the address of the socket.
func (s *budgetSocket) LocalAddr() net.Addr { return s.conn.LocalAddr() }

// SetDeadline limits the time to read and to write.
func (s *budgetSocket) SetDeadline(t time.Time) error { return s.conn.SetDeadline(t) }

// SetReadDeadline limits the time to read.
func (s *budgetSocket) SetReadDeadline(t time.Time) error { return s.conn.SetReadDeadline(t) }

// SetWriteDeadline limits the time to write.
func (s *budgetSocket) SetWriteDeadline(t time.Time) error { return s.conn.SetWriteDeadline(t) }

// SetReadBuffer makes room for datagrams that come at once.
func (s *budgetSocket) SetReadBuffer(bytes int) error { return s.conn.SetReadBuffer(bytes) }

// SetWriteBuffer makes room for datagrams that are sent at once.
func (s *budgetSocket) SetWriteBuffer(bytes int) error { return s.conn.SetWriteBuffer(bytes) }

// SyscallConn lets quic-go forbid fragments (RFC 9000, Section 14).
func (s *budgetSocket) SyscallConn() (syscall.RawConn, error) { return s.conn.SyscallConn() }

// quicCause makes of QUIC's errors those that are told apart elsewhere.
func quicCause(err error) error {
	var idle *quic.IdleTimeoutError
	var handshake *quic.HandshakeTimeoutError
	if errors.As(err, &idle) || errors.As(err, &handshake) {
		return fmt.Errorf("nothing answers over UDP, so HTTP/3 is not offered here or is blocked on the way: %w", context.DeadlineExceeded)
	}
	return err
}
