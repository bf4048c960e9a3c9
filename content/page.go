package content

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Page is what every page of the reference has. Slug comes from the file name
// and is never written in front matter; Title is written for guides and
// findings and made from the registry for all others.
type Page struct {
	Slug     string   `yaml:"-"`
	Title    string   `yaml:"title"`
	Summary  string   `yaml:"summary"`
	Reviewed string   `yaml:"reviewed"` // date as 2006-01-02
	Sources  []string `yaml:"sources"`
	See      []string `yaml:"see"`
	Aliases  []string `yaml:"aliases"`

	kind Kind
	file string // path within content, empty for a page made from the registry alone
	fsys fs.FS  // where the file is
	line int    // line of the file on which the body begins, counted from 1
}

// Kind says which folder a page belongs to.
type Kind string

// The kinds of page.
const (
	KindCode    Kind = "codes"
	KindField   Kind = "fields"
	KindScheme  Kind = "schemes"
	KindFinding Kind = "findings"
	KindGuide   Kind = "guides"
)

// Ref names a page where no more is needed than its name and address.
type Ref struct {
	Kind  Kind
	Slug  string
	Title string
	Href  string
}

// Kind returns what sort of page this is.
func (p *Page) Kind() Kind { return p.kind }

// File returns the path of the page's file within content, or "" where the
// page is made from the registry alone.
func (p *Page) File() string { return p.file }

// Written reports whether somebody wrote an article: false for a page that is
// made from the registry alone.
func (p *Page) Written() bool { return p.file != "" }

// body returns the Markdown as written, front matter removed. It is read anew
// each time: a page is drawn once and then kept as it was drawn, and the
// articles together have megabytes.
func (p *Page) body() string {
	if p.file == "" {
		return ""
	}
	data, err := fs.ReadFile(p.fsys, p.file)
	if err != nil {
		return "" // reading the page told it
	}
	_, body, _, _ := splitFrontMatter(p.file, data)
	return body
}

// Href returns the path of the page on the site. A code's is at the root.
func (p *Page) Href() string {
	if p.kind == KindCode {
		return "/" + p.Slug
	}
	return "/" + string(p.kind) + "/" + p.Slug
}

// Ref returns the short form of the page.
func (p *Page) Ref() Ref { return Ref{p.kind, p.Slug, p.Title, p.Href()} }

// Severity grades a finding: how bad it is for whoever gets the answer.
type Severity int

// The zero value is no severity: a rule that leaves it lets the finding's page
// decide. Higher is worse.
const (
	Unset Severity = iota
	Good
	Notice
	Warning
	Error
)

var severityNames = [...]string{"", "good", "notice", "warning", "error"}

// String returns the word used in reports and front matter.
func (s Severity) String() string { return severityNames[s] }

// ParseSeverity returns the severity that a report's word names; Unset: it is none.
func ParseSeverity(word string) Severity {
	return Severity(max(slices.Index(severityNames[:], word), 0))
}

// UnmarshalYAML reads the word used in front matter.
func (s *Severity) UnmarshalYAML(n *yaml.Node) error {
	if *s = ParseSeverity(n.Value); *s != Unset {
		return nil
	}
	return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: severity is %q: want one of %s", n.Line, n.Value, strings.Join(severityNames[1:], ", "))}}
}

// MarshalText writes the word used in reports.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
