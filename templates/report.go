package templates

import (
	"fmt"

	"wwwhy/web/report"
)

// stateWords names the state of a step for those who do not see its color.
func stateWords(state string) string {
	return map[string]string{"right": "in order", "wrong": "a client stops here", "open": "still to be asked"}[state]
}

func yesOrNo(right bool) string {
	if right {
		return "yes"
	}
	return "no"
}

func rightOrWrong(right bool) string {
	if right {
		return "right"
	}
	return "wrong"
}

// following returns the findings that are folded under number i.
func following(r report.Report, i int) []report.Finding {
	end := i + 1
	for end < len(r.Findings) && r.Findings[end].Under == r.Findings[i].ID {
		end++
	}
	return r.Findings[i+1 : end]
}

func follows(n int) string {
	if n == 1 {
		return "One more finding follows from this."
	}
	return fmt.Sprintf("%d more findings follow from this.", n)
}

// probes counts the requests that the inspection added by itself.
func probes(r report.Report) int {
	n := 0
	for _, x := range r.Exchanges {
		if x.Cause == "probe" {
			n++
		}
	}
	return n
}

func probesWords(n int) string {
	if n == 1 {
		return "One more request that the inspection made"
	}
	return fmt.Sprintf("%d more requests that the inspection made", n)
}

// severityTally is how many findings have a severity.
type severityTally struct{ severity, words string }

// tallies counts the findings that stand by themselves, worst first.
func tallies(r report.Report) []severityTally {
	counts := map[string]int{}
	for _, f := range r.Findings {
		if f.Under == "" {
			counts[f.Severity]++
		}
	}
	var all []severityTally
	for _, severity := range []string{"error", "warning", "notice", "good"} {
		n, words := counts[severity], map[string]string{"error": "error", "warning": "warning", "notice": "notice", "good": "good sign"}[severity]
		if n == 0 {
			continue
		}
		if n > 1 {
			words += "s"
		}
		all = append(all, severityTally{severity, fmt.Sprintf("%d %s", n, words)})
	}
	return all
}

// hop is an exchange that was made for the visitor, not by the inspector for
// itself, with its place on the line of time of all of them.
type hop struct {
	x                   report.Exchange
	number, from, width int
}

func (h hop) number1() string { return fmt.Sprint(h.number + 1) }

// hopsOf lays the hops one behind the other: that is how they were made.
func hopsOf(r report.Report) []hop {
	var all []hop
	whole, before := 0.0, 0.0
	for i, x := range r.Exchanges {
		if x.Cause != "probe" {
			all = append(all, hop{x: x, number: i})
			whole += x.Timing.Total
		}
	}
	for i := range all {
		if whole > 0 {
			all[i].from, all[i].width = steps(before, all[i].x.Timing.Total, whole)
		}
		before += all[i].x.Timing.Total
	}
	return all
}
