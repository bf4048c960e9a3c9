package listen

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// Files serves TLS with a certificate and its key from files. They are read
// again when they change, so that a renewal needs no restart; while what is there
// cannot be read, the last one serves.
func Files(listeners []net.Listener, certFile, keyFile string, log *slog.Logger) ([]net.Listener, error) {
	k := &keeper{certFile: certFile, keyFile: keyFile, log: log}
	if err := k.read(); err != nil {
		return nil, err
	}
	return secured(listeners, &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return k.get(), nil }}), nil
}

// ACME serves TLS with certificates for the given names, that it gets and renews
// from Let's Encrypt or the authority at directory. They are kept in folder.
// Challenges are answered on the same sockets (TLS-ALPN-01), so port 443 must
// lead here.
func ACME(listeners []net.Listener, folder, directory string, names ...string) []net.Listener {
	m := &autocert.Manager{Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(folder), HostPolicy: autocert.HostWhitelist(names...)}
	if directory != "" {
		m.Client = &acme.Client{DirectoryURL: directory}
	}
	c := m.TLSConfig()
	return secured(listeners, c)
}

func secured(listeners []net.Listener, c *tls.Config) []net.Listener {
	c.MinVersion = tls.VersionTLS12
	if len(c.NextProtos) == 0 {
		c.NextProtos = []string{"h2", "http/1.1"}
	}
	out := make([]net.Listener, len(listeners))
	for i, l := range listeners {
		out[i] = tls.NewListener(l, c)
	}
	return out
}

// keeper holds the certificate of two files.
type keeper struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	cert    *tls.Certificate
	of      [2]time.Time // when the files were last changed
	checked time.Time
}

// every is how often the files are looked at: each handshake would be too often.
const every = 30 * time.Second

func (k *keeper) get() *tls.Certificate {
	k.mu.Lock()
	defer k.mu.Unlock()
	if time.Since(k.checked) < every {
		return k.cert
	}
	k.checked = time.Now()
	if k.changes() == k.of {
		return k.cert
	}
	if err := k.load(); err != nil {
		k.log.LogAttrs(context.Background(), slog.LevelError, "certificate not renewed", slog.String("error", err.Error()))
	}
	return k.cert
}

func (k *keeper) read() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.checked = time.Now()
	return k.load()
}

func (k *keeper) load() error {
	at := k.changes()
	cert, err := tls.LoadX509KeyPair(k.certFile, k.keyFile)
	if err != nil {
		return fmt.Errorf("reading certificate and key: %w", err)
	}
	k.cert, k.of = &cert, at
	return nil
}

// changes tells when the files were last changed; zero where one is not there.
func (k *keeper) changes() (at [2]time.Time) {
	for i, file := range []string{k.certFile, k.keyFile} {
		if info, err := os.Stat(file); err == nil {
			at[i] = info.ModTime()
		}
	}
	return at
}
