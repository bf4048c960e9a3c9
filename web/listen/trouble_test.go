package listen

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestTroubleNamesNoClient(t *testing.T) {
	var b bytes.Buffer
	l := newTrouble(slog.New(slog.NewTextHandler(&b, nil)))
	for line, want := range map[string]string{
		"http: TLS handshake error from 192.0.2.7:4711: EOF":                                                      "level=INFO msg=\"http: TLS handshake error from an address: EOF\"",
		"http: TLS handshake error from [2001:db8::1]:4711: tls: no certificates configured":                      "level=INFO msg=\"http: TLS handshake error from an address: no certificate for the name that was asked for\"",
		"http2: server connection error from [fe80::1%eth0]:1: read tcp 198.51.100.1:443->192.0.2.7:4711: broken": "level=WARN msg=\"http2: server connection error from an address: read tcp an address->an address: broken\"",
		"http: superfluous response.WriteHeader call from wwwhy/web.show (web/show.go:12)":                        "level=WARN msg=\"http: superfluous response.WriteHeader call from wwwhy/web.show (web/show.go:12)\"",
	} {
		b.Reset()
		l.Print(line)
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is logged as %s", line, &b)
		}
	}
}
