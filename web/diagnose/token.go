package diagnose

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/challenge"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// tokenIDs are the findings about a token that its owner shows us.
var tokenIDs = []string{"token-placeholder", "token-with-scheme", "token-quoted", "token-with-space", "token-cut-off", "token-not-sendable",
	"token-expired", "token-not-yet-valid", "token-from-the-future", "token-unsigned", "token-hmac", "token-encrypted", "token-for-the-client",
	"token-audience-differs", "token-issuer-differs", "token-scope-missing", "token-opaque", "token-in-order", "server-clock-off"}

// Token judges a token against the exchanges: its form, its times against the
// server's clock, and what it is for against the challenge. Nothing of the
// token itself is in the findings but what its claims say. now is our own
// clock, used where the server tells no time.
func Token(lib *content.Library, token string, xs []message.Exchange, now time.Time) []Finding {
	t := &tokenExam{exam: &exam{lib: lib, all: xs, alike: map[string]int{}}, now: now, clock: "this computer's clock"}
	for i := range xs {
		if xs[i].Cause != message.Probe && xs[i].Response != nil {
			t.exam = newExam(lib, xs, i)
			if d, ok := field.ParseDate(t.resp.Fields.Get("Date")); ok {
				t.now, t.clock = d, "the server's clock"
				t.clocks(d, now)
			}
		}
	}
	t.judge(token)
	if len(t.found) == 0 || len(t.found) == 1 && t.has("server-clock-off") {
		t.report("token-in-order")
	}
	return t.found
}

// tokenExam is a token on the table.
type tokenExam struct {
	*exam
	now   time.Time
	clock string // whose clock now is
	jwt   challenge.JWT
}

// clocks reports a server whose clock is far from ours. An answer that was kept
// somewhere tells an old time rightly, and so does one that was pasted.
func (t *tokenExam) clocks(server, ours time.Time) {
	off := ours.Sub(server).Round(time.Second)
	if t.x.Fidelity == message.Wire && !t.resp.Fields.Has("Age") && (off > time.Minute || off < -time.Minute) {
		way := "behind"
		if off < 0 {
			way, off = "ahead of", -off
		}
		t.report("server-clock-off", "seconds", fmt.Sprint(int(off.Seconds())), "way", way)
	}
}

// judge looks at the text first: most tokens that are refused were copied
// wrong.
func (t *tokenExam) judge(token string) {
	trimmed := strings.TrimSpace(token)
	lower := strings.ToLower(trimmed)
	switch {
	case isPlaceholder(trimmed):
		t.report("token-placeholder")
		return
	case strings.HasPrefix(lower, "bearer ") || strings.HasPrefix(lower, "authorization:"):
		t.report("token-with-scheme")
		trimmed = trimmed[strings.LastIndexByte(trimmed, ' ')+1:]
	}
	if bare := strings.Trim(trimmed, quotes); bare != trimmed && bare != "" {
		t.report("token-quoted")
		trimmed = bare
	}
	if strings.ContainsAny(trimmed, " \t\r\n") {
		t.report("token-with-space")
		trimmed = strings.Join(strings.Fields(trimmed), "")
	}
	jwt, err := challenge.DecodeJWT(trimmed)
	if err != nil {
		t.notJWT(trimmed)
		return
	}
	t.jwt = jwt
	t.signature()
	if jwt.Encrypted {
		t.report("token-encrypted")
		return
	}
	t.times()
	t.purpose()
}

// quotes are what people and editors put around a token.
const quotes = "\"'`“”‘’"

// isPlaceholder reports whether a text stands where a token was to be put in. By
// chance a real one, of many letters, has a placeholder's word in it: where it
// reads as a JSON Web Token, it is one.
func isPlaceholder(s string) bool {
	lower := strings.ToLower(s)
	switch lower {
	case "", "token", "undefined", "null":
		return true
	}
	if strings.ContainsAny(s, "<>{}$") {
		return true
	}
	if !strings.Contains(lower, "your") && !strings.Contains(lower, "xxxx") {
		return false
	}
	words := strings.Fields(s)
	_, err := challenge.DecodeJWT(strings.Trim(words[len(words)-1], quotes))
	return err != nil
}

