package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"wwwhy/web/problem"
)

// ours refuses what a page of another site has a visitor's browser send: only
// who is here may save, delete or call tools. Programs, which are no browsers,
// send neither Origin nor Sec-Fetch-Site and are let through.
func (s *server) ours(next handler) handler {
	protection := http.NewCrossOriginProtection()
	if s.publicURL != "" {
		// A proxy in front may send another Host. An address that is no origin is
		// refused where the settings are read.
		_ = protection.AddTrustedOrigin(strings.ToLower(s.publicURL))
	}
	return func(w http.ResponseWriter, r *http.Request) error {
		if protection.Check(r) != nil {
			return fromElsewhere("A page of another site had your browser send this. Nothing was done.")
		}
		return next(w, r)
	}
}

// fromElsewhere refuses what a page of another site asks for.
func fromElsewhere(detail string) *problem.Problem {
	return &problem.Problem{Status: http.StatusForbidden, Title: "Not from another site", Detail: detail, Fix: "If it was you who wanted it, do it on this site's own page, at the address that its operator gave it (--public-url)."}
}

// strange reports whether a page of another site may have sent a request and
// could read the answer. Browsers tell of it by Origin and Sec-Fetch-Site; not
// where the page's own name was made to lead to us (DNS rebinding), but then the
// request has that name. Following a link is not strange: the page that
// has the link reads nothing.
func (s *server) strange(r *http.Request) bool {
	if !s.named(r.Host) {
		return true
	}
	origin := r.Header.Get("Origin")
	switch r.Header.Get("Sec-Fetch-Site") {
	case "none", "same-origin": // then a form of ours may have the origin null, since it sends no referrer
		return false
	case "":
		u, err := url.Parse(origin)
		return origin != "" && (err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) && !strings.EqualFold(origin, s.publicURL))
	}
	return origin != "" || r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

// named reports whether a host of a request can only be ours: that of the public
// address, an address, or a name without a dot, such as those that proxies have
// for what is behind them. Any other may be a name of somebody else that leads here.
func (s *server) named(host string) bool {
	if u, err := url.Parse(s.publicURL); err == nil && strings.EqualFold(host, u.Host) {
		return true
	}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	_, err = netip.ParseAddr(name)
	return err == nil || !strings.Contains(name, ".")
}
