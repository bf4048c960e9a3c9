package diagnose

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"wwwhy/web/challenge"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// mostServers is how many authorization servers of one resource are asked.
const mostServers = 3

// Metadata is what of the metadata of OAuth is looked at: that of a protected
// resource (RFC 9728, Section 2) and that of an authorization server (RFC 8414,
// Section 2; OpenID Connect Discovery, Section 3).
type Metadata struct {
	Resource      string   `json:"resource"`
	Servers       []string `json:"authorization_servers"`
	Scopes        []string `json:"scopes_supported"`
	Methods       []string `json:"bearer_methods_supported"`
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Registration  string   `json:"registration_endpoint"`
	Responses     []string `json:"response_types_supported"`
	Grants        []string `json:"grant_types_supported"`
	PKCE          []string `json:"code_challenge_methods_supported"`
	Documents     bool     `json:"client_id_metadata_document_supported"`
}

// ReadMetadata reads the content of a probe. It returns false where the probe
// brought no JSON object with 200.
func ReadMetadata(x message.Exchange) (m Metadata, ok bool) {
	if x.Response == nil || x.Response.Code != 200 {
		return m, false
	}
	return m, json.Unmarshal(x.Response.Content.Sample, &m) == nil
}

// Wanted is one more request that would tell something.
type Wanted struct {
	URL      string
	Purpose  message.Purpose
	Method   string        // empty: GET
	Protocol string        // as fetch's options have it; empty: either
	Fields   field.Section // that are added, or replace those of the same name
}

// Discover returns the next request of a discovery, given what was exchanged so
// far; false: there is none. It begins where a challenge names its metadata,
// and with look also at the well-known place where none does.
func Discover(xs []message.Exchange, look bool) (Wanted, bool) {
	d := newDiscovery(xs)
	if d.asked == nil {
		return Wanted{}, false
	}
	if d.named == "" && !look {
		return Wanted{}, false
	}
	if d.named == "" {
		if address := registryRealm(d.asked.Response); address != "" {
			return d.untried([]string{address}, message.TokenRequest)
		}
	}
	if d.resource == nil {
		return d.untried(d.places(), message.ResourceMetadata)
	}
	m, ok := ReadMetadata(*d.resource)
	if !ok {
		return Wanted{}, false
	}
	for _, issuer := range m.Servers[:min(len(m.Servers), mostServers)] {
		if d.server(issuer) != nil {
			continue
		}
		if w, ok := d.untried(serverPlaces(issuer), message.ServerMetadata); ok {
			return w, true
		}
	}
	return Wanted{}, false
}

// discovery is what is known so far.
type discovery struct {
	xs       []message.Exchange
	asked    *message.Exchange // the last that is no probe
	named    string            // resource_metadata of its challenge
	resource *message.Exchange // the probe that brought the resource's metadata
	tried    map[string]bool
}

func newDiscovery(xs []message.Exchange) *discovery {
	d := &discovery{xs: xs, tried: map[string]bool{}}
	for i := range xs {
		x := &xs[i]
		if x.Cause != message.Probe {
			if x.Response != nil && x.Request != nil {
				d.asked = x
			}
			continue
		}
		d.tried[x.Request.URL] = true
		if _, ok := ReadMetadata(*x); ok && x.Purpose == message.ResourceMetadata && d.resource == nil {
			d.resource = x
		}
	}
	if d.asked != nil {
		d.named = namedMetadata(d.asked.Response)
	}
	return d
}

// namedMetadata returns the address that a challenge gives (RFC 9728, Section
// 5.1), if it can be asked.
func namedMetadata(r *message.Response) string {
	for _, c := range posedBy(r) {
		if v := c.Get("resource_metadata"); v != "" {
			if u, err := url.Parse(v); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
				return v
			}
		}
	}
	return ""
}

// registryRealm returns the address at which a container registry gives tokens.
func registryRealm(r *message.Response) string {
	for _, c := range posedBy(r) {
		if address := TokenService(c); address != "" {
			return address
		}
	}
	return ""
}

// TokenService returns the address at which the challenge of a container registry
// says that tokens are given: its realm, asked with service and scope, each scope
// by itself. The protocol is that of the registry's own documentation (CNCF
// Distribution, Token Authentication Specification). Empty: it is no such
// challenge.
func TokenService(c challenge.Challenge) string {
	u, err := url.Parse(c.Get("realm"))
	if !c.Is("Bearer") || c.Get("service") == "" || err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	q := u.Query()
	q.Set("service", c.Get("service"))
	if scopes := strings.Fields(c.Get("scope")); len(scopes) > 0 {
		q["scope"] = scopes
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// GivesToken reports whether the content of a token request holds a token. The
// token itself is nobody's business.
func GivesToken(x message.Exchange) bool {
	var answer struct {
		Token  string `json:"token"`
		Access string `json:"access_token"`
	}
	return x.Response != nil && x.Response.Code == 200 && json.Unmarshal(x.Response.Content.Sample, &answer) == nil && answer.Token+answer.Access != ""
}

// places are where the resource's metadata can be: where the challenge says,
// else at the well-known path, with the resource's own path behind it or alone
// (RFC 9728, Section 3.1).
func (d *discovery) places() []string {
	if d.named != "" {
		return []string{d.named}
	}
	return wellKnown(d.asked.Request.URL, "oauth-protected-resource")
}

// serverPlaces are where an authorization server's metadata can be: by RFC
// 8414, Section 3.1, by the same with OpenID's name, and by OpenID Connect
// Discovery, Section 4.
func serverPlaces(issuer string) []string {
	all := wellKnown(issuer, "oauth-authorization-server")
	if len(all) == 0 {
		return nil
	}
	all = append(all[:1:1], wellKnown(issuer, "openid-configuration")[0])
	behind := strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
	if !slices.Contains(all, behind) {
		all = append(all, behind)
	}
	return all
}

// wellKnown puts a well-known name between host and path, and at the root where
// there is a path.
func wellKnown(address, name string) []string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil
	}
	root := u.Scheme + "://" + u.Host + "/.well-known/" + name
	all := []string{root}
	path := strings.TrimSuffix(u.EscapedPath(), "/")
	if path != "" {
		all = append([]string{root + path}, all...)
	}
	if u.RawQuery != "" { // it belongs to a resource's identifier, too
		all = append([]string{root + path + "?" + u.RawQuery}, all...)
	}
	return all
}

func (d *discovery) untried(places []string, p message.Purpose) (Wanted, bool) {
	for _, u := range places {
		if !d.tried[u] {
			return Wanted{URL: u, Purpose: p}, true
		}
	}
	return Wanted{}, false
}

// server returns the probe that brought the metadata of an issuer.
func (d *discovery) server(issuer string) *message.Exchange {
	for _, place := range serverPlaces(issuer) {
		for i := range d.xs {
			x := &d.xs[i]
			if x.Cause != message.Probe || x.Purpose != message.ServerMetadata || x.Request.URL != place {
				continue
			}
			if _, ok := ReadMetadata(*x); ok {
				return x
			}
		}
	}
	return nil
}
