package report

import (
	"strings"

	"wwwhy/content"
	"wwwhy/web/explanation"
	"wwwhy/web/message"
)

func newExplanation(lib *content.Library, r *message.Response) Explanation {
	e, ok := explanation.Read(lib, r)
	if !ok {
		return Explanation{}
	}
	return Explanation{Format: e.Format, Title: text(e.Title), Text: text(e.Text), Code: text(e.Code), Link: text(e.Link), ID: text(e.ID), Product: e.Product, Means: e.Means}
}

// Quote is what the content says to people, in one line; empty: nothing.
func (e Explanation) Quote() string {
	switch {
	case e.Title == "":
		return e.Text
	case e.Text == "":
		return e.Title
	}
	return strings.TrimRight(e.Title, ".:") + ": " + e.Text
}

// Rest is what the content says to programs, as names and values.
func (e Explanation) Rest() [][2]string {
	var all [][2]string
	for _, r := range [][2]string{{"Code", e.Code}, {"Request", e.ID}, {"More", e.Link}} {
		if r[1] != "" {
			all = append(all, r)
		}
	}
	return all
}

// Reserved leaves out the words of the server: what they tell of people cannot
// be known by their shape.
func (e Explanation) Reserved() Explanation {
	return Explanation{Format: e.Format, Product: e.Product, Means: e.Means}
}

// explanation writes what the content says.
func (t *textReport) explanation(e Explanation) {
	if q := e.Quote(); q != "" {
		t.para("   ", t.style(bold, "Its content says:")+" “"+Visible(q)+"”")
	}
	for _, r := range e.Rest() {
		t.para("       ", r[0]+": "+Visible(r[1]))
	}
	if e.Means != "" {
		t.para("   ", e.Means)
	}
}

func markdownExplanation(b *strings.Builder, e Explanation) {
	if q := e.Quote(); q != "" {
		b.WriteString("Its content says: “" + escapeMarkdown(q) + "”\n\n")
	}
	for _, r := range e.Rest() {
		b.WriteString("- " + r[0] + ": " + codeSpan(r[1]) + "\n")
	}
	if len(e.Rest()) > 0 {
		b.WriteString("\n")
	}
	if e.Means != "" {
		b.WriteString(e.Means + "\n\n")
	}
}
