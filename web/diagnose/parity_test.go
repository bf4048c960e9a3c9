package diagnose

import (
	"os"
	"slices"
	"strings"
	"testing"

	"wwwhy/content"
)

// rivals are the tools whose checks testdata/parity.tsv answers one by one, and
// how many each has.
var rivals = map[string]int{"httplint": 329, "redbot": 39, "observatory": 77, "csp_evaluator": 31, "httpolice": 301, "lint-http": 209}

// explainedBy are the parts of a report that explain without a finding.
var explainedBy = []string{"caching", "field", "preflight", "exchange", "observatory"}

// TestEveryCheckOfOthersIsAnswered keeps the table whole: each check of another
// tool is a finding of ours, is explained, or is left out for a reason.
func TestEveryCheckOfOthersIsAnswered(t *testing.T) {
	data, err := os.ReadFile("testdata/parity.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lib, known := library(t), IDs()
	count, seen := map[string]int{}, map[string]bool{}
	for i, row := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		cells := strings.Split(row, "\t")
		if len(cells) != 5 {
			t.Errorf("parity.tsv:%d: %d cells", i+2, len(cells))
			continue
		}
		rival, check, about, how, what := cells[0], cells[1], cells[2], cells[3], cells[4]
		count[rival]++
		if key := rival + check + about; seen[key] {
			t.Errorf("parity.tsv:%d: %s %s comes twice", i+2, rival, check)
		} else {
			seen[key] = true
		}
		code, isCode := strings.CutPrefix(what, "code ")
		switch {
		case how == "finding" && slices.Contains(known, what):
		case how == "explained" && slices.Contains(explainedBy, what):
		case how == "explained" && isCode && slices.ContainsFunc(lib.Statuses(), func(s *content.Status) bool { return s.Slug == code }):
		case how == "left out" && len(what) >= 20:
		default:
			t.Errorf("parity.tsv:%d: %s %s is %s: %q", i+2, rival, check, how, what)
		}
	}
	for rival, want := range rivals {
		if count[rival] != want {
			t.Errorf("%d checks of %s, want %d", count[rival], rival, want)
		}
	}
}
