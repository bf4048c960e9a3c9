package fetch

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"wwwhy/web/message"
)

// handshake does TLS. The chain is verified by us afterwards, so that an answer
// behind a bad certificate can still be shown, with what is wrong with it.
func (s *session) handshake(conn net.Conn, u *url.URL, x *message.Exchange) (net.Conn, *message.Failure) {
	protocols := map[string][]string{"": {"h2", "http/1.1"}, "1.1": {"http/1.1"}, "2": {"h2"}}[s.o.Protocol]
	t := tls.Client(conn, &tls.Config{ServerName: u.Hostname(), NextProtos: protocols, MinVersion: tls.VersionTLS10, InsecureSkipVerify: true})
	start := time.Now()
	err := t.HandshakeContext(s.ctx)
	x.Timing.TLS = time.Since(start)
	if err != nil {
		return nil, s.failure(err, message.FailureTLS, args("host", u.Hostname(), "address", x.Peer.Address))
	}
	state := t.ConnectionState()
	x.Peer.ALPN = state.NegotiatedProtocol
	x.Peer.TLS = s.facts(state, u.Hostname())
	return t, nil
}

func (s *session) facts(state tls.ConnectionState, host string) *message.TLS {
	out := &message.TLS{Version: tls.VersionName(state.Version), Cipher: tls.CipherSuiteName(state.CipherSuite)}
	for i, c := range state.PeerCertificates {
		if i == 10 {
			break // a longer chain is no use to anybody
		}
		out.Certificates = append(out.Certificates, certificate(c))
	}
	if len(state.PeerCertificates) == 0 {
		out.Problem, out.Detail = message.Unverifiable, "the server sent no certificate"
		return out
	}
	options := x509.VerifyOptions{Roots: s.c.RootCAs, DNSName: host, Intermediates: x509.NewCertPool()}
	for _, c := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(options)
	if err == nil {
		out.Verified = true
		return out
	}
	out.Problem, out.Detail = problem(err, state.PeerCertificates[0]), err.Error()
	return out
}

// problem tells the reasons apart for which a chain is not accepted.
func problem(err error, leaf *x509.Certificate) message.CertificateProblem {
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(leaf.NotBefore):
		return message.NotYetValid
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return message.Expired
	case errors.As(err, &name):
		return message.WrongName
	case errors.As(err, &unknown) && leaf.CheckSignatureFrom(leaf) == nil || leaf.Subject.String() == leaf.Issuer.String() && errors.As(err, &unknown):
		return message.SelfSigned
	case errors.As(err, &unknown):
		return message.UnknownIssuer
	}
	return message.Unverifiable
}

func certificate(c *x509.Certificate) message.Certificate {
	names := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) > 100 {
		names = names[:100]
	}
	return message.Certificate{Subject: c.Subject.String(), Issuer: c.Issuer.String(), Names: names, NotBefore: c.NotBefore, NotAfter: c.NotAfter, Key: key(c)}
}

func key(c *x509.Certificate) string {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", k.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + k.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return c.PublicKeyAlgorithm.String()
}
