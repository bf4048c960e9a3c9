package message

// Kind names what ended an exchange before an HTTP response was complete. Each
// kind has its page in content/findings, named "failure-" and the kind.
type Kind string

// The kinds of failure. Their sentences are in content, not here.
const (
	FailureURL         Kind = "url"           // the URL cannot be asked for
	FailureBlocked     Kind = "blocked"       // our own policy refuses the target
	FailureDNS         Kind = "dns"           // the name does not resolve
	FailureResolver    Kind = "resolver"      // the name system did not answer, or not with sense
	FailureRefused     Kind = "refused"       // the connection was refused
	FailureUnreachable Kind = "unreachable"   // no route to the address
	FailureTimeout     Kind = "timeout"       // our deadline passed
	FailureTLS         Kind = "tls"           // the TLS handshake failed
	FailureCertificate Kind = "certificate"   // the chain was not accepted and that was asked for
	FailureClosed      Kind = "closed"        // the peer closed before a whole response
	FailureReset       Kind = "reset"         // the connection or stream was reset
	FailureMalformed   Kind = "malformed"     // what came is not HTTP
	FailureTooLarge    Kind = "too-large"     // more than we are willing to read
	FailureRedirects   Kind = "redirects"     // too many redirects
	FailureLoop        Kind = "redirect-loop" // a redirect back to an exchange already made
	FailureLocation    Kind = "redirect-to"   // a redirect to what we cannot follow
	FailureBusy        Kind = "busy"          // too many inspections of this target are under way
	FailureCanceled    Kind = "canceled"      // whoever asked went away
	FailureOther       Kind = "other"         // none of the above
)

// Kinds returns every kind of failure, for tests and indexes.
func Kinds() []Kind {
	return []Kind{FailureURL, FailureBlocked, FailureDNS, FailureResolver, FailureRefused, FailureUnreachable, FailureTimeout,
		FailureTLS, FailureCertificate, FailureClosed, FailureReset, FailureMalformed, FailureTooLarge,
		FailureRedirects, FailureLoop, FailureLocation, FailureBusy, FailureCanceled, FailureOther}
}

// Failure says what ended an exchange. Args fill the places of the kind's
// sentence (host, address, port, limit, detail); they are facts from outside
// and must be escaped like any other.
type Failure struct {
	Kind Kind
	Args map[string]string
	Err  error // the cause, for the log and for people at a terminal
}

// Error gives the kind and the cause, for logs; pages use the kind's sentence.
func (f *Failure) Error() string {
	if f.Err == nil {
		return string(f.Kind)
	}
	return string(f.Kind) + ": " + f.Err.Error()
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }
