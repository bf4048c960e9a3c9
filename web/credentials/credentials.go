// Package credentials answers challenges: given who signs in and for what, it
// writes the value of Authorization (RFC 9110, Section 11.6.2). It keeps no
// state and sends nothing; reading challenges is challenge's, and what a scheme
// means is content's.
package credentials

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"wwwhy/web/challenge"
)

// Secret is what the client knows, and the request that it is for.
type Secret struct {
	User, Password string
	Token          string // for Bearer
	Method, URI    string // of the request; empty: GET and /
	Content        []byte // of the request, for Digest with qop=auth-int; nil: not known
	Nonce          string // the client's own for Digest; empty: a random one
}

// Answer is credentials for one challenge.
type Answer struct {
	Value     string // of the field
	Challenge challenge.Challenge
	Algorithm string // of Digest
}

// answers lists the schemes that can be answered, with how.
var answers = map[string]func(challenge.Challenge, Secret) (Answer, error){
	"basic": basic, "bearer": bearer, "digest": digest,
}

// ErrNone says that there is no challenge that can be answered.
var ErrNone = errors.New("there is no challenge to answer")

// Unanswered is the error of a challenge whose scheme takes more than what a
// Secret holds, or that nobody knows. What to do instead, the scheme's page says.
type Unanswered struct{ Scheme string }

func (u *Unanswered) Error() string {
	return fmt.Sprintf("the scheme %s cannot be answered here", u.Scheme)
}

// For answers the strongest of the challenges that can be answered with what is
// known, or the one of the scheme that is named. Digest goes before Basic, and a
// stronger hash before a weaker one (RFC 7616, Section 3.7).
func For(all []challenge.Challenge, scheme string, s Secret) (Answer, error) {
	var best Answer
	first, most := ErrNone, -1
	for _, c := range all {
		if scheme != "" && !c.Is(scheme) || c.Scheme == "" {
			continue
		}
		a, err := one(c, s)
		if err != nil {
			if errors.Is(first, ErrNone) {
				first = err
			}
			continue
		}
		if n := strength(a); n > most {
			best, most = a, n
		}
	}
	if most < 0 {
		return Answer{}, first
	}
	return best, nil
}

func one(c challenge.Challenge, s Secret) (Answer, error) {
	if answer, ok := answers[strings.ToLower(c.Scheme)]; ok {
		return answer(c, s)
	}
	return Answer{}, &Unanswered{c.Scheme}
}

func strength(a Answer) int {
	switch strings.ToLower(a.Challenge.Scheme) {
	case "basic":
		return 0
	case "digest":
		return 1 + hashStrength(a.Algorithm)
	}
	return 10
}

// basic joins user and password (RFC 7617, Section 2). Both are sent in UTF-8,
// which is what charset can ask for and what clients do without it as well.
func basic(c challenge.Challenge, s Secret) (Answer, error) {
	switch {
	case s.User == "":
		return Answer{}, errors.New("basic needs a user name")
	case strings.Contains(s.User, ":"):
		return Answer{}, errors.New("a user name for Basic cannot hold a colon: what follows it would count as the password (RFC 7617, Section 2)")
	case hasControl(s.User) || hasControl(s.Password):
		return Answer{}, errors.New("user name and password for Basic cannot hold control characters (RFC 7617, Section 2)")
	case !utf8.ValidString(s.User) || !utf8.ValidString(s.Password):
		return Answer{}, errors.New("user name and password are not UTF-8")
	}
	return Answer{Value: "Basic " + base64.StdEncoding.EncodeToString([]byte(s.User+":"+s.Password)), Challenge: c}, nil
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// bearer sends the token as it is, if it can be sent (RFC 6750, Section 2.1).
func bearer(c challenge.Challenge, s Secret) (Answer, error) {
	if s.Token == "" {
		return Answer{}, errors.New("bearer needs a token")
	}
	if sent := challenge.ParseCredentials("Bearer " + s.Token); len(sent.Problems) > 0 || sent.Token68 != s.Token {
		return Answer{}, errors.New("the token has characters that a bearer token cannot have: letters, digits and -._~+/ are allowed, with = at the end (RFC 6750, Section 2.1)")
	}
	return Answer{Value: "Bearer " + s.Token, Challenge: c}, nil
}
