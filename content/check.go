package content

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Check reads every file and returns everything that is wrong with it: front
// matter of the wrong shape, links to pages or headings that are not there,
// examples that contradict the registry. Each error is a *FileError.
func (lib *Library) Check() []error {
	c := &checker{lib: lib, articles: map[*Page]Article{}}
	for code, l := range lib.codes {
		s, err := l.get()
		c.add(err)
		c.status(code, s)
	}
	for _, l := range lib.fields {
		f, err := l.get()
		c.add(err)
		c.field(f)
	}
	for _, l := range lib.schemes {
		s, err := l.get()
		c.add(err)
		c.scheme(s)
	}
	for _, l := range lib.findings {
		f, err := l.get()
		c.add(err)
		c.finding(f)
	}
	for _, l := range lib.guides {
		g, err := l.get()
		c.add(err)
		if g.Title == "" {
			c.at(&g.Page, 1, "a guide needs a title")
		}
		c.oneOf(&g.Page, "subject", g.Subject, Subjects...)
		c.page(&g.Page)
	}
	slices.SortFunc(c.errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return c.errs
}

type checker struct {
	lib      *Library
	errs     []error
	articles map[*Page]Article
}

func (c *checker) add(err error) {
	if err == nil {
		return
	}
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		c.errs = append(c.errs, many.Unwrap()...)
		return
	}
	c.errs = append(c.errs, err)
}

func (c *checker) at(p *Page, line int, format string, args ...any) {
	c.errs = append(c.errs, &FileError{p.file, line, fmt.Sprintf(format, args...)})
}

// line returns the line of the front matter on which a key stands.
func (c *checker) line(p *Page, key string) int {
	data, _ := fs.ReadFile(c.lib.fsys, p.file)
	for i, l := range strings.Split(string(data), "\n") {
		if strings.HasPrefix(l, key+":") {
			return i + 1
		}
	}
	return 1
}

func (c *checker) oneOf(p *Page, key, value string, allowed ...string) {
	if value != "" && !slices.Contains(allowed, value) {
		c.at(p, c.line(p, key), "%s is %q: want one of %s", key, value, strings.Join(allowed, ", "))
	}
}

func (c *checker) status(code int, s *Status) {
	p := &s.Page
	if !p.Written() {
		return
	}
	if s.Registry == nil && len(s.Uses) == 0 {
		c.at(p, 1, "IANA does not register %03d, so the article needs uses: who sends it and what they mean", code)
	}
	if s.Registry != nil && p.Summary != "" {
		if base, _, _ := strings.Cut(s.Registry.Reference, ","); strings.HasPrefix(base, "RFC") && !citesAny(p.Sources, base) {
			c.at(p, c.line(p, "sources"), "the registry gives %s for %03d, but no source names it", s.Registry.Reference, code)
		}
	}
	for _, u := range s.Uses {
		if u.Product == "" || u.Meaning == "" || u.Source == "" || u.Kind == "" {
			c.at(p, c.line(p, "uses"), "each of uses needs product, kind, meaning and source")
		}
		c.oneOf(p, "uses", u.Wire, "yes", "rare", "no", "as 400", "in body")
		c.oneOf(p, "uses", u.State, "active", "legacy", "obsolete", "disputed")
	}
	for _, r := range s.Requires {
		if c.lib.Field(r.Field) == nil {
			c.at(p, c.line(p, "requires"), "requires names the field %s, which we do not know", r.Field)
		}
		if c.lib.Finding(r.Finding) == nil {
			c.at(p, c.line(p, "requires"), "requires names the finding %s, which has no page", r.Finding)
		}
	}
	for key, names := range map[string][]string{"usual": s.Usual, "answers": s.Answers, "demands": s.Demands, "repeats": s.Repeats} {
		for _, name := range names {
			if c.lib.Field(name) == nil {
				c.at(p, c.line(p, key), "%s names the field %s, which we do not know", key, name)
			}
		}
	}
	c.page(p)
}

func citesAny(sources []string, rfc string) bool {
	return slices.ContainsFunc(sources, func(s string) bool { return strings.HasPrefix(s, rfc) })
}

