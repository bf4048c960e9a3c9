package main

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/acme"
)

const quarter = 90 * 24 * 3600

// TestACMEIssuesAndKeeps gets a certificate by a real exchange, and uses it after
// a restart while the authority is gone.
func TestACMEIssuesAndKeeps(t *testing.T) {
	port := freePort(t)
	a, start := newAuthority(t, port, quarter, nil)
	start()
	data := t.TempDir()
	flags := []string{"--acme", "Why.Example.com, WWW.example.com", "--acme-agree", "--contact", "mailto:operator@example.org?subject=wwwhy"}
	s := a.serve(t, port, data, a.trusting(), flags...)
	trust := &tls.Config{RootCAs: a.roots, ServerName: "why.example.com"}
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: trust, ForceAttemptHTTP2: true}}
	resp, err := c.Get("https://127.0.0.1:" + port + "/401") // waits while the certificate is got
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, s.log, a.log)
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || resp.StatusCode != 200 || resp.Proto != "HTTP/2.0" || !strings.Contains(string(body), "Unauthorized") {
		t.Errorf("/401 answers %s with %s: %v", resp.Status, resp.Proto, err)
	}
	eventually(t, "both names are certified", func() bool { return s.told("certificate issued", "www.example.com") != nil })
	first, err := s.dial(trust)
	if err != nil || !slices.Equal(first.DNSNames, []string{"why.example.com"}) {
		t.Fatalf("%v, %v", first.DNSNames, err)
	}
	if _, err := s.dial(&tls.Config{RootCAs: a.roots, ServerName: "WWW.example.com"}); err != nil {
		t.Errorf("the other name: %v", err)
	}
	if told := s.told("certificate issued", "why.example.com"); told["expires"] != first.NotAfter.Format(time.RFC3339) || told["authority"] != a.directory {
		t.Errorf("the log says %v", told)
	}
	accountOf(t, a, data)
	refusals(t, a, s)
	if code := run(t.Context(), []string{"healthcheck", "--addr", "127.0.0.1:" + port, "--acme", "why.example.com"}, nil, io.Discard, io.Discard); code != 0 {
		t.Errorf("the health check exits with %d", code)
	}
	files, err := filepath.Glob(filepath.Join(data, "certificates", "*", "*"))
	if err != nil || len(files) != 3 { // the account and two names, nothing left of challenges
		t.Errorf("kept are %q: %v", files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v: %v", file, info.Mode(), err)
		}
	}
	s.end(t)
	a.stop()
	again := a.serve(t, port, data, a.trusting(), flags...)
	second, err := again.dial(trust)
	if err != nil || second.SerialNumber.Cmp(first.SerialNumber) != 0 {
		t.Errorf("after a restart without the authority: %v", err)
	}
	if strings.Contains(again.log.String(), "certificate") {
		t.Errorf("after a restart the log says %s", again.log)
	}
	again.end(t)
}

// accountOf asks the authority for our account by its key.
func accountOf(t *testing.T, a *authority, data string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(data, "certificates", "*", "account.pem"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the account is kept in %q: %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	text, err = os.ReadFile(a.trusted)
	if err != nil || !pool.AppendCertsFromPEM(text) {
		t.Fatal(err)
	}
	client := &acme.Client{DirectoryURL: a.directory, Key: key.(*ecdsa.PrivateKey), HTTPClient: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}}
	account, err := client.GetReg(t.Context(), "")
	if err != nil || !slices.Equal(account.Contact, []string{"mailto:operator@example.org"}) {
		t.Errorf("the account's contact is %v: %v", account, err)
	}
}

