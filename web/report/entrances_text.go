package report

import (
	"fmt"
	"io"

	"wwwhy/content"
)

// WriteEntrances writes where the entrances of a site lead for people at a
// terminal: the verdict, each entrance with its way, then what was found, worst
// first.
func WriteEntrances(w io.Writer, e Entrances, o TextOptions) error {
	t := newTextReport(o)
	t.para("", t.style(bold, Visible(e.Verdict)))
	for i := range e.Entrances {
		t.entrance(i, &e.Entrances[i], e.Again(i))
	}
	if len(e.Findings) > 0 {
		t.heading("All of them together")
	}
	for _, f := range e.Findings {
		t.line("")
		where := ""
		for _, n := range f.Entrances {
			where += fmt.Sprintf(" (%d)", n+1)
		}
		t.para("   ", t.severity(f.Severity)+where+" "+f.Summary)
		if f.Severity != "good" {
			t.para("     ", f.Fix)
		}
		t.line("     %s", t.style(dim, f.Spec+"  "+f.ID))
	}
	_, err := io.WriteString(w, t.harmless())
	return err
}

// entrance writes one entrance: each address on its way behind its answer, and what
// was found there, if it was not told before.
func (t *textReport) entrance(i int, e *Entrance, again bool) {
	t.line("")
	t.line("%s", t.style(bold, fmt.Sprintf("%d. %s", i+1, Visible(e.URL))))
	for _, h := range e.Hops {
		status := t.style(dim, "---")
		if h.Status > 0 {
			status = t.style(content.StatusColor(h.Status), fmt.Sprint(h.Status))
		}
		t.line("   %s  %s", status, Visible(h.URL))
	}
	if e.Failure != "" {
		t.para("   ", t.style(red, Visible(e.Verdict)))
	}
	switch {
	case e.HSTS != "":
		t.para("   ", t.style(dim, "Strict-Transport-Security: "+Visible(e.HSTS)))
	case e.Secure():
		t.para("   ", t.style(dim, "no Strict-Transport-Security in the first answer over https"))
	}
	if e.Errors+e.Warnings > 0 && !e.Closed() && !again {
		t.para("   ", t.severity(e.Worst)+" "+e.Found())
	}
}
