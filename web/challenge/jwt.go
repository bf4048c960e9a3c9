package challenge

import (
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// JWT is a JSON Web Token taken apart (RFC 7519). Nothing of it is verified:
// the signature is not even decoded.
type JWT struct {
	Algorithm, Type, KeyID string // of the header: alg, typ, kid
	Encrypted              bool   // it is a JWE, whose claims only the recipient can read
	Signed                 bool   // there is a signature
	Claims                 map[string]any
}

// ErrNotJWT says that a text has not the form of a JWT.
var ErrNotJWT = errors.New("it is no JWT")

// DecodeJWT reads a token of three parts (JWS) or five (JWE), each base64url
// (RFC 7515, Section 3.1; RFC 7516, Section 3.1).
func DecodeJWT(s string) (JWT, error) {
	parts := strings.Split(s, ".")
	if len(parts) != 3 && len(parts) != 5 || len(s) > decodeLimit {
		return JWT{}, ErrNotJWT
	}
	var header struct {
		Algorithm string `json:"alg"`
		Type      string `json:"typ"`
		KeyID     string `json:"kid"`
	}
	if json.Unmarshal(unbase64(parts[0]), &header) != nil || header.Algorithm == "" {
		return JWT{}, ErrNotJWT
	}
	j := JWT{Algorithm: header.Algorithm, Type: header.Type, KeyID: header.KeyID, Encrypted: len(parts) == 5, Signed: parts[2] != ""}
	if j.Encrypted {
		return j, nil
	}
	if err := json.Unmarshal(unbase64(parts[1]), &j.Claims); err != nil {
		return JWT{}, ErrNotJWT
	}
	return j, nil
}

// Time returns a claim that is a count of seconds since 1970 (RFC 7519, Section
// 2, NumericDate).
func (j JWT) Time(claim string) (time.Time, bool) {
	n, ok := j.Claims[claim].(float64)
	if !ok || n < 0 || n > 1e12 {
		return time.Time{}, false
	}
	return time.Unix(int64(n), 0).UTC(), true
}

// Text returns a claim that is a string; empty: there is none.
func (j JWT) Text(claim string) string {
	s, _ := j.Claims[claim].(string)
	return s
}

// List returns a claim that is a string or a list of strings, as aud is (RFC
// 7519, Section 4.1.3).
func (j JWT) List(claim string) []string {
	switch v := j.Claims[claim].(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, one := range v {
			if s, ok := one.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

// Scopes returns what the token is good for: scope, parted by spaces (RFC 9068,
// Section 2.2.3.1), or scp, as some issuers call it.
func (j JWT) Scopes() []string {
	var all []string
	for _, claim := range []string{"scope", "scp"} {
		for _, s := range j.List(claim) {
			all = append(all, strings.Fields(s)...)
		}
	}
	return all
}
