package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"wwwhy/content"
)

// TextOptions says how a report is written for a terminal.
type TextOptions struct {
	Color bool
	Width int // columns; 0: 80, 20 at least
}

func writePlain(w io.Writer, r Report) error { return WriteText(w, r, TextOptions{}) }

// WriteText writes a report for people at a terminal: the verdict first, then
// each exchange with its challenges and fields, then the findings, worst first.
// What came from outside cannot move the cursor or change colors.
func WriteText(w io.Writer, r Report, o TextOptions) error {
	t := newTextReport(o)
	t.para("", t.style(bold, Visible(r.Verdict)))
	for i := range r.Exchanges {
		t.exchange(i, &r.Exchanges[i])
	}
	t.preflight(r.Preflight)
	t.discovery(r.Discovery)
	t.observatory(r.Observatory)
	t.findings(r)
	_, err := io.WriteString(w, t.harmless())
	return err
}

func newTextReport(o TextOptions) *textReport {
	if o.Width == 0 {
		o.Width = 80
	}
	o.Width = max(o.Width, 20) // narrower, and words do not fit
	return &textReport{o: o}
}

// harmless is what was written with nothing in it that a terminal acts on but
// our own styles. Texts from outside were made visible where they stand; this
// holds for those of which it was not thought, too.
func (t *textReport) harmless() string {
	all := t.b.String()
	if plain(strings.ReplaceAll(all, "\n", "")) {
		return all
	}
	var b strings.Builder
	for line := range strings.Lines(all) {
		line, ended := strings.CutSuffix(line, "\n")
		for line != "" {
			from, to := len(line), len(line)
			if at := styles.FindStringIndex(line); at != nil && t.o.Color {
				from, to = at[0], at[1]
			}
			b.WriteString(Visible(line[:from]) + line[from:to])
			line = line[to:]
		}
		if ended {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// styles are the sequences that style writes.
var styles = regexp.MustCompile("\x1b\\[([012]|3[12346])m")

// Styles of ECMA-48 (SGR).
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	blue   = "34"
	cyan   = "36"
)

type textReport struct {
	o TextOptions
	b strings.Builder
}

func (t *textReport) style(code, s string) string {
	if !t.o.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t *textReport) line(format string, args ...any) { fmt.Fprintf(&t.b, format+"\n", args...) }

// para writes words wrapped to the width, each line indented.
func (t *textReport) para(indent, words string) {
	line, width := indent, len(indent)
	empty := true
	for word := range strings.FieldsSeq(words) {
		n := utf8.RuneCountInString(unstyled(word))
		if !empty && width+1+n > t.o.Width {
			t.line("%s", line)
			line, width, empty = indent, len(indent), true
		}
		if !empty {
			line, width = line+" ", width+1
		}
		line, width, empty = line+word, width+n, false
	}
	if !empty {
		t.line("%s", line)
	}
}

// unstyled drops our own styles, to measure what is left.
func unstyled(s string) string {
	for {
		from := strings.Index(s, "\x1b[")
		if from < 0 {
			return s
		}
		to := strings.IndexByte(s[from:], 'm')
		if to < 0 {
			return s
		}
		s = s[:from] + s[from+to+1:]
	}
}

func (t *textReport) exchange(i int, x *Exchange) {
	t.line("")
	head := strings.TrimSpace(Visible(x.Method) + " " + Visible(x.URL))
	if head == "" {
		head = "The response"
	}
	t.line("%s", t.style(bold, fmt.Sprintf("%d. %s", i+1, head)))
	if x.Cause != "asked" {
		t.para("   ", t.style(dim, map[string]string{"redirect": "because the answer before redirects here", "probe": "asked by the inspection (" + x.Purpose + ")"}[x.Cause]))
	}
	t.connection(x)
	if x.Error.Kind != "" {
		t.para("   ", t.style(red, Visible(x.Error.Message)))
	}
	for _, in := range x.Interim {
		t.line("   %s", t.style(dim, fmt.Sprintf("first an interim response: %d %s", in.Code, Visible(in.Reason))))
	}
	if s := x.Status; s.Code > 0 {
		t.line("   %s", t.style(content.StatusColor(s.Code), strings.TrimSpace(fmt.Sprintf("%s %d %s", x.Protocol, s.Code, Visible(s.Reason)))))
		t.para("   ", s.Summary)
		t.explanation(x.Content.Explanation)
	}
	if x.Cause == "probe" {
		return // what it shows is in the findings; --json has all of it
	}
	for n := range x.Challenges {
		t.challenge(&x.Challenges[n])
	}
	t.picked(x)
	t.hints(x.Hints)
	t.fields(x)
	if x.Caching.Private != "" {
		t.line("")
		t.para("   ", x.Caching.Private+" "+x.Caching.Shared)
	}
}

// picked lists which of several challenges clients would answer.
func (t *textReport) picked(x *Exchange) {
	for i, p := range x.Picked {
		if i == 0 {
			t.line("")
		}
		scheme := Visible(p.Scheme)
		if scheme == "" {
			scheme = "none"
		}
		t.para("   ", t.style(bold, p.Client)+" answers "+scheme+". "+p.Why)
	}
}

func (t *textReport) connection(x *Exchange) {
	var facts []string
	if x.Remote != "" {
		facts = append(facts, Visible(x.Remote))
	}
	if x.TLS.Version != "" {
		verified := "verified"
		if !x.TLS.Verified {
			verified = "not verified: " + x.TLS.Error
		}
		facts = append(facts, x.TLS.Version+" ("+verified+")")
	}
	if x.Timing.Total > 0 {
		facts = append(facts, fmt.Sprintf("%.0f ms", x.Timing.Total))
	}
	if x.Content.Known == "wholly" || x.Content.Known == "partly" {
		facts = append(facts, fmt.Sprintf("%d bytes of content", x.Content.Length))
	}
	if len(facts) > 0 {
		t.para("   ", t.style(dim, strings.Join(facts, " · ")))
	}
}

func (t *textReport) challenge(c *Challenge) {
	t.line("")
	name := Visible(c.Scheme)
	if name == "" {
		name = "No scheme"
	}
	t.line("   %s", t.style(bold, c.Field+": "+name))
	t.para("   ", c.Summary)
	for _, p := range c.Params {
		t.line("     %s = %s", t.style(cyan, Visible(p.Name)), Visible(p.Value))
		t.para("         ", p.Summary)
	}
	for _, p := range c.Decoded {
		t.para("     ", "decoded: "+p.Summary)
	}
	for _, p := range c.Problems {
		t.para("     ", t.severity(p.Severity)+" "+p.Message)
	}
	if c.Corrected != "" {
		t.line("     corrected: %s", Visible(c.Corrected))
	}
	t.para("   ", c.Next)
	if c.Send != "" {
		t.line("     %s", t.style(green, Visible(c.Send)))
	}
}

func (t *textReport) fields(x *Exchange) {
	if len(x.Fields) == 0 {
		return
	}
	t.line("")
	for _, f := range x.Fields {
		t.line("   %s %s", t.style(cyan, Visible(f.Name)+":"), Visible(f.Value))
		t.para("       ", t.style(dim, f.Summary))
	}
}

// heading begins a section.
func (t *textReport) heading(text string) {
	t.line("")
	t.line("%s", t.style(bold, text))
}

// severity gives the word with its color, which is never the only sign.
func (t *textReport) severity(s string) string {
	return t.style(map[string]string{"error": red, "warning": yellow, "notice": blue, "good": green}[s], s+":")
}

func (t *textReport) findings(r Report) {
	if len(r.Findings) == 0 {
		return
	}
	t.heading("Findings")
	for _, f := range r.Findings {
		where := ""
		if len(r.Exchanges) > 1 {
			where = fmt.Sprintf(" (%d)", f.Exchange+1)
		}
		if f.Under != "" {
			t.para("       ", t.style(dim, "from this follows: ")+f.Severity+": "+f.Summary+" "+t.style(dim, f.ID))
			continue
		}
		t.line("")
		t.para("   ", t.severity(f.Severity)+where+" "+f.Summary)
		t.para("     ", f.Fix)
		t.line("     %s", t.style(dim, strings.TrimSpace(f.Spec+"  "+f.ID)))
	}
}

// observatory tells the grade, and of the tests those that cost points.
func (t *textReport) observatory(o Observatory) {
	if len(o.Tests) == 0 {
		return
	}
	t.heading(fmt.Sprintf("MDN Observatory: %s (%d), as far as this shows", o.Grade, o.Score))
	for _, one := range o.Tests {
		if one.Score != 0 {
			t.para("   ", fmt.Sprintf("%+d  %s", one.Score, one.Summary))
		}
	}
	if o.Raise != "" {
		t.para("   ", "What would raise it most: "+o.Raise)
	}
}

// discovery lists the way to a token.
func (t *textReport) discovery(d Discovery) {
	if len(d.Steps) == 0 {
		return
	}
	t.heading("The way to a token")
	for i, s := range d.Steps {
		t.line("   %d. %s: %s  %s", i+1, s.Name, t.style(map[string]string{"right": green, "wrong": red, "open": dim}[s.State], s.State), Visible(s.URL))
		t.para("      ", s.Summary)
	}
	t.para("   ", d.Client)
}

// preflight lists a browser's decisions.
func (t *textReport) preflight(p Preflight) {
	if len(p.Steps) == 0 {
		return
	}
	t.heading("What the browser decides")
	for i, s := range p.Steps {
		mark := t.style(green, "yes:")
		if !s.Right {
			mark = t.style(red, "no:")
		}
		t.para("   ", fmt.Sprintf("%d. %s %s", i+1, mark, s.Summary))
		t.line("      %s", t.style(dim, s.Spec))
	}
}
