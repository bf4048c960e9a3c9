package report

import (
	"wwwhy/content"
	"wwwhy/web/diagnose"
	"wwwhy/web/message"
)

// Observatory is the score and the grade that MDN's HTTP Observatory gives by
// its published table, as far as this inspection shows. Without tests, there is
// no page to grade.
type Observatory struct {
	Score int              `json:"score"` // 0 and more; 100 without penalties
	Grade string           `json:"grade"` // "A+" to "F"
	Raise string           `json:"raise"` // what would raise it most
	Tests []ObservatoryOne `json:"tests"`
}

// ObservatoryOne is the outcome of one test.
type ObservatoryOne struct {
	Test    string `json:"test"`
	Outcome string `json:"outcome"` // as the Observatory calls it
	Score   int    `json:"score"`   // points that it adds or takes
	Summary string `json:"summary"`
}

// extraFrom is the score without bonuses from which on they count.
const extraFrom = 90

func newObservatory(lib *content.Library, xs []message.Exchange) Observatory {
	o := Observatory{Tests: []ObservatoryOne{}}
	outcomes, ok := diagnose.Observatory(lib, xs)
	if !ok {
		return o
	}
	bonus, lowest := 0, 0
	o.Score = 100
	for _, name := range outcomes {
		out, err := lib.ObservatoryOutcome(name)
		if err != nil {
			continue // the test of this package sees to it that there is none
		}
		o.Tests = append(o.Tests, ObservatoryOne{out.Test, name, out.Score, out.Says})
		if out.Score > 0 {
			bonus += out.Score
			continue
		}
		o.Score += out.Score
		if out.Score < lowest {
			lowest, o.Raise = out.Score, out.Raise
		}
	}
	if o.Score = max(o.Score, 0); o.Score >= extraFrom {
		o.Score += bonus
	}
	o.Grade = lib.ObservatoryGrade(o.Score)
	return o
}
