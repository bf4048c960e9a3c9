package intake

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// isToken reports whether the text is one JSON Web Token in the compact form
// of a signature (RFC 7515, Section 3.1): three parts in base64url, of which the
// first is a JSON object with "alg". The last may be empty, as in an unsecured
// token (RFC 7519, Section 6.1). What it says is read elsewhere.
func isToken(lines []line) bool {
	s, ok := onlyLine(lines)
	if !ok {
		return false
	}
	if len(s) > 7 && strings.EqualFold(s[:7], "Bearer ") {
		s = strings.TrimSpace(s[7:])
	}
	parts := strings.Split(s, ".")
	if len(parts) != 3 || parts[1] == "" {
		return false
	}
	for _, p := range parts {
		if strings.Trim(p, base64url) != "" {
			return false
		}
	}
	head, err := base64.RawURLEncoding.DecodeString(parts[0])
	var header struct {
		Alg string `json:"alg"`
	}
	return err == nil && json.Unmarshal(head, &header) == nil && header.Alg != ""
}

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
