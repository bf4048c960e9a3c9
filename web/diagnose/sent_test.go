package diagnose

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// answered is an exchange whose request carried fields and whose answer has a
// status and challenges.
func answered(url, method string, asked field.Section, code int, posed ...string) message.Exchange {
	x := message.Exchange{Fidelity: message.Transcribed, Request: &message.Request{Method: method, URL: url, Fields: asked},
		Response: &message.Response{Protocol: "HTTP/1.1", Code: code, Fields: field.Section{{Name: "Date", Value: "Fri, 20 Nov 2026 09:00:00 GMT"}, {Name: "Cache-Control", Value: "no-store"}}}}
	name := "WWW-Authenticate"
	if code == 407 {
		name = "Proxy-Authenticate"
	}
	for _, p := range posed {
		x.Response.Fields = append(x.Response.Fields, field.Line{Name: name, Value: p})
	}
	return x
}

// TestCredentialsAreJudgedWhereTheyAreRefused tells what is wrong with what was
// sent, and nothing about what is right, is hidden, or was taken.
func TestCredentialsAreJudgedWhereTheyAreRefused(t *testing.T) {
	const (
		basic  = `Basic realm="staff"`
		bearer = `Bearer realm="api", error="invalid_token"`
		digest = `Digest realm="staff", nonce="n2", qop="auth", algorithm=SHA-256`
		proof  = `Digest username="m", realm="staff", nonce="n1", uri="/a?b=1", qop=auth, nc=00000001, cnonce="c", response="00", algorithm=SHA-256`
	)
	b64 := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	without := func(name string) string {
		var rest []string
		for p := range strings.SplitSeq(strings.TrimPrefix(proof, "Digest "), ", ") {
			if !strings.HasPrefix(p, name+"=") {
				rest = append(rest, p)
			}
		}
		return "Digest " + strings.Join(rest, ", ")
	}
	lib := library(t)
	for _, tt := range []struct {
		name, sent string
		code       int
		posed      string
		want, why  string
	}{
		{"a token alone", "mF_9.B5f-4.1JqM", 401, bearer, "credentials-incomplete", "no scheme before the credentials"},
		{"a key that was taken", "mF_9.B5f-4.1JqM", 200, "", "", ""},
		{"a key that was not found", "mF_9.B5f-4.1JqM", 404, "", "", ""},
		{"a scheme alone", "Bearer", 401, bearer, "credentials-incomplete", "only the scheme in it, and no credentials"},
		{"a scheme alone, in lower case", "basic ", 403, "", "credentials-incomplete", "only the scheme in it, and no credentials"},
		{"nothing", "", 401, basic, "credentials-incomplete", "nothing in it"},
		{"a token for a proxy", "abc", 407, basic, "credentials-incomplete", "no scheme before the credentials"},

		{"a password", b64("user:open sesame"), 401, basic, "", ""},
		{"a password with colons", b64("user:a:b"), 401, basic, "", ""},
		{"no password", b64("user:"), 401, basic, "", ""},
		{"no user, as for some keys", b64(":key"), 401, basic, "", ""},
		{"a password beyond ASCII", b64("jörg:pässword"), 401, basic, "", ""},
		{"a password in Latin-1", b64("j\xf6rg:x"), 401, basic, "", ""},
		{"the scheme in lower case", strings.ToLower("Basic ") + base64.StdEncoding.EncodeToString([]byte("u:p")), 401, basic, "", ""},
		{"two spaces", "Basic  " + base64.StdEncoding.EncodeToString([]byte("u:p")), 401, basic, "", ""},
		{"no colon", b64("user"), 401, basic, "basic-credentials-invalid", "have no colon between user name and password"},
		{"a line break at the end", b64("user:p\n"), 401, basic, "basic-credentials-invalid", "end in a line break, which makes it a part of the password"},
		{"a line break within", b64("user:p\np"), 401, basic, "basic-credentials-invalid", "hold a control character, such as a line break"},
		{"no base64", "Basic user:secret", 401, basic, "basic-credentials-invalid", "stand in the request as they are, without base64"},
		{"another alphabet", "Basic _-__", 401, basic, "basic-credentials-invalid", "are not in base64"},
		{"no padding", "Basic dTpwYQ", 401, basic, "basic-credentials-invalid", "lack the equals signs at the end of base64"},
		{"a broken password that was taken", b64("user"), 200, "", "", ""},
		{"a password for a proxy", b64("user"), 407, basic, "basic-credentials-invalid", "have no colon between user name and password"},

		{"a proof", proof, 401, digest, "", ""},
		{"a proof for a whole address", strings.Replace(proof, `"/a?b=1"`, `"https://www.example.com/a?b=1"`, 1), 401, digest, "", ""},
		{"a proof with another coding of the address", strings.Replace(proof, `"/a?b=1"`, `"/%61?b=1"`, 1), 401, digest, "", ""},
		{"a proof of one of two", proof, 401, digest + `; Digest realm="staff", nonce="n3", qop="auth", algorithm=MD5`, "", ""},
		{"a proof by a name beyond ASCII", strings.Replace(proof, `username="m"`, `username*=UTF-8''m%C3%BC`, 1), 401, digest, "", ""},
		{"an old proof", `Digest username="m", realm="staff", nonce="n1", uri="/a?b=1", response="00"`, 401, `Digest realm="staff", nonce="n2", qop="auth", algorithm=MD5`, "", ""},
		{"no user", without("username"), 401, digest, "digest-credentials-invalid", "lack `username`"},
		{"no response", without("response"), 401, digest, "digest-credentials-invalid", "lack `response`"},
		{"no count", without("nc"), 401, digest, "digest-credentials-invalid", "have `qop` and lack `nc`"},
		{"no nonce of the client", without("cnonce"), 401, digest, "digest-credentials-invalid", "have `qop` and lack `cnonce`"},
		{"no query", strings.Replace(proof, "?b=1", "", 1), 401, digest, "digest-credentials-invalid", "are for another address: their `uri` is not what was asked for"},
		{"another realm", strings.Replace(proof, "staff", "Staff", 1), 401, digest, "digest-credentials-invalid", "are for another realm than the answer asks for"},
		{"another algorithm", without("algorithm"), 401, digest, "digest-credentials-invalid", "are made with an algorithm that the answer does not name"},

		{"a password for a token", b64("u:p"), 401, bearer, "credentials-of-another-scheme", ""},
		{"a password for both", b64("u:p"), 401, bearer + "; " + basic, "", ""},
		{"a password for a silenced prompt", b64("u:p"), 401, `xBasic realm="staff"`, "", ""},
		{"a password, and a challenge that comes with a 403", b64("u:p"), 403, `Bearer realm="api"`, "", ""},
		{"an unknown scheme", "Acme abc", 401, bearer, "", ""},
		{"a token", "Bearer abc", 401, bearer, "", ""},
		{"a token without a reason", "Bearer abc", 401, `Bearer realm="api"`, "bearer-error-missing", ""},
		{"a token, hidden, without a reason", "Bearer REDACTED", 401, `Bearer realm="api"`, "bearer-error-missing", ""},
		{"a token and a bare challenge", "Bearer abc", 403, `Bearer realm="api"`, "", ""},

		{"hidden by us", "Basic REDACTED", 401, basic, "", ""},
		{"hidden by others", "Basic [REDACTED]", 401, basic, "", ""},
		{"hidden by stars", "Basic ******", 401, basic, "", ""},
		{"hidden altogether", "REDACTED", 401, basic, "", ""},
		{"cut short", "Basic dXNl...", 401, basic, "", ""},
		{"a placeholder", "Basic <credentials>", 401, basic, "", ""},
		{"a variable", "Digest $PROOF", 401, digest, "", ""},
	} {
		name := "Authorization"
		if tt.code == 407 {
			name = "Proxy-Authorization"
		}
		var posed []string
		if tt.posed != "" {
			posed = strings.Split(tt.posed, "; ")
		}
		found := Run(lib, []message.Exchange{answered("https://www.example.com/a?b=1", "GET", field.Section{{Name: name, Value: tt.sent}}, tt.code, posed...)})
		found = slices.DeleteFunc(found, func(f Finding) bool {
			return slices.Contains([]string{"scheme-silenced", "digest-md5-only", "401-without-challenge"}, f.ID)
		})
		if got := strings.Join(ids(found), " "); got != tt.want || tt.why != "" && found[0].Args["why"] != tt.why {
			t.Errorf("%s: %s %v, want %s %q", tt.name, got, found, tt.want, tt.why)
		}
	}
}