// notJWT tells a broken JWT from a token whose inside is its issuer's matter.
func (t *tokenExam) notJWT(token string) {
	switch {
	case strings.HasPrefix(token, "eyJ"), strings.HasSuffix(token, "..."), strings.HasSuffix(token, "…"):
		t.report("token-cut-off", "parts", fmt.Sprint(strings.Count(token, ".")+1))
	case len(challenge.ParseCredentials("Bearer "+token).Problems) > 0:
		t.report("token-not-sendable")
		if bare := strings.ReplaceAll(token, "|", ""); len(challenge.ParseCredentials("Bearer "+bare).Problems) == 0 {
			t.grade(content.Notice) // as Laravel makes them, and takes them
		}
	default:
		issuer, _ := t.lib.TokenIssuer(token)
		t.report("token-opaque", "issuer", issuer)
	}
}

func (t *tokenExam) signature() {
	switch {
	case strings.EqualFold(t.jwt.Algorithm, "none") || !t.jwt.Signed && !t.jwt.Encrypted:
		t.report("token-unsigned")
	case strings.HasPrefix(t.jwt.Algorithm, "HS"):
		t.report("token-hmac", "algorithm", t.jwt.Algorithm)
	}
}

// times holds exp, nbf and iat against the clock (RFC 7519, Section 4.1).
func (t *tokenExam) times() {
	said := func(id string, at time.Time, d time.Duration) {
		t.report(id, "at", at.Format("2 January 2006, 15:04:05 UTC"), "by", spoken(d), "clock", t.clock)
	}
	if at, ok := t.jwt.Time("exp"); ok && !t.now.Before(at) {
		said("token-expired", at, t.now.Sub(at))
	}
	if at, ok := t.jwt.Time("nbf"); ok && t.now.Before(at) {
		said("token-not-yet-valid", at, at.Sub(t.now))
		return
	}
	if at, ok := t.jwt.Time("iat"); ok && t.now.Before(at) {
		said("token-from-the-future", at, at.Sub(t.now))
	}
}

// spoken gives a length of time as people say it.
func spoken(d time.Duration) string {
	d = d.Round(time.Second)
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{48 * time.Hour, "days"}, {2 * time.Hour, "hours"}, {2 * time.Minute, "minutes"}} {
		if d >= u.of {
			unit := map[string]time.Duration{"days": 24 * time.Hour, "hours": time.Hour, "minutes": time.Minute}[u.name]
			return fmt.Sprintf("%d %s", int(d/unit), u.name)
		}
	}
	return fmt.Sprintf("%d seconds", int(d.Seconds()))
}

// purpose holds what the token is for against the address, the challenge, and
// the metadata where that was read.
func (t *tokenExam) purpose() {
	if t.jwt.Claims["nonce"] != nil && len(t.jwt.Scopes()) == 0 || t.jwt.Claims["at_hash"] != nil {
		t.report("token-for-the-client")
	}
	if t.url != nil {
		t.audience()
	}
	d := newDiscovery(t.all)
	if d.resource != nil {
		m, _ := ReadMetadata(*d.resource)
		if iss := t.jwt.Text("iss"); iss != "" && len(m.Servers) > 0 && !slices.Contains(m.Servers, iss) {
			t.report("token-issuer-differs", "issuer", short(iss), "servers", short(strings.Join(m.Servers, ", ")))
		}
	}
	t.scopes()
}

// audience compares addresses only: an audience that is a name of its own may
// well mean this server (RFC 7519, Section 4.1.3).
func (t *tokenExam) audience() {
	all := t.jwt.List("aud")
	for _, a := range all {
		u, err := url.Parse(a)
		if err != nil || u.Host == "" || strings.EqualFold(u.Hostname(), t.url.Hostname()) {
			return
		}
	}
	if len(all) > 0 {
		t.report("token-audience-differs", "audience", short(strings.Join(all, ", ")), "host", t.url.Hostname())
	}
}

// scopes reports what the challenge asks for and the token does not have.
func (t *tokenExam) scopes() {
	has := t.jwt.Scopes()
	for _, p := range t.www {
		var missing []string
		for _, s := range strings.Fields(p.Get("scope")) {
			if !slices.Contains(has, s) {
				missing = append(missing, s)
			}
		}
		if len(missing) > 0 && p.Is("Bearer") && len(has) > 0 {
			t.report("token-scope-missing", "missing", short(strings.Join(missing, " ")), "has", short(strings.Join(has, " ")))
			return
		}
	}
}