func (c *checker) field(f *Field) {
	p := &f.Page
	if !p.Written() {
		return
	}
	c.oneOf(p, "in", f.In, "request", "response", "both")
	c.oneOf(p, "state", f.State, "obsolete", "deprecated", "experimental", "nonstandard")
	if f.Syntax == "" || f.In == "" {
		c.at(p, 1, "a field needs syntax and in")
	}
	if want := c.lib.registry.fields[f.Slug].syntax(); want != "" && f.Syntax != want {
		c.at(p, c.line(p, "syntax"), "syntax is %q, but the registry says that the field is structured: want %s", f.Syntax, want)
	}
	if f.Status == "" && f.Product == "" && f.State == "" {
		c.at(p, 1, "IANA does not register the field: say whose it is (product:) or what state it is in (state:)")
	}
	if f.Instead != "" && c.lib.Field(f.Instead) == nil {
		c.at(p, c.line(p, "instead"), "instead names the field %s, which we do not know", f.Instead)
	}
	for _, part := range f.Parts {
		if part.Name == "" || part.Summary == "" {
			c.at(p, c.line(p, "parts"), "each of parts needs name and summary")
		}
		c.oneOf(p, "parts", part.Kind, "parameter", "source")
		c.oneOf(p, "parts", part.In, "request")
		c.oneOf(p, "parts", part.State, "obsolete")
		if part.Bare && len(part.Values) > 0 {
			c.at(p, c.line(p, "parts"), "the part %s takes no value and is limited to some", part.Name)
		}
	}
	c.page(p)
}

func (c *checker) scheme(s *Scheme) {
	if s.Flow != "" && len(c.lib.Flow(s)) == 0 {
		c.at(&s.Page, c.line(&s.Page, "flow"), "the flow %q is not in registry/flows.csv", s.Flow)
	}
	p := &s.Page
	if !p.Written() {
		return
	}
	if s.Asks == "" || s.Next == "" {
		c.at(p, 1, "a scheme needs asks and next")
	}
	known := map[string]bool{"uri": true, "method": true}
	for _, prm := range s.Params {
		known[strings.ToLower(prm.Name)] = true
		c.oneOf(p, "params", prm.Required, "yes", "no", "conditional")
		c.oneOf(p, "params", prm.Quoting, "quoted", "token", "either")
		if prm.Name == "" || prm.Summary == "" || prm.Required == "" || prm.Quoting == "" {
			c.at(p, c.line(p, "params"), "each of params needs name, required, quoting and summary")
		}
	}
	for key, sentence := range map[string]Sentence{"asks": s.Asks, "reply": s.Reply, "next": s.Next, "from": s.From} {
		for _, place := range sentence.Places(true) {
			if !known[place] && !(key == "from" && place == "token-service") {
				c.at(p, c.line(p, key), "%s has the place {%s}, which is no parameter of the scheme", key, place)
			}
		}
	}
	c.page(p)
}

func (c *checker) finding(f *Finding) {
	p := &f.Page
	for key, value := range map[string]string{"title": f.Title, "topic": f.Topic, "spec": f.Spec, "says": string(f.Says)} {
		if value == "" {
			c.at(p, 1, "a finding needs %s", key)
		}
	}
	if f.Severity == Unset {
		c.at(p, 1, "a finding needs severity")
	}
	c.oneOf(p, "topic", f.Topic, Topics...)
	// Lists, feeds and cards show the summary without a response to fill places from.
	if strings.ContainsAny(p.Summary, "{}[]…") {
		c.at(p, c.line(p, "says"), "says has places: a finding then needs a summary, a sentence without them")
	} else if p.Summary != string(f.Says) && !strings.ContainsAny(string(f.Says), "{[") {
		c.at(p, c.line(p, "summary"), "says has no places, so it is the summary: leave summary out")
	}
	for _, line := range f.Sends {
		if _, value, ok := strings.Cut(line, ": "); !ok || value == "" {
			c.at(p, c.line(p, "sends"), "sends has %q: want a field line, Name: value", line)
		}
	}
	for _, id := range f.Follows {
		if c.lib.Finding(id) == nil || id == f.Slug {
			c.at(p, c.line(p, "follows"), "follows names the finding %s, which there is not", id)
		}
	}
	good, bad := 0, 0
	for _, e := range c.lib.Examples(p) {
		if e.Good {
			good++
		}
		if e.Bad {
			bad++
		}
	}
	if f.Topic != "failure" && !f.Wire && (good == 0 || bad == 0) {
		c.at(p, p.line, "a finding needs an http bad and an http good block: they are its tests")
	}
	c.body(p)
}

// Topics lists the topics of findings in the order in which they are shown.
var Topics = []string{"failure", "status", "auth", "cors", "redirects", "security", "cookies", "caching", "negotiation", "framing", "lifecycle"}

// Subjects lists the subjects of guides in the order in which they are shown.
var Subjects = []string{"sign-in", "answers", "wwwhy"}

// page checks what every article has in common.
func (c *checker) page(p *Page) {
	if !p.Written() {
		return
	}
	if n := len([]rune(p.Summary)); n == 0 || n > 240 {
		c.at(p, c.line(p, "summary"), "the summary has %d characters: want one sentence of 1 to 240", n)
	}
	if _, err := time.Parse(time.DateOnly, p.Reviewed); err != nil {
		c.at(p, c.line(p, "reviewed"), "reviewed is %q: want a date such as 2026-11-20", p.Reviewed)
	}
	if len(p.Sources) == 0 {
		c.at(p, 1, "the page names no sources")
	}
	c.body(p)
}

