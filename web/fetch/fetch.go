// Package fetch makes exchanges of URLs: it resolves, dials what its guard
// passes, does TLS, sends one request on each connection and records what
// comes back as it was on the wire. It judges nothing. A failure is an exchange
// too, so nothing here returns an error.
//
// Every target is hostile: an inspection has one deadline, and each of its
// connections a budget of bytes; heads, field lines, contents, redirects, dials
// and interim responses are counted. Nothing outlives the call.
package fetch

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"time"

	"wwwhy/web/message"
)

// Config says what may be asked and how much may be read. The zero value asks
// public addresses only and has the limits given with each field.
type Config struct {
	Allow      []netip.Prefix   // addresses that may be asked besides public ones, on any port
	AllowPorts []netip.AddrPort // that may be asked besides, on no other port
	AllowAll   bool             // ask any address on any port: the rights of a person at a terminal
	Ports      []uint16         // ports of public addresses; nil: 80, 443, 8080, 8443
	Deadline   time.Duration    // of all exchanges together; 0: 10 s
	HeadLimit  int64            // bytes of one head; 0: 128 KiB
	FieldLimit int              // field lines of one head; 0: 1000
	ReadLimit  int64            // bytes of one connection; 0: 1 MiB
	Decoded    int64            // bytes of content after its codings were undone; 0: 4 MiB
	Sample     int64            // bytes of content that are kept; 0: 64 KiB
	Hops       int              // redirects followed; 0: 10
	Dials      int              // connections tried; 0: 12
	Interim    int              // interim responses of one exchange; 0: 10
	UserAgent  string           // sent where the request has none of its own
	Mark       string           // value of X-Inspected-By, sent where the request names another User-Agent; empty: none
	RootCAs    *x509.CertPool   // nil: the system's
	Resolver   Resolver         // nil: the system's
	Resolve    Resolved         // what is asked instead, before the Resolver
	Enter      Enter            // asked before each dial; nil: any number of inspections at once
}

// Enter takes a place for an exchange with an address. Where none is free it
// says so, or with wait it waits for one until ctx ends. leave gives the place
// back.
type Enter func(ctx context.Context, address netip.Addr, wait bool) (leave func(), ok bool)

// Resolver looks up the addresses of a name, as *net.Resolver does. One that
// also has net.Resolver's LookupCNAME is asked where the name leads.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Resolved leads from host and port, as in "www.example.com:443", to the address
// that is asked instead of looking up the name, and to its port; 0: the same port.
type Resolved map[string]netip.AddrPort

// Options says how one target is asked.
type Options struct {
	NoFollow bool     // do not follow redirects
	Insecure bool     // send credentials even where the certificate is not trusted
	Patient  bool     // wait for a place with Config.Enter
	Cookies  bool     // keep cookies from one exchange to the next, as a browser does
	Protocol string   // "1.0", "1.1", "2", "3"; empty: whichever of 1.1 and 2 the server prefers
	Family   int      // 4 or 6: only addresses of this version of IP; 0: either
	Sample   int64    // bytes of content that are kept; 0: as configured
	Dialed   *int     // counts connections tried, with those of other calls that share it; nil: each call counts its own
	Resolve  Resolved // what is asked instead, before that of Config
}

// Fetcher asks targets. It holds no state between calls and is safe for
// concurrent use.
type Fetcher struct{ c Config }

// New returns a fetcher with the limits of c.
func New(c Config) *Fetcher {
	if c.Ports == nil {
		c.Ports = []uint16{80, 443, 8080, 8443}
	}
	setDefault(&c.Deadline, 10*time.Second)
	setDefault(&c.HeadLimit, 128<<10)
	setDefault(&c.FieldLimit, 1000)
	setDefault(&c.ReadLimit, 1<<20)
	setDefault(&c.Decoded, 4<<20)
	setDefault(&c.Sample, 64<<10)
	setDefault(&c.Hops, 10)
	setDefault(&c.Dials, 12)
	setDefault(&c.Interim, 10)
	if c.UserAgent == "" {
		c.UserAgent = "wwwhy/1"
	}
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	return &Fetcher{c}
}

func setDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// Spent reports whether a count of connections has reached the bound, so that
// no further call could connect.
func (f *Fetcher) Spent(dialed int) bool { return dialed >= f.c.Dials }

// Fetch asks the target and follows redirects. Each exchange is in the result;
// seen, if not nil, is told of each as it ends, from the calling goroutine.
func (f *Fetcher) Fetch(ctx context.Context, req message.Request, o Options, seen func(message.Exchange)) []message.Exchange {
	limited, cancel := context.WithTimeout(ctx, f.c.Deadline)
	defer cancel()
	s := &session{Fetcher: f, ctx: limited, asked: ctx, o: o}
	if s.o.Dialed == nil {
		s.o.Dialed = new(int)
	}
	if o.Cookies {
		s.jar = newJar()
	}
	var all []message.Exchange
	done := func(x message.Exchange) {
		all = append(all, x)
		if seen != nil {
			seen(x)
		}
	}
	cause := message.Asked
	visited := map[string]bool{}
	for {
		visited[s.visit(req)] = true
		x := s.exchange(req, cause)
		done(x)
		next, ok := redirected(x)
		if !ok || o.NoFollow {
			return all
		}
		cause = message.Redirect
		failure := next.failure
		switch {
		case failure != nil:
		case len(all) > f.c.Hops:
			failure = &message.Failure{Kind: message.FailureRedirects, Args: args("limit", f.c.Hops, "url", next.request.URL)}
		case visited[s.visit(next.request)]:
			failure = &message.Failure{Kind: message.FailureLoop, Args: args("url", next.request.URL)}
		}
		if failure != nil {
			done(message.Exchange{Cause: cause, Fidelity: message.Wire, Request: &next.request, Failure: failure})
			return all
		}
		req = next.request
	}
}
