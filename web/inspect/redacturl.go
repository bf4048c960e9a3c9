package inspect

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// redactURL returns an address, whole or relative, without what may be secret
// in it. What is no address is hidden whole where it has a query.
func redactURL(s string) string {
	s, _, fragment := strings.Cut(s, "#")
	path, query, hasQuery := strings.Cut(s, "?")
	scheme, rest, ok := strings.Cut(path, "//")
	if ok && (scheme == "" || strings.HasSuffix(scheme, ":") && !strings.Contains(scheme, "/")) {
		authority, p, more := strings.Cut(rest, "/")
		if at := strings.LastIndexByte(authority, '@'); at >= 0 {
			authority = authority[at+1:]
		}
		path = scheme + "//" + authority
		if more {
			path += "/" + redactPath(p)
		}
	} else {
		path = redactPath(path)
	}
	if hasQuery {
		path += "?" + redactQuery(query)
	}
	if fragment {
		path += "#" + Hidden
	}
	return path
}

func redactQuery(query string) string {
	pairs := strings.Split(query, "&")
	for i, p := range pairs {
		name, _, ok := strings.Cut(p, "=")
		if keyLike(name) || !ok && len(p) >= 8 && strings.ContainsAny(p, "0123456789") {
			name = Hidden
		}
		if pairs[i] = name; ok {
			pairs[i] += "=" + Hidden
		}
	}
	return strings.Join(pairs, "&")
}

// opening are parts of paths after which a key stands that may be short.
var opening = []string{"token", "tokens", "key", "keys", "secret", "otp", "invite", "invitation", "invitations", "reset", "reset-password", "password-reset",
	"verify", "confirm", "activate", "magic", "magic-link", "unsubscribe", "share", "session", "sessions"}

func redactPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		// Matrix parameters, such as ;jsessionid=…, are a query of their part.
		p, params, ok := strings.Cut(p, ";")
		p = redactPart(p, i > 0 && slices.Contains(opening, strings.ToLower(parts[i-1])))
		if ok {
			p += ";" + redactQuery(params)
		}
		parts[i] = p
	}
	return strings.Join(parts, "/")
}

// redactPart hides a part of a path that looks like a key, holds an address, or
// follows a word that announces a key.
func redactPart(p string, announced bool) string {
	plain := p
	for range 3 { // addresses within addresses
		decoded, err := url.PathUnescape(plain)
		if err != nil {
			return Hidden
		}
		plain = decoded
	}
	name, value, pair := strings.Cut(plain, "=")
	switch {
	case asset(plain):
		return p
	case keyLike(plain) || strings.ContainsAny(plain, "?#") || strings.Contains(plain, "://"):
		return Hidden
	case pair && value == "":
		return p
	case pair && url.PathEscape(name) == name:
		return name + "=" + Hidden
	case pair:
		return Hidden
	case announced && len(plain) >= 5 && strings.ContainsAny(plain, "0123456789"):
		return Hidden
	}
	return p
}

// asset reports whether a part of a path is a file that pages are made of: its
// name holds a digest of it, which is no secret.
func asset(part string) bool {
	switch path.Ext(part) {
	case ".js", ".mjs", ".css", ".map", ".wasm", ".woff", ".woff2":
		return !strings.ContainsAny(part, "?#=@:") && len(part) <= 120
	}
	return false
}

var (
	// uuids finds identifiers of the usual kind, which may open something.
	uuids = regexp.MustCompile(`(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	// persons finds mail addresses, and names with passwords before a host.
	persons = regexp.MustCompile(`[^@\s]@[^@\s]+\.[A-Za-z]{2}|:[^@\s]*@[^@\s]`)
)

// keyLike reports whether a word looks like a key: long, and not made of words.
// Identifiers and mail addresses count too.
func keyLike(s string) bool {
	if strings.Contains(s, "@") && persons.MatchString(s) || uuids.MatchString(s) {
		return true
	}
	if len(s) < 16 {
		return false
	}
	digits, mixed := 0, 0 // bytes that are digits; those in pieces that no words have
	for piece := range strings.FieldsFuncSeq(s, func(c rune) bool { return c == '-' || c == '_' || c == '.' || c == ' ' }) {
		n := len(piece) - len(strings.Trim(piece, "0123456789"))
		some := strings.ContainsAny(piece, "0123456789")
		if digits += n; some && (strings.Trim(piece, "0123456789") != "" || len(piece) >= 7) {
			mixed += len(piece)
		}
		switch {
		case some && len(piece) >= 16, len(piece) >= 20 && !plainWord(piece):
			return true
		}
	}
	return digits == len(s) || mixed >= 12 && len(s) >= 24
}

// plainWord reports whether a word is made of letters as words are: in lower or
// upper case, or as SeveralWordsInOne.
func plainWord(s string) bool {
	capitals := 0
	for _, c := range []byte(s) {
		switch {
		case c >= 'A' && c <= 'Z':
			capitals++
		case c >= 'a' && c <= 'z' || c == '-' || c == '_' || c == '.' || c == '~' || c >= 0x80:
		default:
			return false
		}
	}
	return len(s) < 32 && (capitals == 0 || capitals == len(s)) || capitals > 0 && capitals <= len(s)/7
}
