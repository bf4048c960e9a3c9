package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wwwhy/content"
	"wwwhy/web"
	"wwwhy/web/archive"
	"wwwhy/web/inspect"
	"wwwhy/web/limit"
	"wwwhy/web/listen"
	"wwwhy/web/meter"
	"wwwhy/web/trace"
)

// Run serves until the context ends, then lets requests under way finish.
func (c *serveCommand) Run(sys *system) error {
	if err := c.valid(); err != nil {
		return err
	}
	proxies, err := prefixes(c.TrustedProxies)
	if err != nil {
		return usage("--trusted-proxies: %v.", err)
	}
	lib, err := content.Load()
	if err != nil {
		return fmt.Errorf("loading the content: %w", err)
	}
	log, written := newLog(sys.stderr, c.Log)
	defer written()
	defer paceCollections()()
	stores, err := c.stores(sys.ctx, log)
	if err != nil {
		return err
	}
	defer stores.close()
	if c.Check {
		return c.print(sys.stdout)
	}
	listeners, certificates, err := c.listeners(sys.ctx, log)
	if err != nil {
		return err
	}
	public := c.publicURL(listeners[0].Addr())
	// One processor stays free for articles and for what waits for the network.
	places, turns := &limit.Places{}, limit.NewTurns(runtime.GOMAXPROCS(0)-1)
	inspection, err := c.inspection(public, places)
	if err != nil {
		return err
	}
	inspection.Turns = turns
	own := c.own(lib, inspection, listeners[0].Addr())
	if slices.ContainsFunc(listeners, listen.OnSocket) {
		if c.PublicURL == "" {
			log.Warn("links to saved reports, the site map and /try lead to http://localhost; --public-url says where visitors are")
		}
		proxies = append(proxies, netip.PrefixFrom(listen.SocketPeer.Addr(), 32))
	}
	measures := meter.New()
	version, _, _ := meter.Build()
	tracer, err := trace.Start(sys.ctx, version)
	if err != nil {
		return usage("%v.", err)
	}
	defer stopTracing(sys.ctx, tracer, log)
	var ending atomic.Bool
	var expires func() time.Time
	if certificates != nil {
		expires = certificates.Expires
	}
	site := web.New(web.Config{Certificate: expires, Own: own, Library: lib, Inspector: inspect.New(lib, inspection), Log: log, PublicURL: public, Contact: c.Contact, Proxies: proxies, Places: places, Turns: turns,
		Bounds:  web.Bounds{Outbound: c.Outbound, PerClient: c.PerClient, PerTarget: c.PerTarget, Share: c.Share, Deadline: c.Deadline},
		Archive: stores.reports, Limiter: stores.limits, Meter: measures, Tracer: tracer, Ending: ending.Load, MCP: c.Mcp, Internal: len(inspection.Allow) > 0,
		Rates: web.Rates{Burst: c.RateBurst, Client: c.RateHour, Site: c.RateSite, Saves: c.RateSaves}})
	stopAdmin, err := c.admin(sys.ctx, measures, site, stores.reports, log)
	if err != nil {
		return err
	}
	defer stopAdmin()
	streams, hurry := context.WithCancel(context.WithoutCancel(sys.ctx))
	var beside sync.WaitGroup
	defer func() { hurry(); beside.Wait() }()
	defer archive.StartSweeping(streams, stores.reports, log)()
	if issued, ok := certificates.(*listen.Issued); ok {
		beside.Go(func() { issued.Keep(streams) })
	}
	server := listen.NewServer(site, c.Deadline+20*time.Second, c.H2C, log) // writing takes an inspection, and a check in the page is bounded by itself
	server.BaseContext = func(net.Listener) context.Context { return streams }
	fmt.Fprintf(sys.stdout, "wwwhy serves %s\n", listen.Address(listeners[0].Addr(), c.secure()))
	if !stores.reports.Durable() {
		log.Info("saved reports are kept in memory only; --data keeps them")
	}
	return listen.Serve(sys.ctx, server, listeners, listen.Drain{Linger: c.Linger, Limit: c.Drain, Ending: func() { ending.Store(true) }, Hurry: hurry})
}

