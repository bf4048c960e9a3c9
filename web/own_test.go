package web

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"wwwhy/content"
	"wwwhy/static"
	"wwwhy/web/admission"
	"wwwhy/web/archive"
	"wwwhy/web/field"
	"wwwhy/web/inspect"
	"wwwhy/web/limit"
	httpmessage "wwwhy/web/message"
	"wwwhy/web/openapi"
	"wwwhy/web/report"
)

// ownRequest is a request to the site itself. SITE, TARGET, REPORT_ID and
// DELETE_KEY stand for what is known only when it is sent.
type ownRequest struct {
	path, body string
	fields     []string // names and values; without Accept, both HTML and JSON are asked for
}

// gets are requests of paths without more.
func gets(paths ...string) []ownRequest {
	var all []ownRequest
	for _, p := range paths {
		all = append(all, ownRequest{path: p})
	}
	return all
}

// posts sends contents of a type to a path.
func posts(path, mediaType string, bodies ...string) []ownRequest {
	var all []ownRequest
	for _, b := range bodies {
		all = append(all, ownRequest{path, b, []string{"Content-Type", mediaType}})
	}
	return all
}

const (
	savedAt    = "/r/" + openapi.ReportID
	ownPasted  = `HTTP/1.1+401+Unauthorized%0AWWW-Authenticate:+Basic+realm=x%0A`
	ownText    = "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=x\n"
	ownTwoURLs = "TARGET/a\nTARGET/b\n"
)

