// Package templates draws pages and parts of pages as components of typed
// values. It decides nothing, fetches nothing and formats no HTTP: what a page
// shows is in the value that it is given.
package templates

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/report"
)

// Meta is what the frame of every page needs.
type Meta struct {
	Title       string // of the page, without the site's name
	Description string
	Path        string // canonical path, without query
	Section     string // entry of the navigation that is current
	NoIndex     bool
	Forms       bool   // the page also comes as .md, .json and .txt
	Facts       string // JSON-LD about the page; empty: none
	Picture     string // path of the picture for other sites; empty: none
}

type siteKey struct{}

// WithSite returns a context for pages of the site at an address, without a
// slash at the end: they name themselves by it to those who copy or index them.
func WithSite(ctx context.Context, base string) context.Context {
	return context.WithValue(ctx, siteKey{}, base)
}

// siteOf returns the address of the site; "" if it is unknown.
func siteOf(ctx context.Context) string {
	base, _ := ctx.Value(siteKey{}).(string)
	return base
}

// navigation lists the entries of the head of each page.
var navigation = []struct{ name, href string }{
	{"Codes", "/codes"}, {"Fields", "/fields"}, {"Schemes", "/schemes"}, {"Findings", "/findings"}, {"Guides", "/guides"}, {"Inspect", "/inspect"}, {"Explain", "/explain"},
}

// statusClass names the style of a code's class: s1 to s5, s0 for others.
func statusClass(code int) string {
	if code < 100 || code > 599 {
		return "s0"
	}
	return fmt.Sprintf("s%d", code/100)
}

// shown makes text from outside safe to look at.
func shown(s string) string { return report.Visible(s) }

// segment is a piece of a value: bare, or one that has an explanation.
type segment struct {
	text   string
	note   string // the explanation, or the message of a problem
	number int    // of the explanation in the list below the value
	bad    bool
}

// segments cuts a value at its parts. Parts lie in order; an inner part that
// has an explanation of its own is left to the list below the value.
func segments(value string, parts []report.Part) []segment {
	var all []segment
	at, number := 0, -1
	for _, p := range parts {
		if p.Summary != "" {
			number++
		}
		if p.Offset < at || p.Offset+p.Length > len(value) {
			continue
		}
		if p.Offset > at {
			all = append(all, segment{text: value[at:p.Offset]})
		}
		at = p.Offset + p.Length
		all = append(all, segment{text: value[p.Offset:at], note: p.Summary, number: number})
	}
	if at < len(value) {
		all = append(all, segment{text: value[at:]})
	}
	return all
}

// problemSegments cuts a field line's value at the problems of a challenge.
func problemSegments(value string, problems []report.Problem) []segment {
	var parts []report.Part
	for _, p := range problems {
		parts = append(parts, report.Part{Offset: p.Offset, Length: p.Length, Summary: p.Message})
	}
	all := segments(value, parts)
	for i := range all {
		all[i].bad = all[i].note != ""
	}
	return all
}

// explained returns the parts that have something to say.
func explained(parts []report.Part) []report.Part {
	var all []report.Part
	for _, p := range parts {
		if p.Summary != "" {
			all = append(all, p)
		}
	}
	return all
}

// phase is a bar of the waterfall: where it begins and how long it is, in
// steps of a fortieth of the whole, for which the style sheet has classes.
type phase struct {
	name, class string
	ms          float64
	from, width int
}

// phases lays the phases of an exchange on one line of forty steps.
func phases(t report.Timing) []phase {
	all := []phase{{name: "Name lookup", class: "dns", ms: t.DNS}, {name: "Connect", class: "connect", ms: t.Connect}, {name: "TLS", class: "tls", ms: t.TLS},
		{name: "Wait", class: "wait", ms: t.FirstByte}, {name: "Content", class: "content", ms: t.Content}}
	sum := 0.0
	for _, p := range all {
		sum += p.ms
	}
	var out []phase
	before := 0.0
	for _, p := range all {
		if p.ms > 0 && sum > 0 {
			p.from, p.width = steps(before, p.ms, sum)
			out = append(out, p)
		}
		before += p.ms
	}
	return out
}

