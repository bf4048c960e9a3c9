package content

import "strings"

// TokenIssuer names who issued a token, where its beginning tells for certain
// (registry/token_prefixes.csv).
func (lib *Library) TokenIssuer(token string) (string, bool) {
	rows, err := lib.table("token_prefixes.csv")
	if err != nil {
		return "", false
	}
	for _, r := range rows {
		if strings.HasPrefix(token, r["prefix"]) {
			return r["issuer"], true
		}
	}
	return "", false
}
