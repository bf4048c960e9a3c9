package main

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// healthCommand asks a running copy whether it is well: an image without a
// shell has no other way.
type healthCommand struct {
	Addr    string   `default:"127.0.0.1:8080" env:"WWWHY_ADDR" help:"Address and port of the running copy, or unix:PATH."`
	TLSCert string   `env:"WWWHY_TLS_CERT" placeholder:"FILE" help:"The copy speaks TLS with this certificate."`
	ACME    []string `name:"acme" env:"WWWHY_ACME" placeholder:"NAME" help:"The copy speaks TLS with a certificate for this name."`
}

// Run asks /readyz.
func (c *healthCommand) Run(sys *system) error {
	ctx, cancel := context.WithTimeout(sys.ctx, 3*time.Second)
	defer cancel()
	dial, err := dialer(c.Addr)
	if err != nil {
		return err
	}
	// Whether the certificate is right for visitors is not asked here: the copy
	// is reached by an address that no certificate names.
	scheme, secure := "http", &tls.Config{InsecureSkipVerify: true}
	if c.TLSCert != "" || len(c.ACME) > 0 {
		scheme = "https"
	}
	if len(c.ACME) > 0 {
		secure.ServerName = c.ACME[0]
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://localhost/readyz", nil)
	if err != nil {
		return usage("%v", err)
	}
	client := &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true, TLSClientConfig: secure,
		DialContext: dial}}
	resp, err := client.Do(req)
	if err != nil {
		return &status{exitFailed, err.Error()}
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return &status{exitFailed, "the copy answers " + resp.Status}
	}
	return nil
}

// dialer connects to a copy that listens on addr, an address with a port or
// unix:PATH, whatever host is asked for. A copy that listens on every address is
// reached on this machine's own.
func dialer(addr string) (func(ctx context.Context, _, _ string) (net.Conn, error), error) {
	network, address := "tcp", addr
	if path, ok := strings.CutPrefix(addr, "unix:"); ok {
		network, address = "unix", path
	} else {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, usage("%q is no address with a port.", addr)
		}
		if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
			host = "127.0.0.1"
		}
		address = net.JoinHostPort(host, port)
	}
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}, nil
}
