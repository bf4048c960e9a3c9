package web

import (
	"net/http"
	"strings"
	"testing"
)

// TestSearchNamesThePartOnEverySurface: what a page links, a terminal
// and programs are told.
func TestSearchNamesThePartOnEverySurface(t *testing.T) {
	base, _ := site(t)
	const question = "/search?q=fetch+credentials+include+401"
	const part = "/guides/cors-and-401#"
	resp, page := do(t, "GET", base+question, "", "Accept", "text/html")
	if resp.StatusCode != http.StatusOK || !strings.Contains(page, `href="`+part) {
		t.Errorf("%d: the page leads to no part", resp.StatusCode)
	}
	resp, text := do(t, "GET", base+question, "", "User-Agent", "curl/8.5.0", "Accept", "*/*")
	if resp.Header.Get("Content-Type") != "text/plain; charset=utf-8" || !strings.Contains(text, part) || !strings.Contains(text, "See its part “With cookies”.\n") {
		t.Errorf("%s at a terminal:\n%s", resp.Header.Get("Content-Type"), text)
	}
	if _, json := do(t, "GET", base+"/api/v1"+question, ""); !strings.Contains(json, `"title": "With cookies"`) || !strings.Contains(json, `"href": "`+part) {
		t.Errorf("for programs:\n%s", json)
	}
	if _, json := do(t, "GET", base+"/api/v1/search?q=digest", ""); !strings.Contains(json[:strings.Index(json, "}")], `"slug": "digest"`) {
		t.Errorf("a page whose name is asked for has no part of its own:\n%s", json)
	}
	if _, text := do(t, "GET", base+"/search?q=xyzzyplugh%1b[31m", "", "User-Agent", "curl/8.5.0"); !strings.HasPrefix(text, "Nothing was found for “xyzzyplugh\\x1B[31m”.") {
		t.Errorf("nothing at a terminal: %q", text)
	}
}

// TestASubstatusLeadsToItsPart: what IIS shows is looked for where it is told.
func TestASubstatusLeadsToItsPart(t *testing.T) {
	base, _ := site(t)
	for typed, want := range map[string]string{"401.2": "/401#iis", "HTTP+Error+403.14": "/403#iis", "401": "/401", "418.1": "/418"} {
		if resp, _ := do(t, "GET", base+"/ask?q="+typed, ""); resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != want {
			t.Errorf("%s leads to %q (%d), want %s", typed, resp.Header.Get("Location"), resp.StatusCode, want)
		}
	}
}
