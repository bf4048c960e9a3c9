package trial

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"wwwhy/web/challenge"
	"wwwhy/web/credentials"
	"wwwhy/web/field"
)

// nonceLife is for how long a nonce is taken.
const nonceLife = 5 * time.Minute

// challenge lets the client in or asks it for credentials.
func (t *Trial) challenge(h http.Header, r *http.Request, o *order) {
	asks, sends := "WWW-Authenticate", "Authorization"
	if o.code == 407 {
		asks, sends = "Proxy-Authenticate", "Proxy-Authorization"
	}
	for _, l := range o.fields {
		if l.Name == asks {
			return // the visitor's own challenge stands
		}
	}
	sent := challenge.ParseCredentials(r.Header.Get(sends))
	var line string
	switch o.scheme {
	case "", "basic":
		if line = `Basic realm="` + o.realm + `", charset="UTF-8"`; t.known(sent, "Basic", r) {
			o.enter()
			return
		}
	case "digest":
		line = t.digest(sent, r, o)
	case "bearer":
		line = bearer(sent, o)
	case "dpop":
		line = t.dpop(h, sent, r, o)
	default:
		line = t.example(o)
	}
	if !o.inside {
		h.Set(asks, line)
	}
}

// enter lets the client in.
func (o *order) enter() { o.code, o.inside = http.StatusOK, true }

func (t *Trial) known(sent challenge.Challenge, scheme string, r *http.Request) bool {
	return sent.Is(scheme) && credentials.Verifies(sent, credentials.Secret{User: User, Password: Password, Method: r.Method, URI: r.URL.RequestURI()})
}

// digest checks the response, and that the nonce is one of ours and not too old.
func (t *Trial) digest(sent challenge.Challenge, r *http.Request, o *order) string {
	algorithm := o.algorithm
	if algorithm == "" {
		algorithm = "SHA-256"
	}
	ours, fresh := t.nonce(sent.Get("nonce"))
	right := ours && sent.Get("realm") == o.realm && strings.EqualFold(sent.Get("algorithm"), algorithm) && t.known(sent, "Digest", r)
	if right && fresh {
		o.enter()
		return ""
	}
	line := `Digest realm="` + o.realm + `", nonce="` + t.newNonce() + `", algorithm=` + algorithm + `, qop="auth"`
	if !field.IsToken(algorithm) {
		line = `Digest realm="` + o.realm + `", nonce="` + t.newNonce() + `", qop="auth"`
	}
	if right {
		line += ", stale=true"
	}
	return line
}

// bearer knows three tokens: valid, expired and insufficient (RFC 6750, Section
// 3.1).
func bearer(sent challenge.Challenge, o *order) string {
	switch line := `Bearer realm="` + o.realm + `"`; {
	case !sent.Is("Bearer"):
		return line
	case sent.Token68 == "valid":
		o.enter()
		return ""
	case sent.Token68 == "expired":
		return line + `, error="invalid_token", error_description="The access token expired"`
	case sent.Token68 == "insufficient":
		o.code = http.StatusForbidden
		return line + `, error="insufficient_scope", scope="try.write"`
	default:
		return line + `, error="invalid_token", error_description="Send valid, expired or insufficient"`
	}
}

// dpop wants a proof with a nonce of ours (RFC 9449, Sections 8 and 9). It reads
// the proof and does not check its signature: it is for trying the exchange.
func (t *Trial) dpop(h http.Header, sent challenge.Challenge, r *http.Request, o *order) string {
	h.Set("DPoP-Nonce", t.newNonce())
	line := `DPoP algs="ES256"`
	if !sent.Is("DPoP") {
		return line
	}
	var claims struct {
		Nonce string `json:"nonce"`
	}
	if parts := strings.Split(r.Header.Get("DPoP"), "."); len(parts) == 3 {
		if payload, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil {
			_ = json.Unmarshal(payload, &claims) // what cannot be read has no nonce
		}
	}
	if ours, fresh := t.nonce(claims.Nonce); !ours || !fresh {
		return line + `, error="use_dpop_nonce", error_description="Put the nonce of DPoP-Nonce into the proof"`
	}
	if sent.Token68 != "valid" {
		return line + `, error="invalid_token", error_description="Send the token valid"`
	}
	o.enter()
	return ""
}

// example is a right challenge of the scheme, out of its page; nothing that is
// sent is let in.
func (t *Trial) example(o *order) string {
	s := t.lib.Scheme(o.scheme)
	for _, e := range t.lib.Examples(&s.Page) {
		if e.Bad {
			continue
		}
		for l := range strings.SplitSeq(e.Text, "\n") {
			name, value, _ := strings.Cut(l, ":")
			value = strings.TrimSpace(value)
			if strings.HasSuffix(strings.ToLower(name), "-authenticate") && len(value) >= len(s.Name) && strings.EqualFold(value[:len(s.Name)], s.Name) {
				return value
			}
		}
	}
	if s.Token68 {
		return s.Name
	}
	return s.Name + ` realm="` + o.realm + `"`
}

// newNonce holds the time, and a mark that only we can make.
func (t *Trial) newNonce() string {
	stamp := binary.BigEndian.AppendUint64(nil, uint64(t.now().Unix()))
	return base64.RawURLEncoding.EncodeToString(append(stamp, t.mark(stamp)...))
}

func (t *Trial) mark(stamp []byte) []byte {
	m := hmac.New(sha256.New, t.key[:])
	m.Write(stamp)
	return m.Sum(nil)[:16]
}

// nonce reports whether a nonce is one of ours, and whether it is still fresh.
func (t *Trial) nonce(s string) (ours, fresh bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != 24 || !hmac.Equal(b[8:], t.mark(b[:8])) {
		return false, false
	}
	made := time.Unix(int64(binary.BigEndian.Uint64(b[:8])), 0)
	return true, t.now().Sub(made) < nonceLife
}
