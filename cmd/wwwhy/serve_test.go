package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// serving starts the server with more flags and returns its address and a
// function that stops it and returns the exit status.
func serving(t *testing.T, stderr io.Writer, flags ...string) (address string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out := &announcement{address: make(chan string, 1)}
	done := make(chan int, 1)
	if !strings.Contains(strings.Join(flags, " "), "--addr") {
		flags = append(flags, "--addr", "127.0.0.1:0")
	}
	go func() { done <- run(ctx, append([]string{"serve"}, flags...), strings.NewReader(""), out, stderr) }()
	select {
	case address = <-out.address:
	case code := <-done:
		t.Fatalf("serve exits with %d", code)
	}
	stopped := false
	stop = func() int {
		stopped = true
		cancel()
		return <-done
	}
	t.Cleanup(func() {
		cancel()
		if !stopped {
			<-done
		}
	})
	return address, stop
}

// fetch returns the status and the content of an answer.
func fetch(t *testing.T, c *http.Client, address string) (int, string) {
	t.Helper()
	resp, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestServeServesAndStops(t *testing.T) {
	address, stop := serving(t, io.Discard)
	if code := run(t.Context(), []string{"healthcheck", "--addr", strings.TrimPrefix(address, "http://")}, nil, io.Discard, io.Discard); code != 0 {
		t.Errorf("the health check exits with %d", code)
	}
	if status, _ := fetch(t, http.DefaultClient, address+"/401"); status != http.StatusOK {
		t.Errorf("/401 answers %d", status)
	}
	if code := stop(); code != 0 {
		t.Errorf("serve exits with %d", code)
	}
}

func TestServeOnAUnixSocketWithFigures(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	log := &lockedBuffer{}
	serving(t, log, "--addr", "unix:"+socket, "--admin", "127.0.0.1:0", "--h2c")
	if code := run(t.Context(), []string{"healthcheck", "--addr", "unix:" + socket}, nil, io.Discard, io.Discard); code != 0 {
		t.Errorf("the health check exits with %d", code)
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", socket)
	}
	old := &http.Client{Transport: &http.Transport{DialContext: dial}}
	if status, body := fetch(t, old, "http://x/404"); status != 200 || !strings.Contains(body, "Not Found") {
		t.Errorf("/404 answers %d", status)
	}
	clear := &http.Transport{DialContext: dial, Protocols: new(http.Protocols)}
	clear.Protocols.SetUnencryptedHTTP2(true)
	resp, err := (&http.Client{Transport: clear}).Get("http://x/404")
	if err != nil || resp.Proto != "HTTP/2.0" {
		t.Fatalf("HTTP/2 without TLS: %v, %v", resp, err)
	}
	resp.Body.Close()
	var admin string
	for line := range strings.Lines(log.String()) {
		var entry struct{ Msg, Address string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "figures and profiles" {
			admin = "http://" + entry.Address
		}
	}
	status, body := 0, ""
	const counted = `wwwhy_requests_total{method="GET",route="/{code:[0-9]{3}}",status="200"} 2`
	for range 200 { // a request is counted after its answer
		if status, body = fetch(t, http.DefaultClient, admin+"/metrics"); strings.Contains(body, counted) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if status != 200 || !strings.Contains(body, counted) {
		t.Errorf("/metrics answers %d %.300s", status, body)
	}
	if status, body := fetch(t, http.DefaultClient, admin+"/readyz"); status != 200 || !strings.Contains(body, "reports: ok") || !strings.Contains(body, "limits: ok") {
		t.Errorf("/readyz answers %d %s", status, body)
	}
	if status, _ := fetch(t, http.DefaultClient, admin+"/debug/pprof/"); status != 200 {
		t.Errorf("profiles answer %d", status)
	}
	if status, _ := fetch(t, old, "http://x/metrics"); status != 404 {
		t.Errorf("visitors see /metrics: %d", status)
	}
	resp, err = old.Post("http://x/api/v1/reports", "application/json", strings.NewReader(`{"text": "HTTP/1.1 401 Unauthorized\r\n\r\n"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var saved struct{ ID string }
	if err := json.NewDecoder(resp.Body).Decode(&saved); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := pinning(t, saved.ID, "--admin", strings.TrimPrefix(admin, "http://")); code != exitDone || !strings.HasPrefix(out, "pinned") {
		t.Errorf("pinning exits with %d: %s%s", code, out, errs)
	}
	if status, _ := fetch(t, old, "http://x/reports/"+saved.ID); status != 404 {
		t.Errorf("visitors see /reports: %d", status)
	}
}

func TestServeWithTLSAndRenewal(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	certificate(t, cert, key)
	address, _ := serving(t, io.Discard, "--tls-cert", cert, "--tls-key", key)
	if code := run(t.Context(), []string{"healthcheck", "--addr", strings.TrimPrefix(address, "https://"), "--tls-cert", cert}, nil, io.Discard, io.Discard); code != 0 {
		t.Errorf("the health check exits with %d", code)
	}
	pool := x509.NewCertPool()
	data, err := os.ReadFile(cert)
	if err != nil || !pool.AppendCertsFromPEM(data) {
		t.Fatal(err)
	}
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	resp, err := c.Get(address + "/401")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if !strings.HasPrefix(address, "https://") || resp.Proto != "HTTP/2.0" || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s answers with %s and %v", address, resp.Proto, resp.Header)
	}
}

// TestStreamsEndAndRequestsFinish stops the server while an inspection hangs: the
// answer still comes, and the process ends by itself.
func TestStreamsEndAndRequestsFinish(t *testing.T) {
	reached := make(chan struct{}, 10)
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		reached <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(target.Close)
	address, stop := serving(t, io.Discard, "--allow-targets", "127.0.0.0/8", "--drain", "2s", "--deadline", "20s")
	answer := make(chan string, 1)
	go func() {
		resp, err := http.PostForm(address+"/check", url.Values{"urls": {target.URL + "/a\n" + target.URL + "/b"}, "format": {"ndjson"}})
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			answer <- err.Error()
			return
		}
		answer <- string(body)
	}()
	<-reached
	if code := stop(); code != 0 {
		t.Errorf("serve exits with %d", code)
	}
	if body := <-answer; strings.Count(body, "\n") != 2 {
		t.Errorf("the stream ended with %q", body)
	}
}

func TestSavedReportsOutliveARestart(t *testing.T) {
	dir := t.TempDir()
	address, stop := serving(t, io.Discard, "--data", dir)
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.PostForm(address+"/r", url.Values{"text": {"HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=x\n"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if code := stop(); code != 0 {
		t.Errorf("serve exits with %d", code)
	}
	again, _ := serving(t, io.Discard, "--data", dir)
	if status, body := fetch(t, c, again+resp.Header.Get("Location")+".txt"); status != 200 || !strings.Contains(body, "(401)") {
		t.Errorf("after a restart %s answers %d", resp.Header.Get("Location"), status)
	}
}

// TestVisitorsBehindASocketAreToldApart asks as several clients of a proxy that
// reaches the site through a Unix socket.
func TestVisitorsBehindASocketAreToldApart(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	serving(t, io.Discard, "--addr", "unix:"+socket, "--rate-burst", "1", "--share", "0s")
	c := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", socket)
	}}}
	for _, ask := range []struct {
		client string
		want   int
	}{{"192.0.2.1", 422}, {"192.0.2.2", 422}, {"192.0.2.1", 429}, {"192.0.2.2, 192.0.2.3", 422}, {"192.0.2.9, 192.0.2.3", 429}} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", "http://x/api/v1/inspect?url=http://127.0.0.1/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Forwarded-For", ask.client)
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != ask.want {
			t.Errorf("%s: %d, want %d", ask.client, resp.StatusCode, ask.want)
		}
	}
}

// TestContradictorySettingsAreRefused gives settings that cannot hold, alone or
// together.
func TestContradictorySettingsAreRefused(t *testing.T) {
	for want, args := range map[string][]string{
		"--admin": {"--addr", "127.0.0.1:1", "--admin", "127.0.0.1:1"},
		"systemd": {"--admin", "systemd"},
		"--acme":  {"--acme", "a.example", "--data", t.TempDir(), "--addr", "unix:/nowhere"},

		"--trusted-proxies": {"--trusted-proxies", "10.0.0.0/8,nonsense"},
		"--allow-targets":   {"--allow-targets", "nonsense"},
		"--outbound":        {"--outbound", "0"},
	} {
		var b strings.Builder
		if code := run(t.Context(), append([]string{"serve", "--check"}, args...), nil, io.Discard, &b); code != 2 || !strings.Contains(b.String(), want) {
			t.Errorf("%q: %d %s", args, code, b.String())
		}
	}
}

// certificate writes a certificate for 127.0.0.1 that signs itself.
func certificate(t *testing.T, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
