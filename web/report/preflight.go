package report

import (
	"fmt"

	"wwwhy/content"
	"wwwhy/web/diagnose"
)

// NewPreflight words a browser's decisions: about the preflight, and about the
// answer to the request itself, which may not have been sent.
func NewPreflight(lib *content.Library, c diagnose.CORS, before, after []diagnose.Step) Preflight {
	p := Preflight{Origin: text(c.Origin), Method: text(c.Method), Allowed: true, Steps: []PreflightStep{}}
	stopped, redirected := "", false
	add := func(steps []diagnose.Step) bool {
		for _, s := range steps {
			words, _ := lib.CORSStep(s.Name)
			sentence := words.Right
			if !s.Right {
				sentence = words.Wrong
			}
			out := PreflightStep{s.Name, s.Right, sentence.With(sayable(lib, s.Args)), words.Spec}
			p.Steps = append(p.Steps, out)
			if !s.Right && s.Name != "needed" && s.Name != "challenge" {
				stopped, redirected = out.Summary, s.Name == "final"
				return false
			}
		}
		return true
	}
	p.Allowed = add(before)
	p.Readable = p.Allowed && len(after) > 0 && add(after)
	switch {
	case !p.Allowed:
		p.Verdict = "The browser stops the request before it is sent. " + stopped
	case len(after) == 0:
		p.Verdict = fmt.Sprintf("A script of %s may send this request. It was not sent here, because %s may change something.", Visible(c.Origin), Visible(c.Method))
	case redirected:
		p.Verdict = fmt.Sprintf("A script of %s may send this request. %s", Visible(c.Origin), stopped)
	case !p.Readable:
		p.Verdict = "The request is sent, but the script sees a network error. " + stopped
	default:
		p.Verdict = fmt.Sprintf("A script of %s may send this request and read the answer.", Visible(c.Origin))
	}
	return p
}
