package content

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"
)

var datePattern = regexp.MustCompile(`\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b`)

// TestDaysOfTheWeekAreRight computes the day of the week of every date in
// HTTP's form: readers copy examples, and a wrong day makes a date invalid for
// strict parsers. Blocks that are wrong on purpose are left out.
func TestDaysOfTheWeekAreRight(t *testing.T) {
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		bad := false
		for i, line := range strings.Split(string(data), "\n") {
			if strings.HasPrefix(line, "```") {
				bad = strings.HasPrefix(line, "```http bad")
			}
			if bad {
				continue
			}
			for _, date := range datePattern.FindAllString(line, -1) {
				const form = "Mon, 02 Jan 2006"
				day, err := time.Parse(form, date)
				if err != nil {
					t.Errorf("content/%s:%d: %s is no day", name, i+1, date)
				} else if right := day.Format(form); right != date {
					t.Errorf("content/%s:%d: %s is %s", name, i+1, date, right)
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
