package credentials

import (
	"crypto/subtle"
	"encoding/base64"
	"strings"

	"wwwhy/web/challenge"
)

// Verifies reports whether credentials for Basic or Digest, as they were sent,
// are those of the user in s, for the method and the URI in s. That the nonce
// and the realm are those that were posed is the caller's to check. Neither tells
// by its time how much of a secret was right.
func Verifies(sent challenge.Challenge, s Secret) bool {
	switch {
	case sent.Is("Basic"):
		pair, err := base64.StdEncoding.DecodeString(sent.Token68)
		return err == nil && subtle.ConstantTimeCompare(pair, []byte(s.User+":"+s.Password)) == 1
	case sent.Is("Digest"):
		return verifiesDigest(sent, s)
	}
	return false
}

// verifiesDigest computes the response anew (RFC 7616, Section 3.4.1).
func verifiesDigest(sent challenge.Challenge, s Secret) bool {
	s.Nonce = sent.Get("cnonce")
	d, err := newExchange(sent, s)
	if err != nil || sent.Get("uri") != d.uri {
		return false
	}
	if d.nc = sent.Get("nc"); len(d.nc) != 8 && d.qop != "" || d.qop != "" && s.Nonce == "" {
		return false
	}
	name := sent.Get("username")
	if strings.EqualFold(sent.Get("userhash"), "true") {
		if name != d.sum(s.User+":"+d.realm) {
			return false
		}
	} else if name != s.User {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(strings.ToLower(sent.Get("response"))), []byte(d.response(s))) == 1
}
