package content_test

import (
	"slices"
	"strings"
	"testing"

	"wwwhy/content"
)

// asked is what people type, and the page that must be among the first three.
var asked = []struct{ query, page string }{
	// What browsers show.
	{"ERR_TOO_MANY_REDIRECTS", "guides/redirects"},
	{"too many redirects", "guides/redirects"},
	{"The page isn't redirecting properly", "guides/redirects"},
	{"net::ERR_HTTP_RESPONSE_CODE_FAILURE", "guides/reading-a-response"},
	{"This page isn't working", "codes/500"},
	{"ERR_INVALID_AUTH_CREDENTIALS", "codes/401"},
	{"login popup", "codes/401"},
	{"basic auth popup", "schemes/basic"},
	{"CORS error", "guides/cors-and-401"},
	{"Access-Control-Allow-Origin missing", "fields/access-control-allow-origin"},
	{"No 'Access-Control-Allow-Origin' header is present on the requested resource", "guides/cors-and-401"},
	{"failed to fetch", "guides/cors-and-401"},
	{"mixed content", "fields/upgrade-insecure-requests"},
	{"ERR_CONNECTION_REFUSED", "findings/failure-refused"},
	{"ERR_NAME_NOT_RESOLVED", "findings/failure-dns"},
	{"DNS_PROBE_FINISHED_NXDOMAIN", "findings/failure-dns"},
	{"ERR_CERT_DATE_INVALID", "findings/failure-certificate"},
	{"NET::ERR_CERT_AUTHORITY_INVALID", "findings/failure-certificate"},
	{"Your connection is not private", "findings/failure-certificate"},
	{"ERR_SSL_PROTOCOL_ERROR", "findings/failure-tls"},
	{"ERR_EMPTY_RESPONSE", "findings/failure-closed"},
	{"ERR_CONTENT_DECODING_FAILED", "findings/content-coding-broken"},
	{"ERR_INCOMPLETE_CHUNKED_ENCODING", "findings/content-cut-short"},
	{"ERR_TUNNEL_CONNECTION_FAILED", "codes/407"},

	// What servers, proxies and libraries write.
	{"Authorization Required", "codes/401"},
	{"HTTP Error 401.2", "codes/401"},
	{"unauthorised", "codes/401"},
	{"docker unauthorized: authentication required", "codes/401"},
	{"npm 401", "codes/401"},
	{"E401", "codes/401"},
	{"git 403", "codes/403"},
	{"Request failed with status code 401", "codes/401"},
	{"git Authentication failed for", "codes/401"},
	{"502 Bad Gateway nginx", "codes/502"},
	{"upstream prematurely closed connection", "codes/502"},
	{"upstream timed out", "codes/504"},
	{"Request Entity Too Large", "codes/413"},
	{"413 nginx", "codes/413"},
	{"client intended to send too large body", "codes/413"},
	{"Request Header Or Cookie Too Large", "codes/400"},
	{"The plain HTTP request was sent to HTTPS port", "codes/497"},
	{"No required SSL certificate was sent", "codes/496"},
	{"I'm a teapot", "codes/418"},
	{"Error 1020", "codes/403"},
	{"Error 1015", "codes/429"},
	{"cf error 522", "codes/522"},
	{"cloudflare 521", "codes/521"},
	{"ECONNREFUSED", "findings/failure-refused"},
	{"ECONNRESET", "findings/failure-reset"},
	{"ENOTFOUND", "findings/failure-dns"},
	{"ETIMEDOUT", "findings/failure-timeout"},
	{"socket hang up", "findings/failure-closed"},
	{"SSL handshake failed", "codes/525"},
	{"SSL certificate problem: unable to get local issuer certificate", "findings/failure-certificate"},
	{"self signed certificate", "findings/failure-certificate"},
	{"page expired", "codes/419"},
	{"csrf token mismatch", "codes/419"},
	{"method not allowed", "codes/405"},
	{"Unsupported Media Type", "codes/415"},
	{"unprocessable entity", "codes/422"},
	{"payload too large", "codes/413"},
	{"client closed request", "codes/499"},
	{"fatal: unable to access: The requested URL returned error: 403", "codes/403"},
	{"curl 22 The requested URL returned error: 401", "codes/401"},
	{"Could not resolve host", "findings/failure-dns"},
	{"connect ECONNREFUSED 127.0.0.1:9000", "findings/failure-refused"},
	{"connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1", "codes/502"},
	{"Service Temporarily Unavailable", "codes/503"},
	{"gateway timeout", "codes/504"},

	// Errors of tokens and sign-ins.
	{"invalid_token", "schemes/bearer"},
	{"token expired", "guides/tokens-and-clocks"},
	{"jwt expired", "guides/tokens-and-clocks"},
	{"invalid_client", "codes/401"},
	{"invalid_grant", "codes/400"},
	{"insufficient_scope", "codes/403"},
	{"invalid api key", "schemes/api-key"},
	{"jwt malformed", "findings/token-cut-off"},
	{"jwt not active", "findings/token-not-yet-valid"},
	{"token used before issued", "findings/token-from-the-future"},
	{"bearer token not working", "guides/tokens-and-clocks"},
	{"kerberos", "schemes/negotiate"},
	{"ntlm", "schemes/ntlm"},
	{"digest stale", "schemes/digest"},
	{"wrong password", "codes/401"},
	{"unauthorized vs forbidden", "guides/401-403-404"},
	{"difference between 401 and 403", "guides/401-403-404"},

	// Questions as people put them.
	{"I got 401 in my fetch()", "guides/cors-and-401"},
	{"Postman works, browser says CORS and 401", "guides/cors-and-401"},
	{"works in curl but not in browser", "guides/cors-and-401"},
	{"nginx asks for password twice", "guides/sign-in-window"},
	{"browser keeps asking for password", "guides/sign-in-window"},
	{"Basic auth popup how to log out", "guides/sign-in-window"},
	{"log out of basic auth", "guides/sign-in-window"},
	{"401 on manifest.json", "guides/sign-in-window"},
	{"which status for not logged in vs not allowed", "guides/401-403-404"},
	{"status code for not logged in", "guides/401-403-404"},
	{"should i use 401 or 403 for an expired token", "guides/401-403-404"},
	{"401 after redirect loses Authorization header", "guides/redirects"},
	{"401 only behind proxy", "guides/behind-a-reverse-proxy"},
	{"Authorization stripped by Apache", "guides/behind-a-reverse-proxy"},
	{"HTTP_AUTHORIZATION empty", "guides/behind-a-reverse-proxy"},
	{"401 kerberos double hop", "schemes/negotiate"},
	{"refresh token", "guides/tokens-and-clocks"},
	{"token refresh loop", "guides/tokens-and-clocks"},
	{"Bearer token expired", "guides/tokens-and-clocks"},

	// Tools and large APIs.
	{"npm ERR! code E401", "guides/401-in-your-tools"},
	{"docker pull unauthorized", "guides/401-in-your-tools"},
	{"pip install 401 private index", "guides/401-in-your-tools"},
	{"ERROR: Could not find a version that satisfies the requirement mypkg", "guides/401-in-your-tools"},
	{"maven 401", "guides/401-in-your-tools"},
	{"Return code is: 401, ReasonPhrase: Unauthorized", "guides/401-in-your-tools"},
	{"gradle Received status code 401 from server", "guides/401-in-your-tools"},
	{"git 401", "guides/401-in-your-tools"},
	{"error: You must be logged in to the server (Unauthorized)", "guides/401-in-your-tools"},
	{"github Bad credentials", "guides/401-in-your-tools"},
	{"Missing Authentication Token", "guides/401-in-your-tools"},
	{"stripe 401", "guides/401-in-your-tools"},

	// Names that a field and a scheme share.
	{"digest", "schemes/digest"},
	{"negotiate", "schemes/negotiate"},

	// Limits.
	{"rate limited", "codes/429"},
	{"quota exceeded", "codes/429"},
	{"too many requests", "codes/429"},

	// Names, wrongly or differently written.
	{"www authenticate", "fields/www-authenticate"},
	{"cache control", "fields/cache-control"},
	{"retry after", "fields/retry-after"},
	{"authorisation header", "fields/authorization"},
	{"samesite", "fields/set-cookie"},
	{"hsts", "fields/strict-transport-security"},
	{"csp", "fields/content-security-policy"},
	{"etag", "fields/etag"},
	{"content type header", "fields/content-type"},
	{"how long to wait after 429", "codes/429"},
	{"permanent redirect", "codes/308"},
}

