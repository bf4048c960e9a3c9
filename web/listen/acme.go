package listen

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
)

// LetsEncrypt is the directory of the authority that is asked when none is named.
const LetsEncrypt = "https://acme-v02.api.letsencrypt.org/directory"

// Authority says who issues certificates, and for what (RFC 8555).
type Authority struct {
	Names     []string // host names in ASCII and small letters, at least one
	Folder    string   // where account and certificates are kept
	Directory string   // URL; empty: Let's Encrypt
	Contact   string   // mailto URI for the account, without header fields; empty: none
	Agreed    bool     // to the authority's terms of service, where it has any
	Binding   Binding  // zero: the authority wants none
	UserAgent string
	Log       *slog.Logger
}

// Binding binds a new account to one that was opened with the authority elsewhere
// (RFC 8555, Section 7.3.4).
type Binding struct {
	ID  string // of that account
	Key []byte // shared with the authority
}

// Issued is the certificates that an authority issues, one for each name. Only
// Keep asks the authority: a handshake never does, since strangers could use up
// what the authority allows us.
type Issued struct {
	authority Authority
	folder    string // of this authority: what a trial's authority issued is not served later
	names     []*issuedName

	mu         sync.Mutex
	challenges map[string]*tls.Certificate // by name, while the authority looks
}

// issuedName is a name with what was issued for it.
type issuedName struct {
	name  string
	tried chan struct{} // closed when the first attempt is over, or none is needed
	once  sync.Once     // of closing it

	mu   sync.Mutex
	cert *tls.Certificate // nil: none yet

	// Of Keep alone.
	due      time.Time
	failures int
}

// FromAuthority reads what an authority issued before. Keep gets the rest.
func FromAuthority(a Authority) (*Issued, error) {
	if a.Directory == "" {
		a.Directory = LetsEncrypt
	}
	i := &Issued{authority: a, folder: filepath.Join(a.Folder, folderOf(a.Directory)), challenges: map[string]*tls.Certificate{}}
	if err := os.MkdirAll(i.folder, 0o700); err != nil {
		return nil, err
	}
	for _, name := range a.Names {
		n := &issuedName{name: name, tried: make(chan struct{}), cert: i.read(name)}
		if n.cert != nil {
			n.due = renewal(n.cert)
			n.once.Do(func() { close(n.tried) })
		}
		i.names = append(i.names, n)
	}
	return i, nil
}

// folderOf is a name for a folder that tells an authority from others.
func folderOf(directory string) string {
	u, err := url.Parse(directory)
	if err != nil {
		return "other"
	}
	return strings.Map(func(r rune) rune {
		if r == '/' || r == ':' || r == '\\' {
			return '_'
		}
		return r
	}, u.Host+strings.TrimSuffix(u.Path, "/"))
}

// Expires tells when the first certificate expires; zero where one lacks.
func (i *Issued) Expires() time.Time {
	var first time.Time
	for k, n := range i.names {
		cert := n.get()
		if cert == nil {
			return time.Time{}
		}
		if k == 0 || cert.Leaf.NotAfter.Before(first) {
			first = cert.Leaf.NotAfter
		}
	}
	return first
}

func (n *issuedName) get() *tls.Certificate {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.cert
}

// patience is how long a handshake waits for the first attempt. The server ends
// handshakes after ten seconds.
const patience = 8 * time.Second

// certificate implements tls.Config.GetCertificate. A name that is not ours, and
// a challenge that we did not ask for, end the handshake with the alert
// unrecognized_name (RFC 6066, Section 3): crypto/tls sends it for no certificate
// and no error. Monitors and balancers that ask by address name nobody, and get
// the certificate of the first name.
func (i *Issued) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
	if slices.Equal(hello.SupportedProtos, []string{acme.ALPNProto}) {
		i.mu.Lock()
		defer i.mu.Unlock()
		return i.challenges[name], nil
	}
	if name == "" {
		name = i.names[0].name
	}
	k := slices.IndexFunc(i.names, func(n *issuedName) bool { return n.name == name })
	if k < 0 {
		return nil, nil
	}
	n := i.names[k]
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-n.tried:
	case <-wait.C:
	case <-hello.Context().Done():
	}
	return n.get(), nil
}

func (i *Issued) protocols() []string { return append(slices.Clone(protocols), acme.ALPNProto) }

// renewal is when a certificate is to be renewed: when a third of its lifetime
// is left.
func renewal(cert *tls.Certificate) time.Time {
	life := cert.Leaf.NotAfter.Sub(cert.Leaf.NotBefore)
	return cert.Leaf.NotAfter.Add(-life / 3)
}

// Keep gets the certificates that lack and renews those that are due, until ctx
// ends. The sockets must be served, since the authority looks there.
func (i *Issued) Keep(ctx context.Context) {
	for {
		next := time.Now().Add(time.Hour) // by the clock on the wall, which may be set
		for _, n := range i.names {
			if !time.Now().Before(n.due) {
				i.renew(ctx, n)
			}
			if ctx.Err() != nil {
				return
			}
			if n.due.Before(next) {
				next = n.due
			}
		}
		wait := time.NewTimer(time.Until(next))
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		}
	}
}

// renew makes one attempt and says when the next is due.
func (i *Issued) renew(ctx context.Context, n *issuedName) {
	issuing, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	cert, chain, err := i.issue(issuing, n.name)
	if ctx.Err() != nil {
		return // the server ends, which is no failure
	}
	defer n.once.Do(func() { close(n.tried) })
	attrs := []any{"name", n.name, "authority", i.authority.Directory}
	if err != nil {
		wait := pause(err, n.failures)
		n.failures++
		n.due = time.Now().Add(wait)
		attrs = append(attrs, "error", err.Error(), "remedy", remedy(err, n.name), "retry", n.due.UTC().Format(time.RFC3339))
		if old := n.get(); old != nil {
			attrs = append(attrs, "expires", old.Leaf.NotAfter.Format(time.RFC3339))
			i.authority.Log.Error("certificate not renewed", attrs...)
			return
		}
		i.authority.Log.Error("no certificate", attrs...)
		return
	}
	n.mu.Lock()
	n.cert = cert
	n.mu.Unlock()
	n.failures = 0
	n.due = renewal(cert)
	// A clock that is wrong does not make us ask without end.
	if soonest := time.Now().Add(min(24*time.Hour, cert.Leaf.NotAfter.Sub(cert.Leaf.NotBefore)/6)); n.due.Before(soonest) {
		n.due = soonest
	}
	i.authority.Log.Info("certificate issued", append(attrs, "expires", cert.Leaf.NotAfter.Format(time.RFC3339))...)
	if err := i.keep(n.name, chain); err != nil {
		i.authority.Log.Error("certificate not kept", append(attrs, "error", err.Error(), "remedy", "Make the folder of --data writable for this user; until then each restart asks the authority anew, and it allows that a few times only.")...)
	}
}
