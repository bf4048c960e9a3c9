package content

import (
	"fmt"
	"strconv"
)

// ObservatoryOutcome is one of the outcomes that MDN's HTTP Observatory
// publishes (registry/observatory.csv): whose test it is, how many points it
// adds or takes, and in our words what it says and what would mend it.
type ObservatoryOutcome struct {
	Test, Says, Raise string
	Score             int
}

// ObservatoryOutcome returns an outcome by its name.
func (lib *Library) ObservatoryOutcome(name string) (ObservatoryOutcome, error) {
	rows, err := lib.table("observatory.csv")
	if err != nil {
		return ObservatoryOutcome{}, err
	}
	for _, r := range rows {
		if r["outcome"] == name {
			score, err := strconv.Atoi(r["score"])
			return ObservatoryOutcome{r["test"], r["says"], r["raise"], score}, err
		}
	}
	return ObservatoryOutcome{}, fmt.Errorf("registry/observatory.csv has no outcome %s", name)
}

// ObservatoryGrade returns the grade of a score of 0 and more in the Observatory's
// chart (registry/observatory_grades.csv, the highest first).
func (lib *Library) ObservatoryGrade(score int) string {
	rows, _ := lib.table("observatory_grades.csv") // where it cannot be read, there is no grade; the tests refuse that
	for _, r := range rows {
		if from, err := strconv.Atoi(r["from"]); err == nil && score >= from {
			return r["grade"]
		}
	}
	return ""
}
