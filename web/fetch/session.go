package fetch

import (
	"context"
	"net"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"time"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// session is one inspection: what its exchanges share.
type session struct {
	*Fetcher
	ctx   context.Context // ends with the deadline
	asked context.Context // the caller's own
	o     Options
	jar   *cookiejar.Jar // nil: cookies are not kept
}

// visit names a request for telling loops: method and URL, and the cookies
// where those are kept, since they may lead out of what looks like a loop.
func (s *session) visit(req message.Request) string {
	v := req.Method + " " + req.URL
	if u, err := url.Parse(req.URL); err == nil && s.jar != nil {
		for _, c := range s.jar.Cookies(u) {
			v += "; " + c.String()
		}
	}
	return v
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
	if s.jar != nil && u != nil && x.Response != nil {
		s.keepCookies(u, x.Response.Fields)
	}
	return x
}

// over connects and speaks the protocol agreed on.
func (s *session) over(u *url.URL, x *message.Exchange) *message.Failure {
	t, failure := s.resolve(u, x)
	if failure != nil {
		return failure
	}
	defer t.stop()
	if s.o.Protocol == "3" {
		return s.overQUIC(u, t, x)
	}
	raw, failure := s.dial(t, x)
	if failure != nil {
		return failure
	}
	defer raw.Close()
	stop := context.AfterFunc(s.ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	var conn net.Conn = raw
	if u.Scheme == "https" {
		if conn, failure = s.handshake(raw, u, x); failure != nil {
			return failure
		}
	}
	if failure := s.trusted(u, x); failure != nil {
		return failure
	}
	s.completeRequest(x.Request, u)
	if x.Peer.ALPN == "h2" || u.Scheme == "http" && s.o.Protocol == "2" {
		x.Request.Protocol = "HTTP/2"
		return s.http2(conn, u, x)
	}
	x.Request.Protocol = "HTTP/1.1"
	if s.o.Protocol == "1.0" {
		x.Request.Protocol = "HTTP/1.0"
	}
	return s.http1(conn, u, x)
}

// trusted refuses to send the visitor's credentials to a server that did not
// prove its name.
func (s *session) trusted(u *url.URL, x *message.Exchange) *message.Failure {
	if t := x.Peer.TLS; t == nil || t.Verified || s.o.Insecure || !carriesSecrets(x.Request.Fields) {
		return nil
	}
	return &message.Failure{Kind: message.FailureCertificate, Args: args("host", u.Hostname(), "reason", x.Peer.TLS.Problem, "detail", x.Peer.TLS.Detail)}
}

// carriesSecrets reports whether the visitor's own credentials would be sent.
func carriesSecrets(fields field.Section) bool {
	return slices.ContainsFunc(fields, func(l field.Line) bool { return content.SecretField(l.Name) })
}

// completeRequest adds the field lines that a request needs and the caller
// left out. We undo content codings ourselves, so that the wire is seen.
func (s *session) completeRequest(req *message.Request, u *url.URL) {
	fields := make(field.Section, 0, len(req.Fields)+6)
	if !req.Fields.Has("Host") {
		fields = append(fields, field.Line{Name: "Host", Value: u.Host})
	}
	for _, l := range []field.Line{{Name: "User-Agent", Value: s.c.UserAgent}, {Name: "Accept", Value: "*/*"}, {Name: "Accept-Encoding", Value: "gzip, br, zstd"}} {
		if !req.Fields.Has(l.Name) {
			fields = append(fields, l)
		}
	}
	if s.c.Mark != "" && req.Fields.Has("User-Agent") {
		fields = append(fields, field.Line{Name: "X-Inspected-By", Value: s.c.Mark})
	}
	if l, ok := s.cookies(u); ok && !req.Fields.Has("Cookie") {
		fields = append(fields, l)
	}
	req.Fields = slices.Concat(fields, req.Fields)
}
