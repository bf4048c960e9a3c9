package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"wwwhy/content"
	"wwwhy/web/report"
)

// tally counts what a check found and shows how far the work has come, where
// somebody looks.
type tally struct {
	out         io.Writer
	watched     bool // out is a terminal
	start       time.Time
	shown       time.Time // when progress was shown last
	done, total int
	worst       string
	classes     map[string]int
	findings    map[string]int
}

func newTally(out io.Writer, total int) *tally {
	f, ok := out.(*os.File)
	return &tally{out: out, watched: ok && term.IsTerminal(int(f.Fd())), total: total, start: time.Now(), classes: map[string]int{}, findings: map[string]int{}}
}

func (t *tally) add(row report.Row) {
	t.done++
	name := "no response"
	if row.Status > 0 {
		name = fmt.Sprintf("%dxx", row.Status/100)
	}
	t.classes[name]++
	for _, id := range row.Findings {
		t.findings[id]++
	}
	t.worst = graver(t.worst, row.Worst)
	if t.watched && (time.Since(t.shown) > 100*time.Millisecond || t.done == t.total) {
		t.shown = time.Now()
		fmt.Fprint(t.out, t.progress(time.Since(t.start))+"\x1b[K")
	}
}

// graver returns the graver of two severities.
func graver(a, b string) string {
	if content.ParseSeverity(b) > content.ParseSeverity(a) {
		return b
	}
	return a
}

// progress is the line that stands below the rows while they come.
func (t *tally) progress(spent time.Duration) string {
	rate := float64(t.done) / max(spent.Seconds(), 0.001)
	left := time.Duration(float64(t.total-t.done) / rate * float64(time.Second))
	return fmt.Sprintf("\r%d of %d, %.0f a second, %s left", t.done, t.total, rate, left.Round(time.Second))
}

// hide takes the line of progress away before a row is written.
func (t *tally) hide() {
	if t.watched {
		fmt.Fprint(t.out, "\r\x1b[K")
	}
}

// summary tells the classes and the findings, the most frequent first.
func (t *tally) summary() {
	t.hide()
	fmt.Fprintf(t.out, "%d of %d checked: %s\n", t.done, t.total, counted(t.classes, 10))
	if len(t.findings) > 0 {
		fmt.Fprintf(t.out, "findings: %s\n", counted(t.findings, 8))
	}
}

func counted(m map[string]int, limit int) string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if m[a] != m[b] {
			return m[b] - m[a]
		}
		return strings.Compare(a, b)
	})
	var all []string
	for i, name := range names {
		if i == limit {
			all = append(all, "and more")
			break
		}
		all = append(all, fmt.Sprintf("%s %d", name, m[name]))
	}
	return strings.Join(all, ", ")
}
