package report

import (
	"fmt"
	"io"
	"strings"
)

// writeMarkdown writes a report as Markdown, for tickets and chats. What came
// from outside stands in code spans, where it can be neither link nor image.
func writeMarkdown(w io.Writer, r Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", escapeMarkdown(r.Verdict))
	for i := range r.Exchanges {
		markdownExchange(&b, i, &r.Exchanges[i])
	}
	markdownSteps(&b, r)
	if len(r.Findings) > 0 {
		b.WriteString("\n## Findings\n\n")
	}
	for _, f := range r.Findings {
		indent := ""
		if f.Under != "" {
			indent = "  "
		}
		fmt.Fprintf(&b, "%s- **%s** %s %s (%s, `%s`)\n", indent, f.Severity, escapeMarkdown(f.Summary), escapeMarkdown(f.Fix), f.Spec, f.ID)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdownSteps lists what a browser decides, and the way to a token.
func markdownSteps(b *strings.Builder, r Report) {
	if len(r.Preflight.Steps) > 0 {
		b.WriteString("\n## What the browser decides\n\n")
	}
	for i, s := range r.Preflight.Steps {
		answer := map[bool]string{true: "yes", false: "no"}[s.Right]
		fmt.Fprintf(b, "%d. **%s** %s (%s)\n", i+1, answer, escapeMarkdown(s.Summary), escapeMarkdown(s.Spec))
	}
	if o := r.Observatory; len(o.Tests) > 0 {
		fmt.Fprintf(b, "\n## MDN Observatory: %s (%d), as far as this shows\n\n", o.Grade, o.Score)
		for _, one := range o.Tests {
			fmt.Fprintf(b, "- %+d %s\n", one.Score, escapeMarkdown(one.Summary))
		}
		if o.Raise != "" {
			fmt.Fprintf(b, "\nWhat would raise it most: %s\n", escapeMarkdown(o.Raise))
		}
	}
	if len(r.Discovery.Steps) > 0 {
		b.WriteString("\n## The way to a token\n\n")
	}
	for i, s := range r.Discovery.Steps {
		fmt.Fprintf(b, "%d. **%s**, %s: %s %s\n", i+1, s.Name, s.State, codeSpan(s.URL), escapeMarkdown(s.Summary))
	}
	if r.Discovery.Client != "" {
		fmt.Fprintf(b, "\n%s\n", escapeMarkdown(r.Discovery.Client))
	}
}

func markdownExchange(b *strings.Builder, i int, x *Exchange) {
	fmt.Fprintf(b, "\n## %d. %s %s\n\n", i+1, codeSpan(x.Method), codeSpan(x.URL))
	if x.Error.Kind != "" {
		fmt.Fprintf(b, "%s\n\n", escapeMarkdown(x.Error.Message))
	}
	if x.Status.Code > 0 {
		fmt.Fprintf(b, "%s **%d** %s: %s\n\n", escapeMarkdown(x.Protocol), x.Status.Code, codeSpan(x.Status.Reason), x.Status.Summary)
		markdownExplanation(b, x.Content.Explanation)
	}
	for _, c := range x.Challenges {
		fmt.Fprintf(b, "### %s: %s\n\n%s %s\n\n", c.Field, codeSpan(c.Scheme), escapeMarkdown(c.Summary), escapeMarkdown(c.Next))
		if c.Send != "" {
			fmt.Fprintf(b, "Send: %s\n\n", codeSpan(c.Send))
		}
		for _, p := range c.Problems {
			fmt.Fprintf(b, "- **%s** %s\n", p.Severity, escapeMarkdown(p.Message))
		}
		if c.Corrected != "" {
			fmt.Fprintf(b, "\nCorrected: %s\n\n", codeSpan(c.Corrected))
		}
	}
	markdownHints(b, x.Hints)
	if len(x.Fields) > 0 {
		b.WriteString("| Field | Value | What it is |\n|---|---|---|\n")
	}
	for _, f := range x.Fields {
		fmt.Fprintf(b, "| %s | %s | %s |\n", tableCell(f.Name), tableCell(f.Value), f.Summary)
	}
}

// codeSpan sets text from outside in code, with a fence longer than any run of
// backquotes in it.
func codeSpan(s string) string {
	s = Visible(strings.TrimSpace(s))
	if s == "" {
		return ""
	}
	run, longest := 0, 0
	for i := range len(s) {
		if s[i] == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	fence := strings.Repeat("`", longest+1)
	if longest == 0 {
		return fence + s + fence
	}
	return fence + " " + s + " " + fence
}

// tableCell is a code span in a table, where a bar would end the cell.
func tableCell(s string) string { return strings.ReplaceAll(codeSpan(s), "|", `\|`) }

// escapeMarkdown keeps words from outside that stand in a sentence from being
// read as markup. Code stays as it is; an odd backquote came from outside.
func escapeMarkdown(s string) string {
	pieces := strings.Split(Visible(s), "`")
	if len(pieces)%2 == 0 {
		pieces = []string{strings.Join(pieces, "'")}
	}
	for i := 0; i < len(pieces); i += 2 {
		pieces[i] = markdownMarks.Replace(pieces[i])
	}
	return strings.Join(pieces, "`")
}

// markdownMarks takes from characters what Markdown reads in them, and parts by a
// space of no width what tickets make of plain words: calls of people and numbers
// of other tickets. An address may become a link: it shows where it leads.
var markdownMarks = strings.NewReplacer("\\", "\\\\", "<", "&lt;", "[", "\\[", "]", "\\]", "*", "\\*", "_", "\\_", "!", "\\!", "|", "\\|", "\n", " ",
	"@", "@&#8203;", "#", "#&#8203;")
