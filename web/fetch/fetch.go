// Package fetch makes exchanges of URLs: it resolves, dials what its guard
// passes, does TLS, sends one request on each connection and records what
// comes back as it was on the wire. It judges nothing. A failure is an exchange
// too, so nothing here returns an error.
//
// Every target is hostile: an inspection has one deadline, and each of its
// connections a budget of bytes; heads, contents, redirects, dials and interim
// responses are counted. Nothing outlives the call.
package fetch

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"net/url"
	"time"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// Config says what may be asked and how much may be read. The zero value asks
// public addresses only and has the limits given with each field.
type Config struct {
	Allow     []netip.Prefix // addresses that may be asked besides public ones, on any port
	AllowAll  bool           // ask any address on any port: the rights of a person at a terminal
	Ports     []uint16       // ports of public addresses; nil: 80, 443, 8080, 8443
	Deadline  time.Duration  // of all exchanges together; 0: 10 s
	HeadLimit int64          // bytes of one head; 0: 128 KiB
	ReadLimit int64          // bytes of one connection; 0: 1 MiB
	Decoded   int64          // bytes of content after its codings were undone; 0: 4 MiB
	Sample    int64          // bytes of content that are kept; 0: 64 KiB
	Hops      int            // redirects followed; 0: 10
	Dials     int            // connections tried; 0: 12
	Interim   int            // interim responses of one exchange; 0: 10
	UserAgent string         // sent where the request has none of its own
	RootCAs   *x509.CertPool // nil: the system's
	Resolver  Resolver       // nil: the system's
}

// Resolver looks up the addresses of a name, as *net.Resolver does.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Options says how one target is asked.
type Options struct {
	NoFollow bool   // do not follow redirects
	Insecure bool   // send credentials even where the certificate is not trusted
	Protocol string // "1.1", "2"; empty: whichever the server prefers
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

// session is one inspection: what its exchanges share.
type session struct {
	*Fetcher
	ctx   context.Context // ends with the deadline
	asked context.Context // the caller's own
	o     Options
	dials int
}

// Fetch asks the target and follows redirects. Each exchange is in the result;
// seen, if not nil, is told of each as it ends, from the calling goroutine.
func (f *Fetcher) Fetch(ctx context.Context, req message.Request, o Options, seen func(message.Exchange)) []message.Exchange {
	limited, cancel := context.WithTimeout(ctx, f.c.Deadline)
	defer cancel()
	s := &session{f, limited, ctx, o, 0}
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
		visited[req.Method+" "+req.URL] = true
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
		case visited[next.request.Method+" "+next.request.URL]:
			failure = &message.Failure{Kind: message.FailureLoop, Args: args("url", next.request.URL)}
		}
		if failure != nil {
			done(message.Exchange{Cause: cause, Fidelity: message.Wire, Request: &next.request, Failure: failure})
			return all
		}
		req = next.request
	}
}

// exchange sends one request on a connection of its own.
func (s *session) exchange(req message.Request, cause message.Cause) message.Exchange {
	x := message.Exchange{Cause: cause, Fidelity: message.Wire, Request: &req, Timing: message.Timing{Start: time.Now()}}
	u, failure := s.admit(req.URL)
	if failure == nil {
		failure = s.over(u, &x)
	}
	x.Timing.Total = time.Since(x.Timing.Start)
	if failure != nil && failure.Args == nil {
		failure.Args = map[string]string{}
	}
	x.Failure = failure
	return x
}

// over connects and speaks the protocol agreed on.
func (s *session) over(u *url.URL, x *message.Exchange) *message.Failure {
	raw, failure := s.dial(u, x)
	if failure != nil {
		return failure
	}
	defer raw.Close()
	stop := context.AfterFunc(s.ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	conn := raw
	if u.Scheme == "https" {
		if conn, failure = s.handshake(raw, u, x); failure != nil {
			return failure
		}
	}
	if x.Peer.TLS != nil && !x.Peer.TLS.Verified && !s.o.Insecure && carriesSecrets(x.Request.Fields) {
		return &message.Failure{Kind: message.FailureCertificate, Args: args("host", u.Hostname(), "reason", x.Peer.TLS.Problem, "detail", x.Peer.TLS.Detail)}
	}
	s.completeRequest(x.Request, u)
	if x.Peer.ALPN == "h2" || u.Scheme == "http" && s.o.Protocol == "2" {
		x.Request.Protocol = "HTTP/2"
		return s.http2(conn, u, x)
	}
	x.Request.Protocol = "HTTP/1.1"
	return s.http1(conn, u, x)
}

// carriesSecrets reports whether the visitor's own credentials would be sent.
func carriesSecrets(fields field.Section) bool {
	return fields.Has("Authorization") || fields.Has("Cookie") || fields.Has("Proxy-Authorization")
}

// completeRequest adds the field lines that a request needs and the caller
// left out. We undo content codings ourselves, so that the wire is seen.
func (s *session) completeRequest(req *message.Request, u *url.URL) {
	fields := field.Section{}
	if !req.Fields.Has("Host") {
		fields = append(fields, field.Line{Name: "Host", Value: u.Host})
	}
	for _, l := range []field.Line{{Name: "User-Agent", Value: s.c.UserAgent}, {Name: "Accept", Value: "*/*"}, {Name: "Accept-Encoding", Value: "gzip, br, zstd"}} {
		if !req.Fields.Has(l.Name) {
			fields = append(fields, l)
		}
	}
	req.Fields = append(fields, req.Fields...)
}
