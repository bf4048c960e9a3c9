package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Row is a report in one line, for lists of many.
type Row struct {
	URL      string   `json:"url"`       // as asked
	FinalURL string   `json:"final_url"` // after redirects
	Status   int      `json:"status"`    // 0: there was no response
	Verdict  string   `json:"verdict"`
	Worst    string   `json:"worst"` // error, warning, notice, good or empty
	Errors   int      `json:"errors"`
	Warnings int      `json:"warnings"`
	Schemes  string   `json:"schemes"` // of the challenges, parted by spaces
	Failure  string   `json:"failure"` // kind of what ended it, or empty
	Total    float64  `json:"total_ms"`
	Findings []string `json:"findings"` // ids, the worst first, each once
	Chain    []int    `json:"chain"`    // of the statuses, from the first answer to the last
}

// NewRow sums up the report on an address that was asked for.
func NewRow(asked string, r Report) Row {
	row := Row{URL: asked, Verdict: r.Verdict, Worst: r.Worst(), Findings: []string{}, Chain: []int{}}
	for _, f := range r.Findings {
		if !slices.Contains(row.Findings, f.ID) {
			row.Findings = append(row.Findings, f.ID)
		}
		switch f.Severity {
		case "error":
			row.Errors++
		case "warning":
			row.Warnings++
		}
	}
	for _, x := range r.Exchanges {
		row.Total += x.Timing.Total
		if x.Cause != "probe" && x.Status.Code > 0 {
			row.Chain = append(row.Chain, x.Status.Code)
		}
	}
	if x := r.Last(); x != nil {
		row.FinalURL, row.Status, row.Failure = x.URL, x.Status.Code, x.Error.Kind
		var schemes []string
		for _, c := range x.Challenges {
			schemes = append(schemes, c.Scheme)
		}
		row.Schemes = strings.Join(schemes, " ")
	}
	return row
}

// CSVHeading names the columns of WriteCSV.
var CSVHeading = []string{"url", "final_url", "status", "worst", "errors", "warnings", "schemes", "failure", "total_ms", "findings", "verdict", "chain"}

// WriteCSV writes the row as a line of CSV. A cell that a spreadsheet would
// take for a formula gets an apostrophe in front.
func (r Row) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	_ = c.Write([]string{cell(r.URL), cell(r.FinalURL), fmt.Sprint(r.Status), r.Worst, fmt.Sprint(r.Errors), fmt.Sprint(r.Warnings),
		cell(r.Schemes), r.Failure, fmt.Sprintf("%.0f", r.Total), strings.Join(r.Findings, " "), cell(r.Verdict), strings.Trim(fmt.Sprint(r.Chain), "[]")}) // the error is kept for Error
	c.Flush()
	return c.Error()
}

func cell(s string) string {
	s = Visible(s)
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// Found tells how many errors and warnings the inspection found; empty: none.
func (r Row) Found() string {
	n := map[string]int{"error": r.Errors, "warning": r.Warnings}
	return strings.TrimSpace(foundWords(n))
}
