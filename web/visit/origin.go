package visit

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Origin tells what our own pages send from what those of other sites have a
// visitor's browser send. Programs, which are no browsers, send neither Origin
// nor Sec-Fetch-Site and are let through.
type Origin struct {
	publicURL  string
	protection *http.CrossOriginProtection
}

// NewOrigin returns the origin of a site that visitors reach at publicURL.
func NewOrigin(publicURL string) *Origin {
	o := &Origin{publicURL, http.NewCrossOriginProtection()}
	if publicURL != "" {
		// A proxy in front may send another Host. An address that is no origin is
		// refused where the settings are read.
		_ = o.protection.AddTrustedOrigin(strings.ToLower(publicURL))
	}
	return o
}

// Foreign reports whether a page of another site had a browser send a request
// that changes something.
func (o *Origin) Foreign(r *http.Request) bool { return o.protection.Check(r) != nil }

// Strange reports whether a page of another site may have sent a request and
// could read the answer. Browsers tell of it by Origin and Sec-Fetch-Site; not
// where the page's own name was made to lead to us (DNS rebinding), but then the
// request has that name. Following a link is not strange: the page that
// has the link reads nothing.
func (o *Origin) Strange(r *http.Request) bool {
	if !o.named(r.Host) {
		return true
	}
	origin := r.Header.Get("Origin")
	switch r.Header.Get("Sec-Fetch-Site") {
	case "none", "same-origin": // then a form of ours may have the origin null, since it sends no referrer
		return false
	case "":
		u, err := url.Parse(origin)
		return origin != "" && (err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) && !strings.EqualFold(origin, o.publicURL))
	}
	return origin != "" || r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

// named reports whether a host of a request can only be ours: that of the public
// address, an address, or a name without a dot, such as those that proxies have
// for what is behind them. Any other may be a name of somebody else that leads here.
func (o *Origin) named(host string) bool {
	if u, err := url.Parse(o.publicURL); err == nil && strings.EqualFold(host, u.Host) {
		return true
	}
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	_, err = netip.ParseAddr(name)
	return err == nil || !strings.Contains(name, ".")
}