// ownRequests has for every route requests that it answers. One without is a
// mistake in this test.
var ownRequests = map[string][]ownRequest{
	"GET /":                         gets("/"),
	"GET /ask":                      gets("/ask?q=401", "/ask?q=what+is+cors", "/ask?q=TARGET/", "/ask"),
	"POST /ask":                     posts("/ask", formType, "q=401", "q="+ownPasted),
	"GET /search":                   gets("/search", "/search?q=cors", "/search?q=zzzzzz"),
	"GET /suggest":                  gets("/suggest?q=40"),
	"GET /inspect":                  gets("/inspect", "/inspect?url=TARGET/", "/inspect?url=TARGET/slow", "/inspect?url=http://127.0.0.1:1/", "/inspect?url=TARGET/&probe=1&checks=1"),
	"POST /inspect":                 posts("/inspect", formType, "url=TARGET/", "url=TARGET/slow"),
	"GET /check":                    gets("/check", "/check?urls=TARGET/", "/check?site=127.0.0.1", "/check?site=:"),
	"POST /check":                   posts("/check", formType, "urls=TARGET/a%0ATARGET/slow"),
	"GET /explain":                  gets("/explain", "/explain?text="+ownPasted),
	"POST /explain":                 posts("/explain", formType, "text="+ownPasted),
	"GET /api":                      gets("/api"),
	"GET /openapi.json":             gets("/openapi.json"),
	"GET /schemas/report.json":      gets("/schemas/report.json"),
	"GET /.well-known/api-catalog":  gets("/.well-known/api-catalog"),
	"GET /.well-known/security.txt": gets("/.well-known/security.txt"),
	"GET /{code:[0-9]{3}}":          gets("/401", "/200", "/999"),
	"GET /{code:[0-9]{3}}.{form:md|json|txt|png}": gets("/401.md", "/401.json", "/401.txt", "/401.png", "/999.md"),
	"GET /fields/{name}":                          gets("/fields/www-authenticate", "/fields/WWW-Authenticate", "/fields/vary.md", "/fields/vary.json", "/fields/vary.txt", "/fields/vary.png", "/fields/nope"),
	"GET /schemes/{name}":                         gets("/schemes/bearer", "/schemes/bearer.md", "/schemes/bearer.json", "/schemes/bearer.txt", "/schemes/bearer.png", "/schemes/nope"),
	"GET /findings/{name}":                        gets("/findings/json-invalid", "/findings/json-invalid.md", "/findings/json-invalid.json", "/findings/json-invalid.txt", "/findings/json-invalid.png", "/findings/nope"),
	"GET /guides/{name}":                          gets("/guides/agents", "/guides/agents.md", "/guides/agents.json", "/guides/agents.txt", "/guides/agents.png", "/guides/nope"),
	"GET /compare":                                gets("/compare", "/compare?left=TARGET/&right=TARGET/b"),
	"GET /compare/{a:[0-9]{3}}-vs-{b:[0-9]{3}}":   gets("/compare/401-vs-403", "/compare/403-vs-401", "/compare/100-vs-599"),
	"GET /choose":                                 gets("/choose", "/choose?at=nope"),
	"GET /codes":                                  gets("/codes"),
	"GET /fields":                                 gets("/fields"),
	"GET /schemes":                                gets("/schemes"),
	"GET /findings":                               gets("/findings"),
	"GET /guides":                                 gets("/guides"),
	"GET /try":                                    gets("/try"),
	"POST /r":                                     posts("/r", formType, "url=TARGET/", "text="+ownPasted),
	"GET /r/{id}":                                 gets(savedAt, savedAt+".json", savedAt+".txt", savedAt+".md", savedAt+".sarif", savedAt+".png", savedAt+".nope", "/r/nope"),
	"GET /r/{id}/delete":                          gets(savedAt+"/delete?key="+openapi.DeleteKey, "/r/nope/delete"),
	"POST /r/{id}/delete":                         posts(savedAt+"/delete?key="+openapi.DeleteKey, formType, ""),
	"GET /api/v1/inspect":                         formatted("/api/v1/inspect?url=TARGET/"),
	"POST /api/v1/inspect":                        posts("/api/v1/inspect", jsonType, `{"url": "TARGET/"}`),
	"POST /api/v1/explain":                        slices.Concat(posts("/api/v1/explain", jsonType, `{"text": "HTTP/1.1 204 x\n"}`), posts("/api/v1/explain?format=sarif", "text/plain", ownText), posts("/api/v1/explain?format=markdown", "text/plain", ownText)),
	"POST /api/v1/check":                          slices.Concat(posts("/api/v1/check", "text/plain", ownTwoURLs), posts("/api/v1/check?format=csv", "text/plain", ownTwoURLs), posts("/api/v1/check?format=ndjson", "text/plain", ownTwoURLs)),
	"GET /api/v1/entrances":                       gets("/api/v1/entrances?site=127.0.0.1", "/api/v1/entrances?site=127.0.0.1&format=text"),
	"GET /api/v1/search":                          gets("/api/v1/search?q=cors", "/api/v1/search?q=zzzzzz"),
	"GET /api/v1/compare":                         gets("/api/v1/compare?left=TARGET/&right=TARGET/b"),
	"POST /api/v1/reports":                        posts("/api/v1/reports", jsonType, `{"text": "HTTP/1.1 204 x\n"}`, `{"url": "TARGET/"}`),
	"GET /api/v1/reports/{id}":                    formatted("/api/v1/reports/" + openapi.ReportID + "?"),
	"DELETE /api/v1/reports/{id}":                 {{path: "/api/v1/reports/" + openapi.ReportID, fields: []string{"Authorization", "Bearer " + openapi.DeleteKey}}},
	"GET /api/v1/codes":                           gets("/api/v1/codes"),
	"GET /api/v1/codes/{name}":                    gets("/api/v1/codes/401"),
	"GET /api/v1/fields":                          gets("/api/v1/fields"),
	"GET /api/v1/fields/{name}":                   gets("/api/v1/fields/vary", "/api/v1/fields/Vary"),
	"GET /api/v1/schemes":                         gets("/api/v1/schemes"),
	"GET /api/v1/schemes/{name}":                  gets("/api/v1/schemes/bearer"),
	"GET /api/v1/findings":                        gets("/api/v1/findings"),
	"GET /api/v1/findings/{name}":                 gets("/api/v1/findings/json-invalid"),
	"GET /api/v1/guides":                          gets("/api/v1/guides"),
	"GET /api/v1/guides/{name}":                   gets("/api/v1/guides/agents"),
	"GET /static/{name}":                          gets(static.Path("site.css"), static.Path("site.js"), static.Path("icon.svg"), "/static/nope"),
	"GET /healthz":                                gets("/healthz"),
	"GET /readyz":                                 gets("/readyz", "/readyz?strict"),
	"GET /robots.txt":                             gets("/robots.txt"),
	"GET /sitemap.xml":                            gets("/sitemap.xml"),
	"GET /feed.xml":                               gets("/feed.xml"),
	"GET /opensearch.xml":                         gets("/opensearch.xml"),
	"GET /llms.txt":                               gets("/llms.txt"),
}

