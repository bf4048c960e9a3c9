//go:build unix

package fetch

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"
)

// silent makes an address that takes no connection and refuses none: its queue
// is full. It returns its port.
func silent(t *testing.T, ip string) int {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	a := netip.MustParseAddr(ip).As4()
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrInet4{Addr: a}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	number := name.(*syscall.SockaddrInet4).Port
	for range 8 {
		c, err := net.DialTimeout("tcp", fmt.Sprintf("%s:%d", ip, number), 50*time.Millisecond)
		if err != nil {
			return number
		}
		t.Cleanup(func() { c.Close() })
	}
	t.Skip("this system's queues do not fill")
	return 0
}

func TestASlowAddressKeepsNobodyWaiting(t *testing.T) {
	number := silent(t, "127.0.0.2")
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", number))
	if err != nil {
		t.Skip("the port is taken on the other address")
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Listener = l
	server.Start()
	defer server.Close()
	c := Config{Resolver: names{"a.example": "127.0.0.2 127.0.0.1", "cname a.example": "b.example"}, Deadline: 20 * time.Second}
	x := ask(t, c, fmt.Sprintf("http://a.example:%d/", number), Options{})[0]
	if x.Failure != nil {
		t.Fatal(x.Failure)
	}
	if p := x.Peer; fmt.Sprint(p.Tried) != "[127.0.0.2 127.0.0.1]" || fmt.Sprint(p.Resolved) != "[127.0.0.2 127.0.0.1]" || !strings.HasPrefix(p.Address, "127.0.0.1:") || p.Canonical != "b.example" {
		t.Errorf("%+v", p)
	}
	if x.Timing.Connect < attemptDelay || x.Timing.Connect > 10*time.Second {
		t.Errorf("connected after %s", x.Timing.Connect)
	}
}
