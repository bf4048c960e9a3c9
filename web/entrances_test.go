package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"wwwhy/web/report"
)

// entrance answers for example.com in tests: all lead to https://example.com/, but
// those of www to the home page whatever was asked for.
func entrance(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Host != "example.com":
		http.Redirect(w, r, "https://example.com/", http.StatusMovedPermanently)
	case r.TLS == nil:
		http.Redirect(w, r, "https://example.com"+r.RequestURI, http.StatusMovedPermanently)
	}
}

func TestEntrancesAreTheSameOnPageAndAPI(t *testing.T) {
	base, _ := site(t)
	_, body := do(t, "GET", base+"/api/v1/entrances?site=example.com", "")
	var e report.Entrances
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		t.Fatal(err)
	}
	if e.Verdict != "All 4 entrances of example.com lead to `https://example.com/`, in one redirect at most. The answer there is 200." || e.Canonical != "https://example.com/" || len(e.Entrances) != 4 {
		t.Errorf("%+v", e)
	}
	resp, page := do(t, "GET", base+"/check?site=example.com", "", "Accept", "text/html")
	if resp.StatusCode != 200 || resp.Header.Get("X-Robots-Tag") != "noindex" || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
	_, text := do(t, "GET", base+"/check?site=example.com", "", "User-Agent", "curl/8", "Accept", "*/*")
	for _, f := range e.Findings {
		if !strings.Contains(page, `<a href="`+f.Href+`">`+f.ID+`</a>`) || !strings.Contains(text, f.ID) {
			t.Errorf("the page or the text lacks %s", f.ID)
		}
	}
	if !strings.Contains(strings.Join(strings.Fields(page), " "), "All 4 entrances of example.com lead to <code>https://example.com/</code>") || !strings.HasPrefix(text, "All 4 entrances of example.com lead to") || len(e.Findings) < 3 || e.Findings[0].ID != "entrance-path-lost" {
		t.Errorf("%v\n%s\n%s", e.Findings, text, page)
	}
	if resp, body := do(t, "GET", base+"/api/v1/entrances?site=example.com&format=text", ""); body != text || resp.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%v\n%s", resp.Header, body)
	}
}

func TestASiteThatCannotBeAskedIsSaidInTheForm(t *testing.T) {
	base, _ := site(t)
	resp, page := do(t, "GET", base+"/check?site=%22%3Cb%3E:99", "", "Accept", "text/html")
	if resp.StatusCode != 400 || !strings.Contains(page, `value="&#34;&lt;b&gt;:99"`) || !strings.Contains(page, `aria-invalid`) || !strings.Contains(page, "leave out :99") || strings.Contains(page, "<b>:99") {
		t.Errorf("%d %s", resp.StatusCode, page)
	}
	if resp, body := do(t, "GET", base+"/check?site=example.com", "", "Accept", "text/html", "Sec-Purpose", "prefetch"); resp.StatusCode != 403 || strings.Contains(body, "All 4") {
		t.Errorf("ahead of a click: %d", resp.StatusCode)
	}
	if resp, body := do(t, "GET", base+"/api/v1/entrances?site=10.0.0.1", ""); resp.StatusCode != 200 || !strings.Contains(body, `"failure": "blocked"`) || strings.Contains(body, "entrance-closed") {
		t.Errorf("an address of a private network: %d %s", resp.StatusCode, body)
	}
}