// TestWhatWasSentOpenlyIsTold holds addresses that carry secrets, or over which
// they were sent readable, against those that do not.
func TestWhatWasSentOpenlyIsTold(t *testing.T) {
	lib := library(t)
	for _, tt := range []struct{ url, sent, want string }{
		{"http://www.example.com/", "Bearer abc", "credentials-sent-in-the-clear"},
		{"http://www.example.com/", "Basic dTpw", "credentials-sent-in-the-clear"},
		{"http://www.example.com/", `Digest username="m"`, ""},
		{"http://www.example.com/", "Bearer", ""},
		{"http://localhost:8080/", "Bearer abc", ""},
		{"http://127.0.0.1/", "Basic dTpw", ""},
		{"https://www.example.com/", "Bearer abc", ""},
		{"https://www.example.com/?access_token=abc", "", "token-in-url"},
		{"https://www.example.com/?access_token=", "", ""},
		{"https://www.example.com/access_token?token=abc", "", ""},
	} {
		var asked field.Section
		if tt.sent != "" {
			asked = field.Section{{Name: "Authorization", Value: tt.sent}}
		}
		x := answered(tt.url, "GET", asked, 200)
		if got := strings.Join(ids(Run(lib, []message.Exchange{x})), " "); got != tt.want {
			t.Errorf("%s with %s: %s, want %s", tt.url, tt.sent, got, tt.want)
		}
	}
}

