package report

import (
	"slices"
	"strings"
	"testing"
)

// TestARowTellsTheWay gives the statuses on the way to the last answer, without
// those of probes and without exchanges that got none.
func TestARowTellsTheWay(t *testing.T) {
	for _, tt := range []struct {
		name string
		xs   []Exchange
		want []int
		cell string
	}{
		{"nobody was asked", nil, []int{}, ""},
		{"no answer", []Exchange{{Cause: "asked", Error: Error{Kind: "dns"}}}, []int{}, ""},
		{"one answer", []Exchange{{Cause: "asked", Status: Status{Code: 200}}}, []int{200}, "200"},
		{"two redirects", []Exchange{{Cause: "asked", Status: Status{Code: 301}}, {Cause: "redirect", Status: Status{Code: 302}}, {Cause: "redirect", Status: Status{Code: 404}}}, []int{301, 302, 404}, "301 302 404"},
		{"a redirect to nowhere", []Exchange{{Cause: "asked", Status: Status{Code: 301}}, {Cause: "redirect", Error: Error{Kind: "dns"}}}, []int{301}, "301"},
		{"probes besides", []Exchange{{Cause: "asked", Status: Status{Code: 401}}, {Cause: "probe", Status: Status{Code: 405}}}, []int{401}, "401"},
	} {
		row := NewRow("https://a.example/", Report{Exchanges: tt.xs})
		if !slices.Equal(row.Chain, tt.want) || row.Chain == nil {
			t.Errorf("%s: %v, want %v", tt.name, row.Chain, tt.want)
		}
		var b strings.Builder
		if err := row.WriteCSV(&b); err != nil {
			t.Fatal(err)
		}
		cells := strings.Split(strings.TrimSuffix(b.String(), "\n"), ",")
		if at := slices.Index(CSVHeading, "chain"); len(cells) != len(CSVHeading) || cells[at] != tt.cell {
			t.Errorf("%s: %q, want %q in column %d of %d", tt.name, b.String(), tt.cell, at, len(CSVHeading))
		}
	}
}
