package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"wwwhy/content"
	"wwwhy/web"
	"wwwhy/web/archive"
	"wwwhy/web/listen"
	"wwwhy/web/meter"
	"wwwhy/web/operator"
	"wwwhy/web/trace"
)

// Run serves until the context ends, then lets requests under way finish.
func (c *serveCommand) Run(sys *system) error {
	if err := c.valid(); err != nil {
		return err
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
	config := c.site(lib, listeners, stores, log)
	version, _, _ := meter.Build()
	if config.Tracer, err = trace.Start(sys.ctx, version); err != nil {
		return usage("%v.", err)
	}
	defer stopTracing(sys.ctx, config.Tracer, log)
	var ending atomic.Bool
	if certificates != nil {
		config.Certificate = certificates.Expires
	}
	config.Ending = ending.Load
	site := web.New(config)
	stopAdmin, err := c.admin(sys.ctx, config, site)
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
	server := listen.NewServer(site, c.Deadline+20*time.Second, c.H2C, log) // writing takes an inspection; a check in the page is bounded by itself
	server.BaseContext = func(net.Listener) context.Context { return streams }
	fmt.Fprintf(sys.stdout, "wwwhy serves %s\n", listen.Address(listeners[0].Addr(), c.secure()))
	c.remind(listeners, stores, log)
	return listen.Serve(sys.ctx, server, listeners, listen.Drain{Linger: c.Linger, Limit: c.Drain, Ending: func() { ending.Store(true) }, Hurry: hurry})
}

// remind tells the operator of settings without which a site works, but not as
// one might think.
func (c *serveCommand) remind(listeners []net.Listener, s stores, log *slog.Logger) {
	if c.PublicURL == "" && slices.ContainsFunc(listeners, listen.OnSocket) {
		log.Warn("links to saved reports, the site map and /try lead to http://localhost; --public-url says where visitors are")
	}
	if !s.reports.Durable() {
		log.Info("saved reports are kept in memory only; --data keeps them")
	}
}

// stopTracing sends what was not sent yet, for a few seconds at most.
func stopTracing(ctx context.Context, t *trace.Tracer, log *slog.Logger) {
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := t.Stop(stopping); err != nil {
		log.Warn("traces not sent", "error", err.Error())
	}
}

// admin serves what is for operators only, on a listener of its own.
func (c *serveCommand) admin(ctx context.Context, config web.Config, site http.Handler) (stop func(), err error) {
	if c.Admin == "" {
		return func() {}, nil
	}
	listeners, err := listen.Open(ctx, c.Admin)
	if err != nil {
		return nil, usage("cannot listen on %s: %v. Choose another address with --admin.", c.Admin, err)
	}
	config.Log.Info("figures and profiles", "address", listeners[0].Addr().String())
	return listen.Beside(listeners[0], operator.New(config.Meter, site, config.Archive), config.Log), nil
}
