package fetchtest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// Site is a site on loopback with names of its own, over http and https.
type Site struct {
	Resolve map[string]netip.AddrPort // name and port, as in "a.example:443", to where it is
	Roots   *x509.CertPool            // that vouch for it
	PEM     []byte                    // the same to write into a file
}

// NewSite starts a site whose handler answers for all names at the ports 80 and
// 443. Its certificate holds those that are certified.
func NewSite(t testing.TB, h http.Handler, names []string, certified ...string) Site {
	t.Helper()
	cert := Certificate(t, nil, func(c *x509.Certificate) { c.IsCA = true }, certified...)
	plain := httptest.NewServer(h)
	secure := httptest.NewUnstartedServer(h)
	secure.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	secure.StartTLS()
	t.Cleanup(plain.Close)
	t.Cleanup(secure.Close)
	s := Site{map[string]netip.AddrPort{}, x509.NewCertPool(), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Leaf.Raw})}
	s.Roots.AddCert(cert.Leaf)
	for _, name := range names {
		s.Resolve[name+":80"] = netip.MustParseAddrPort(plain.Listener.Addr().String())
		s.Resolve[name+":443"] = netip.MustParseAddrPort(secure.Listener.Addr().String())
	}
	return s
}
