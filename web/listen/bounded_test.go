package listen

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// dialed connects to a listener, and ends with the test.
func dialed(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), l.Addr().Network(), l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn
}

// TestConnectionsNeedAPlace has one place: a second connection is ended, and a
// third let in when the first is over.
func TestConnectionsNeedAPlace(t *testing.T) {
	open, err := Open(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var taken atomic.Int32
	l := Bounded(open, func(from netip.Addr) (func(), bool) {
		if from != netip.MustParseAddr("127.0.0.1") {
			t.Errorf("a connection from %s", from)
		}
		if taken.Load() == 1 {
			return nil, false
		}
		taken.Add(1)
		return func() { taken.Add(-1) }, true
	})[0]
	defer l.Close()
	dialed(t, l)
	first, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := first.(interface{ CloseWrite() error }); !ok {
		t.Error("net/http cannot close one half of the connection, so that an early answer may be lost")
	}
	second := dialed(t, l)
	accepted := make(chan net.Conn)
	go func() {
		conn, _ := l.Accept() // passes over the second
		accepted <- conn
	}()
	if _, err := second.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the second connection is not ended: %v", err)
	}
	_ = first.Close()
	_ = first.Close() // gives no second place back
	third := dialed(t, l)
	conn := <-accepted
	if conn == nil || conn.RemoteAddr().String() != third.LocalAddr().String() || taken.Load() != 1 {
		t.Errorf("the third connection is not let in, and %d are there", taken.Load())
	}
}

// TestASocketNeedsNoPlace: whoever connects there is a proxy.
func TestASocketNeedsNoPlace(t *testing.T) {
	open, err := Open(t.Context(), "unix:"+filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	l := Bounded(open, func(netip.Addr) (func(), bool) { return nil, false })[0]
	defer l.Close()
	client := dialed(t, l)
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("x")); err != nil {
		t.Error(err)
	}
	if _, err := client.Read(make([]byte, 1)); err != nil {
		t.Error(err)
	}
}
