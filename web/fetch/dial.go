package fetch

import (
	"context"
	"io"
	"net"
	"net/netip"
	"time"

	"wwwhy/web/message"
)

// attemptDelay is how long an attempt has before the next address is tried
// beside it (RFC 8305, Section 5).
const attemptDelay = 250 * time.Millisecond

// dial connects to the first address that answers.
func (s *session) dial(t target, x *message.Exchange) (*budgetConn, *message.Failure) {
	start := time.Now()
	r := &race{session: s, target: t, peer: x.Peer}
	conn, err := r.alone()
	if conn.Conn == nil && err == nil {
		conn, err = r.run()
	}
	x.Timing.Connect = time.Since(start)
	if err != nil {
		f := s.failure(err, message.FailureUnreachable, args("host", t.host, "port", t.port, "address", r.about))
		if f.Kind == message.FailureBlocked {
			x.Peer = nil // what the name resolves to is not ours to tell
		}
		return nil, f
	}
	x.Peer.Address = conn.RemoteAddr().String()
	return &budgetConn{conn.Conn, budget{r: conn.Conn, left: s.c.ReadLimit + s.c.HeadLimit}, conn.leave}, nil
}

// race tries addresses one after the other, without waiting for the end of one
// that is slow, and takes the first connection.
type race struct {
	*session
	target
	peer  *message.Peer
	next  int // index of the address to try next
	under int // attempts under way
	ended chan attempt
	err   error  // the first that says something
	about string // the address that err is about
}

// attempt is the outcome of one dial.
type attempt struct {
	placedConn
	address netip.AddrPort
	err     error
}

// placedConn is a connection with the place that it takes.
type placedConn struct {
	net.Conn
	leave func()
}

// alone connects to an address that has no rival: then nothing needs to be
// raced. It returns neither a connection nor an error where there are several.
func (r *race) alone() (placedConn, error) {
	if len(r.addresses) != 1 {
		return placedConn{}, nil
	}
	a := netip.AddrPortFrom(r.addresses[0], r.port)
	r.about = a.String()
	leave, err := r.enter(a)
	if err != nil {
		return placedConn{}, err
	}
	r.peer.Tried = append(r.peer.Tried, a.Addr().String())
	conn, err := r.connect(r.ctx, a, leave)
	return placedConn{conn, leave}, err
}

// connect dials one address. It gives the place back where that fails.
func (s *session) connect(ctx context.Context, a netip.AddrPort, leave func()) (net.Conn, error) {
	dialer := net.Dialer{Control: s.control, KeepAlive: -1, FallbackDelay: -1}
	conn, err := dialer.DialTCP(ctx, "tcp", netip.AddrPort{}, a)
	if err != nil {
		leave()
		return nil, err
	}
	return conn, nil
}

// run returns the first connection. Attempts that lose are ended and waited
// for.
func (r *race) run() (placedConn, error) {
	ctx, cancel := context.WithCancel(r.ctx)
	r.ended = make(chan attempt, len(r.addresses))
	defer func() {
		cancel()
		for ; r.under > 0; r.under-- {
			if late := <-r.ended; late.err == nil {
				late.Close()
				late.leave()
			}
		}
	}()
	for r.begin(ctx) {
		timer := time.NewTimer(attemptDelay)
		won, ok := r.wait(timer.C)
		timer.Stop()
		if ok {
			return won, nil
		}
	}
	for r.under > 0 {
		if won, ok := r.wait(nil); ok {
			return won, nil
		}
	}
	return placedConn{}, r.err
}

// wait waits for the end of an attempt, or for the time to begin another.
func (r *race) wait(over <-chan time.Time) (placedConn, bool) {
	select {
	case a := <-r.ended:
		r.under--
		if a.err == nil {
			return a.placedConn, true
		}
		r.note(a.address, a.err)
	case <-over:
	}
	return placedConn{}, false
}

// note keeps the first error: a refusal by the guard only where nothing else
// happened.
func (r *race) note(a netip.AddrPort, err error) {
	if r.err == nil {
		r.err, r.about = err, a.String()
	}
}

// begin starts an attempt with the next address that the guard passes, within
// what is left of the dials. It returns false when there is none.
func (r *race) begin(ctx context.Context) bool {
	for r.next < len(r.addresses) {
		a := netip.AddrPortFrom(r.addresses[r.next], r.port)
		r.next++
		leave, err := r.enter(a)
		if err != nil {
			r.note(a, err)
			if err == errDials {
				return false
			}
			continue
		}
		r.peer.Tried = append(r.peer.Tried, a.Addr().String())
		r.under++
		go func() {
			conn, err := r.connect(ctx, a, leave)
			r.ended <- attempt{placedConn{conn, leave}, a, err}
		}()
		return true
	}
	return false
}

// enter asks the guard, counts the dial and takes a place.
func (s *session) enter(a netip.AddrPort) (leave func(), err error) {
	if err := s.permit(a); err != nil {
		return nil, err
	}
	if s.Spent(*s.o.Dialed) {
		return nil, errDials
	}
	*s.o.Dialed++
	if s.c.Enter == nil {
		return func() {}, nil
	}
	leave, ok := s.c.Enter(s.ctx, a.Addr().Unmap(), s.o.Patient)
	if !ok {
		return nil, errBusy
	}
	return leave, nil
}

// mostReads is how often a connection is read: each costs time, however little
// it brings, and a server that sends byte by byte could make us spend it all.
const mostReads = 8192

// budget ends reading when its bytes, or its reads, are used up.
type budget struct {
	r     io.Reader
	left  int64
	reads int
}

func (b *budget) Read(p []byte) (int, error) {
	if b.reads++; b.left <= 0 || b.reads > mostReads {
		return 0, errTooLarge
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

// budgetConn is a connection with its budget of bytes and its place.
type budgetConn struct {
	net.Conn
	budget
	leave func()
}

// Read reads within the budget.
func (c *budgetConn) Read(p []byte) (int, error) { return c.budget.Read(p) }

// Close closes the connection and gives its place back.
func (c *budgetConn) Close() error {
	c.leave()
	return c.Conn.Close()
}
