package content

import (
	"slices"
	"strings"
	"testing"
)

func TestNamesOfSecrets(t *testing.T) {
	rows, err := readTable(files, "secret_names.csv")
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for _, r := range rows {
		if secrets()[r["in"]] == nil || !slices.Contains([]string{"always", "kept", "never"}, r["secret"]) || r["name"] != strings.ToLower(r["name"]) {
			t.Errorf("%v", r)
		}
	}
	for _, c := range []struct {
		name            string
		secret, private bool
	}{
		{"Authorization", true, true}, {"Cookie", true, true}, {"PRIVATE-TOKEN", true, true}, {"Ocp-Apim-Subscription-Key", true, true},
		{"X-Amz-Security-Token", true, true}, {"Idempotency-Key", false, false}, {"Sec-WebSocket-Key", false, false},
		{"DPoP", false, true}, {"X-Auth", false, true}, {"X_SESSION_ID", false, true}, {"X_API_KEY", true, true}, {"Token", true, true},
		{"AccessKey", true, true}, {"X-ApiKey", true, true}, {"X-AuthToken", true, true}, {"X-CSRFToken", true, true}, {"access_token", true, true}, {"X-UserPassword", true, true},
		{"X-Amz-Authorization", true, true}, {"Authentication-Info", false, false}, {"Cookie-Consent", false, false}, {"Monkey", false, false}, {"X-Request-Id", false, false},
		{"Accept", false, false}, {"-", false, false}, {"", false, false}, {"Key-Name", false, false},
	} {
		if s, p := SecretField(c.name), PrivateField(c.name); s != c.secret || p != c.private {
			t.Errorf("%s: secret %t, private %t", c.name, s, p)
		}
	}
	if !SecretParameter("access_token") || SecretParameter("code") || SecretParameter("x-token") || SecretParameter("authorization") {
		t.Error("parameters are not told by their names")
	}
}

func TestSignsOfHiding(t *testing.T) {
	for text, want := range map[string]bool{"Bearer REDACTED": true, "Basic [Filtered]": true, "a***": true, "eyJhbGciOi…": true, "Bearer abc": false, "a*b": false, "": false} {
		if got := Hides(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
	for _, sign := range hidings() {
		if sign == "" || sign != strings.ToLower(sign) {
			t.Errorf("the sign %q would match anything, or nothing", sign)
		}
	}
	if len(hidings()) == 0 {
		t.Error("no sign is known")
	}
}
