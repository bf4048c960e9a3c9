package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// authority is a certificate authority of our own, Pebble, with the DNS server
// that it asks. Names lead to loopback, and its challenges to one port there.
type authority struct {
	directory string
	trusted   string         // file with the certificate of its own server
	roots     *x509.CertPool // of what it issues
	log       *lockedBuffer
	stop      func()
}

// pebble returns the path of one of its programs.
func pebble(t *testing.T, program string) string {
	t.Helper()
	dir := os.Getenv("WWWHY_TEST_PEBBLE")
	if dir == "" {
		lacking(t, "WWWHY_TEST_PEBBLE names no folder with pebble and pebble-challtestsrv; .ci/run installs them")
	}
	return filepath.Join(dir, program)
}

// freePort is a port of loopback that nobody listens on, for TCP and UDP. Nobody
// can reserve one, so that it is below those that systems give to connections and
// to who listens on port 0.
func freePort(t *testing.T) string {
	t.Helper()
	for range 200 {
		port := strconv.Itoa(20_000 + rand.IntN(12_000))
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err != nil {
			continue
		}
		u, err := net.ListenPacket("udp", "127.0.0.1:"+port)
		_ = l.Close()
		if err == nil {
			_ = u.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}

// newAuthority prepares an authority that issues certificates for a lifetime in
// seconds, and looks for challenges at a port. It knows the accounts that were
// opened elsewhere, by their keys, and takes no others where there are any. start
// starts it.
func newAuthority(t *testing.T, challenges string, lifetime int, elsewhere map[string]string) (a *authority, start func()) {
	t.Helper()
	program, dns := pebble(t, "pebble"), pebble(t, "pebble-challtestsrv")
	dir := t.TempDir()
	key := filepath.Join(dir, "key.pem")
	a = &authority{directory: "https://127.0.0.1:" + freePort(t) + "/dir", trusted: filepath.Join(dir, "cert.pem"), log: &lockedBuffer{}}
	certificate(t, a.trusted, key)
	management, resolver := "127.0.0.1:"+freePort(t), "127.0.0.1:"+freePort(t)
	port, _, _ := strings.Cut(strings.TrimPrefix(a.directory, "https://127.0.0.1:"), "/")
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": "127.0.0.1:" + port, "managementListenAddress": management, "certificate": a.trusted, "privateKey": key,
		"httpPort": 1, "tlsPort": json.Number(challenges), "keyAlgorithm": "ecdsa", "domainBlocklist": []string{"refused.example.com"},
		"externalAccountBindingRequired": len(elsewhere) > 0, "externalAccountMACKeys": elsewhere,
		"retryAfter": map[string]int{"authz": 1, "order": 1}, "profiles": map[string]any{"default": map[string]any{"description": "x", "validityPeriod": lifetime}}}})
	if err != nil {
		t.Fatal(err)
	}
	file := write(t, filepath.Join(dir, "config.json"), string(config))
	return a, func() {
		ended := []func(){
			daemonOf(t, a.log, exec.Command(dns, "-dnsserver", resolver, "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-management", "127.0.0.1:0")),
			daemonOf(t, a.log, exec.Command(program, "-config", file, "-dnsserver", resolver, "-strict")),
		}
		a.stop = func() {
			for _, end := range ended {
				end()
			}
		}
		a.await(t, management)
	}
}

// daemonOf starts a program that runs until it is ended.
func daemonOf(t *testing.T, log io.Writer, c *exec.Cmd) (end func()) {
	t.Helper()
	c.Stdout, c.Stderr = log, log
	c.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=20", "PEBBLE_AUTHZREUSE=0")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	over := false
	end = func() {
		if !over {
			over = true
			_ = c.Process.Signal(syscall.SIGKILL)
			_ = c.Wait()
		}
	}
	t.Cleanup(end)
	return end
}

// await waits until the authority answers, and takes its root.
func (a *authority) await(t *testing.T, management string) {
	t.Helper()
	pool := x509.NewCertPool()
	data, err := os.ReadFile(a.trusted)
	if err != nil || !pool.AppendCertsFromPEM(data) {
		t.Fatal(err)
	}
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
	defer func() {
		if a.roots == nil {
			t.Logf("the authority says: %s", a.log)
		}
	}()
	for _, address := range []string{a.directory, "https://" + management + "/roots/0"} {
		var body []byte
		eventually(t, "the authority answers", func() bool {
			resp, err := c.Get(address)
			if err != nil {
				return false
			}
			defer resp.Body.Close()
			body, err = io.ReadAll(resp.Body)
			return err == nil && resp.StatusCode == 200
		})
		a.roots = x509.NewCertPool()
		a.roots.AppendCertsFromPEM(body)
	}
}

// asked counts the requests that the authority got for a path.
func (a *authority) asked(path string) int {
	n := 0
	for line := range strings.Lines(a.log.String()) {
		if strings.Contains(line, path) && strings.Contains(line, "calling handler") {
			n++
		}
	}
	return n
}

// eventually waits for something that takes as long as it takes.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 1200 {
		if holds() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("in vain: %s", what)
}

// certified is a running copy with certificates from an authority.
type certified struct {
	cmd  *exec.Cmd
	port string
	data string
	log  *lockedBuffer
}

// serve starts a copy that asks the authority. environment is added to that of
// the test.
func (a *authority) serve(t *testing.T, port, data string, environment []string, flags ...string) *certified {
	t.Helper()
	s := &certified{port: port, data: data, log: &lockedBuffer{}}
	cmd := exec.CommandContext(t.Context(), "wwwhy", append([]string{"serve", "--addr", "127.0.0.1:" + port, "--data", data, "--acme-directory", a.directory}, flags...)...)
	cmd.Env, cmd.Stderr = append(os.Environ(), environment...), s.log
	s.cmd, _ = started(t, cmd)
	return s
}

// trusting makes a program trust the authority's own server.
func (a *authority) trusting() []string { return []string{"SSL_CERT_FILE=" + a.trusted} }

func (s *certified) end(t *testing.T) {
	t.Helper()
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the copy ends with %v\n%s", err, s.log)
	}
}

// dial makes a handshake with the copy.
func (s *certified) dial(c *tls.Config) (*x509.Certificate, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := (&tls.Dialer{Config: c}).DialContext(ctx, "tcp", "127.0.0.1:"+s.port)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0], nil
}

// told returns the first line of the log with a message and a name.
func (s *certified) told(message, name string) map[string]string {
	for line := range strings.Lines(s.log.String()) {
		entry := map[string]string{}
		if json.Unmarshal([]byte(line), &entry) == nil && entry["msg"] == message && entry["name"] == name {
			return entry
		}
	}
	return nil
}