// body checks links, headings and examples of a page.
func (c *checker) body(p *Page) {
	for _, name := range p.See {
		if _, ok := c.lib.Lookup(name); !ok {
			c.at(p, c.line(p, "see"), "see names %q, which is no page", name)
		}
	}
	_, links := c.lib.expand(p)
	for _, l := range links {
		switch {
		case l.page == nil:
			c.at(p, l.line, "the link [[%s]] leads to no page", l.name)
		case l.anchor != "" && !c.hasAnchor(l.page, l.anchor):
			c.at(p, l.line, "the link [[%s#%s]] leads to no heading of %s", l.name, l.anchor, l.page.file)
		}
	}
	article, err := c.article(p)
	if err != nil {
		c.at(p, p.line, "%v", err)
	}
	seen := map[string]bool{}
	for _, h := range article.Headings {
		if seen[h.ID] {
			c.at(p, p.line, "two headings have the id %s", h.ID)
		}
		seen[h.ID] = true
	}
	c.lines(p)
	c.examples(p)
}

// article renders a page once: others link to its headings.
func (c *checker) article(p *Page) (Article, error) {
	if a, ok := c.articles[p]; ok {
		return a, nil
	}
	a, err := c.lib.Article(p)
	if err == nil {
		c.articles[p] = a
	}
	return a, err
}

func (c *checker) hasAnchor(p *Page, id string) bool {
	article, _ := c.article(p)
	return slices.ContainsFunc(article.Headings, func(h Heading) bool { return h.ID == id })
}

var markdownLink = regexp.MustCompile(`\]\((/[^)\s]*)\)`)

// lines checks what is said line by line: headings of the first level belong
// to the template, HTML is not ours to write, and paths must exist.
func (c *checker) lines(p *Page) {
	fenced := false
	for i, l := range strings.Split(p.body(), "\n") {
		if strings.HasPrefix(strings.TrimSpace(l), "```") {
			fenced = !fenced
		}
		if fenced {
			continue
		}
		if t := strings.TrimSpace(l); strings.HasPrefix(t, "{{") && strings.HasSuffix(t, "}}") && c.lib.tableFor(p, t[2:len(t)-2]) == "" {
			c.at(p, p.line+i, "there is no table %s for this page", t)
		}
		if strings.HasPrefix(l, "# ") {
			c.at(p, p.line+i, "a heading of the first level: the title is drawn by the page")
		}
		for _, m := range markdownLink.FindAllStringSubmatch(l, -1) {
			if !c.knownPath(m[1]) {
				c.at(p, p.line+i, "the link to %s leads to no page", m[1])
			}
		}
	}
	if fenced {
		c.at(p, p.line, "a fenced block is not closed")
	}
}

// knownPath reports whether a path of the site exists, as far as content
// knows.
func (c *checker) knownPath(target string) bool {
	target, _, _ = strings.Cut(target, "#")
	target, _, _ = strings.Cut(target, "?")
	switch dir, name := path.Split(strings.TrimPrefix(target, "/")); dir {
	case "":
		if _, err := strconv.Atoi(name); err == nil {
			_, ok := c.lib.Lookup("code:" + name)
			return ok
		}
		return slices.Contains([]string{"", "codes", "fields", "schemes", "findings", "inspect", "explain", "search", "api", "try", "choose", "compare", "check", "guides"}, name)
	case ".well-known/":
		return name == "security.txt"
	case "fields/", "schemes/", "findings/", "guides/":
		_, ok := c.lib.Lookup(strings.TrimSuffix(dir, "s/") + ":" + name)
		return ok
	}
	return false
}

var statusLine = regexp.MustCompile(`(?m)^HTTP/[0-9.]+ (\d{3})(?: (.*?))?\r?$`)

// examples checks that the status lines of examples agree with the registry.
func (c *checker) examples(p *Page) {
	for _, e := range c.lib.Examples(p) {
		if e.Bad {
			continue
		}
		for _, m := range statusLine.FindAllStringSubmatchIndex(e.Text, -1) {
			line := e.Line + strings.Count(e.Text[:m[0]], "\n")
			code, _ := strconv.Atoi(e.Text[m[2]:m[3]])
			s := c.lib.Status(code)
			if s == nil {
				c.at(p, line, "the example has the code %d, which nobody defines", code)
				continue
			}
			if m[4] < 0 || s.Registry == nil || strings.HasPrefix(s.Phrase, "(") {
				continue
			}
			if phrase := e.Text[m[4]:m[5]]; phrase != "" && phrase != s.Phrase {
				c.at(p, line, "the example says %d %s, but the registry says %s", code, phrase, s.Phrase)
			}
		}
	}
}