// formatted asks a path that has a query for every form of a report.
func formatted(path string) []ownRequest {
	all := gets(path)
	for _, f := range report.Formats {
		all = append(all, gets(path+"&format="+f.Name)...)
	}
	return all
}

// outside are routes whose answers are not judged, with the reason.
var outside = map[string]string{
	"/try/{code:[0-9]{3}}": "wrong on purpose, where it is asked to be; package trial tests it",
	"/mcp":                 "speaks a protocol of its own to programs",
}

// ofTheSetup are the findings that rest on the site standing on loopback, by
// scheme, with the reason.
var ofTheSetup = map[string]map[string]string{
	"http":  {},
	"https": {"certificate-not-trusted": "the certificate of httptest is signed by itself"},
}

// spoiled is an archive whose records nobody can read.
type spoiled struct{ archive.Archive }

func (spoiled) Load(context.Context, string) (archive.Record, error) {
	return archive.Record{Report: []byte("x")}, nil
}

// judge is our inspector before the sites that it judges.
type judge struct {
	in     *inspect.Inspector
	sites  map[string]string // by the names of errorCases, and one that is broken
	scheme string
	target string
	routes chi.Routes
	met    map[string]bool // findings of ofTheSetup
}

// newJudge starts the sites under a public URL of a scheme.
func newJudge(t *testing.T, scheme string) *judge {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	full := &limit.Places{}
	for range 32 {
		leave, _ := full.Take(limit.Key{Name: "all", Most: 32})
		t.Cleanup(leave)
	}
	shut := archive.InMemory()
	if err := shut.Close(); err != nil {
		t.Fatal(err)
	}
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			time.Sleep(liveAfter + 100*time.Millisecond) // so that the page is sent piece by piece
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="<api>", error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(target.Close)
	j := &judge{sites: map[string]string{}, scheme: scheme, target: target.URL, met: map[string]bool{}}
	var c inspect.Config
	c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	for name, site := range map[string]Config{"open": {MCP: true, Contact: "mailto:who@why.example", Limiter: limit.NewMemory(), Rates: admission.Rates{Burst: 10000, Client: 100000, Saves: 10000}},
		"spent": {Limiter: limit.NewMemory(), Rates: admission.Rates{Burst: 1, Saves: 1}}, "full": {Places: full}, "shut": {Archive: shut},
		"busy": {Places: waitingPlaces("turn 127.0.0.1", admission.WaitingOfClient)}, "crowded": {Places: waitingPlaces("turns", admission.WaitingMost)}, "broken": {Archive: spoiled{archive.InMemory()}}} {
		up := httptest.NewUnstartedServer(nil)
		up.EnableHTTP2 = true
		up.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		j.sites[name] = scheme + "://" + up.Listener.Addr().String()
		site.Library, site.Inspector, site.Log, site.PublicURL = lib, inspect.New(lib, c), slog.New(slog.DiscardHandler), j.sites[name]
		up.Config.Handler = New(site)
		if scheme == "https" {
			up.StartTLS()
		} else {
			up.Start()
		}
		t.Cleanup(up.Close)
		if name == "open" {
			j.routes = up.Config.Handler.(*server).router.(chi.Routes)
		}
	}
	c.UserAgent = "judge/1" // the site starts no inspection for our own name
	j.in = inspect.New(lib, c)
	return j
}

