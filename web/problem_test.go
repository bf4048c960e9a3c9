package web

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/admission"
	"wwwhy/web/archive"
	"wwwhy/web/inspect"
	"wwwhy/web/limit"
	"wwwhy/web/openapi"
	"wwwhy/web/problem"
)

// sites are those that the errors need: one that works, one where a client has
// used up its rate, one that is full, one whose archive is closed, and two where
// as many wait for their turn as may, of the client or in all.
func sites(t *testing.T) map[string]string {
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
	all := map[string]string{}
	kept := archive.InMemory()
	for name, c := range map[string]Config{"busy": {Places: waitingPlaces("turn 127.0.0.1", admission.WaitingOfClient), Archive: kept}, "crowded": {Places: waitingPlaces("turns", admission.WaitingMost), Archive: kept}, "open": {Archive: kept, Limiter: limit.NewMemory(), Rates: admission.Rates{Burst: 1000, Client: 10000, Saves: 1000}}, "spent": {Limiter: limit.NewMemory(), Rates: admission.Rates{Burst: 1, Saves: 1}}, "full": {Places: full}, "shut": {Archive: shut}} {
		var i inspect.Config
		i.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
		server := httptest.NewUnstartedServer(nil)
		all[name] = "http://" + server.Listener.Addr().String()
		c.Library, c.Inspector, c.Log, c.PublicURL = lib, inspect.New(lib, i), slog.New(slog.DiscardHandler), all[name]
		server.Config.Handler = New(c)
		server.Start()
		t.Cleanup(server.Close)
	}
	return all
}

// waitingPlaces are places of which so many are taken for ever.
func waitingPlaces(name string, n int) *limit.Places {
	places := &limit.Places{}
	for range n {
		places.Take(limit.Key{Name: name, Most: n})
	}
	return places
}

// crowdedCases ask sites where nobody has room to wait for what waits for its
// turn, by operation.
func crowdedCases() map[string][]errorCase {
	all := map[string][]errorCase{}
	for id, cases := range errorCases {
		for _, c := range cases {
			if c.status != 412 { // what is asked for there is there
				continue
			}
			all[id] = append(all[id], errorCase{429, "busy", c.target, "", "rate-limited", c.fields, ""}, errorCase{503, "crowded", c.target, "", "unavailable", c.fields, ""})
		}
	}
	all["explain"] = []errorCase{{429, "busy", "/api/v1/explain", "HTTP/1.1 204 x\n", "rate-limited", []string{"Content-Type", "text/plain"}, ""},
		{503, "crowded", "/api/v1/explain", "HTTP/1.1 204 x\n", "unavailable", []string{"Content-Type", "text/plain"}, ""}}
	return all
}

// errorCase is a request that is answered with an error.
type errorCase struct {
	status                   int
	site, target, body, kind string
	fields                   []string
	place                    string // what the problem says of it: pointer, parameter, line and column
}

const jsonType = "application/json"