// steps places a stretch of time on a line of forty steps: the step at which it
// begins, and how many it takes, at least one.
func steps(before, length, whole float64) (from, width int) {
	from = min(int(before/whole*40), 39)
	return from, min(max(1, int(length/whole*40+0.5)), 40-from)
}

func milliseconds(v float64) string {
	if v > 0 && v < 10 {
		return fmt.Sprintf("%.1f ms", v)
	}
	return fmt.Sprintf("%.0f ms", v)
}

// severityWord is the sign that stands before a finding's sentence.
func severityWord(s string) string {
	return map[string]string{"error": "Error", "warning": "Warning", "notice": "Notice", "good": "Good"}[s]
}

func contentWords(c report.Content) string {
	switch c.Known {
	case "none":
		return "none"
	case "unknown":
		return ""
	}
	var words []string
	words = append(words, bytesWords(c.Length))
	if c.Encoding != "" && c.Decoded >= 0 {
		words = append(words, fmt.Sprintf("%s as sent, %s decoded", shown(c.Encoding), bytesWords(c.Decoded)))
	}
	if c.Type != "" {
		words = append(words, shown(c.Type))
	}
	if c.Known == "partly" {
		words = append(words, "read in part")
	}
	return strings.Join(words, ", ")
}

func bytesWords(n int64) string {
	switch {
	case n == 1:
		return "1 byte"
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	}
	return fmt.Sprintf("%d MB", n/1_000_000)
}

// group is codes under one heading of the index.
type group struct {
	ID, Title, About string
	Codes            []*content.Status
}

// classes are the headings of the index.
var classes = []group{
	{ID: "informational", Title: "1xx Informational", About: "Interim: the final answer is still to come."},
	{ID: "successful", Title: "2xx Successful", About: "The request was received, understood and accepted."},
	{ID: "redirection", Title: "3xx Redirection", About: "Something more has to be done, mostly at another address."},
	{ID: "client-error", Title: "4xx Client error", About: "The request is at fault, or seems to be."},
	{ID: "server-error", Title: "5xx Server error", About: "The server knows that it failed."},
	{ID: "outside", Title: "Outside HTTP", About: "Numbers that tools and vendors use beyond the five classes."},
}

// ClassTiles returns a tile for each of the five classes, without a count.
func ClassTiles() []ClassTile {
	var all []ClassTile
	for i, c := range classes[:5] {
		all = append(all, ClassTile{Code: (i + 1) * 100, Name: c.Title, About: c.About, Href: "/codes#" + c.ID})
	}
	return all
}

// groups sorts codes by class, registered ones first within each.
func groups(all []*content.Status) []group {
	out := slices.Clone(classes)
	for _, s := range all {
		i := s.Code/100 - 1
		if i < 0 || i > 4 {
			i = 5
		}
		out[i].Codes = append(out[i].Codes, s)
	}
	return out
}

// long reports whether a list is longer than a glance.
func (v ListView) long() bool {
	n := 0
	for _, g := range v.Groups {
		n += len(g.Pages)
	}
	return n > 20
}

// origin says who defines a code, in a word or two.
func origin(s *content.Status) string {
	if s.Registry != nil {
		switch {
		case strings.HasPrefix(s.Registry.State, "registered"):
			return "IANA"
		case strings.HasPrefix(s.Registry.State, "unused"):
			return "IANA, unused"
		case strings.HasPrefix(s.Registry.State, "temporary"):
			return "IANA, temporary"
		}
		return "IANA, " + s.Registry.State
	}
	var names []string
	for _, u := range s.Uses {
		names = append(names, u.Product)
	}
	return strings.Join(names, "; ")
}

// registered returns the codes that IANA registers, or those that it does not.
func registered(codes []*content.Status, want bool) []*content.Status {
	var all []*content.Status
	for _, s := range codes {
		if (s.Registry != nil) == want {
			all = append(all, s)
		}
	}
	return all
}
