package content

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// hosts reads testdata/hosts.txt: one host a line, by the alphabet. A line with
// a scheme, such as http://docs.example, is an exception to https.
func hosts(t *testing.T) map[string]bool {
	t.Helper()
	order := dataLines(t, "testdata/hosts.txt")
	allowed := map[string]bool{}
	for _, line := range order {
		allowed[line] = true
	}
	if !slices.IsSorted(order) {
		t.Error("testdata/hosts.txt is not sorted")
	}
	return allowed
}

// place is an address with the page or the table that has it.
type place struct{ where, href string }

var addressPattern = regexp.MustCompile(`https?://[^\s"<>]+`)

// externalLinks lists the addresses that content makes links of: those in the
// articles, the sources of pages, the sources of what vendors mean by a code,
// and those in the registries' columns that name a source.
func externalLinks(t *testing.T, lib *Library) []place {
	t.Helper()
	var all []place
	for _, p := range everyPage(lib) {
		for _, s := range p.References() {
			if s.Href != "" {
				all = append(all, place{p.file, s.Href})
			}
		}
		for _, href := range hrefs(t, lib, p) {
			if !strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "#") {
				all = append(all, place{p.file, href})
			}
		}
	}
	for _, s := range lib.Statuses() {
		for _, u := range s.Uses {
			for _, href := range addressPattern.FindAllString(u.Source, -1) {
				all = append(all, place{s.file, href})
			}
		}
	}
	for _, table := range []string{"header_fields.csv", "header_fields_unregistered.csv", "vendor_fields.csv", "token_prefixes.csv", "auth_schemes.csv", "status_codes.csv"} {
		rows, err := readTable(files, table)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			for column, cell := range r {
				if strings.Contains(column, "reference") || strings.Contains(column, "source") {
					for _, href := range addressPattern.FindAllString(cell, -1) {
						all = append(all, place{"registry/" + table, href})
					}
				}
			}
		}
	}
	return all
}

func everyPage(lib *Library) []*Page {
	var all []*Page
	for _, kind := range Kinds {
		for _, p := range lib.Pages(kind) {
			if p.Written() {
				all = append(all, p)
			}
		}
	}
	return all
}

// hrefs lists the targets of the links in an article as it is rendered, so that
// no way of writing a link escapes.
func hrefs(t *testing.T, lib *Library, p *Page) []string {
	t.Helper()
	article, err := lib.Article(p)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for z := html.NewTokenizer(strings.NewReader(article.HTML)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return all
		case html.StartTagToken:
			for _, a := range z.Token().Attr {
				if a.Key == "href" {
					all = append(all, a.Val)
				}
			}
		}
	}
}

// TestExternalLinksGoToHostsWeChose: every address is well-formed, is https and
// goes to a host of testdata/hosts.txt. To link to another host is a decision,
// made by a line there.
func TestExternalLinksGoToHostsWeChose(t *testing.T) {
	allowed := hosts(t)
	used := map[string]bool{}
	for _, l := range externalLinks(t, library(t)) {
		u, err := url.Parse(l.href)
		switch {
		case err != nil:
			t.Errorf("content/%s: the link %s is malformed: %v", l.where, l.href, err)
			continue
		case u.Host == "" || u.User != nil || strings.HasSuffix(u.Host, ".") || strings.ContainsAny(l.href, " \t\"<>\\^`{|}"):
			t.Errorf("content/%s: the link %s is malformed", l.where, l.href)
			continue
		}
		host := u.Host
		if u.Scheme != "https" {
			host = u.Scheme + "://" + u.Host
		}
		used[host] = true
		if !allowed[host] {
			t.Errorf("content/%s: the link %s goes to %s, which is not in testdata/hosts.txt", l.where, l.href, host)
		}
	}
	for host := range allowed {
		if !used[host] {
			t.Errorf("testdata/hosts.txt has %s, to which nothing links any longer", host)
		}
	}
}

// TestInternalLinksLeadSomewhere follows each link between pages in the
// rendered articles: the page must exist, and so must the heading or the part
// that comes after the #. Check does so by the names of links; this test sees
// what becomes of them.
func TestInternalLinksLeadSomewhere(t *testing.T) {
	lib := library(t)
	ids := map[string]map[string]bool{}
	for _, p := range everyPage(lib) {
		ids[p.Href()] = idsOf(t, lib, p)
	}
	c := &checker{lib: lib, articles: map[*Page]Article{}}
	for _, p := range everyPage(lib) {
		for _, href := range hrefs(t, lib, p) {
			if !strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "#") {
				continue
			}
			target, anchor, _ := strings.Cut(href, "#")
			target, _, _ = strings.Cut(target, "?")
			if target == "" {
				target = p.Href()
			}
			if !c.knownPath(target) {
				t.Errorf("content/%s: the link to %s leads to no page", p.file, href)
			}
			if have, ok := ids[target]; anchor != "" && ok && !have[anchor] {
				t.Errorf("content/%s: the link to %s leads to no heading", p.file, href)
			}
			if _, ok := ids[target]; anchor != "" && !ok {
				t.Errorf("content/%s: the link to %s leads into a page that content does not write", p.file, href)
			}
		}
	}
}

func idsOf(t *testing.T, lib *Library, p *Page) map[string]bool {
	t.Helper()
	article, err := lib.Article(p)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for z := html.NewTokenizer(strings.NewReader(article.HTML)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return ids
		case html.StartTagToken:
			for _, a := range z.Token().Attr {
				if a.Key == "id" {
					ids[a.Val] = true
				}
			}
		}
	}
}
