package diagnose

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// made makes a token with the given header and claims, and a signature that is
// none.
func made(header, claims string) string {
	b := base64.RawURLEncoding.EncodeToString
	return b([]byte(header)) + "." + b([]byte(claims)) + "." + b([]byte("a signature that nobody made"))
}

func TestTokensAreExplained(t *testing.T) {
	lib := library(t)
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	const rs = `{"alg":"RS256","typ":"JWT"}`
	at := func(claim string, d time.Duration) string { return fmt.Sprintf(`"%s":%d`, claim, now.Add(d).Unix()) }
	good := made(rs, `{"iss":"https://as.example","aud":"https://api.example","scope":"read write",`+at("exp", time.Hour)+`,`+at("iat", -time.Minute)+`}`)
	answer := func(date time.Time, challenge string) []message.Exchange {
		return []message.Exchange{{Fidelity: message.Wire, Request: &message.Request{Method: "GET", URL: "https://api.example/orders"},
			Response: &message.Response{Protocol: "HTTP/1.1", Code: 401, Fields: field.Section{{Name: "Date", Value: date.Format("Mon, 02 Jan 2006 15:04:05 GMT")}, {Name: "WWW-Authenticate", Value: challenge}}}}}
	}
	metadata := append(answer(now, `Bearer resource_metadata="https://api.example/.well-known/oauth-protected-resource"`), message.Exchange{Cause: message.Probe, Purpose: message.ResourceMetadata,
		Request: &message.Request{URL: "https://api.example/.well-known/oauth-protected-resource"}, Response: &message.Response{Code: 200, Content: message.Content{Sample: []byte(`{"resource":"https://api.example","authorization_servers":["https://other.example"]}`)}}})
	for _, tt := range []struct {
		name, token string
		xs          []message.Exchange
		want        string
		args        string // a part of the first finding's arguments
	}{
		{"in order", good, answer(now, `Bearer scope="read"`), "token-in-order", ""},
		{"in order, alone", good, nil, "token-in-order", ""},
		{"with a line end", good + "\n", nil, "token-in-order", ""},
		{"expired", made(rs, `{`+at("exp", -3*time.Hour)+`}`), answer(now, "Bearer"), "token-expired", "3 hours"},
		{"expired by our clock", made(rs, `{`+at("exp", -10*time.Second)+`}`), nil, "token-expired", "this computer's clock"},
		{"expired by the server's clock", made(rs, `{`+at("exp", time.Hour)+`}`), answer(now.Add(2*time.Hour), "Bearer"), "server-clock-off token-expired", "7200"},
		{"not yet valid", made(rs, `{`+at("nbf", 90*time.Second)+`,`+at("iat", 90*time.Second)+`}`), answer(now, "Bearer"), "token-not-yet-valid", "90 seconds"},
		{"from the future", made(rs, `{`+at("iat", 5*time.Minute)+`}`), answer(now, "Bearer"), "token-from-the-future", "5 minutes"},
		{"another audience", made(rs, `{"aud":["https://other.example/"]}`), answer(now, "Bearer"), "token-audience-differs", "https://other.example/"},
		{"an audience that is a name", made(rs, `{"aud":"orders"}`), answer(now, "Bearer"), "token-in-order", ""},
		{"several audiences", made(rs, `{"aud":["https://other.example","https://api.example/v1"]}`), answer(now, "Bearer"), "token-in-order", ""},
		{"a missing scope", good, answer(now, `Bearer error="insufficient_scope", scope="read admin"`), "token-scope-missing", "admin"},
		{"another issuer", good, metadata, "token-issuer-differs", "https://as.example"},
		{"unsigned", made(`{"alg":"none"}`, `{}`), nil, "token-unsigned", ""},
		{"signature gone", strings.TrimRight(good, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"), nil, "token-unsigned", ""},
		{"HMAC", made(`{"alg":"HS256"}`, `{}`), nil, "token-hmac", "HS256"},
		{"encrypted", made(`{"alg":"RSA-OAEP","enc":"A256GCM"}`, "x") + ".AA.AA", nil, "token-encrypted", ""},
		{"an ID token", made(rs, `{"aud":"client","nonce":"n"}`), nil, "token-for-the-client", ""},
		{"Bearer in front", "Bearer " + good, nil, "token-with-scheme", ""},
		{"the whole line", "Authorization: Bearer " + good, nil, "token-with-scheme", ""},
		{"quoted", `"` + good + `"`, nil, "token-quoted", ""},
		{"in typographic quotes", "“" + good + "”", nil, "token-quoted", ""},
		{"in curly single quotes", "‘" + good + "’", nil, "token-quoted", ""},
		{"with letters that a placeholder has", good + "-YoUr-xXxX", nil, "token-in-order", ""},
		{"broken", good[:40] + "\n" + good[40:], nil, "token-with-space", ""},
		{"cut off", good[:60], nil, "token-cut-off", "2"},
		{"only the header", strings.SplitN(good, ".", 2)[0], nil, "token-cut-off", "1"},
		{"a placeholder", "YOUR_ACCESS_TOKEN", nil, "token-placeholder", ""},
		{"a variable", "${TOKEN}", nil, "token-placeholder", ""},
		{"undefined", "undefined", nil, "token-placeholder", ""},
		{"opaque", "2YotnFZFEjr1zCsicMWpAA", nil, "token-opaque", ""},
		{"GitHub's", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", nil, "token-opaque", "GitHub"},
		{"with a bar", "12|abcdef", nil, "token-not-sendable", ""},
		{"a signature that says your", good + "yOuR", nil, "token-in-order", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found := Token(lib, tt.token, tt.xs, now)
			if got := strings.Join(ids(found), " "); got != tt.want || tt.args != "" && !strings.Contains(fmt.Sprint(found[0].Args), tt.args) {
				t.Errorf("%s, want %s with %q: %v", got, tt.want, tt.args, found)
			}
			for _, f := range found {
				page := lib.Finding(f.ID)
				for _, place := range page.Says.Places(false) {
					if _, ok := f.Args[place]; !ok {
						t.Errorf("%s lacks %s", f.ID, place)
					}
				}
				for _, v := range f.Args {
					if strings.Contains(v, "eyJ") || strings.Contains(v, "ghp_") {
						t.Errorf("the token is in %q", v)
					}
				}
			}
		})
	}
	kept := answer(now.Add(-time.Hour), "Bearer")
	kept[0].Response.Fields = append(kept[0].Response.Fields, field.Line{Name: "Age", Value: "3600"})
	if got := ids(Token(lib, made(rs, `{}`), kept, now)); slices.Contains(got, "server-clock-off") {
		t.Error("an answer from a cache tells an old time rightly")
	}
}

func FuzzToken(f *testing.F) {
	f.Add(made(`{"alg":"RS256"}`, `{"exp":1,"aud":["a",1],"scope":"a b"}`))
	f.Add("Bearer \"abc\"")
	lib := library(f)
	f.Fuzz(func(t *testing.T, token string) {
		if len(Token(lib, token, nil, time.Unix(1e9, 0))) == 0 {
			t.Fatal("nothing was said")
		}
	})
}
