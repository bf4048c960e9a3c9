package message

import (
	"net/url"
	"strings"
	"time"
)

// Cause says why an exchange took place.
type Cause string

// The causes. A "hop" is an exchange whose cause is Redirect.
const (
	Asked    Cause = "asked"
	Redirect Cause = "redirect"
	Probe    Cause = "probe"
)

// Purpose says what a probe was made for.
type Purpose string

// The purposes of probes.
const (
	ResourceMetadata Purpose = "resource-metadata" // of a protected resource (RFC 9728)
	ServerMetadata   Purpose = "server-metadata"   // of an authorization server (RFC 8414, OpenID Connect Discovery)
	TokenRequest     Purpose = "token-request"     // a token for nobody, as container registries give it
	CrossOrigin      Purpose = "cross-origin"      // what a script of another origin would ask after its preflight

	// Comparisons: the same request, but for one thing.
	WithoutCredentials Purpose = "without-credentials"
	WithBearer         Purpose = "with-bearer"   // a made-up token
	WithBasic          Purpose = "with-basic"    // a made-up user and password
	WithHEAD           Purpose = "with-head"     // method HEAD
	WithOPTIONS        Purpose = "with-options"  // method OPTIONS
	OtherScheme        Purpose = "other-scheme"  // http for https, https for http
	OtherVersion       Purpose = "other-version" // HTTP/1.1 for HTTP/2, and the reverse

	// Checks of what the resource offers.
	WithGzip     Purpose = "with-gzip"         // Accept-Encoding: gzip
	WithBrotli   Purpose = "with-br"           // Accept-Encoding: br
	WithZstd     Purpose = "with-zstd"         // Accept-Encoding: zstd
	WithETag     Purpose = "if-none-match"     // with the entity tag that came
	WithModified Purpose = "if-modified-since" // with the Last-Modified that came
	WithRange    Purpose = "with-range"        // the first bytes only
	Missing      Purpose = "made-up-path"      // an address at which there is nothing
)

// Fidelity says how faithfully an exchange is known. Rules on case, order and
// whitespace speak from Transcribed up; rules on framing from Wire only.
type Fidelity int

// An export may merge, sort or recase lines, so the zero value claims least.
const (
	Retold      Fidelity = iota // told by an export such as HAR
	Transcribed                 // copied as text, as by curl -i
	Wire                        // recorded from the connection
)

// String returns the word used in reports.
func (f Fidelity) String() string {
	return [...]string{"retold", "transcribed", "wire"}[f]
}

// Exchange is one request with what came back: interim responses, the final
// response, or the failure that ended it.
type Exchange struct {
	Cause    Cause
	Purpose  Purpose // of a probe
	Fidelity Fidelity
	Request  *Request // nil: not known
	Interim  []Response
	Response *Response // nil: none came
	Peer     *Peer     // nil: not known, or never connected
	Timing   Timing
	Failure  *Failure // nil: nothing went wrong below HTTP
	Again    int      `json:",omitempty"` // in a recording: how often the same credentials were refused by 401 again, of requests that began after that; elsewhere 0
}

// Timing holds when an exchange began and how long each phase took. A phase
// that did not take place is 0.
type Timing struct {
	Start     time.Time
	DNS       time.Duration // name resolution
	Connect   time.Duration // TCP handshake
	TLS       time.Duration // TLS handshake
	FirstByte time.Duration // from the request written to the first byte of the answer
	Content   time.Duration // from the end of the head to the end of the content
	Total     time.Duration // everything, from Start
}

// Peer is the other end of the connection.
type Peer struct {
	Address   string   // address and port that answered
	Resolved  []string // every address that the name resolved to, in the resolver's order
	Canonical string   // the name that the resolver followed the asked one to; empty: the same, or not told
	Tried     []string // addresses that a connection was tried to, in this order
	ALPN      string   // protocol agreed on in TLS, such as "h2"
	TLS       *TLS     // nil: no TLS
}

// TLS holds the facts of a TLS connection.
type TLS struct {
	Version, Cipher string
	Verified        bool
	Problem         CertificateProblem // why it was not verified; empty when Verified
	Detail          string             // the verifier's own words
	Certificates    []Certificate      // as sent, the server's own first
}

// CertificateProblem is why a certificate chain was not accepted.
type CertificateProblem string

// The reasons that are told apart.
const (
	Expired       CertificateProblem = "expired"
	NotYetValid   CertificateProblem = "not-yet-valid"
	WrongName     CertificateProblem = "wrong-name"
	SelfSigned    CertificateProblem = "self-signed"
	UnknownIssuer CertificateProblem = "unknown-issuer"
	Unverifiable  CertificateProblem = "unverifiable" // any other
)

// Certificate holds what a person wants to know of an X.509 certificate.
type Certificate struct {
	Subject, Issuer     string
	Names               []string // DNS names and addresses it is valid for
	NotBefore, NotAfter time.Time
	Key                 string // such as "ECDSA P-256" or "RSA 2048"
}

// RequestKnown reports whether the fields of the request are known: as they were
// sent, or as a tool showed them.
func (x Exchange) RequestKnown() bool {
	return x.Request != nil && len(x.Request.Fields) > 0 && x.Fidelity >= Transcribed
}

// WithoutCredentials reports whether the request is known to have carried none:
// neither in Authorization nor in the other places that RFC 6750, Section 2 has
// for tokens, nor a cookie, which may be taken for one.
func (x Exchange) WithoutCredentials() bool {
	q := x.Request
	if !x.RequestKnown() || q.Fields.Has("Authorization") || q.Fields.Has("Cookie") {
		return false
	}
	if form := "application/x-www-form-urlencoded"; strings.HasPrefix(strings.ToLower(q.Fields.Get("Content-Type")), form) {
		return false
	}
	u, err := url.Parse(q.URL)
	return err == nil && !u.Query().Has("access_token")
}
