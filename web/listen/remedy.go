package listen

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/acme"
)

// unreachedError is that the authority did not show its directory.
type unreachedError struct{ cause error }

func (e *unreachedError) Error() string { return "asking the authority: " + e.cause.Error() }
func (e *unreachedError) Unwrap() error { return e.cause }

// termsError is that the operator did not agree to the terms of service.
type termsError struct{ at string }

func (e *termsError) Error() string { return "the authority has terms of service: " + e.at }

// problem is what the authority said, where it said something.
func problem(err error) *acme.Error {
	var said *acme.Error
	if errors.As(err, &said) {
		return said
	}
	var denied *acme.AuthorizationError
	if errors.As(err, &denied) {
		for _, e := range denied.Errors {
			if errors.As(e, &said) {
				return said
			}
		}
	}
	var order *acme.OrderError
	if errors.As(err, &order) {
		return order.Problem
	}
	return nil
}

// kind is the type of a problem (RFC 8555, Section 6.7) without what all have.
func kind(p *acme.Error) string {
	if p == nil {
		return ""
	}
	return strings.TrimPrefix(p.ProblemType, "urn:ietf:params:acme:error:")
}

const leadHere = "Lead port 443 of %s, as it is reached from the internet by IPv4 and IPv6, to this copy, with nothing in between that ends TLS itself."

// remedies say what an operator can do, by the kind of a problem. %s is the name.
var remedies = map[string]string{
	"accountDoesNotExist":     "The authority has forgotten our account; remove account.pem from its folder in --data, and restart.",
	"badCSR":                  "The authority takes no key on the curve P-256, which is all that wwwhy makes: get the certificate with another client, and name its files with --tls-cert and --tls-key.",
	"caa":                     "Name this authority in the CAA records of %s, or remove them.",
	"connection":              leadHere,
	"dns":                     "Give %s records in the public DNS that lead to this copy.",
	"externalAccountRequired": "This authority wants an account that was opened with it before: give what it tells you there, with --acme-eab-id and --acme-eab-key.",
	"invalidContact":          "Give --contact another mailto: address, or leave it out.",
	"rateLimited":             "Wait, it is asked again by itself; for trials, name the authority's directory for staging with --acme-directory.",
	"rejectedIdentifier":      "This authority issues nothing for %s: see whether the name in --acme is right, or choose another with --acme-directory.",
	"serverInternal":          "This is a fault of the authority, which is asked again by itself; see its page of status if it lasts.",
	"tls":                     leadHere,
	"unauthorized":            "The authority does not take our account: see whether --acme-eab-id and --acme-eab-key are what it shows; or remove account.pem from its folder in --data, and another account is made.",
	"unsupportedContact":      "Give --contact another mailto: address, or leave it out.",
	"userActionRequired":      "Do what the authority says at the address in its answer, then restart.",
}

// remedy says what to do about a failed attempt.
func remedy(err error, name string) string {
	var terms *termsError
	if errors.As(err, &terms) {
		return "Read them, and restart with --acme-agree if you agree."
	}
	var denied *acme.AuthorizationError
	p := problem(err)
	switch text, ok := remedies[kind(p)]; {
	case errors.As(err, &denied) && kind(p) == "unauthorized": // something else was found than the proof
		return fmt.Sprintf(leadHere, name)
	case ok && strings.Contains(text, "%s"):
		return fmt.Sprintf(text, name)
	case ok:
		return text
	case errors.As(err, &denied):
		return fmt.Sprintf(leadHere, name)
	case p != nil:
		return "Do what the authority says; it is asked again by itself."
	}
	var unknown x509.UnknownAuthorityError
	var unreached *unreachedError
	switch {
	case errors.As(err, &unknown):
		return "For an authority of your own, start with SSL_CERT_FILE set to the file of its root certificate."
	case errors.As(err, &unreached) || errors.Is(err, context.DeadlineExceeded):
		return "See whether --acme-directory is right, and whether this machine reaches it: DNS, firewall, proxy."
	}
	return "It is tried again by itself."
}

// pause is how long to wait after a failure, the first of which is number 0.
// Authorities allow few failures an hour, so after a refusal we wait longer than
// after an authority that was not reached.
func pause(err error, failures int) time.Duration {
	first, most := 2*time.Minute, time.Hour
	var unreached *unreachedError
	if errors.As(err, &unreached) && problem(err) == nil {
		first, most = 5*time.Second, 10*time.Minute
	}
	wait := min(first<<min(failures, 10), most)
	if p := problem(err); p != nil {
		if asked, ok := acme.RateLimit(p); ok && asked > wait {
			return min(asked, 24*time.Hour)
		}
	}
	return wait
}