// errorCases provoke every error that the document names, by operation.
var errorCases = map[string][]errorCase{
	"inspect": {
		{400, "open", "/api/v1/inspect", "", "invalid-request", nil, "url"},
		{400, "open", "/api/v1/inspect?url=/try/200&htpp=9", "", "invalid-request", nil, "htpp"},
		{400, "open", "/api/v1/inspect?url=/try/200&url=/try/401", "", "invalid-request", nil, "url"},
		{400, "open", "/api/v1/inspect?url=/try/200&http=9", "", "invalid-request", nil, "http"},
		{400, "open", "/api/v1/inspect?url=/try/200&format=xml", "", "invalid-request", nil, "format"},
		{400, "open", "/api/v1/inspect?url=https://a.example/&fields=Authorization:+x", "", "invalid-request", nil, "fields"},
		{403, "open", "/api/v1/inspect?url=/try/200", "", "not-started", []string{"X-Inspected-By", "wwwhy"}, ""},
		{422, "open", "/api/v1/inspect?url=http://10.0.0.1/", "", "target-refused", nil, ""},
		{429, "spent", "/api/v1/inspect?url=/try/200", "", "rate-limited", nil, ""},
		{503, "full", "/api/v1/inspect?url=/try/200", "", "unavailable", nil, ""},
	},
	"inspectWith": {
		{400, "open", "/api/v1/inspect", `{"url": "/try/200", "ip": "5"}`, "invalid-request", []string{"Content-Type", jsonType}, "#/ip"},
		{400, "open", "/api/v1/inspect", `{"url": "/try/200", "nope": 1}`, "invalid-json", []string{"Content-Type", jsonType}, "#/nope"},
		{400, "open", "/api/v1/inspect", "{\n \"url\": 1}", "invalid-json", []string{"Content-Type", jsonType}, "#/url 2:9"},
		{400, "open", "/api/v1/inspect", "{\n \"url\" 1}", "invalid-json", []string{"Content-Type", jsonType}, " 2:8"},
		{400, "open", "/api/v1/inspect", `{"url": "/try/200"}{}`, "invalid-json", []string{"Content-Type", jsonType}, ""},
		{400, "open", "/api/v1/inspect", "", "invalid-json", []string{"Content-Type", jsonType}, ""},
		{400, "open", "/api/v1/inspect", `{"url": "/try/200", "url": "/try/401"}`, "invalid-json", []string{"Content-Type", jsonType}, "#/url 1:25"},
		{400, "open", "/api/v1/inspect", `{"URL": "/try/200"}`, "invalid-json", []string{"Content-Type", jsonType}, "#/URL"},
		{400, "open", "/api/v1/inspect", `{"url": "/try/200", "fields": [{"name": "Accept"}, {"value": 5}]}`, "invalid-json", []string{"Content-Type", jsonType}, "#/fields/1/value"},
		{400, "open", "/api/v1/inspect", `{"url": "/try/200", "fields": [{"a/b~": 5}]}`, "invalid-json", []string{"Content-Type", jsonType}, "#/fields/0/a~1b~0"},
		{400, "open", "/api/v1/inspect", "{\"url\": \"/try/200?\xff\"}", "invalid-json", []string{"Content-Type", jsonType}, " 1:19"},
		{400, "open", "/api/v1/inspect", "null", "invalid-json", []string{"Content-Type", jsonType}, ""},
		{400, "open", "/api/v1/inspect", `{"url": `, "invalid-json", []string{"Content-Type", jsonType}, " 1:8"},
		{415, "open", "/api/v1/inspect", "\x1f\x8b", "unsupported-media-type", []string{"Content-Type", jsonType, "Content-Encoding", "gzip"}, ""},
		{403, "open", "/api/v1/inspect", `{"url": "/try/200"}`, "not-started", []string{"Content-Type", jsonType, "X-Inspected-By", "wwwhy"}, ""},
		{413, "open", "/api/v1/inspect", strings.Repeat(" ", 700<<10), "too-large", []string{"Content-Type", jsonType}, ""},
		{415, "open", "/api/v1/inspect", "url", "unsupported-media-type", []string{"Content-Type", "application/jsonp"}, ""},
		{422, "open", "/api/v1/inspect", `{"url": "http://10.0.0.1/"}`, "target-refused", []string{"Content-Type", jsonType}, ""},
		{429, "spent", "/api/v1/inspect", `{"url": "/try/200"}`, "rate-limited", []string{"Content-Type", jsonType}, ""},
		{503, "full", "/api/v1/inspect", `{"url": "/try/200"}`, "unavailable", []string{"Content-Type", jsonType}, ""},
	},
	"explain": {
		{400, "open", "/api/v1/explain", "hello", "unreadable-text", []string{"Content-Type", "text/plain"}, ""},
		{400, "open", "/api/v1/explain?format=xml", "HTTP/1.1 204 x\n", "invalid-request", []string{"Content-Type", "text/plain"}, "format"},
		{400, "open", "/api/v1/explain", "[]", "invalid-json", []string{"Content-Type", jsonType}, ""},
		{400, "open", "/api/v1/explain?as=har", `{"text": "HTTP/1.1 204 x\n"}`, "invalid-request", []string{"Content-Type", jsonType}, "as"},
		{400, "open", "/api/v1/explain?as=novel", "HTTP/1.1 204 x\n", "invalid-request", []string{"Content-Type", "text/plain"}, "as"},
		{400, "open", "/api/v1/explain?entry=-4", "HTTP/1.1 204 x\n", "invalid-request", []string{"Content-Type", "text/plain"}, "entry"},
		{400, "open", "/api/v1/explain?method=G%20ET", "HTTP/1.1 204 x\n", "invalid-request", []string{"Content-Type", "text/plain"}, "method"},
		{400, "open", "/api/v1/explain", `{"text": "HTTP/1.1 204 x\n", "entry": -4}`, "invalid-request", []string{"Content-Type", jsonType}, "#/entry"},
		{400, "open", "/api/v1/explain", `{"text": "HTTP/1.1 204 x\n", "method": "G ET"}`, "invalid-request", []string{"Content-Type", jsonType}, "#/method"},
		{400, "open", "/api/v1/explain?entry=x", "HTTP/1.1 204 x\n", "invalid-request", []string{"Content-Type", "text/plain"}, "entry"},
		{413, "open", "/api/v1/explain", strings.Repeat("x", 300<<10), "too-large", []string{"Content-Type", "text/plain"}, ""},
		{413, "open", "/api/v1/explain", strings.Repeat("x", 6<<20), "too-large", []string{"Content-Type", "text/plain"}, ""},
		{415, "open", "/api/v1/explain", "<a/>", "unsupported-media-type", []string{"Content-Type", "text/xml"}, ""},
	},
	"check": {
		{400, "open", "/api/v1/check", `{"urls": []}`, "invalid-request", []string{"Content-Type", jsonType}, "#/urls"},
		{400, "open", "/api/v1/check?format=xml", "127.0.0.1", "invalid-request", []string{"Content-Type", "text/plain"}, "format"},
		{403, "open", "/api/v1/check", "127.0.0.1", "not-started", []string{"Content-Type", "text/plain", "X-Inspected-By", "wwwhy"}, ""},
		{413, "open", "/api/v1/check", strings.Repeat("a.example\n", 101), "too-large", []string{"Content-Type", "text/plain"}, ""},
		{413, "open", "/api/v1/check", strings.Repeat("x", 2<<20), "too-large", []string{"Content-Type", "text/plain"}, ""},
		{415, "open", "/api/v1/check", "<a/>", "unsupported-media-type", []string{"Content-Type", "text/xml"}, ""},
		{429, "spent", "/api/v1/check", "127.0.0.1", "rate-limited", []string{"Content-Type", "text/plain"}, ""},
		{503, "full", "/api/v1/check", "127.0.0.1", "unavailable", []string{"Content-Type", "text/plain"}, ""},
	},
	"entrances": {
		{400, "open", "/api/v1/entrances", "", "invalid-request", nil, "site"},
		{400, "open", "/api/v1/entrances?site=a.example:8443", "", "invalid-request", nil, "site"},
		{400, "open", "/api/v1/entrances?site=127.0.0.1&format=csv", "", "invalid-request", nil, "format"},
		{403, "open", "/api/v1/entrances?site=127.0.0.1", "", "not-started", []string{"X-Inspected-By", "wwwhy"}, ""},
		{429, "spent", "/api/v1/entrances?site=127.0.0.1", "", "rate-limited", nil, ""},
		{503, "full", "/api/v1/entrances?site=127.0.0.1", "", "unavailable", nil, ""},
	},
	"saveReport": {
		{400, "open", "/api/v1/reports", `{"text": "HTTP/1.1 204 x\n", "entry": -4}`, "invalid-request", []string{"Content-Type", jsonType}, "#/entry"},
		{400, "open", "/api/v1/reports", `{"text": "HTTP/1.1 204 x\n", "method": "G ET"}`, "invalid-request", []string{"Content-Type", jsonType}, "#/method"},
		{400, "open", "/api/v1/reports", `{"url": "/try/200", "entry": -4}`, "invalid-request", []string{"Content-Type", jsonType}, "#/entry"},
		{400, "open", "/api/v1/reports", `{"text": "x"}`, "unreadable-text", []string{"Content-Type", jsonType}, ""},
		{400, "open", "/api/v1/reports", `{"text": "HTTP/1.1 204 x\n"}`, "invalid-request", []string{"Content-Type", jsonType, "Idempotency-Key", "short"}, ""},
		{403, "open", "/api/v1/reports", `{"url": "/try/200"}`, "not-started", []string{"Content-Type", jsonType, "X-Inspected-By", "wwwhy"}, ""},
		{413, "open", "/api/v1/reports", strings.Repeat(" ", 700<<10), "too-large", []string{"Content-Type", jsonType}, ""},
		{415, "open", "/api/v1/reports", "text", "unsupported-media-type", []string{"Content-Type", "text/plain"}, ""},
		{422, "open", "/api/v1/reports", `{"url": "http://10.0.0.1/"}`, "target-refused", []string{"Content-Type", jsonType}, ""},
		{429, "spent", "/api/v1/reports", `{"text": "HTTP/1.1 204 x\n"}`, "rate-limited", []string{"Content-Type", jsonType}, ""},
		{503, "shut", "/api/v1/reports", `{"text": "HTTP/1.1 204 x\n"}`, "unavailable", []string{"Content-Type", jsonType}, ""},
	},
	"savedReport": {
		{412, "open", "/api/v1/reports/REPORT_ID", "", "precondition-failed", []string{"If-Match", `"x"`}, ""},
		{400, "open", "/api/v1/reports/REPORT_ID?format=xml", "", "invalid-request", nil, "format"},
		{404, "open", "/api/v1/reports/nope", "", "not-found", nil, ""},
		{503, "shut", "/api/v1/reports/AAAAAAAAAAAAAAAAAAAAAAAAAA", "", "unavailable", nil, ""},
	},
	"deleteReport": {
		{400, "open", "/api/v1/reports/REPORT_ID?key=x", "", "invalid-request", nil, "key"},
		{401, "open", "/api/v1/reports/REPORT_ID", "", "delete-key-needed", nil, ""},
		{401, "open", "/api/v1/reports/REPORT_ID", "", "delete-key-needed", []string{"Authorization", "Bearer AAAAAAAAAAAAAAAAAAAAAAAAAA"}, ""},
		{412, "open", "/api/v1/reports/REPORT_ID", "", "precondition-failed", []string{"Authorization", "Bearer DELETE_KEY", "If-Match", `"x"`}, ""},
		{404, "open", "/api/v1/reports/nope", "", "not-found", []string{"Authorization", "Bearer AAAAAAAAAAAAAAAAAAAAAAAAAA"}, ""},
		{503, "shut", "/api/v1/reports/AAAAAAAAAAAAAAAAAAAAAAAAAA", "", "unavailable", []string{"Authorization", "Bearer AAAAAAAAAAAAAAAAAAAAAAAAAA"}, ""},
	},
	"compare": {
		{400, "open", "/api/v1/compare?left=/try/401", "", "invalid-request", nil, ""},
		{403, "open", "/api/v1/compare?left=/try/401&right=/try/401", "", "not-started", []string{"X-Inspected-By", "wwwhy"}, ""},
		{404, "open", "/api/v1/compare?left=/r/AAAAAAAAAAAAAAAAAAAAAAAAAA&right=/try/401", "", "not-found", nil, ""},
		{422, "open", "/api/v1/compare?left=http://10.0.0.1/&right=/try/401", "", "target-refused", nil, ""},
		{429, "spent", "/api/v1/compare?left=/try/401&right=/try/401", "", "rate-limited", nil, ""},
		{503, "full", "/api/v1/compare?left=/try/401&right=/try/401", "", "unavailable", nil, ""},
	},
	"search":       {{412, "open", "/api/v1/search?q=401", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {400, "open", "/api/v1/search", "", "invalid-request", nil, "q"}},
	"listCodes":    {{412, "open", "/api/v1/codes", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {400, "open", "/api/v1/codes?x=1", "", "invalid-request", nil, "x"}},
	"getCode":      {{412, "open", "/api/v1/codes/401", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {400, "open", "/api/v1/codes/999?x=1", "", "invalid-request", nil, "x"}, {404, "open", "/api/v1/codes/999", "", "not-found", nil, ""}},
	"listFields":   {{412, "open", "/api/v1/fields", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {400, "open", "/api/v1/fields?x=1", "", "invalid-request", nil, "x"}},
	"getField":     {{412, "open", "/api/v1/fields/allow", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {400, "open", "/api/v1/fields/nope?x=1", "", "invalid-request", nil, "x"}, {404, "open", "/api/v1/fields/nope", "", "not-found", nil, ""}},
	"listSchemes":  {{412, "open", "/api/v1/schemes", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {400, "open", "/api/v1/schemes?x=1", "", "invalid-request", nil, "x"}},
	"getScheme":    {{412, "open", "/api/v1/schemes/bearer", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {400, "open", "/api/v1/schemes/nope?x=1", "", "invalid-request", nil, "x"}, {404, "open", "/api/v1/schemes/nope", "", "not-found", nil, ""}},
	"listFindings": {{412, "open", "/api/v1/findings", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {400, "open", "/api/v1/findings?x=1", "", "invalid-request", nil, "x"}},
	"getFinding":   {{412, "open", "/api/v1/findings/401-without-challenge", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {400, "open", "/api/v1/findings/nope?x=1", "", "invalid-request", nil, "x"}, {404, "open", "/api/v1/findings/nope", "", "not-found", nil, ""}},
	"listGuides":   {{412, "open", "/api/v1/guides", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {400, "open", "/api/v1/guides?x=1", "", "invalid-request", nil, "x"}},
	"getGuide":     {{412, "open", "/api/v1/guides/inspector", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {400, "open", "/api/v1/guides/nope?x=1", "", "invalid-request", nil, "x"}, {404, "open", "/api/v1/guides/nope", "", "not-found", nil, ""}},
	"pageCode":     {{412, "open", "/401", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {404, "open", "/999", "", "not-found", nil, ""}},
	"pageField":    {{412, "open", "/fields/allow", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {404, "open", "/fields/nope", "", "not-found", nil, ""}},
	"pageScheme":   {{412, "open", "/schemes/bearer", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {404, "open", "/schemes/nope", "", "not-found", nil, ""}},
	"pageFinding":  {{412, "open", "/findings/401-without-challenge", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {404, "open", "/findings/nope", "", "not-found", nil, ""}},
	"pageGuide":    {{412, "open", "/guides/inspector", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {404, "open", "/guides/nope", "", "not-found", nil, ""}},
	"formCode":     {{412, "open", "/401.json", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {404, "open", "/999.json", "", "not-found", nil, ""}},
	"formField":    {{412, "open", "/fields/allow.json", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {404, "open", "/fields/nope.json", "", "not-found", nil, ""}},
	"formScheme":   {{412, "open", "/schemes/bearer.json", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {404, "open", "/schemes/nope.json", "", "not-found", nil, ""}},
	"formFinding":  {{412, "open", "/findings/401-without-challenge.json", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {404, "open", "/findings/nope.json", "", "not-found", nil, ""}},
	"formGuide":    {{412, "open", "/guides/inspector.json", "", "precondition-failed", []string{"If-Match", `"x"`}, ""}, {404, "open", "/guides/nope.json", "", "not-found", nil, ""}},
	"try":          {{400, "open", "/try/401?nope=1", "", "invalid-request", nil, ""}},
}

// TestEveryErrorIsAsDescribed provokes each error of the document.
func TestEveryErrorIsAsDescribed(t *testing.T) {
	all := sites(t)
	// What one client may do is used up.
	do(t, "GET", all["spent"]+"/api/v1/inspect?url=/try/200", "")
	do(t, "POST", all["spent"]+"/api/v1/reports", `{"text": "HTTP/1.1 204 x\n"}`, "Content-Type", jsonType)
	d := describe(t, all["open"])
	known := saveOne(t, all["open"])
	_, page := do(t, "GET", all["open"]+"/api", "", "Accept", "text/html")
	crowded := crowdedCases()
	for _, o := range openapi.Operations() {
		provoked := []int{}
		for _, c := range append(crowded[o.ID], errorCases[o.ID]...) {
			provoked = append(provoked, c.status)
			t.Run(fmt.Sprintf("%s/%d/%s", o.ID, c.status, c.kind), func(t *testing.T) {
				resp, body := do(t, o.Method, all[c.site]+known.Replace(c.target), c.body, append([]string{"Accept", "application/problem+json"}, strings.Split(known.Replace(strings.Join(c.fields, "\n")), "\n")...)...)
				if resp.StatusCode != c.status {
					t.Fatalf("%d, want %d: %s", resp.StatusCode, c.status, body)
				}
				d.base = all[c.site]
				d.problem(t, resp, body)
				var p problem.Document
				_ = json.Unmarshal([]byte(body), &p) // valid by now
				if p.Type != all[c.site]+"/api#problem-"+c.kind || !strings.Contains(page, `id="problem-`+c.kind+`"`) {
					t.Errorf("the type %s, or its page, is not that of %s", p.Type, c.kind)
				}
				place := p.Pointer + p.Parameter
				if strings.Contains(c.place, ":") {
					place += " " + itoa(p.Line) + ":" + itoa(p.Column)
				}
				if c.place != "" && place != c.place {
					t.Errorf("the place is %q, want %q", place, c.place)
				}
			})
		}
		for _, status := range o.Problems {
			// All places for answers that wait are not taken here: package trial
			// tests that.
			if !slices.Contains(provoked, status) && (o.ID != "try" || status != 503) {
				t.Errorf("%s: no request provokes %d", o.ID, status)
			}
		}
	}
}
