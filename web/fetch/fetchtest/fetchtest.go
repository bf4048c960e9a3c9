// Package fetchtest has servers that answer with any bytes, right or wrong, for
// tests of what fetches them.
package fetchtest

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// Serve starts a server on loopback that gives each connection to handle and
// closes it afterwards. It returns the server's host and port. The server ends
// with the test, and so do its connections.
func Serve(t testing.TB, handle func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	wait.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[conn] = true
			mu.Unlock()
			wait.Go(func() {
				defer func() {
					conn.Close()
					mu.Lock()
					delete(open, conn)
					mu.Unlock()
				}()
				handle(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		wait.Wait()
	})
	return l.Addr().String()
}

// Answer reads the head of a request and returns its lines.
func Answer(conn net.Conn) []string {
	var lines []string
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		line = strings.TrimRight(line, "\r\n")
		if err != nil || line == "" {
			return lines
		}
		lines = append(lines, line)
	}
}

// Bytes returns a handler that answers every request with the same bytes.
func Bytes(answer string) func(net.Conn) {
	return func(conn net.Conn) {
		Answer(conn)
		_, _ = io.WriteString(conn, answer)
	}
}

// Encrypted wraps a handler in TLS with the certificate, for the protocols.
func Encrypted(cert tls.Certificate, handle func(net.Conn), protocols ...string) func(net.Conn) {
	return func(conn net.Conn) {
		c := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: protocols, MinVersion: tls.VersionTLS10})
		if c.Handshake() == nil {
			handle(c)
		}
		_ = c.Close()
	}
}

// Frames wraps a handler that answers one request in frames of HTTP/2. It reads
// the client's preface and request, and goes on reading beside the handler.
func Frames(handle func(*http2.Framer)) func(net.Conn) {
	return func(conn net.Conn) {
		if _, err := io.CopyN(io.Discard, conn, int64(len(http2.ClientPreface))); err != nil {
			return
		}
		framer := http2.NewFramer(conn, conn)
		for {
			f, err := framer.ReadFrame()
			if err != nil {
				return
			}
			if f.Header().Type == http2.FrameHeaders {
				break
			}
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = io.Copy(io.Discard, conn)
		}()
		handle(framer)
		_ = conn.Close()
		<-ended
	}
}

// Fields packs field lines, each "name: value", for a frame of HTTP/2.
func Fields(lines ...string) []byte {
	var b bytes.Buffer
	enc := hpack.NewEncoder(&b)
	for _, l := range lines {
		at := strings.Index(l[1:], ":") + 1
		_ = enc.WriteField(hpack.HeaderField{Name: l[:at], Value: strings.TrimSpace(l[at+1:])}) // writes to memory
	}
	return b.Bytes()
}

// Certificate makes a certificate for the names that signer signs; without a
// signer it signs itself. change may alter the template.
func Certificate(t testing.TB, signer *tls.Certificate, change func(*x509.Certificate), names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: names[0]},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		BasicConstraintsValid: true}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, n)
		}
	}
	if change != nil {
		change(template)
	}
	parent, by := template, any(key)
	if signer != nil {
		parent, by = signer.Leaf, signer.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}
