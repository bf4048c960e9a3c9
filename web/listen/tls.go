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
)

// Certificates is what a server that speaks TLS shows.
type Certificates interface {
	// Expires tells when the first of them expires; zero where one lacks.
	Expires() time.Time
	certificate(*tls.ClientHelloInfo) (*tls.Certificate, error)
	protocols() []string
}

// protocols are what we speak over TLS.
var protocols = []string{"h2", "http/1.1"}

// TLS speaks TLS on sockets.
func TLS(listeners []net.Listener, shown Certificates) []net.Listener {
	c := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: shown.certificate, NextProtos: shown.protocols()}
	out := make([]net.Listener, len(listeners))
	for i, l := range listeners {
		out[i] = tls.NewListener(l, c)
	}
	return out
}

// Files is a certificate and its key from files. They are read again when they
// change, so that a renewal needs no restart; while what is there cannot be
// read, the last one serves.
type Files struct {
	certFile, keyFile string
	log               *slog.Logger

	mu      sync.Mutex
	cert    *tls.Certificate
	of      [2]time.Time // when the files were last changed
	checked time.Time
}

// every is how often the files are looked at: each handshake would be too often.
const every = 30 * time.Second

// FromFiles reads a certificate and its key.
func FromFiles(certFile, keyFile string, log *slog.Logger) (*Files, error) {
	k := &Files{certFile: certFile, keyFile: keyFile, log: log}
	return k, k.read()
}

// Expires implements Certificates.
func (k *Files) Expires() time.Time { return k.get().Leaf.NotAfter }

func (k *Files) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) { return k.get(), nil }

func (k *Files) protocols() []string { return protocols }

func (k *Files) get() *tls.Certificate {
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

func (k *Files) read() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.checked = time.Now()
	return k.load()
}

func (k *Files) load() error {
	at := k.changes()
	cert, err := tls.LoadX509KeyPair(k.certFile, k.keyFile)
	if err != nil {
		return fmt.Errorf("reading certificate and key: %w", err)
	}
	k.cert, k.of = &cert, at
	return nil
}

// changes tells when the files were last changed; zero where one is not there.
func (k *Files) changes() (at [2]time.Time) {
	for i, file := range []string{k.certFile, k.keyFile} {
		if info, err := os.Stat(file); err == nil {
			at[i] = info.ModTime()
		}
	}
	return at
}
