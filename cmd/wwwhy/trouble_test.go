package main

import (
	"crypto/tls"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestFailedHandshakesNameNoClient fails one, and reads the log.
func TestFailedHandshakesNameNoClient(t *testing.T) {
	dir, log := t.TempDir(), &lockedBuffer{}
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	certificate(t, cert, key)
	address, _ := serving(t, log, "--tls-cert", cert, "--tls-key", key)
	if c, err := tls.Dial("tcp", strings.TrimPrefix(address, "https://"), &tls.Config{}); err == nil {
		c.Close()
		t.Fatal("the certificate is trusted")
	}
	for range 500 {
		if strings.Contains(log.String(), "TLS handshake error") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	_, line, ok := strings.Cut(log.String(), "TLS handshake error")
	if line, _, _ = strings.Cut(line, "\n"); !ok || strings.Contains(line, "127.0.0.1") {
		t.Errorf("the log says %s", log)
	}
}
