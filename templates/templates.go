// Package templates draws pages and parts of pages as components of typed
// values. It decides nothing, fetches nothing and formats no HTTP: what a page
// shows is in the value that it is given.
package templates

import (
	"context"
	"fmt"
	"strings"

	"github.com/a-h/templ"

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

// severityWord is the sign that stands before a finding's sentence.
func severityWord(s string) string {
	return map[string]string{"error": "Error", "warning": "Warning", "notice": "Notice", "good": "Good"}[s]
}

// describedBy leads from an input to the box that says what is wrong with it.
func describedBy(p *Problem) templ.Attributes {
	if p == nil {
		return nil
	}
	return templ.Attributes{"aria-describedby": "problem"}
}

// quoted makes a sentence that holds text from outside safe to be read as
// Markdown: what our own sentences set in backquotes stays code, all other
// marks are plain characters.
func quoted(sentence string) string {
	pieces := strings.Split(shown(sentence), "`")
	if len(pieces)%2 == 0 { // an odd backquote came from outside
		pieces = []string{strings.ReplaceAll(shown(sentence), "`", "'")}
	}
	for i := 0; i < len(pieces); i += 2 {
		pieces[i] = markdownMarks.Replace(pieces[i])
	}
	return strings.Join(pieces, "`")
}

var markdownMarks = strings.NewReplacer(`\`, `\\`, "<", `\<`, ">", `\>`, "[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`, "#", `\#`, "|", `\|`,
	"!", `\!`, "&", `\&`, "~", `\~`, "\n", " ")