// answer asks a site and has its answer judged.
func (j *judge) answer(t *testing.T, site, method string, o ownRequest, more ...string) report.Report {
	t.Helper()
	known := strings.NewReplacer()
	if strings.Contains(o.path, openapi.ReportID) {
		known = j.saved(t)
	}
	place := strings.NewReplacer("TARGET", j.target)
	ask := inspect.Target{Request: httpmessage.Request{Method: method, URL: j.sites[site] + known.Replace(place.Replace(o.path))}}
	ask.NoFollow = true
	fields := slices.Concat(o.fields, more)
	for i := 0; i+1 < len(fields); i += 2 {
		ask.Request.Fields = append(ask.Request.Fields, field.Line{Name: fields[i], Value: known.Replace(fields[i+1])})
	}
	ask.Request.Content.Sample = []byte(place.Replace(o.body))
	if len(ask.Request.Content.Sample) > 65535 {
		ask.Options.Protocol = "1.1" // package fetch sends no more in HTTP/2
	}
	ask.Insecure = true // credentials, too, go to a certificate that nobody signed
	r := j.in.URL(t.Context(), ask, nil)
	for range 5 {
		if len(ask.Request.Content.Sample) < 256<<10 || r.Exchanges[0].Error.Kind != "reset" && r.Exchanges[0].Error.Kind != "closed" {
			break
		}
		// The site answers such a content before it came and closes the connection,
		// which may cost the client the answer (RFC 9112, Section 9.6).
		r = j.in.URL(t.Context(), ask, nil)
	}
	x := r.Exchanges[0]
	what := fmt.Sprintf("%s %s %.80q %v: %d", method, o.path, o.body, more, x.Status.Code)
	if x.Status.Code == 0 {
		t.Errorf("%s %s", what, x.Error.Message)
	}
	for _, f := range r.Findings {
		if f.Severity != "error" && f.Severity != "warning" {
			continue
		}
		if _, ok := ofTheSetup[j.scheme][f.ID]; ok {
			j.met[f.ID] = true
			continue
		}
		t.Errorf("%s: %s %s: %s (%s: %.200s)", what, f.Severity, f.ID, f.Summary, f.Field, x.Raw)
	}
	return r
}

// saved saves a report on the open site, for requests that read or delete one.
func (j *judge) saved(t *testing.T) *strings.Replacer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", j.sites["open"]+"/api/v1/reports", strings.NewReader(`{"text": "HTTP/1.1 204 No Content\n"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", jsonType)
	trusting := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	resp, err := trusting.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got receipt
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil || got.ID == "" {
		t.Fatalf("saving: %d %v", resp.StatusCode, err)
	}
	return strings.NewReplacer(openapi.ReportID, got.ID, openapi.DeleteKey, got.DeleteKey)
}

// accepted are what clients accept: browsers, programs, terminals.
var accepted = []string{"text/html", "application/problem+json, application/json", "text/plain", "text/markdown"}

// route judges the answers of one route: in every form, without content, when
// nothing changed, and what it says of methods that it does not have.
func (j *judge) route(t *testing.T, method, route string) {
	all, ok := ownRequests[method+" "+route]
	if !ok {
		t.Errorf("no request of this test is for %s %s", method, route)
	}
	for _, o := range all {
		forms := accepted
		if raced {
			forms = accepted[:1] // the race detector takes a multiple of the time, and finds no more in other forms
		}
		for i, accept := range forms {
			if i > 0 && strings.Contains(o.path+o.body, "/slow") {
				break // one wait is enough
			}
			r := j.answer(t, "open", method, o, "Accept", accept)
			x := r.Exchanges[0]
			tag := slices.IndexFunc(x.Fields, func(f report.Field) bool { return strings.EqualFold(f.Name, "ETag") })
			if method != "GET" || tag < 0 || strings.Contains(o.path, openapi.ReportID) { // which is of another report each time
				continue
			}
			if again := j.answer(t, "open", method, o, "Accept", accept, "If-None-Match", x.Fields[tag].Value).Exchanges[0]; again.Status.Code != http.StatusNotModified {
				t.Errorf("%s with its own ETag answers %d", o.path, again.Status.Code)
			}
		}
		if !strings.Contains(o.path+o.body, "/slow") {
			j.answer(t, "open", method, o, "Accept", accepted[0], "Accept-Encoding", "br, zstd, gzip", "Origin", "https://a.example")
		}
	}
	if len(all) == 0 {
		return
	}
	first := ownRequest{path: all[0].path}
	for _, other := range []string{"OPTIONS", "BREW"} {
		j.answer(t, "open", other, first, "Accept", accepted[0])
	}
	if method == "GET" {
		got := j.answer(t, "open", "GET", first, "Accept", accepted[0]).Exchanges[0].Status.Code
		if head := j.answer(t, "open", "HEAD", first, "Accept", accepted[0]).Exchanges[0].Status.Code; head != got {
			t.Errorf("HEAD %s answers %d, GET %d", first.path, head, got)
		}
	}
	if r := j.answer(t, "open", "PUT", first, "Accept", accepted[1]); r.Exchanges[0].Status.Code != http.StatusMethodNotAllowed {
		t.Errorf("PUT %s answers %d", first.path, r.Exchanges[0].Status.Code)
	}
}

