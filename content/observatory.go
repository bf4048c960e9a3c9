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
