package content

import (
	"strconv"
	"testing"
)

func TestGradesOfTheObservatory(t *testing.T) {
	rows, err := readTable(files, "observatory_grades.csv")
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	lib, last := library(t), 1000
	for _, r := range rows {
		from, err := strconv.Atoi(r["from"])
		if err != nil || from >= last || r["grade"] == "" {
			t.Errorf("%v after %d", r, last)
		}
		if got := lib.ObservatoryGrade(from); got != r["grade"] {
			t.Errorf("%d: %q", from, got)
		}
		last = from
	}
	for score, want := range map[int]string{145: "A+", 99: "A", 0: "F", 24: "F", 69: "B-"} {
		if got := lib.ObservatoryGrade(score); got != want {
			t.Errorf("%d: %q, want %q", score, got, want)
		}
	}
}