func TestSearchFindsWhatPeopleType(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range asked {
		t.Run(a.query, func(t *testing.T) {
			var got []string
			for _, h := range lib.Search(a.query, 3) {
				got = append(got, string(h.Kind)+"/"+h.Slug)
			}
			if !slices.Contains(got, a.page) {
				t.Errorf("found %s; %s should be among the first three", strings.Join(got, ", "), a.page)
			}
		})
	}
}

// parts is what people type whose answer stands in a part of a long article.
var parts = []struct{ query, href, part string }{
	{"mutual TLS 401", "/401", "mtls"},
	{"IIS 401.2", "/401", "iis"},
	{"401 robots.txt", "/guides/search-engines", "robots"},
	{"leeway", "/guides/tokens-and-clocks", "clock"},
	{"CGIPassAuth", "/fields/authorization", "lost"},
	{"websocket 401", "/401", "causes"},
	{"docker 401", "/guides/401-in-your-tools", "docker"},
}

func TestSearchLeadsToTheRightPart(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range parts {
		t.Run(c.query, func(t *testing.T) {
			var got []string
			for _, h := range lib.Search(c.query, 4) {
				if h.Part == nil {
					continue
				}
				if h.Href == c.href && h.Part.ID == c.part {
					return
				}
				got = append(got, h.Href+"#"+h.Part.ID)
			}
			t.Errorf("found %s; %s#%s should be among the first four", strings.Join(got, ", "), c.href, c.part)
		})
	}
}

