package main

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wwwhy/web/listen"
)

// listeners opens the sockets of --addr, with TLS where it is asked for. Without
// it, there are no certificates.
func (c *serveCommand) listeners(ctx context.Context, log *slog.Logger) ([]net.Listener, listen.Certificates, error) {
	all, err := listen.Open(ctx, c.Addr)
	if err != nil {
		return nil, nil, usage("cannot listen on %s: %v. Choose another address with --addr.", c.Addr, err)
	}
	all = listen.Bounded(all, crowd(c.proxies(all), log))
	var shown listen.Certificates
	switch {
	case c.TLSCert != "":
		if shown, err = listen.FromFiles(c.TLSCert, c.TLSKey, log); err != nil {
			return nil, nil, usage("--tls-cert and --tls-key: %v.", err)
		}
	case len(c.ACME) > 0:
		binding, err := c.binding()
		if err != nil {
			return nil, nil, err
		}
		if shown, err = listen.FromAuthority(listen.Authority{Names: c.ACME, Folder: filepath.Join(c.Data, "certificates"), Directory: c.ACMEDirectory,
			Contact: c.accountContact(), Agreed: c.ACMEAgree, Binding: binding, UserAgent: userAgent(c.publicURL(all[0].Addr())), Log: log}); err != nil {
			return nil, nil, usage("--data: certificates cannot be kept there: %v.", err)
		}
	default:
		return all, nil, nil
	}
	return listen.TLS(all, shown), shown, nil
}

// binding reads what binds the account with an authority to one that was opened
// elsewhere.
func (c *serveCommand) binding() (listen.Binding, error) {
	if c.ACMEEABKey == "" {
		return listen.Binding{}, nil
	}
	data, err := os.ReadFile(c.ACMEEABKey)
	if err != nil {
		return listen.Binding{}, usage("--acme-eab-key: %v.", err)
	}
	key, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(strings.TrimSpace(string(data)), "="))
	if err != nil || len(key) == 0 {
		return listen.Binding{}, usage("--acme-eab-key: %s holds no key in base64url, as the authority shows it (RFC 8555, Section 7.3.4).", c.ACMEEABKey)
	}
	return listen.Binding{ID: c.ACMEEABID, Key: key}, nil
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

// proxies is whose X-Forwarded-For is believed: on a socket, whoever connects.
func (c *serveCommand) proxies(listeners []net.Listener) []netip.Prefix {
	all, _ := prefixes(c.TrustedProxies) // valid saw to it
	if slices.ContainsFunc(listeners, listen.OnSocket) {
		all = append(all, netip.PrefixFrom(listen.SocketPeer.Addr(), 32))
	}
	return all
}
