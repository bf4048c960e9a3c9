package report

import (
	"strings"
	"testing"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

func TestClientsChooseAmongChallenges(t *testing.T) {
	lib := library(t)
	for _, tt := range []struct {
		name, chromium, firefox, curl string
		lines                         []string
	}{
		{"one line each", "Negotiate", "Negotiate", "Negotiate", []string{`Basic realm="x"`, "Negotiate", "NTLM"}},
		{"all on one line", "Basic", "Negotiate", "Negotiate", []string{`Basic realm="x", Negotiate, NTLM`}},
		{"Digest before Basic", "Digest", "Digest", "Digest", []string{`Basic realm="x"`, `Digest realm="x", nonce="n", algorithm=SHA-256`}},
		{"an algorithm that browsers do not know", "Basic", "Basic", "Digest", []string{`Digest realm="x", nonce="n", algorithm=SHA-512-256`, `Basic realm="x"`}},
		{"Bearer and Basic", "Basic", "Basic", "Basic", []string{"Bearer", `Basic realm="x"`}},
		{"Bearer first on the line", "", "Basic", "Basic", []string{`Bearer realm="x", Basic realm="x"`}},
		{"NTLM or Digest", "NTLM", "NTLM", "Digest", []string{"NTLM", `Digest realm="x", nonce="n"`}},
	} {
		var fields field.Section
		for _, l := range tt.lines {
			fields = append(fields, field.Line{Name: "WWW-Authenticate", Value: l})
		}
		x := NewExchange(lib, message.Exchange{Response: &message.Response{Code: 401, Fields: fields}})
		if len(x.Picked) != 5 || x.Picked[0].Scheme != tt.chromium || x.Picked[1].Scheme != tt.firefox || x.Picked[2].Scheme != "" || x.Picked[3].Scheme != tt.curl {
			t.Errorf("%s: %+v", tt.name, x.Picked)
		}
		for _, p := range x.Picked {
			if !strings.HasSuffix(p.Why, ".") {
				t.Errorf("%s: %q", p.Client, p.Why)
			}
		}
	}
	if x := NewExchange(lib, message.Exchange{Response: &message.Response{Code: 401, Fields: field.Section{{Name: "WWW-Authenticate", Value: "Basic"}}}}); len(x.Picked) != 0 {
		t.Errorf("of one: %+v", x.Picked)
	}
}
