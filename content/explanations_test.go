package content

import (
	"slices"
	"strings"
	"testing"
)

// TestErrorTablesAreWhole finds a row that would tell nothing, or of everybody.
func TestErrorTablesAreWhole(t *testing.T) {
	lib, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := lib.table("error_pages.csv")
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range pages {
		if r["product"] == "" || r["source"] == "" || !strings.HasSuffix(r["means"], ".") {
			t.Errorf("error_pages.csv:%d: product, means (a sentence) and source are needed", i+2)
		}
		for piece := range strings.SplitSeq(r["has"], "|") {
			if strings.TrimSpace(piece) == "" {
				t.Errorf("error_pages.csv:%d: a piece of has is in every content", i+2)
			}
		}
		for earlier := range pages[:i] {
			if before := pages[earlier]; before["codes"] == "" && hasAll([]byte(r["has"]), before["has"]) {
				t.Errorf("error_pages.csv:%d: the row %d takes all that is meant for this one", i+2, earlier+2)
			}
		}
	}
	members, err := lib.table("error_members.csv")
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range members {
		if !slices.Contains([]string{"title", "text", "code", "link", "id", "either", "type"}, r["role"]) || r["source"] == "" {
			t.Errorf("error_members.csv:%d: the role is %q, the source %q", i+2, r["role"], r["source"])
		}
		if _, rank, ok := lib.ErrorMember(r["member"]); !ok || rank != i {
			t.Errorf("error_members.csv:%d: %s is the same as the member in row %d", i+2, r["member"], rank+2)
		}
	}
}

func TestErrorCodesAreSentences(t *testing.T) {
	lib := library(t)
	rows, err := lib.table("error_codes.csv")
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for i, r := range rows {
		if means, beside := lib.ErrorCodeMeans(r["code"]); means != r["means"] || beside != (r["beside"] != "") || !strings.HasSuffix(means, ".") || !strings.HasPrefix(r["source"], "RFC ") {
			t.Errorf("error_codes.csv:%d: %q means %q by %q", i+2, r["code"], means, r["source"])
		}
	}
	if means, _ := lib.ErrorCodeMeans("no_such_code"); means != "" {
		t.Errorf("no_such_code means %q", means)
	}
}
