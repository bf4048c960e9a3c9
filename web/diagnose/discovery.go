package diagnose

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/message"
)

// probeRules judge what probes brought. No other rule sees them: how a metadata
// document is cached, say, is not what was asked.
var probeRules = []rule{
	{[]string{"metadata-unreachable", "metadata-not-json"}, metadataUnread, true},
	{[]string{"metadata-resource-differs", "metadata-resource-above", "metadata-without-servers", "metadata-header-not-taken"}, resourceMetadata, false},
	{[]string{"metadata-issuer-differs", "metadata-endpoint-missing", "metadata-endpoint-plain", "pkce-not-offered", "registration-not-offered"}, serverMetadata, false},
}

// metadataUnread reports the last of the places at which metadata was looked
// for and not found.
func metadataUnread(e *exam) {
	if _, ok := ReadMetadata(e.x); ok || e.x.Purpose != message.ResourceMetadata && e.x.Purpose != message.ServerMetadata {
		return
	}
	d := newDiscovery(e.all)
	if e.x.Purpose == message.ResourceMetadata && d.resource != nil || e.elsewhere(d) {
		return
	}
	what := map[message.Purpose]string{message.ResourceMetadata: "this resource", message.ServerMetadata: "the authorization server"}[e.x.Purpose]
	address := short(e.x.Request.URL)
	switch {
	case e.x.Failure != nil:
		e.report("metadata-unreachable", "what", what, "url", address, "failure", string(e.x.Failure.Kind))
	case e.resp.Code != 200:
		e.report("metadata-unreachable", "what", what, "url", address, "code", fmt.Sprint(e.resp.Code))
	default:
		e.report("metadata-not-json", "what", what, "url", address, "type", short(e.resp.Fields.Get("Content-Type")))
	}
	// No server needs to have metadata (RFC 9728, Section 3); one that names it
	// in a challenge says that it does.
	if e.x.Purpose == message.ResourceMetadata && d.named == "" {
		e.grade(content.Notice)
	}
}

// elsewhere reports whether the metadata that this probe did not bring was
// found at another place, or is still looked for at a later one.
func (e *exam) elsewhere(d *discovery) bool {
	places := [][]string{}
	if d.asked != nil && e.x.Purpose == message.ResourceMetadata {
		places = append(places, d.places())
	}
	if d.resource != nil {
		m, _ := ReadMetadata(*d.resource)
		for _, issuer := range m.Servers {
			if d.server(issuer) != nil && slices.Contains(serverPlaces(issuer), e.x.Request.URL) {
				return true
			}
			places = append(places, serverPlaces(issuer))
		}
	}
	for _, p := range places {
		if i := slices.Index(p, e.x.Request.URL); i >= 0 && i < len(p)-1 && d.tried[p[i+1]] {
			return true
		}
	}
	return false
}

// resourceMetadata holds a resource's metadata against the resource (RFC 9728,
// Sections 2 and 3.3).
func resourceMetadata(e *exam) {
	m, ok := ReadMetadata(e.x)
	d := newDiscovery(e.all)
	if !ok || e.x.Purpose != message.ResourceMetadata || d.asked == nil {
		return
	}
	switch asked := d.asked.Request.URL; kinship(m.Resource, asked) {
	case stranger:
		e.report("metadata-resource-differs", "resource", short(m.Resource), "url", short(asked))
	case parent:
		e.report("metadata-resource-above", "resource", short(m.Resource), "url", short(asked))
	}
	// An empty list says that no bearer tokens are taken at all, which a
	// challenge for Bearer contradicts (RFC 9728, Section 2).
	if m.Methods != nil && !slices.Contains(m.Methods, "header") && offers(d.asked.Response, "Bearer") {
		e.report("metadata-header-not-taken", "methods", short(strings.Join(m.Methods, ", ")))
	}
	if len(m.Servers) == 0 {
		e.report("metadata-without-servers", "url", short(e.x.Request.URL))
	}
}

// How a resource identifier stands to the address that was asked.
const (
	same = iota
	parent
	stranger
)

// kinship tells how a resource identifier stands to an address. RFC 9728,
// Section 3.3, wants them identical; a slash at the end and the query of the
// address are passed over. A beginning of the path is told apart from what is
// about something else, because some clients take it.
func kinship(resource, address string) int {
	r, err := url.Parse(resource)
	a, err2 := url.Parse(address)
	if err != nil || err2 != nil || !strings.EqualFold(r.Scheme, a.Scheme) || !strings.EqualFold(r.Host, a.Host) || r.RawQuery != "" && r.RawQuery != a.RawQuery {
		return stranger
	}
	base := strings.TrimSuffix(r.EscapedPath(), "/")
	path := strings.TrimSuffix(a.EscapedPath(), "/")
	switch {
	case path == base:
		return same
	case strings.HasPrefix(path, base+"/"):
		return parent
	}
	return stranger
}

// needs reports whether metadata must name an endpoint: a server without a grant
// that uses it may leave it out (RFC 8414, Section 2).
func (m Metadata) needs(endpoint string) bool {
	uses := func(grant string) bool {
		if endpoint == "token_endpoint" {
			return grant != "implicit"
		}
		return grant == "authorization_code" || grant == "implicit"
	}
	return m.Grants == nil || slices.ContainsFunc(m.Grants, uses)
}

// serverMetadata holds an authorization server's metadata against its issuer
// and against what a client needs (RFC 8414, Sections 2 and 3.3; RFC 7636).
func serverMetadata(e *exam) {
	m, ok := ReadMetadata(e.x)
	d := newDiscovery(e.all)
	if !ok || e.x.Purpose != message.ServerMetadata || d.resource == nil {
		return
	}
	resource, _ := ReadMetadata(*d.resource)
	for _, issuer := range resource.Servers {
		if slices.Contains(serverPlaces(issuer), e.x.Request.URL) && m.Issuer != issuer {
			e.report("metadata-issuer-differs", "issuer", short(m.Issuer), "asked", short(issuer))
		}
	}
	for _, endpoint := range [][2]string{{"authorization_endpoint", m.Authorization}, {"token_endpoint", m.Token}} {
		switch {
		case endpoint[1] == "" && m.needs(endpoint[0]):
			e.report("metadata-endpoint-missing", "name", endpoint[0], "url", short(e.x.Request.URL))
		case endpoint[1] != "" && overPlainHTTP(endpoint[1]):
			e.report("metadata-endpoint-plain", "name", endpoint[0], "value", short(endpoint[1]))
		}
	}
	if !slices.Contains(m.PKCE, "S256") && m.needs("authorization_endpoint") {
		e.report("pkce-not-offered", "url", short(e.x.Request.URL))
	}
	if m.Registration == "" && !m.Documents {
		e.report("registration-not-offered", "url", short(e.x.Request.URL))
	}
}
