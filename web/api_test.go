package web

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"wwwhy/web/openapi"
	"wwwhy/web/problem"
)

// TestParametersOfTheAPIAreReadStrictly sends queries with something wrong: the
// problem names the parameter, what was meant, and the remedy.
func TestParametersOfTheAPIAreReadStrictly(t *testing.T) {
	base, _ := site(t)
	for _, c := range []struct{ method, target, media, content, parameter, detail, fix string }{
		{"GET", "/api/v1/inspect?url=/try/200&htpp=2", "", "", "htpp", `There is no parameter "htpp" here; "http" may be meant.`, "Write http"},
		{"GET", "/api/v1/inspect?URL=/try/200", "", "", "URL", `"url" may be meant`, "Write url"},
		{"GET", "/api/v1/inspect?url=/try/200&no_follow=1", "", "", "no_follow", `"nofollow" may be meant`, "Write nofollow"},
		{"GET", "/api/v1/inspect?url=/try/200?scheme=basic&realm=x", "", "", "realm", `no parameter "realm"`, "belongs to the address in url, write its & as %26"},
		{"GET", "/api/v1/inspect?format=json&realm=x&url=/try/200", "", "", "realm", `no parameter "realm"`, "This takes url, method, "},
		{"GET", "/api/v1/inspect?url=/try/200&url=/try/401", "", "", "url", `The parameter "url" stands there twice`, "write its & as %26"},
		{"GET", "/api/v1/inspect?url=/try/200&http=1.1&http=1.1", "", "", "http", "stands there twice", "Send it once"},
		{"GET", "/api/v1/inspect?url=/try/200&probe=yes", "", "", "probe", `probe is true or false, not "yes"`, "Write true or false"},
		{"GET", "/api/v1/inspect?url=/try/%zz", "", "", "url", "cannot be read", "%25"},
		{"GET", "/api/v1/inspect?url=/try/200;x", "", "", "url", "cannot be read", "%3B"},
		{"GET", "/api/v1/search?q=401&limit=3", "", "", "limit", `no parameter "limit"`, "This takes q."},
		{"GET", "/api/v1/codes?lang=de", "", "", "lang", `no parameter "lang"`, "This takes no parameters."},
		{"GET", "/api/v1/codes/401?color", "", "", "color", `no parameter "color"`, "This takes no parameters."},
		{"HEAD", "/api/v1/codes?lang=de", "", "", "", "", ""},
		{"GET", "/api/v1/reports/nope?from=xml", "", "", "from", `no parameter "from"`, "This takes format."},
		{"DELETE", "/api/v1/reports/nope?key=x", "", "", "key", `no parameter "key"`, "This takes no parameters."},
		{"GET", "/api/v1/compare?left=/try/200&rihgt=/try/200", "", "", "rihgt", `"right" may be meant`, "Write right"},
		{"POST", "/api/v1/inspect?url=/try/200", "application/json", "{}", "url", `"url" is a key of the JSON object`, "Write it into the object"},
		{"POST", "/api/v1/explain?as=har", "application/json", `{"text": "HTTP/1.1 204 x\n"}`, "as", `"as" is a key of the JSON object`, "Write it into the object"},
		{"POST", "/api/v1/explain?kind=har", "text/plain", "HTTP/1.1 204 x\n", "kind", `no parameter "kind"`, "This takes url, method, as, entry, format."},
		{"POST", "/api/v1/check?metod=HEAD", "text/plain", "/try/200", "metod", `"method" may be meant`, "Write method"},
		{"POST", "/api/v1/reports?text=x", "application/json", "{}", "text", `"text" is a key of the JSON object`, "Write it into the object"},
		{"GET", "/api/v1/codes?" + strings.Repeat("x", 5000) + "=1", "", "", strings.Repeat("x", 5000), `no parameter "xxx`, "This takes no parameters."},
	} {
		resp, body := do(t, c.method, base+c.target, c.content, "Content-Type", c.media)
		if resp.StatusCode != 400 || resp.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %.80s: %d %s %.300s", c.method, c.target, resp.StatusCode, resp.Header.Get("Content-Type"), body)
			continue
		}
		if c.method == "HEAD" {
			continue
		}
		var p problem.Document
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			t.Fatal(err)
		}
		if p.Parameter != c.parameter || !strings.Contains(p.Detail, c.detail) || !strings.Contains(p.Fix, c.fix) || len(p.Detail) > 300 {
			t.Errorf("%s %.80s: %+v", c.method, c.target, p)
		}
	}
}

// TestParametersThatAreRightAreTaken sends what the strict reading must let pass.
func TestParametersThatAreRightAreTaken(t *testing.T) {
	base, _ := site(t)
	for _, target := range []string{
		"/api/v1/inspect?url=/try/200&http=&format=json&probe=0&cookies=false&nofollow=true&checks=",
		"/api/v1/inspect?url=%2Ftry%2F401%3Fscheme%3Dbasic%26realm%3Dx", "/api/v1/inspect?&url=/try/200&&", "/api/v1/codes?", "/api/v1/search?q=a%3Bb",
	} {
		if resp, body := do(t, "GET", base+target, ""); resp.StatusCode != 200 {
			t.Errorf("%s: %d %.300s", target, resp.StatusCode, body)
		}
	}
}

// TestPagesTakeParametersThatTheyDoNotKnow follows links to which others have
// added their own.
func TestPagesTakeParametersThatTheyDoNotKnow(t *testing.T) {
	base, _ := site(t)
	const others = "utm_source=x&utm_medium=y&fbclid=z&utm_source=x"
	for _, target := range []string{"/?", "/401?", "/401.json?", "/codes?", "/fields/allow?", "/search?q=401&", "/explain?text=HTTP/1.1+204+x&", "/check?", "/compare/401-vs-403?", "/compare?", "/choose?", "/guides/inspector?", "/api?", "/openapi.json?", "/feed.xml?", "/try?"} {
		if resp, body := do(t, "GET", base+target+others, "", "Accept", "text/html"); resp.StatusCode != 200 {
			t.Errorf("%s: %d %.200s", target, resp.StatusCode, body)
		}
	}
	// The link to the same report as JSON leads there.
	_, page := do(t, "GET", base+"/inspect?url=/try/401&nofollow=1&save=1&"+others, "", "Accept", "text/html")
	_, after, ok := strings.Cut(page, `href="/api/v1/inspect?`)
	query, _, _ := strings.Cut(after, `"`)
	if !ok {
		t.Fatalf("no link to the API: %.600s", page)
	}
	query = strings.ReplaceAll(query, "&amp;", "&")
	q, err := url.ParseQuery(query)
	if err != nil || q.Get("url") != "/try/401" || q.Get("nofollow") != "1" {
		t.Errorf("%q: %v", query, err)
	}
	if resp, body := do(t, "GET", base+"/api/v1/inspect?"+query, ""); resp.StatusCode != 200 {
		t.Errorf("%s: %d %s", query, resp.StatusCode, body)
	}
}

// TestEveryOperationTellsOfWrongParameters reads the document: each operation
// below /api/v1 can answer 400, since its query is read strictly.
func TestEveryOperationTellsOfWrongParameters(t *testing.T) {
	n := 0
	for _, o := range openapi.Operations() {
		if strings.HasPrefix(o.Path, "/api/v1/") {
			n++
			if len(o.Problems) == 0 || o.Problems[0] != 400 {
				t.Errorf("%s does not tell of 400", o.ID)
			}
		}
	}
	if n < 15 {
		t.Errorf("only %d operations", n)
	}
}
