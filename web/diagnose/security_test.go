package diagnose

import (
	"strings"
	"testing"
	"time"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// TestACertificateInItsLastTenthIsTold holds lifetimes of years and of days
// against what is left of them.
func TestACertificateInItsLastTenthIsTold(t *testing.T) {
	const day = 24 * time.Hour
	lib := library(t)
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name       string
		life, left time.Duration
		verified   bool
		want       string
	}{
		{"90 days, a third left", 90 * day, 30 * day, true, ""},
		{"90 days, ten left", 90 * day, 10 * day, true, ""},
		{"90 days, eight left", 90 * day, 8 * day, true, "certificate-ends-soon"},
		{"six days, two left", 6 * day, 2 * day, true, ""},
		{"six days, hours left", 6 * day, 12 * time.Hour, true, "certificate-ends-soon"},
		{"a year, thirty days left", 365 * day, 30 * day, true, ""},
		{"a year, twenty days left", 365 * day, 20 * day, true, "certificate-ends-soon"},
		{"at an end", 90 * day, -day, false, "certificate-not-trusted"},
		{"not trusted, and soon at an end", 90 * day, day, false, "certificate-not-trusted"},
	} {
		peer := &message.Peer{TLS: &message.TLS{Verified: tt.verified, Certificates: []message.Certificate{{NotBefore: now.Add(tt.left - tt.life), NotAfter: now.Add(tt.left)}}}}
		if !tt.verified {
			peer.TLS.Problem = message.Expired
		}
		x := message.Exchange{Fidelity: message.Wire, Peer: peer, Timing: message.Timing{Start: now}, Request: &message.Request{Method: "GET", URL: "https://www.example.com/"},
			Response: &message.Response{Protocol: "HTTP/1.1", Code: 200, Fields: field.Section{{Name: "Date", Value: "Sat, 21 Nov 2026 09:00:00 GMT"}}}}
		if got := strings.Join(ids(Run(lib, []message.Exchange{x})), " "); got != tt.want {
			t.Errorf("%s: %s, want %q", tt.name, got, tt.want)
		}
		again := x
		again.Cause = message.Redirect
		if got := strings.Join(ids(Run(lib, []message.Exchange{x, again})), " "); tt.verified && got != tt.want {
			t.Errorf("%s, twice: %s, want %q once", tt.name, got, tt.want)
		}
	}
	x := message.Exchange{Fidelity: message.Transcribed, Peer: &message.Peer{TLS: &message.TLS{Verified: true}}, Response: &message.Response{Code: 200}}
	if got := ids(Run(lib, []message.Exchange{x})); len(got) > 0 {
		t.Errorf("of a certificate that is not known: %v", got)
	}
}
