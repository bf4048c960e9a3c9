package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/report"
)

// mostEntries is how many articles the feed has.
const mostEntries = 50

// Atom, as much of it as the feed needs (RFC 4287).
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  string      `xml:"author>name"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr,omitempty"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Link    atomLink `xml:"link"`
		Summary string   `xml:"summary"`
	}
)

// feed lists the articles that were reviewed last.
func (s *server) feed(w http.ResponseWriter, r *http.Request) error {
	return s.kept(w, r, "/feed.xml", "application/atom+xml; charset=utf-8", func(b *bytes.Buffer) error {
		var all []*content.Page
		for _, k := range content.Kinds {
			for _, p := range s.lib.Pages(k) {
				if p.Written() && p.Reviewed != "" && p.Summary != "" {
					all = append(all, p)
				}
			}
		}
		slices.SortStableFunc(all, func(a, b *content.Page) int { return cmp.Compare(b.Reviewed, a.Reviewed) })
		f := atomFeed{ID: s.publicURL + "/", Title: "wwwhy: changed articles", Author: "wwwhy", Updated: "1970-01-01T00:00:00Z", Links: []atomLink{{"self", s.publicURL + "/feed.xml"}, {"", s.publicURL + "/"}}}
		for _, p := range all[:min(len(all), mostEntries)] {
			at := p.Reviewed + "T00:00:00Z"
			f.Updated = max(f.Updated, at)
			f.Entries = append(f.Entries, atomEntry{s.publicURL + p.Href(), p.Ref().Title, at, atomLink{"", s.publicURL + p.Href()}, p.Summary})
		}
		b.WriteString(xml.Header)
		return xml.NewEncoder(b).Encode(f)
	})
}

// openSearch describes the search to browsers (OpenSearch 1.1).
func (s *server) openSearch(w http.ResponseWriter, r *http.Request) error {
	return s.kept(w, r, "/opensearch.xml", "application/opensearchdescription+xml; charset=utf-8", func(b *bytes.Buffer) error {
		_, err := fmt.Fprintf(b, `%s<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>wwwhy</ShortName>
<Description>HTTP status codes, header fields, authentication schemes and findings</Description>
<InputEncoding>UTF-8</InputEncoding>
<Url type="text/html" template="%s/ask?q={searchTerms}"/>
<Url type="application/x-suggestions+json" template="%s/suggest?q={searchTerms}"/>
</OpenSearchDescription>
`, xml.Header, escapeXML(s.publicURL), escapeXML(s.publicURL))
		return err
	})
}

func escapeXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

// mostSuggestions is how many pages are suggested while somebody types.
const mostSuggestions = 8

// suggest answers while somebody types: what was typed, titles, summaries and
// addresses (OpenSearch Suggestions 1.0).
func (s *server) suggest(w http.ResponseWriter, r *http.Request) error {
	q := searched(r)
	titles, summaries, addresses := []string{}, []string{}, []string{}
	hits, err := s.hits(r, q, mostSuggestions)
	if err != nil {
		return err
	}
	for _, h := range hits {
		titles, summaries, addresses = append(titles, h.Title), append(summaries, h.Summary), append(addresses, s.publicURL+h.Href)
	}
	body, err := json.Marshal([]any{q, titles, summaries, addresses})
	if err != nil {
		return fmt.Errorf("writing suggestions: %w", err)
	}
	w.Header().Set("Content-Type", "application/x-suggestions+json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_, _ = w.Write(report.EscapeJSON(body))
	return nil
}

// forModels tells programs that read texts where the plain ones are.
func (s *server) forModels(w http.ResponseWriter, r *http.Request) error {
	return s.kept(w, r, "/llms.txt", "text/plain; charset=utf-8", func(b *bytes.Buffer) error {
		fmt.Fprintf(b, "# wwwhy\n\n> Why a server says no: HTTP status codes, header fields, authentication schemes and what can be wrong in a response, with sources.\n\n"+
			"Every page is there as Markdown with the suffix .md, as JSON with .json and as text with .txt, or by Accept.\n"+
			"GET %[1]s/api/v1/inspect?url=… explains what an address answers; POST a response to %[1]s/api/v1/explain. No key is needed. %[1]s/openapi.json describes it all.\n", s.publicURL)
		for _, k := range content.Kinds {
			fmt.Fprintf(b, "\n## %s\n\n", strings.ToUpper(string(k)[:1])+string(k)[1:])
			for _, p := range s.lib.Pages(k) {
				if p.Written() {
					fmt.Fprintf(b, "- [%s](%s%s.md): %s\n", p.Ref().Title, s.publicURL, p.Href(), p.Summary)
				}
			}
		}
		return nil
	})
}
