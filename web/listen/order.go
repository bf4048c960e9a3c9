package listen

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/acme"
)

// issue has the authority issue a certificate for a name: an account, an order,
// a proof that the name leads here, and the certificate (RFC 8555, Section 7).
func (i *Issued) issue(ctx context.Context, name string) (*tls.Certificate, []byte, error) {
	// A new client each time remembers nothing of an authority that has forgotten us.
	client := &acme.Client{DirectoryURL: i.authority.Directory, UserAgent: i.authority.UserAgent, RetryBackoff: backoff,
		HTTPClient: &http.Client{Timeout: 30 * time.Second}}
	if err := i.enter(ctx, client); err != nil {
		return nil, nil, err
	}
	order, err := client.AuthorizeOrder(ctx, acme.DomainIDs(name))
	if err != nil {
		return nil, nil, err
	}
	for _, at := range order.AuthzURLs {
		if err := i.prove(ctx, client, at, name); err != nil {
			return nil, nil, err
		}
	}
	ready, err := client.WaitOrder(ctx, order.URI)
	if err != nil {
		return nil, nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: []string{name}}, key)
	if err != nil {
		return nil, nil, err
	}
	chain, _, err := client.CreateCertFromOrder(ctx, ready, csr, true)
	if err != nil {
		return nil, nil, err
	}
	return paired(name, key, chain)
}

// paired is a chain with its key, if it is what we asked for.
func paired(name string, key *ecdsa.PrivateKey, chain [][]byte) (*tls.Certificate, []byte, error) {
	text, err := pemOf(key, chain...)
	if err != nil {
		return nil, nil, err
	}
	cert, err := tls.X509KeyPair(text, text)
	if err == nil {
		err = cert.Leaf.VerifyHostname(name)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the authority issued another certificate than we asked for: %w", err)
	}
	return &cert, text, nil
}

// enter finds our account, or makes one, and tells the authority our contact.
func (i *Issued) enter(ctx context.Context, client *acme.Client) error {
	key, err := i.accountKey()
	if err != nil {
		return fmt.Errorf("the key of the account: %w", err)
	}
	client.Key = key
	directory, err := client.Discover(ctx)
	if err != nil {
		return &unreachedError{err}
	}
	if directory.OrderURL == "" || directory.RegURL == "" {
		return &unreachedError{errors.New("there is no directory of an authority (RFC 8555, Section 7.1.1)")}
	}
	var contact []string
	if i.authority.Contact != "" {
		contact = []string{i.authority.Contact}
	}
	account, err := client.GetReg(ctx, "")
	if errors.Is(err, acme.ErrNoAccount) {
		return i.register(ctx, client, directory, contact)
	}
	if err != nil {
		return err
	}
	client.KID = acme.KeyID(account.URI)
	if len(contact) > 0 && !slices.Equal(account.Contact, contact) {
		_, err = client.UpdateReg(ctx, &acme.Account{URI: account.URI, Contact: contact})
	}
	return err
}

// register makes an account. Nobody but the operator can agree to the terms of
// service (RFC 8555, Section 7.3).
func (i *Issued) register(ctx context.Context, client *acme.Client, directory acme.Directory, contact []string) error {
	if directory.Terms != "" && !i.authority.Agreed {
		return &termsError{directory.Terms}
	}
	account := &acme.Account{Contact: contact}
	if b := i.authority.Binding; b.ID != "" {
		account.ExternalAccountBinding = &acme.ExternalAccountBinding{KID: b.ID, Key: b.Key}
	}
	if _, err := client.Register(ctx, account, acme.AcceptTOS); err != nil {
		return err
	}
	i.authority.Log.Info("account made with the authority", "authority", i.authority.Directory, "terms", directory.Terms, "contact", strings.Join(contact, " "))
	return nil
}

// prove shows that a name leads here, by a certificate made for the purpose
// (RFC 8737, Section 3).
func (i *Issued) prove(ctx context.Context, client *acme.Client, at, name string) error {
	authorization, err := client.GetAuthorization(ctx, at)
	if err != nil || authorization.Status == acme.StatusValid {
		return err
	}
	k := slices.IndexFunc(authorization.Challenges, func(c *acme.Challenge) bool { return c.Type == "tls-alpn-01" })
	if k < 0 {
		return errors.New("the authority does not offer tls-alpn-01, and wwwhy knows no other proof (RFC 8737)")
	}
	challenge := authorization.Challenges[k]
	cert, err := client.TLSALPN01ChallengeCert(challenge.Token, name)
	if err != nil {
		return err
	}
	i.challenge(name, &cert)
	defer i.challenge(name, nil)
	if _, err := client.Accept(ctx, challenge); err != nil {
		return err
	}
	_, err = client.WaitAuthorization(ctx, at)
	return err
}

func (i *Issued) challenge(name string, cert *tls.Certificate) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if cert == nil {
		delete(i.challenges, name)
		return
	}
	i.challenges[name] = cert
}

// backoff says when a request is repeated: a few times soon, for a nonce that
// the authority no longer knows or a fault that passes. What takes longer is up
// to Keep.
func backoff(n int, _ *http.Request, resp *http.Response) time.Duration {
	if n > 5 || resp.StatusCode == http.StatusTooManyRequests {
		return 0
	}
	return time.Duration(n*n) * 100 * time.Millisecond
}
