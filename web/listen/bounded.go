package listen

import (
	"net"
	"net/netip"
	"sync"
)

// Enter takes a place for a connection from an address, or says that none is
// free. leave gives the place back.
type Enter func(from netip.Addr) (leave func(), ok bool)

// Bounded lets in the connections that enter has a place for, and ends others
// before anything is read of them: each takes a descriptor and memory, whatever
// it does, and more with HTTP/2. Connections to Unix sockets come from a proxy and
// are let in.
func Bounded(listeners []net.Listener, enter Enter) []net.Listener {
	out := make([]net.Listener, len(listeners))
	for i, l := range listeners {
		out[i] = bounded{l, enter}
	}
	return out
}

type bounded struct {
	net.Listener
	enter Enter
}

// Accept returns the next connection that has a place.
func (l bounded) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		tcp, ok := conn.(*net.TCPConn)
		if err != nil || !ok {
			return conn, err
		}
		peer, _ := tcp.RemoteAddr().(*net.TCPAddr)
		leave, ok := l.enter(peer.AddrPort().Addr().Unmap())
		if ok {
			return &placed{tcp, sync.OnceFunc(leave)}, nil
		}
		_ = tcp.SetLinger(0) // nothing is left to be sent, and nobody to wait for
		_ = tcp.Close()
	}
}

// placed is a connection with its place. It can all that a TCP connection can:
// net/http closes one half before the other, so that an answer is read to its end.
type placed struct {
	*net.TCPConn
	leave func()
}

// Close closes the connection and gives its place back.
func (c *placed) Close() error {
	c.leave()
	return c.TCPConn.Close()
}