// TestPartsThatAreFoundAreThere holds what a search leads to against the headings
// of the articles.
func TestPartsThatAreFoundAreThere(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, a := range asked {
		for _, h := range lib.Search(a.query, 10) {
			if h.Part == nil {
				continue
			}
			seen++
			page, _ := lib.Lookup(strings.TrimSuffix(string(h.Kind), "s") + ":" + h.Slug)
			// What is made of front matter stands in the document only.
			if !strings.Contains(lib.Document(page), "{#"+h.Part.ID+"}") {
				t.Errorf("%s: %s has no part %q", a.query, h.Href, h.Part.ID)
			}
		}
	}
	if seen == 0 {
		t.Error("no search led to a part")
	}
}

// TestSearchHeedsNoIdleWords looks that the words of a sentence around its
// subject lead nowhere.
func TestSearchHeedsNoIdleWords(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range [][2]string{{"why do I get a 401 after the redirect?", "401 redirect"}, {"what does stale=true mean", "stale true"}} {
		var got, want []string
		for _, h := range lib.Search(q[0], 5) {
			got = append(got, h.Href)
		}
		for _, h := range lib.Search(q[1], 5) {
			want = append(want, h.Href)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %v; its subject alone, %q, finds %v", q[0], got, q[1], want)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	lib, err := content.Load()
	if err != nil {
		b.Fatal(err)
	}
	lib.Search("first", 3) // makes the index
	for i := 0; b.Loop(); i++ {
		lib.Search(asked[i%len(asked)].query, 6)
	}
}
