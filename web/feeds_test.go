package web

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// body asks for a path and returns what came.
func body(t *testing.T, address, mediaType string) []byte {
	t.Helper()
	resp, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), mediaType) {
		t.Fatalf("%s: %s, %s, %v", address, resp.Status, resp.Header.Get("Content-Type"), err)
	}
	return b
}

func TestFeedsAndDescriptionsAreWellFormed(t *testing.T) {
	base, _ := site(t)
	var feed atomFeed
	if err := xml.Unmarshal(body(t, base+"/feed.xml", "application/atom+xml"), &feed); err != nil || len(feed.Entries) != mostEntries || feed.Updated < "2026" {
		t.Errorf("the feed has %d entries, updated %s: %v", len(feed.Entries), feed.Updated, err)
	}
	for i, e := range feed.Entries {
		if e.Title == "" || e.Summary == "" || !strings.Contains(e.ID, "://") || i > 0 && e.Updated > feed.Entries[i-1].Updated {
			t.Errorf("entry %d: %+v", i, e)
		}
	}
	var description struct {
		ShortName string
		URL       []struct {
			Template string `xml:"template,attr"`
		} `xml:"Url"`
	}
	if err := xml.Unmarshal(body(t, base+"/opensearch.xml", "application/opensearchdescription+xml"), &description); err != nil || description.ShortName != "wwwhy" || len(description.URL) != 2 {
		t.Errorf("%+v: %v", description, err)
	}
	models := string(body(t, base+"/llms.txt", "text/plain"))
	for _, want := range []string{"# wwwhy\n", "/401.md): ", "/fields/www-authenticate.md): ", "/schemes/digest.md): ", "/findings/401-without-challenge.md): "} {
		if !strings.Contains(models, want) {
			t.Errorf("llms.txt lacks %q", want)
		}
	}
}

func TestSuggestionsCome(t *testing.T) {
	base, _ := site(t)
	for typed, want := range map[string]string{"401": "/401", "invalid_token": "/schemes/bearer", "www-auth": "/fields/www-authenticate", "": ""} {
		var answer []json.RawMessage
		if err := json.Unmarshal(body(t, base+"/suggest?q="+url.QueryEscape(typed), "application/x-suggestions+json"), &answer); err != nil || len(answer) != 4 {
			t.Fatalf("%q: %v", typed, err)
		}
		if !strings.Contains(string(answer[3]), want) || typed == "" && string(answer[1]) != "[]" {
			t.Errorf("%q: %s", typed, answer[3])
		}
	}
}

func TestUsualShapesOfAddressesLeadToPages(t *testing.T) {
	base, _ := site(t)
	for path, want := range map[string]string{
		"/status/401": "/401", "/codes/401": "/401", "/http-401": "/401", "/401-unauthorized": "/401", "/status-codes/404/": "/404", "/http/502": "/502", "/errors/500-internal": "/500",
		"/headers/WWW-Authenticate": "/fields/www-authenticate", "/header/vary": "/fields/vary", "/auth/Digest": "/schemes/digest",
	} {
		resp, err := client.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusMovedPermanently || resp.Header.Get("Location") != want {
			t.Errorf("%s: %d %s, want %s", path, resp.StatusCode, resp.Header.Get("Location"), want)
		}
	}
	for _, path := range []string{"/status/777", "/headers/no-such-field", "/http-1000"} {
		resp, err := client.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 404 {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}

func TestArticlesDescribeThemselves(t *testing.T) {
	base, lib := site(t)
	req, err := http.NewRequestWithContext(t.Context(), "GET", base+"/401", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), `<script type="application/ld+json">`)
	facts, _, ok := strings.Cut(rest, "</script>")
	var document struct {
		Graph []struct {
			Type        string                  `json:"@type"`
			Description string                  `json:"description"`
			Items       []struct{ Item string } `json:"itemListElement"`
			Questions   []struct {
				Name   string
				Answer struct{ Text string } `json:"acceptedAnswer"`
			} `json:"mainEntity"`
		} `json:"@graph"`
	}
	if err := json.Unmarshal([]byte(facts), &document); !ok || err != nil || len(document.Graph) != 3 {
		t.Fatalf("%q: %v", facts, err)
	}
	if q := document.Graph[2]; q.Type != "FAQPage" || len(q.Questions) < 5 || q.Questions[0].Name == "" || q.Questions[0].Answer.Text == "" {
		t.Errorf("%+v", q)
	}
	if !strings.Contains(string(page), `<meta property="og:image" content="`+base+`/401.png"`) {
		t.Error("the page names no picture")
	}
	if a := document.Graph[0]; a.Type != "TechArticle" || a.Description != lib.Status(401).Summary {
		t.Errorf("%+v", a)
	}
	if b := document.Graph[1]; b.Type != "BreadcrumbList" || len(b.Items) != 3 || !strings.HasSuffix(b.Items[2].Item, "://why.example/401") && !strings.HasPrefix(b.Items[2].Item, "http") {
		t.Errorf("%+v", b)
	}
}
