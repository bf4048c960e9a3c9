package inspect

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/report"
)

// oauth is a resource and its authorization server on one loopback address;
// documents maps paths to what is served there, HOST standing for the address.
func oauth(t *testing.T, challenge string, documents map[string]string) string {
	t.Helper()
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fill := func(s string) string { return strings.ReplaceAll(s, "HOST", server.URL) }
		if r.URL.Path == "/mcp" {
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("WWW-Authenticate", fill(challenge))
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.Header.Get("Authorization") != "" {
			t.Errorf("credentials went to %s", r.URL.Path)
		}
		document, ok := documents[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, fill(document))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// way is the steps of a discovery, "name state" each.
func way(r report.Report) string {
	var all []string
	for _, s := range r.Discovery.Steps {
		all = append(all, s.Name+" "+s.State)
	}
	return strings.Join(all, ", ")
}

func TestTheWayToATokenIsFollowed(t *testing.T) {
	const (
		named    = `Bearer resource_metadata="HOST/.well-known/oauth-protected-resource/mcp"`
		resource = "/.well-known/oauth-protected-resource/mcp"
		server   = "/.well-known/oauth-authorization-server"
		good     = `{"resource": "HOST/mcp", "authorization_servers": ["HOST"]}`
		sound    = `{"issuer": "HOST", "authorization_endpoint": "HOST/authorize", "token_endpoint": "HOST/token", "registration_endpoint": "HOST/register", "code_challenge_methods_supported": ["S256"]}`
		whole    = "resource right, metadata right, authorization server right, token open"
	)
	for _, tt := range []struct {
		name, challenge string
		documents       map[string]string
		look            bool
		want            string
		finding         string
		client          string
	}{
		{"all is well", named, map[string]string{resource: good, server: sound}, false, whole, "", "would register by itself"},
		{"nothing is named, and nothing looked for", `Bearer realm="x"`, map[string]string{resource: good, server: sound}, false, "", "", ""},
		{"the well-known place", `Bearer realm="x"`, map[string]string{resource: good, server: sound}, true, whole, "", "would register by itself"},
		{"the well-known place at the root", `Bearer realm="x"`, map[string]string{"/.well-known/oauth-protected-resource": good, server: sound}, true, whole, "", "could log in"},
		{"OpenID's place", named, map[string]string{resource: good, "/.well-known/openid-configuration": sound}, false, whole, "", "could log in"},
		{"an issuer with a path", named, map[string]string{resource: `{"resource": "HOST/mcp", "authorization_servers": ["HOST/tenant"]}`, server + "/tenant": strings.Replace(sound, `"HOST"`, `"HOST/tenant"`, 1)}, false, whole, "", "could log in"},
		{"OpenID's place behind a path", named, map[string]string{resource: `{"resource": "HOST/mcp", "authorization_servers": ["HOST/tenant"]}`, "/tenant/.well-known/openid-configuration": strings.Replace(sound, `"HOST"`, `"HOST/tenant"`, 1)}, false, whole, "", "could log in"},
		{"no document", named, nil, false, "resource right, metadata wrong", "metadata-unreachable", "would stop at step 2, the metadata"},
		{"no document anywhere", `Bearer realm="x"`, nil, true, "resource right, metadata wrong", "metadata-unreachable", "would stop at step 2"},
		{"HTML", named, map[string]string{resource: "<!doctype html><p>App"}, false, "resource right, metadata wrong", "metadata-not-json", "would stop at step 2"},
		{"another resource", named, map[string]string{resource: `{"resource": "https://other.example/mcp", "authorization_servers": ["HOST"]}`, server: sound}, false, "resource right, metadata wrong", "metadata-resource-differs", "would stop at step 2"},
		{"a part of the path", named, map[string]string{resource: strings.Replace(good, "HOST/mcp", "HOST/", 1), server: sound}, false, whole, "metadata-resource-above", "would register by itself"},
		{"a slash more", named, map[string]string{resource: strings.Replace(good, "HOST/mcp", "HOST/mcp/", 1), server: sound}, false, whole, "", "would register by itself"},
		{"no tokens in fields", named, map[string]string{resource: strings.Replace(good, "{", `{"bearer_methods_supported": ["body"], `, 1), server: sound}, false, "resource right, metadata wrong", "metadata-header-not-taken", "would stop at step 2"},
		{"tokens in fields", named, map[string]string{resource: strings.Replace(good, "{", `{"bearer_methods_supported": ["header", "body"], `, 1), server: sound}, false, whole, "", "would register by itself"},
		{"a login over http", named, map[string]string{resource: good, server: strings.Replace(sound, "HOST/authorize", "http://login.example/authorize", 1)}, false, "resource right, metadata right, authorization server wrong", "metadata-endpoint-plain", "would stop at step 3"},
		{"a long document", named, map[string]string{resource: strings.Replace(good, "{", `{"x": "`+strings.Repeat("a", 100<<10)+`", `, 1), server: sound}, false, whole, "", "would register by itself"},
		{"no servers", named, map[string]string{resource: `{"resource": "HOST/mcp"}`}, false, "resource right, metadata wrong", "metadata-without-servers", "would stop at step 2"},
		{"no server's document", named, map[string]string{resource: good}, false, "resource right, metadata right, authorization server wrong", "metadata-unreachable", "would stop at step 3, the authorization server"},
		{"another issuer", named, map[string]string{resource: good, server: strings.Replace(sound, `"HOST"`, `"HOST/"`, 1)}, false, "resource right, metadata right, authorization server wrong", "metadata-issuer-differs", "would stop at step 3"},
		{"no token endpoint", named, map[string]string{resource: good, server: strings.Replace(sound, `"token_endpoint"`, `"other"`, 1)}, false, "resource right, metadata right, authorization server wrong", "metadata-endpoint-missing", "would stop at step 3"},
		{"no endpoint that programs need", named, map[string]string{resource: good, server: `{"issuer": "HOST", "token_endpoint": "HOST/token", "registration_endpoint": "HOST/register", "grant_types_supported": ["client_credentials"]}`}, false, whole, "", "would register by itself"},
		{"no PKCE", named, map[string]string{resource: good, server: strings.Replace(sound, `"S256"`, `"plain"`, 1)}, false, "resource right, metadata right, authorization server wrong", "pkce-not-offered", "would stop at step 3"},
		{"no registration", named, map[string]string{resource: good, server: strings.Replace(sound, `"registration_endpoint"`, `"other"`, 1)}, false, whole, "registration-not-offered", "be given an id by hand"},
		{"client documents", named, map[string]string{resource: good, server: strings.Replace(sound, `"registration_endpoint": "HOST/register"`, `"client_id_metadata_document_supported": true`, 1)}, false, whole, "", "name a document about itself"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			host := oauth(t, tt.challenge, tt.documents)
			lib, err := content.Load()
			if err != nil {
				t.Fatal(err)
			}
			var c Config
			c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
			target := Target{Discover: tt.look}
			target.Request.URL = host + "/mcp"
			r := New(lib, c).URL(t.Context(), target, nil)
			if got := way(r); got != tt.want || !strings.Contains(r.Discovery.Client, tt.client) || tt.client == "" && r.Discovery.Client != "" {
				t.Errorf("the way is %s: %s\nwant %s: %s\n%+v", got, r.Discovery.Client, tt.want, tt.client, r.Discovery.Steps)
			}
			var metadata []string
			for _, f := range r.Findings {
				if r.Exchanges[f.Exchange].Cause == "probe" {
					metadata = append(metadata, f.ID)
				}
			}
			if got := strings.Join(metadata, " "); got != tt.finding {
				t.Errorf("findings about the probes: %s, want %s", got, tt.finding)
			}
			if r.Last().URL != target.Request.URL || r.Last().Status.Code != 401 {
				t.Errorf("the verdict is about %s", r.Last().URL)
			}
		})
	}
}

func TestMetadataIsAskedForThroughTheGuard(t *testing.T) {
	host := oauth(t, `Bearer resource_metadata="http://169.254.169.254/.well-known/oauth-protected-resource"`, nil)
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var c Config
	c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	var target Target
	target.Request.URL = host + "/mcp"
	r := New(lib, c).URL(t.Context(), target, nil)
	if len(r.Exchanges) != 2 || r.Exchanges[1].Error.Kind != "blocked" || way(r) != "resource right, metadata wrong" {
		t.Errorf("%d exchanges, %s, %+v", len(r.Exchanges), way(r), r.Exchanges[len(r.Exchanges)-1].Error)
	}
}

func TestARegistrysTokenIsAskedFor(t *testing.T) {
	const challenge = `Bearer realm="HOST/token",service="registry.example",scope="repository:a/b:pull"`
	for _, tt := range []struct {
		name      string
		documents map[string]string
		look      bool
		want      string
		client    string
	}{
		{"not asked for", map[string]string{"/token": `{"token": "SECRET"}`}, false, "", ""},
		{"for everybody", map[string]string{"/token": `{"token": "SECRET"}`}, true, "resource right, token right", "without signing in"},
		{"nothing there", nil, true, "resource right, token wrong", "would stop at step 2"},
		{"without a token", map[string]string{"/token": `{}`}, true, "resource right, token wrong", "would stop at step 2"},
	} {
		host := oauth(t, challenge, tt.documents)
		lib, err := content.Load()
		if err != nil {
			t.Fatal(err)
		}
		var c Config
		c.AllowAll = true
		target := Target{Discover: tt.look}
		target.Request.URL = host + "/mcp"
		r := New(lib, c).URL(t.Context(), target, nil)
		if way(r) != tt.want || !strings.Contains(r.Discovery.Client, tt.client) {
			t.Errorf("%s: %s, %s", tt.name, way(r), r.Discovery.Client)
		}
		if tt.look && r.Exchanges[1].URL != host+"/token?scope=repository%3Aa%2Fb%3Apull&service=registry.example" {
			t.Errorf("asked for %s", r.Exchanges[1].URL)
		}
		var b strings.Builder
		for _, f := range report.Formats {
			if err := f.Write(&b, r); err != nil {
				t.Fatal(err)
			}
		}
		if strings.Contains(b.String(), "SECRET") {
			t.Error("the token is in the report")
		}
	}
}
