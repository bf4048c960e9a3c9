package web

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"wwwhy/content"
	"wwwhy/web/admission"
	"wwwhy/web/inspect"
	"wwwhy/web/limit"
	"wwwhy/web/report"
)

// do sends a request and returns the answer with its content.
func do(t *testing.T, method, address, body string, fields ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i] == "Host" {
			req.Host = fields[i+1]
		}
		req.Header.Set(fields[i], fields[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(data)
}

const formType = "application/x-www-form-urlencoded"

func TestSavedReportIsSharedAndDeleted(t *testing.T) {
	base, _ := site(t)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="api", error="invalid_token"`)
		w.Header().Set("Set-Cookie", "session=s3cret0123456789")
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(target.Close)
	asked := url.Values{"url": {target.URL + "/a?key=s3cret0123456789"}}
	if _, page := do(t, "GET", base+"/inspect?"+asked.Encode(), "", "Accept", "text/html"); !strings.Contains(page, `action="/r"`) || !strings.Contains(page, "REDACTED") {
		t.Error("the report does not offer to be saved, or does not say what is left out")
	}
	resp, page := do(t, "POST", base+"/r", asked.Encode(), "Content-Type", formType)
	href := resp.Header.Get("Location")
	if resp.StatusCode != http.StatusCreated || !regexp.MustCompile(`^/r/[A-Za-z0-9_-]{22,}$`).MatchString(href) {
		t.Fatalf("saving answers %d with Location %q", resp.StatusCode, href)
	}
	for form, mediaType := range map[string]string{"": "text/html", ".json": "application/json", ".txt": "text/plain", ".md": "text/markdown", ".sarif": "application/sarif+json", ".png": "image/png"} {
		resp, body := do(t, "GET", base+href+form, "", "Accept", "text/html")
		if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), mediaType) {
			t.Errorf("%s%s: %d %s", href, form, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
		if strings.Contains(body, "s3cret") {
			t.Errorf("%s%s holds a secret", href, form)
		}
		if form != ".png" && form != ".sarif" && !strings.Contains(body, "(401)") {
			t.Errorf("%s%s lacks the verdict", href, form)
		}
		if resp.Header.Get("Sunset") == "" || form == "" && resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s%s: %v", href, form, resp.Header)
		}
	}
	var rep report.Report
	if _, body := do(t, "GET", base+"/api/v1/reports/"+strings.TrimPrefix(href, "/r/"), ""); json.Unmarshal([]byte(body), &rep) != nil || rep.Last().Status.Code != 401 {
		t.Errorf("the API gives %.200s", body)
	}
	key := regexp.MustCompile(regexp.QuoteMeta(href) + `/delete\?key=([A-Za-z0-9_-]+)`).FindStringSubmatch(page)
	if key == nil {
		t.Fatalf("no address deletes the report: %.2000s", page)
	}
	if resp, _ := do(t, "POST", base+href+"/delete?key="+strings.Repeat("x", 26), "", "Accept", "text/html"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a wrong key answers %d", resp.StatusCode)
	}
	if resp, page := do(t, "GET", base+key[0], "", "Accept", "text/html"); resp.StatusCode != 200 || !strings.Contains(page, "Delete it") {
		t.Errorf("the delete page answers %d", resp.StatusCode)
	}
	if resp, _ := do(t, "GET", base+href, "", "Accept", "text/html"); resp.StatusCode != http.StatusOK {
		t.Error("looking at the delete page deleted the report")
	}
	if resp, page := do(t, "POST", base+key[0], "", "Accept", "text/html"); resp.StatusCode != 200 || !strings.Contains(page, "Deleted") {
		t.Errorf("deleting answers %d", resp.StatusCode)
	}
	if resp, _ := do(t, "GET", base+href, "", "Accept", "text/html"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("the deleted report answers %d", resp.StatusCode)
	}
}

func TestAPISavesOnceAndDeletesByBearer(t *testing.T) {
	base, _ := site(t)
	body := `{"text": "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=\"x\"\n"}`
	key := "7d0e5f6e-0c4f-4b3e-9a35-3c9a1c7b2f10"
	var first, second receipt
	for _, r := range []*receipt{&first, &second} {
		resp, content := do(t, "POST", base+"/api/v1/reports", body, "Content-Type", "application/json", "Idempotency-Key", `"`+key+`"`)
		if resp.StatusCode != http.StatusCreated || json.Unmarshal([]byte(content), r) != nil {
			t.Fatalf("%d %s", resp.StatusCode, content)
		}
	}
	if first != second || first.ID == "" || first.DeleteKey == "" || first.Durable {
		t.Errorf("asked twice: %+v, then %+v", first, second)
	}
	if resp, content := do(t, "POST", base+"/api/v1/reports", body, "Content-Type", "application/json", "Idempotency-Key", "short"); resp.StatusCode != 400 || !strings.Contains(content, "UUID") {
		t.Errorf("a key that can be guessed: %d %s", resp.StatusCode, content)
	}
	address := base + "/api/v1/reports/" + first.ID
	for _, c := range []struct {
		authorization string
		status        int
		challenge     string
	}{
		{"", 401, `Bearer realm="saved reports"`},
		{"Basic eDp5", 401, `Bearer realm="saved reports"`},
		{"Bearer " + strings.Repeat("x", 26), 401, `Bearer realm="saved reports", error="invalid_token", error_description="this is not the delete key of this report"`},
		{"Bearer " + first.DeleteKey, 204, ""},
		{"Bearer " + first.DeleteKey, 404, ""},
	} {
		resp, _ := do(t, "DELETE", address, "", "Authorization", c.authorization)
		if resp.StatusCode != c.status || resp.Header.Get("WWW-Authenticate") != c.challenge {
			t.Errorf("with %.10q: %d %q", c.authorization, resp.StatusCode, resp.Header.Get("WWW-Authenticate"))
		}
	}
	for _, bad := range []string{`{"text":"x"}`, `{"url":""}`, `{"nope":1}`} {
		if resp, content := do(t, "POST", base+"/api/v1/reports", bad, "Content-Type", "application/json"); resp.StatusCode != 400 || resp.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", bad, resp.StatusCode, content)
		}
	}
}

// TestRatesAreToldAndHeld counts for clients apart, for a site together, and not
// what is shared.
func TestRatesAreToldAndHeld(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	t.Cleanup(target.Close)
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	var c inspect.Config
	c.Allow = loopback
	server := httptest.NewServer(New(Config{Library: lib, Inspector: inspect.New(lib, c), Log: slog.New(slog.DiscardHandler), Proxies: loopback,
		Limiter: limit.NewMemory(), Rates: admission.Rates{Burst: 3, Client: 60, Site: 9, Saves: 1}}))
	t.Cleanup(server.Close)
	ask := func(client, path string) (*http.Response, string) {
		return do(t, "GET", server.URL+"/api/v1/inspect?url="+url.QueryEscape(target.URL+path), "", "X-Forwarded-For", client)
	}
	for i := range 3 {
		resp, _ := ask("192.0.2.1", "/"+itoa(i))
		if resp.StatusCode != 200 || resp.Header.Get("RateLimit-Policy") != `"burst";q=3;w=15, "hour";q=60;w=3600` || !strings.Contains(resp.Header.Get("RateLimit"), `"burst";r=`+itoa(2-i)) {
			t.Errorf("request %d: %d %v", i, resp.StatusCode, resp.Header)
		}
	}
	resp, body := ask("192.0.2.1", "/4")
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" || !strings.Contains(body, "3 times in 15 seconds") || resp.Header.Get("RateLimit") == "" {
		t.Errorf("the fourth: %d %v %s", resp.StatusCode, resp.Header, body)
	}
	for i := range 2 {
		if resp, body := ask("192.0.2.2", "/"+itoa(i)); resp.StatusCode != 200 {
			t.Errorf("another client is refused: %s", body)
		}
	}
	resp, body = ask("192.0.2.3", "/")
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "one site 9 times in an hour") || strings.Contains(resp.Header.Get("RateLimit"), "site") {
		t.Errorf("the sixth of one site: %d %v %s", resp.StatusCode, resp.Header, body)
	}
	save := func() *http.Response {
		resp, _ := do(t, "POST", server.URL+"/r", "text=HTTP%2F1.1+204+x%0A", "Content-Type", formType, "X-Forwarded-For", "192.0.2.4")
		return resp
	}
	if resp := save(); resp.StatusCode != http.StatusCreated {
		t.Errorf("saving: %d", resp.StatusCode)
	}
	if resp := save(); resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("saving too often: %d", resp.StatusCode)
	}
}

// TestAnotherSiteNeitherSavesNorDeletes sends what browsers send for a form on a
// page of another site: new ones with Sec-Fetch-Site, old ones with Origin.
func TestAnotherSiteNeitherSavesNorDeletes(t *testing.T) {
	base, _ := site(t)
	text := url.Values{"text": {"HTTP/1.1 204 No Content\n"}}.Encode()
	foreign := [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}}
	for _, fields := range foreign {
		if resp, body := do(t, "POST", base+"/r", text, append(fields, "Content-Type", formType, "Accept", "text/html")...); resp.StatusCode != http.StatusForbidden || !strings.Contains(body, "another site") {
			t.Errorf("saving with %q answers %d", fields, resp.StatusCode)
		}
	}
	for _, fields := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Origin", base}, {}} {
		resp, page := do(t, "POST", base+"/r", text, append(fields, "Content-Type", formType)...)
		if resp.StatusCode != http.StatusCreated {
			t.Fatalf("saving with %q answers %d", fields, resp.StatusCode)
		}
		remove := base + regexp.MustCompile(`/r/[A-Za-z0-9_-]+/delete\?key=[A-Za-z0-9_-]+`).FindString(page)
		for _, other := range foreign {
			if resp, _ := do(t, "POST", remove, "", other...); resp.StatusCode != http.StatusForbidden {
				t.Errorf("deleting with %q answers %d", other, resp.StatusCode)
			}
		}
		if resp, _ := do(t, "POST", remove, "", fields...); resp.StatusCode != http.StatusOK {
			t.Errorf("deleting with %q answers %d", fields, resp.StatusCode)
		}
	}
}

// TestThePictureOfASavedReportGoesWithIt saves another report under the address
// of a deleted one, by the same key: no picture of the first may be shown, and
// none may be kept on the way.
func TestThePictureOfASavedReportGoesWithIt(t *testing.T) {
	base, _ := site(t)
	var pictures []string
	for _, code := range []string{"401 Unauthorized", "404 Not Found"} {
		resp, content := do(t, "POST", base+"/api/v1/reports", `{"text": "HTTP/1.1 `+code+`\n\n"}`, "Content-Type", "application/json", "Idempotency-Key", strings.Repeat("k", 30))
		if resp.StatusCode != http.StatusCreated {
			t.Fatalf("%d %s", resp.StatusCode, content)
		}
		address := base + resp.Header.Get("Location")
		resp, picture := do(t, "GET", address+".png", "")
		if got := resp.Header.Get("Cache-Control"); resp.StatusCode != http.StatusOK || got != "no-store" {
			t.Errorf("the picture: %d, Cache-Control %q", resp.StatusCode, got)
		}
		pictures = append(pictures, picture)
		key := content[strings.Index(content, `"delete_key": "`)+len(`"delete_key": "`):]
		if resp, _ := do(t, "DELETE", address, "", "Authorization", "Bearer "+key[:strings.IndexByte(key, '"')]); resp.StatusCode != http.StatusNoContent {
			t.Fatalf("deleting: %d", resp.StatusCode)
		}
		if resp, _ := do(t, "GET", address+".png", ""); resp.StatusCode != http.StatusNotFound {
			t.Errorf("the picture of a deleted report: %d", resp.StatusCode)
		}
	}
	if pictures[0] == pictures[1] {
		t.Error("the second report shows the picture of the first")
	}
}

// TestAskingAgainAsksNobody saves with one key twice, then something else.
func TestAskingAgainAsksNobody(t *testing.T) {
	base, _ := site(t)
	var asked atomic.Int32
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(target.Close)
	save := func(path string) (int, string) {
		resp, content := do(t, "POST", base+"/api/v1/reports", `{"url": "`+target.URL+path+`"}`, "Content-Type", "application/json", "Idempotency-Key", strings.Repeat("k", 30))
		return resp.StatusCode, content
	}
	_, first := save("/a")
	if status, again := save("/a"); status != http.StatusCreated || again != first || asked.Load() != 1 {
		t.Errorf("asked again: %d, %d requests, %s", status, asked.Load(), again)
	}
	if status, content := save("/b"); status != http.StatusUnprocessableEntity || !strings.Contains(content, "another request") {
		t.Errorf("something else with the same key: %d %s", status, content)
	}
}

// TestAKeyStaysWholeInTheForm: a key that is no name of ours is asked back as it
// was given, not as other parameters.
func TestAKeyStaysWholeInTheForm(t *testing.T) {
	base, _ := site(t)
	got := savedText(t, base)
	if resp, page := do(t, "GET", base+got.Href+"/delete?key=a%26b%23c", "", "Accept", "text/html"); resp.StatusCode != http.StatusOK || !strings.Contains(page, "delete?key=a%26b%23c\"") {
		t.Errorf("%d: the form has another key", resp.StatusCode)
	}
}
