package main

import (
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
)

// TestConnectionsOfAClientAreBounded opens as many as a client may have, and one
// more, from addresses that are one client and from those that are not.
func TestConnectionsOfAClientAreBounded(t *testing.T) {
	for _, tt := range []struct {
		name, most, more string // where the connections come from, and the one more
		ok               bool
	}{
		{"one address", "192.0.2.1", "192.0.2.1", false},
		{"a neighbor", "192.0.2.1", "192.0.2.2", true},
		{"a network of IPv6", "2001:db8::1", "2001:db8::2:3", false},
		{"another network of IPv6", "2001:db8::1", "2001:db8:0:1::1", true},
		{"our proxy", "198.51.100.7", "198.51.100.7", true},
		{"this machine", "127.0.0.1", "127.0.0.1", true},
		{"this machine over IPv6", "::1", "::1", true},
		{"a private network", "10.1.2.3", "10.1.2.3", true},
		{"a network of containers", "100.64.1.2", "100.64.1.2", true},
		{"a link", "fe80::1%eth0", "fe80::1%eth0", true},
	} {
		var log strings.Builder
		enter := crowd([]netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}, slog.New(slog.NewTextHandler(&log, nil)))
		var first func()
		for range mostConnections {
			leave, ok := enter(netip.MustParseAddr(tt.most))
			if !ok {
				t.Fatalf("%s: fewer than %d connections", tt.name, mostConnections)
			}
			first = leave
		}
		for range 2 {
			if _, ok := enter(netip.MustParseAddr(tt.more)); ok != tt.ok {
				t.Errorf("%s: one more: %t", tt.name, ok)
			}
		}
		if told := strings.Count(log.String(), "--trusted-proxies"); (told == 1) == tt.ok || strings.Contains(log.String(), tt.more) {
			t.Errorf("%s: the log says %q", tt.name, log.String())
		}
		if !tt.ok {
			first()
			if _, ok := enter(netip.MustParseAddr(tt.more)); !ok {
				t.Errorf("%s: a place that was given back is not free", tt.name)
			}
		}
	}
}

// TestTheSocketsOfTheSiteAreBounded holds that connections take places there.
func TestTheSocketsOfTheSiteAreBounded(t *testing.T) {
	c := serveCommand{Addr: "127.0.0.1:0"}
	all, _, err := c.listeners(t.Context(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer all[0].Close()
	var d net.Dialer
	client, err := d.DialContext(t.Context(), "tcp", all[0].Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := all[0].Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, bare := conn.(*net.TCPConn); bare {
		t.Error("a connection takes no place")
	}
}
