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

// grades are the lowest scores of each grade in Observatory's chart.
var grades = []struct {
	from int
	name string
}{{100, "A+"}, {90, "A"}, {85, "A-"}, {80, "B+"}, {70, "B"}, {65, "B-"}, {60, "C+"}, {50, "C"}, {45, "C-"}, {40, "D+"}, {30, "D"}, {25, "D-"}, {0, "F"}}

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
	for _, g := range grades {
		if o.Score >= g.from {
			o.Grade = g.name
			return o
		}
	}
	return o
}
