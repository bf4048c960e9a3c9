package report

import (
	"strings"

	"wwwhy/content"
	"wwwhy/web/explanation"
	"wwwhy/web/message"
)

func newExplanation(lib *content.Library, r *message.Response, posed []Challenge, anonymous bool) Explanation {
	e, ok := explanation.Read(lib, r)
	if !ok {
		return Explanation{}
	}
	out := Explanation{Format: e.Format, Title: text(e.Title), Text: text(e.Text), Code: text(e.Code), Link: text(e.Link), ID: text(e.ID), Product: e.Product, Means: e.Means}
	if out.Means != "" {
		return out
	}
	if out.Quote() == "" {
		out.Means = codeMeans(lib, out.Code, posed, anonymous)
	} else if means, beside := lib.ErrorCodeMeans(out.Code); beside {
		out.Means = means
	}
	return out
}

// codeMeans returns what a code says that comes without a sentence: as the schemes
// have it that the response challenges with, as OAuth has it elsewhere, as any
// scheme has it.
func codeMeans(lib *content.Library, code string, posed []Challenge, anonymous bool) string {
	for _, c := range posed {
		if s := lib.Scheme(c.Scheme); s != nil {
			if known, ok := errorCode(s, code, anonymous); ok {
				return known.Means
			}
		}
	}
	if means, _ := lib.ErrorCodeMeans(code); means != "" {
		return means
	}
	for _, s := range lib.Schemes() {
		if known, ok := s.Error(code); ok {
			return known.Means
		}
	}
	return ""
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
// be known by their shape. A code that we know tells of none, and stays.
func (e Explanation) Reserved() Explanation {
	out := Explanation{Format: e.Format, Product: e.Product, Means: e.Means}
	if e.Product == "" && e.Means != "" {
		out.Code = e.Code
	}
	return out
}

// explanation writes what the content says.
func (t *textReport) explanation(e Explanation) {
	switch q := e.Quote(); {
	case q != "":
		t.para("   ", t.style(bold, "Its content says:")+" “"+Visible(q)+"”")
	case len(e.Rest()) > 0:
		t.para("   ", t.style(bold, "Its content says:"))
	}
	for _, r := range e.Rest() {
		t.para("       ", r[0]+": "+Visible(r[1]))
	}
	if e.Means != "" {
		t.para("   ", e.Means)
	}
}

func markdownExplanation(b *strings.Builder, e Explanation) {
	switch q := e.Quote(); {
	case q != "":
		b.WriteString("Its content says: “" + escapeMarkdown(q) + "”\n\n")
	case len(e.Rest()) > 0:
		b.WriteString("Its content says:\n\n")
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