// refusals makes handshakes that get no certificate, and one by address.
func refusals(t *testing.T, a *authority, s *certified) {
	t.Helper()
	before := a.asked("/order-plz")
	for _, name := range []string{"other.example.com", "why.example.com.example.org", "localhost", "xn--"} {
		if _, err := s.dial(&tls.Config{InsecureSkipVerify: true, ServerName: name}); err == nil || !strings.Contains(err.Error(), "unrecognized name") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.dial(&tls.Config{InsecureSkipVerify: true, ServerName: "why.example.com", NextProtos: []string{acme.ALPNProto}}); err == nil || !strings.Contains(err.Error(), "unrecognized name") {
		t.Errorf("a challenge that nobody asked for: %v", err)
	}
	if cert, err := s.dial(&tls.Config{InsecureSkipVerify: true}); err != nil || !slices.Equal(cert.DNSNames, []string{"why.example.com"}) {
		t.Errorf("by address: %v", err)
	}
	if after := a.asked("/order-plz"); after != before {
		t.Errorf("handshakes led to %d orders", after-before)
	}
	if strings.Contains(s.log.String(), "127.0.0.1:") && strings.Contains(s.log.String(), "error from 127") {
		t.Errorf("the log names clients: %s", s.log)
	}
}

// TestACMEWaitsForAnAuthorityThatIsDown starts a copy before its authority.
func TestACMEWaitsForAnAuthorityThatIsDown(t *testing.T) {
	port := freePort(t)
	a, start := newAuthority(t, port, quarter, nil)
	s := a.serve(t, port, t.TempDir(), a.trusting(), "--acme", "why.example.com", "--acme-agree")
	eventually(t, "the log tells that the authority is down", func() bool { return s.told("no certificate", "why.example.com") != nil })
	told := s.told("no certificate", "why.example.com")
	if !strings.Contains(told["error"], "refused") || !strings.Contains(told["remedy"], "--acme-directory") || told["retry"] == "" || told["authority"] != a.directory {
		t.Errorf("the log says %v", told)
	}
	if _, err := s.dial(&tls.Config{InsecureSkipVerify: true, ServerName: "why.example.com"}); err == nil || !strings.Contains(err.Error(), "unrecognized name") {
		t.Errorf("without a certificate: %v", err)
	}
	start()
	eventually(t, "the authority is asked again", func() bool {
		_, err := s.dial(&tls.Config{RootCAs: a.roots, ServerName: "why.example.com"})
		return err == nil
	})
	s.end(t)
}

// TestACMETellsWhatToDo lets authorities refuse for one reason after another.
func TestACMETellsWhatToDo(t *testing.T) {
	port := freePort(t)
	a, start := newAuthority(t, port, quarter, nil)
	start()
	elsewhere, startElsewhere := newAuthority(t, freePort(t), quarter, nil) // its challenges reach nobody
	startElsewhere()
	for _, c := range []struct {
		of          *authority
		name        string
		trusted     bool
		flags       []string
		says, tells string
	}{
		{a, "why.example.com", true, nil, "terms of service", "--acme-agree"},
		{a, "why.example.com", false, []string{"--acme-agree"}, "certificate", "SSL_CERT_FILE"},
		{a, "refused.example.com", true, []string{"--acme-agree"}, "rejectedIdentifier", "refused.example.com"},
		{a, "why.example.com", true, []string{"--acme-agree", "--contact", "mailto:a@b@c"}, "invalidContact", "--contact"},
		{elsewhere, "why.example.com", true, []string{"--acme-agree"}, "Failed to connect", "port 443 of why.example.com"},
	} {
		var environment []string
		if c.trusted {
			environment = c.of.trusting()
		}
		s := c.of.serve(t, port, t.TempDir(), environment, append(c.flags, "--acme", c.name)...)
		eventually(t, c.says+": "+s.log.String(), func() bool { return s.told("no certificate", c.name) != nil })
		if told := s.told("no certificate", c.name); !strings.Contains(told["error"], c.says) || !strings.Contains(told["remedy"], c.tells) {
			t.Errorf("want %s and %s, the log says %v", c.says, c.tells, told)
		}
		s.end(t)
	}
	if n := a.asked("/finalize-order/"); n != 0 {
		t.Errorf("%d certificates were asked for", n)
	}
}

// TestACMEBindsAnAccount asks an authority that wants an account that was opened
// elsewhere (RFC 8555, Section 7.3.4): without one, with one that it does not
// know, and with the right one.
func TestACMEBindsAnAccount(t *testing.T) {
	const key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
	port := freePort(t)
	a, start := newAuthority(t, port, quarter, map[string]string{"kid-1": key})
	start()
	dir := t.TempDir()
	right := write(t, filepath.Join(dir, "right"), key+"==\n")
	wrong := write(t, filepath.Join(dir, "wrong"), strings.ToLower(key))
	for _, flags := range [][]string{nil, {"--acme-eab-id", "kid-2", "--acme-eab-key", right}, {"--acme-eab-id", "kid-1", "--acme-eab-key", wrong}} {
		s := a.serve(t, port, t.TempDir(), a.trusting(), append(flags, "--acme", "why.example.com", "--acme-agree")...)
		eventually(t, "the authority refuses", func() bool { return s.told("no certificate", "why.example.com") != nil })
		if told := s.told("no certificate", "why.example.com"); !strings.Contains(told["remedy"], "--acme-eab-id") {
			t.Errorf("%q: the log says %v", flags, told)
		}
		s.end(t)
	}
	s := a.serve(t, port, t.TempDir(), append(a.trusting(), "WWWHY_ACME_EAB_ID=kid-1", "WWWHY_ACME_EAB_KEY="+right), "--acme", "why.example.com", "--acme-agree")
	if _, err := s.dial(&tls.Config{RootCAs: a.roots, ServerName: "why.example.com"}); err != nil {
		t.Errorf("%v\n%s", err, s.log)
	}
	if strings.Contains(s.log.String(), key) {
		t.Errorf("the log holds the key: %s", s.log)
	}
	s.end(t)
}

// TestACMERenews lets certificates grow old fast, and takes the authority away.
func TestACMERenews(t *testing.T) {
	port := freePort(t)
	a, start := newAuthority(t, port, 9, nil)
	start()
	s := a.serve(t, port, t.TempDir(), a.trusting(), "--acme", "why.example.com", "--acme-agree")
	insecure := &tls.Config{InsecureSkipVerify: true, ServerName: "why.example.com"} // may expire before we look
	first, err := s.dial(insecure)
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, s.log, a.log)
	}
	eventually(t, "the certificate is renewed", func() bool {
		next, err := s.dial(insecure)
		if err != nil {
			t.Fatal(err)
		}
		return next.SerialNumber.Cmp(first.SerialNumber) != 0
	})
	if n := a.asked("/sign-me-up"); n == 0 || strings.Count(s.log.String(), "account made") != 1 {
		t.Errorf("accounts were made again: %s", s.log)
	}
	a.stop()
	eventually(t, "the log tells that it is not renewed", func() bool { return s.told("certificate not renewed", "why.example.com") != nil })
	if told := s.told("certificate not renewed", "why.example.com"); told["expires"] == "" || told["remedy"] == "" {
		t.Errorf("the log says %v", told)
	}
	if _, err := s.dial(insecure); err != nil {
		t.Errorf("the old certificate: %v", err)
	}
	s.end(t)
}
