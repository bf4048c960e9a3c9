package web

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wwwhy/static"
)

// Most bytes that travel, with brotli. The first is the first congestion window
// of ten segments (RFC 6928).
const (
	medianArticle = 14 << 10 // the HTML of an article and all that it needs to be drawn
	longArticle   = 40 << 10 // the same of 401, the longest page
	siteScript    = 6 << 10
)

// brotli fetches a page of ours as a browser does, and returns how many bytes
// its content takes on the wire.
func brotli(t *testing.T, address string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Accept-Encoding", "br")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 200 || resp.Header.Get("Content-Encoding") != "br" {
		t.Fatalf("%s answers %s, coded %q", address, resp.Status, resp.Header.Get("Content-Encoding"))
	}
	return len(body)
}

// TestArticlesAreLight weighs what a browser needs before it can draw an
// article: its HTML and the style sheet. There are no fonts.
func TestArticlesAreLight(t *testing.T) {
	base, lib := site(t)
	style := brotli(t, base+static.Path("site.css"))
	var weights []int
	for _, s := range lib.Statuses() {
		weights = append(weights, brotli(t, base+s.Href())+style)
	}
	slices.Sort(weights)
	if median := weights[len(weights)/2]; median > medianArticle {
		t.Errorf("half of the articles on codes weigh more than %d bytes with the style sheet (%d); it shall be %d", median, style, medianArticle)
	}
	if w := brotli(t, base+"/401") + style; w > longArticle {
		t.Errorf("the article on 401 weighs %d bytes with the style sheet; it shall be %d at most", w, longArticle)
	}
	if w := brotli(t, base+static.Path("site.js")); w > siteScript {
		t.Errorf("site.js weighs %d bytes; it shall be %d at most", w, siteScript)
	}
}

// fetched is what a browser asks for on its own when it shows a page.
var fetched = map[string]string{"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src", "video": "src", "audio": "src", "embed": "src", "object": "data"}

// fingerprinted is the name of a file that may be kept for ever.
var fingerprinted = regexp.MustCompile(`^/static/[a-z]+\.[0-9a-f]{12}\.(css|js|svg)$`)

// assets returns the addresses that a browser fetches for a page.
func assets(t *testing.T, page []byte) (all []string) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		attribute, ok := fetched[n.Data]
		if n.Type != html.ElementNode || !ok {
			continue
		}
		values := map[string]string{}
		for _, a := range n.Attr {
			values[a.Key] = a.Val
		}
		if n.Data == "link" && values["rel"] != "stylesheet" && values["rel"] != "icon" && !strings.Contains(values["rel"], "preload") {
			continue // a link that is not fetched to show the page
		}
		if to := values[attribute]; to != "" {
			all = append(all, to)
		}
	}
	return all
}

// TestAssetsAreOursAndKept looks at every kind of page: it fetches nothing but
// files of this site with a digest in their name, and the script that computes
// answers only where there is something to compute.
func TestAssetsAreOursAndKept(t *testing.T) {
	base, _ := site(t)
	paths := []string{"/", "/401", "/511", "/fields/cache-control", "/schemes/digest", "/findings/hsts-short", "/guides/cors-and-401", "/codes", "/fields", "/schemes", "/findings", "/guides",
		"/compare", "/compare/401-vs-403", "/choose", "/search?q=token", "/inspect", "/explain", "/check", "/api", "/try", "/nowhere"}
	for _, path := range paths {
		onlyOurs(t, path, got(t, base+path, nil), false)
	}
	text := "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n"
	onlyOurs(t, "an explained challenge", got(t, base+"/explain", url.Values{"text": {text}}), true)
	if sheet, _ := static.Named(strings.TrimPrefix(static.Path("site.css"), "/static/")); bytes.Contains(sheet.Data, []byte("url(")) || bytes.Contains(sheet.Data, []byte("@import")) || bytes.Contains(sheet.Data, []byte("@font-face")) {
		t.Error("the style sheet fetches something")
	}
}

// onlyOurs checks what a page fetches; computes says whether it may need the
// script that computes answers.
func onlyOurs(t *testing.T, what string, page []byte, computes bool) {
	t.Helper()
	all := assets(t, page)
	for _, a := range all {
		if !fingerprinted.MatchString(a) {
			t.Errorf("%s fetches %s, which is not a file of ours with a digest", what, a)
		}
	}
	if !slices.Contains(all, static.Path("site.css")) || !slices.Contains(all, static.Path("site.js")) {
		t.Errorf("%s fetches %v", what, all)
	}
	if got := slices.Contains(all, static.Path("credentials.js")); got != computes {
		t.Errorf("%s: credentials.js is fetched: %v, wanted: %v", what, got, computes)
	}
}

// got returns the content of a page of ours, asked for by a form if there are
// values.
func got(t *testing.T, address string, form url.Values) []byte {
	t.Helper()
	method, content := "GET", io.Reader(nil)
	if form != nil {
		method, content = "POST", strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(t.Context(), method, address, content)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