// stopTracing sends what was not sent yet, for a few seconds at most.
func stopTracing(ctx context.Context, t *trace.Tracer, log *slog.Logger) {
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := t.Stop(stopping); err != nil {
		log.Warn("traces not sent", "error", err.Error())
	}
}

// listeners opens the sockets of --addr, with TLS where it is asked for.
func (c *serveCommand) listeners(ctx context.Context, log *slog.Logger) ([]net.Listener, listen.Certificates, error) {
	all, err := listen.Open(ctx, c.Addr)
	if err != nil {
		return nil, nil, usage("cannot listen on %s: %v. Choose another address with --addr.", c.Addr, err)
	}
	var shown listen.Certificates
	switch {
	case c.TLSCert != "":
		if shown, err = listen.FromFiles(c.TLSCert, c.TLSKey, log); err != nil {
			return nil, nil, usage("--tls-cert and --tls-key: %v.", err)
		}
	case len(c.ACME) > 0:
		if shown, err = listen.FromAuthority(listen.Authority{Names: c.ACME, Folder: filepath.Join(c.Data, "certificates"), Directory: c.ACMEDirectory,
			Contact: c.accountContact(), Agreed: c.ACMEAgree, UserAgent: userAgent(c.publicURL(all[0].Addr())), Log: log}); err != nil {
			return nil, nil, usage("--data: certificates cannot be kept there: %v.", err)
		}
	default:
		return all, nil, nil
	}
	return listen.TLS(all, shown), shown, nil
}

// secure reports whether the site itself speaks TLS.
func (c *serveCommand) secure() bool { return c.TLSCert != "" || len(c.ACME) > 0 }

// publicURL is the address for visitors, without a slash at the end.
func (c *serveCommand) publicURL(a net.Addr) string {
	switch {
	case c.PublicURL != "":
		return strings.TrimSuffix(c.PublicURL, "/")
	case len(c.ACME) > 0:
		return "https://" + c.ACME[0]
	case a.Network() == "unix":
		return "http://localhost"
	}
	return listen.Address(a, c.secure())
}

// own lets the inspector ask our own /try, where we listen on an address.
func (c *serveCommand) own(lib *content.Library, inspection inspect.Config, a net.Addr) web.Own {
	tcp, ok := a.(*net.TCPAddr)
	if !ok || c.secure() {
		return web.Own{}
	}
	address := tcp.AddrPort()
	return web.Own{Address: address, Inspector: inspect.New(lib, ownTarget(inspection, address))}
}

// stores is what copies of the site share.
type stores struct {
	reports archive.Archive
	limits  limit.Limiter
}

func (s stores) close() {
	_ = s.reports.Close()
	_ = s.limits.Close()
}

// stores opens what the settings name. Errors name the flag.
func (c *serveCommand) stores(ctx context.Context, log *slog.Logger) (stores, error) {
	limits, err := limit.Open(ctx, c.Limits, log)
	if err != nil {
		return stores{}, usage("%v.", err)
	}
	opening, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	reports, err := archive.Open(opening, c.database(), archive.Config{})
	if err != nil {
		_ = limits.Close()
		return stores{}, usage("--database: %v.", err)
	}
	return stores{reports, limits}, nil
}

// database is where reports are saved.
func (c *serveCommand) database() string {
	switch {
	case c.Database != "":
		return c.Database
	case c.Data != "":
		return "file:" + filepath.Join(c.Data, "reports.db")
	}
	return "memory"
}

// admin serves what is for operators only, on a listener of its own.
func (c *serveCommand) admin(ctx context.Context, m *meter.Meter, site http.Handler, reports archive.Archive, log *slog.Logger) (stop func(), err error) {
	if c.Admin == "" {
		return func() {}, nil
	}
	listeners, err := listen.Open(ctx, c.Admin)
	if err != nil {
		return nil, usage("cannot listen on %s: %v. Choose another address with --admin.", c.Admin, err)
	}
	log.Info("figures and profiles", "address", listeners[0].Addr().String())
	return listen.Beside(listeners[0], web.Admin(m, site, reports), log), nil
}
