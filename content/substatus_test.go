package content

import (
	"slices"
	"strconv"
	"testing"
)

// TestSubstatusesLeadToTheirPart: each row of the table is found by its name, and
// the article on its code has the part that lists it.
func TestSubstatusesLeadToTheirPart(t *testing.T) {
	lib := library(t)
	rows, err := lib.table("iis_substatus.csv")
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	parts := map[string]bool{}
	for _, r := range rows {
		s, ok := lib.Substatus("HTTP Error " + r["code"])
		if !ok || s.Name != r["code"] || s.Meaning == "" {
			t.Errorf("%s: %+v, %t", r["code"], s, ok)
			continue
		}
		status := r["http_status"]
		if _, looked := parts[status+s.Part]; !looked {
			code, _ := strconv.Atoi(status)
			article, err := lib.Article(&lib.Status(code).Page)
			if err != nil {
				t.Fatal(err)
			}
			parts[status+s.Part] = slices.ContainsFunc(article.Headings, func(h Heading) bool { return h.ID == s.Part })
		}
		if !parts[status+s.Part] {
			t.Errorf("%s: the article has no part #%s", status, s.Part)
		}
	}
	if s, ok := lib.Substatus("401.99"); !ok || s.Meaning != "" {
		t.Errorf("401.99, of a code with others: %+v, %t", s, ok)
	}
	for _, name := range []string{"401", "418.1", "401.", "401.1234", "x401.2", ""} {
		if s, ok := lib.Substatus(name); ok {
			t.Errorf("%q: %+v", name, s)
		}
	}
}
