package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web"
	"wwwhy/web/inspect"
	"wwwhy/web/limit"
)

// Run serves until the context ends, then lets requests under way finish.
func (c *serveCommand) Run(sys *system) error {
	lib, err := content.Load()
	if err != nil {
		return fmt.Errorf("loading the content: %w", err)
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return usage("cannot listen on %s: %v. Choose another address with --addr.", c.Addr, err)
	}
	public := c.PublicURL
	if public == "" {
		public = "http://" + l.Addr().String()
	}
	proxies, err := prefixes(c.TrustedProxies)
	if err != nil {
		return usage("--trusted-proxies: %v.", err)
	}
	places := &limit.Places{}
	inspection, err := c.inspection(strings.TrimSuffix(public, "/"), places)
	if err != nil {
		return err
	}
	own := web.Own{Address: l.Addr().(*net.TCPAddr).AddrPort()}
	own.Inspector = inspect.New(lib, ownTarget(inspection, own.Address))
	handler := web.New(web.Config{Own: own, Library: lib, Inspector: inspect.New(lib, inspection), Log: slog.New(slog.NewJSONHandler(sys.stderr, nil)),
		PublicURL: public, Proxies: proxies, Places: places,
		Bounds: web.Bounds{Outbound: c.Outbound, PerClient: c.PerClient, PerTarget: c.PerTarget, Share: c.Share}})
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: c.Deadline + 20*time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	fmt.Fprintf(sys.stdout, "wwwhy serves http://%s\n", l.Addr())
	return serve(sys.ctx, server, l)
}

func serve(ctx context.Context, server *http.Server, l net.Listener) error {
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	err := server.Shutdown(drain)
	if e := <-ended; !errors.Is(e, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", e)
	}
	return err
}

// healthCommand asks a running copy whether it is well: an image without a
// shell has no other way.
type healthCommand struct {
	Addr string `default:"127.0.0.1:8080" env:"WWWHY_ADDR" help:"Address and port of the running copy."`
}

// Run asks /readyz.
func (c *healthCommand) Run(sys *system) error {
	ctx, cancel := context.WithTimeout(sys.ctx, 3*time.Second)
	defer cancel()
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return usage("%q is no address with a port.", c.Addr)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return usage("%v", err)
	}
	client := &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
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
