package credentials

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"wwwhy/web/challenge"
	"wwwhy/web/field"
)

// hashes are the algorithms of Digest, the weakest first (RFC 7616, Section 6.1).
var hashes = []struct {
	name string
	sum  func(string) string
}{
	{"MD5", func(s string) string { h := md5.Sum([]byte(s)); return hex.EncodeToString(h[:]) }},
	{"SHA-256", func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }},
	{"SHA-512-256", func(s string) string { h := sha512.Sum512_256([]byte(s)); return hex.EncodeToString(h[:]) }},
}

func hashStrength(algorithm string) int {
	for i, h := range hashes {
		if base, _ := cutSession(algorithm); strings.EqualFold(base, h.name) {
			return i
		}
	}
	return -1
}

// cutSession parts the name of a hash from "-sess".
func cutSession(algorithm string) (hash string, session bool) {
	if n := len(algorithm) - len("-sess"); n > 0 && strings.EqualFold(algorithm[n:], "-sess") {
		return algorithm[:n], true
	}
	return algorithm, false
}

// digest computes the response of Digest (RFC 7616, Section 3.4).
func digest(c challenge.Challenge, s Secret) (Answer, error) {
	d, err := newExchange(c, s)
	if err != nil {
		return Answer{}, err
	}
	user := field.Quote(s.User)
	name := "username=" + user
	switch {
	case strings.EqualFold(c.Get("userhash"), "true"):
		name = "username=" + field.Quote(d.sum(s.User+":"+d.realm))
	case !ascii(s.User):
		name = "username*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(s.User), "+", "%20")
	}
	parts := []string{name, "realm=" + field.Quote(d.realm), "uri=" + field.Quote(d.uri)}
	if c.Get("algorithm") != "" {
		parts = append(parts, "algorithm="+d.algorithm)
	}
	parts = append(parts, "nonce="+field.Quote(d.nonce))
	if d.qop != "" {
		parts = append(parts, "nc="+d.nc, "cnonce="+field.Quote(d.cnonce), "qop="+d.qop)
	}
	parts = append(parts, "response="+field.Quote(d.response(s)))
	if p, ok := c.Param("opaque"); ok {
		parts = append(parts, "opaque="+field.Quote(p.Value))
	}
	if strings.EqualFold(c.Get("userhash"), "true") {
		parts = append(parts, "userhash=true")
	}
	return Answer{Value: "Digest " + strings.Join(parts, ", "), Challenge: c, Algorithm: d.algorithm}, nil
}

// exchange is what goes into one response.
type exchange struct {
	realm, nonce, uri, method string
	algorithm, qop, cnonce    string
	nc                        string
	session                   bool
	sum                       func(string) string
}

func newExchange(c challenge.Challenge, s Secret) (*exchange, error) {
	d := &exchange{realm: c.Get("realm"), nonce: c.Get("nonce"), uri: s.URI, method: s.Method, cnonce: s.Nonce, nc: "00000001", algorithm: c.Get("algorithm")}
	if d.uri == "" {
		d.uri = "/"
	}
	if d.method == "" {
		d.method = "GET"
	}
	if d.cnonce == "" {
		d.cnonce = rand.Text()
	}
	if d.algorithm == "" {
		d.algorithm = "MD5"
	}
	hash, session := cutSession(d.algorithm)
	d.session = session
	for _, h := range hashes {
		if strings.EqualFold(h.name, hash) {
			d.sum = h.sum
		}
	}
	switch {
	case s.User == "":
		return nil, errors.New("digest needs a user name")
	case d.nonce == "":
		return nil, errors.New("the Digest challenge has no nonce, so that nothing can be computed from it (RFC 7616, Section 3.3)")
	case d.sum == nil:
		return nil, fmt.Errorf("the algorithm %q of the Digest challenge is not known", d.algorithm)
	case !utf8.ValidString(s.User) || !utf8.ValidString(s.Password):
		return nil, errors.New("user name and password are not UTF-8")
	case hasControl(s.User + d.realm + d.nonce + d.uri + d.method + c.Get("opaque")):
		return nil, errors.New("what would be sent holds a control character")
	}
	return d, d.choose(c, s)
}

// choose takes the quality of protection: auth where it is offered, else
// auth-int, which needs the content; none where the challenge is of the old
// kind without qop.
func (d *exchange) choose(c challenge.Challenge, s Secret) error {
	var offered []string
	for q := range strings.SplitSeq(c.Get("qop"), ",") {
		if q = strings.ToLower(strings.TrimSpace(q)); q != "" {
			offered = append(offered, q)
		}
	}
	switch {
	case len(offered) == 0:
	case slices.Contains(offered, "auth"):
		d.qop = "auth"
	case slices.Contains(offered, "auth-int") && s.Content != nil:
		d.qop = "auth-int"
	case slices.Contains(offered, "auth-int"):
		return errors.New("the Digest challenge wants the request's content to be covered (qop=auth-int): give the content, which may be empty")
	default:
		return fmt.Errorf("the Digest challenge offers no qop that is known: %q", c.Get("qop"))
	}
	return nil
}

// response is the proof itself (RFC 7616, Section 3.4.1).
func (d *exchange) response(s Secret) string {
	a1 := s.User + ":" + d.realm + ":" + s.Password
	if d.session {
		a1 = d.sum(a1) + ":" + d.nonce + ":" + d.cnonce
	}
	a2 := d.method + ":" + d.uri
	if d.qop == "auth-int" {
		a2 += ":" + d.sum(string(s.Content))
	}
	if d.qop == "" {
		return d.sum(d.sum(a1) + ":" + d.nonce + ":" + d.sum(a2))
	}
	return d.sum(d.sum(a1) + ":" + d.nonce + ":" + d.nc + ":" + d.cnonce + ":" + d.qop + ":" + d.sum(a2))
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
