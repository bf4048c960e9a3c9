package diagnose

import (
	"strings"
	"testing"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// TestAnErrorSaysWhy holds refusals that are known to be empty against those of
// which nothing is known, and those that must be.
func TestAnErrorSaysWhy(t *testing.T) {
	lib := library(t)
	whole := message.Content{Known: message.Wholly, Complete: true}
	for _, tt := range []struct {
		name, method, challenge string
		code                    int
		content                 message.Content
		want                    string
	}{
		{"an empty 404", "GET", "", 404, whole, "error-without-content"},
		{"an empty 500", "POST", "", 500, message.Content{Known: message.None, Complete: true}, "error-without-content"},
		{"an empty 401", "GET", `Basic realm="a"`, 401, whole, "error-without-content"},
		{"an empty 401 on the way to a sign-in", "GET", "Negotiate", 401, whole, ""},
		{"an empty 401 in the middle of a sign-in", "GET", "NTLM TlRMTVNTUAACAAAA", 401, whole, ""},

		{"an empty 403 to CONNECT", "CONNECT", "", 403, message.Content{Known: message.None, Complete: true}, ""},
		{"a 404 of which the head was shown", "GET", "", 404, message.Content{}, ""},
		{"a 404 to HEAD", "HEAD", "", 404, message.Content{Known: message.None, Complete: true}, ""},
		{"a 404 to OPTIONS", "OPTIONS", "", 404, whole, ""},
		{"a 404 with words", "GET", "", 404, message.Content{Known: message.Wholly, Complete: true, Length: 3, Decoded: 3, Sample: []byte("who")}, ""},
		{"a 404 that broke off", "GET", "", 404, message.Content{Known: message.Wholly, Problem: &message.Shortfall{Kind: message.ContentReset}}, "content-reset"},
		{"an empty 200", "GET", "", 200, whole, ""},
		{"an empty 304", "GET", "", 304, message.Content{Known: message.None, Complete: true}, ""},
	} {
		x := message.Exchange{Fidelity: message.Wire, Request: &message.Request{Method: tt.method, URL: "https://www.example.com/"}, Response: &message.Response{Protocol: "HTTP/1.1", Code: tt.code, Content: tt.content,
			Fields: field.Section{{Name: "Date", Value: "Sat, 21 Nov 2026 09:00:00 GMT"}, {Name: "Content-Type", Value: "text/plain"}, {Name: "Cache-Control", Value: "no-store"}}}}
		if tt.challenge != "" {
			x.Response.Fields = append(x.Response.Fields, field.Line{Name: "WWW-Authenticate", Value: tt.challenge})
		}
		if tt.code == 304 {
			x.Response.Fields = x.Response.Fields[:1]
		}
		if got := strings.Join(ids(Run(lib, []message.Exchange{x})), " "); got != tt.want {
			t.Errorf("%s: %s, want %q", tt.name, got, tt.want)
		}
	}
}