// errors judges the answers of errorCases, as a page and as a document.
func (j *judge) errors(t *testing.T) {
	j.answer(t, "spent", "GET", gets("/api/v1/inspect?url=/try/200")[0])
	j.answer(t, "spent", "POST", posts("/api/v1/reports", jsonType, `{"text": "HTTP/1.1 204 x\n"}`)[0])
	seen := map[int]bool{}
	crowded := crowdedCases()
	for _, o := range openapi.Operations() {
		for _, c := range append(crowded[o.ID], errorCases[o.ID]...) {
			for _, accept := range accepted[:2] {
				x := j.answer(t, c.site, o.Method, ownRequest{c.target, c.body, c.fields}, "Accept", accept).Exchanges[0]
				seen[x.Status.Code] = true
			}
		}
	}
	for _, more := range []struct {
		site, method string
		ownRequest
	}{
		{"open", "GET", ownRequest{path: "/nope"}},
		{"open", "GET", ownRequest{path: "/api/v1/nope"}},
		{"broken", "GET", ownRequest{path: "/r/AAAAAAAAAAAAAAAAAAAAAAAAAA"}},
		{"broken", "GET", ownRequest{path: "/api/v1/reports/AAAAAAAAAAAAAAAAAAAAAAAAAA"}},
		{"shut", "GET", ownRequest{path: "/r/AAAAAAAAAAAAAAAAAAAAAAAAAA"}},
		{"shut", "GET", ownRequest{path: "/readyz?strict"}},
		{"spent", "GET", ownRequest{path: "/inspect?url=TARGET/"}},
		{"full", "GET", ownRequest{path: "/inspect?url=TARGET/"}},
		{"spent", "POST", posts("/r", formType, "text="+ownPasted)[0]},
		{"open", "POST", ownRequest{"/r", "text=" + ownPasted, []string{"Content-Type", formType, "Sec-Fetch-Site", "cross-site"}}},
		{"open", "POST", posts(savedAt+"/delete?key=AAAAAAAAAAAAAAAAAAAAAAAAAA", formType, "")[0]},
		{"open", "GET", ownRequest{path: "/inspect?url=http://10.0.0.1/"}},
		{"open", "POST", posts("/explain", formType, "text="+strings.Repeat("x", 300<<10))[0]},
	} {
		for _, accept := range accepted[:2] {
			seen[j.answer(t, more.site, more.method, more.ownRequest, "Accept", accept).Exchanges[0].Status.Code] = true
		}
	}
	for _, status := range []int{400, 401, 403, 404, 413, 415, 422, 429, 500, 503} {
		if !seen[status] {
			t.Errorf("no answer was a %d", status)
		}
	}
}

// TestOurOwnAnswersPassTheInspector has every answer of every route, and every
// error, fetched by our own inspector, which must find nothing above a notice.
func TestOurOwnAnswersPassTheInspector(t *testing.T) {
	for scheme, setup := range ofTheSetup {
		t.Run(scheme, func(t *testing.T) {
			j := newJudge(t, scheme)
			walked := 0
			if err := chi.Walk(j.routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
				walked++
				if _, left := outside[route]; !left {
					j.route(t, method, route)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if walked < len(ownRequests) {
				t.Errorf("%d routes have %d requests: some are of no route", walked, len(ownRequests))
			}
			j.errors(t)
			for id, why := range setup {
				if !j.met[id] {
					t.Errorf("nothing yields %s any more, which is let pass because %s", id, why)
				}
			}
		})
	}
}