// TestASentTokenIsJudgedWhereItIsRefused reads the token of the request as one
// that somebody shows us, and keeps to what explains the refusal.
func TestASentTokenIsJudgedWhereItIsRefused(t *testing.T) {
	jwt := func(claims string) string {
		enc := base64.RawURLEncoding.EncodeToString
		return enc([]byte(`{"alg":"RS256"}`)) + "." + enc([]byte(claims)) + "." + enc([]byte("signature"))
	}
	expired := jwt(`{"exp":1795164000}`) // 20 Nov 2026, 08:40
	lib := library(t)
	for _, tt := range []struct {
		name, sent string
		code       int
		undated    bool
		want       string
	}{
		{"expired", "Bearer " + expired, 401, false, "token-expired"},
		{"expired, with no clock to tell", "Bearer " + expired, 401, true, ""},
		{"expired, and taken", "Bearer " + expired, 200, false, ""},
		{"good for an hour", "Bearer " + jwt(`{"exp":1795172400}`), 401, false, ""},
		{"opaque", "Bearer abc", 401, false, ""},
		{"with the scheme twice", "Bearer Bearer abc", 401, false, "token-with-scheme"},
		{"in quotes", `Bearer "abc"`, 401, false, "token-quoted"},
		{"a variable that was not set", "Bearer undefined", 401, false, "token-placeholder"},
		{"hidden", "Bearer REDACTED", 401, false, ""},
		{"hidden by others", "Bearer ****", 401, false, ""},
		{"cut short by whoever shows it", "Bearer eyJhbGciOi...", 401, false, ""},
		{"a password", "Basic dTpw", 401, false, ""},
	} {
		x := answered("https://www.example.com/", "GET", field.Section{{Name: "Authorization", Value: tt.sent}}, tt.code, `Bearer realm="a", error="invalid_token"`)
		if tt.undated {
			x.Response.Fields = x.Response.Fields[1:]
		}
		if got := strings.Join(ids(SentToken(lib, []message.Exchange{x, {Cause: message.Probe, Request: x.Request, Response: x.Response}})), " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// An audience that is another address may be the name that the server goes by.
// Whoever asks about the token is told as of an error, others as a hint.
func TestTheAudienceOfASentTokenIsAHint(t *testing.T) {
	lib := library(t)
	enc := base64.RawURLEncoding.EncodeToString
	token := enc([]byte(`{"alg":"RS256"}`)) + "." + enc([]byte(`{"aud":"https://api.example/"}`)) + "." + enc([]byte("signature"))
	xs := []message.Exchange{answered("https://www.example.com/", "GET", field.Section{{Name: "Authorization", Value: "Bearer " + token}}, 403)}
	if got := severityOf(t, lib, SentToken(lib, xs), "token-audience-differs"); got != content.Notice {
		t.Errorf("of a request that was refused: %v", got)
	}
	if got := severityOf(t, lib, Token(lib, token, xs, time.Unix(0, 0)), "token-audience-differs"); got != content.Error {
		t.Errorf("of a token that was shown: %v", got)
	}
}

// TestNoFindingTellsCredentials: what is wrong is said without a word of them.
func TestNoFindingTellsCredentials(t *testing.T) {
	lib := library(t)
	for _, sent := range []string{"s3cr3tKey", "Basic s3cr3tKey", "Basic user:s3cr3tKey", `Digest username="s3cr3tKey"`, "Bearer s3cr3tKey|s3cr3tKey", `Bearer "s3cr3tKey"`, "s3cr3tKey abc"} {
		x := answered("http://www.example.com/?access_token=s3cr3tKey", "GET", field.Section{{Name: "Authorization", Value: sent}}, 401, `Hawk`)
		xs := []message.Exchange{x}
		found := append(Run(lib, xs), SentToken(lib, xs)...)
		if len(found) == 0 {
			t.Errorf("%s: nothing is found", sent)
		}
		for _, f := range found {
			for name, value := range f.Args {
				if strings.Contains(value, "s3cr3tKey") {
					t.Errorf("%s: %s tells it in %s", sent, f.ID, name)
				}
			}
		}
	}
}

// TestCredentialsThatGoOn are told of from the second time on, where they are known.
func TestCredentialsThatGoOn(t *testing.T) {
	lib := library(t)
	for _, tt := range []struct {
		sent        string
		code, again int
		want        bool
	}{
		{"Bearer x", 401, 2, true}, {"Bearer x", 401, 1, false}, {"Bearer x", 401, 0, false}, {"Bearer [redacted]", 401, 5, false}, {"Bearer x", 403, 5, false},
	} {
		x := message.Exchange{Again: tt.again, Request: &message.Request{Method: "GET", URL: "https://a.example/", Fields: field.Section{{Name: "Authorization", Value: tt.sent}}},
			Response: &message.Response{Code: tt.code, Fields: field.Section{{Name: "WWW-Authenticate", Value: `Bearer realm="x"`}}}}
		if got := slices.Contains(ids(Run(lib, []message.Exchange{x})), "credentials-refused-again"); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}
