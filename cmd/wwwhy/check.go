package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"wwwhy/content"
	"wwwhy/web/inspect"
	"wwwhy/web/report"
)

// most is the greatest number of addresses in one check.
const most = 10_000

// exitInterrupted is what shells expect of a command that Ctrl-C ended.
const exitInterrupted = 130

// checkCommand inspects many addresses.
type checkCommand struct {
	From       []string      `arg:"" optional:"" default:"-" help:"Addresses, or files with one address in each line; - is standard input."`
	Jobs       int           `default:"8" help:"Inspections at once; two for each host."`
	PublicOnly bool          `help:"Refuse addresses that are not public."`
	Timeout    time.Duration `default:"10s" help:"Time limit of each inspection."`
	JSON       bool          `name:"json" help:"Write a line of JSON for each address." xor:"form"`
	CSV        bool          `name:"csv" help:"Write CSV." xor:"form"`
	Text       bool          `name:"text" help:"Write text (default)." xor:"form"`
	FailOn     string        `name:"fail-on" enum:"error,warning,never" default:"never" help:"Exit with 1 at findings of this severity or worse: error or warning."`
}

// Run inspects and writes a line for each address, in the order given.
func (c *checkCommand) Run(sys *system) error {
	lib, err := content.Load()
	if err != nil {
		return err
	}
	addresses, err := c.addresses(sys)
	if err != nil {
		return err
	}
	in := inspect.New(lib, terminal(c.PublicOnly, c.Timeout))
	t := &tally{total: len(addresses), start: time.Now(), out: sys.stderr, classes: map[string]int{}, findings: map[string]int{}}
	if c.CSV {
		if err := csvHeading(sys.stdout); err != nil {
			return err
		}
	}
	for target, r := range in.Many(sys.ctx, targets(addresses), c.Jobs) {
		if sys.ctx.Err() != nil {
			break // what was cut off by the interrupt is no result
		}
		if err := c.write(sys.stdout, report.NewRow(target.Request.URL, r)); err != nil {
			return err
		}
		t.add(r)
	}
	t.summary(sys.stderr)
	switch {
	case sys.ctx.Err() != nil:
		return &status{exitInterrupted, "interrupted"}
	case t.worst == "error" && c.FailOn != "never" || t.worst == "warning" && c.FailOn == "warning":
		return &status{exitFindings, ""}
	}
	return nil
}

func targets(addresses []string) iter.Seq[inspect.Target] {
	return func(yield func(inspect.Target) bool) {
		for _, a := range addresses {
			var t inspect.Target
			t.Request.URL = a
			if !yield(t) {
				return
			}
		}
	}
}

// addresses gathers what is to be checked from arguments, files and standard
// input. An argument that is a file's name is read; any other is an address.
func (c *checkCommand) addresses(sys *system) ([]string, error) {
	var all []string
	for _, from := range c.From {
		var r io.Reader
		if from == "-" {
			r = sys.stdin
		} else if f, err := os.Open(from); err == nil {
			defer f.Close()
			r = f
		} else {
			all = append(all, from)
			continue
		}
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			if l := strings.TrimSpace(lines.Text()); l != "" && !strings.HasPrefix(l, "#") {
				all = append(all, l)
			}
			if len(all) > most {
				return nil, usage("more than %d addresses are too many for one check.", most)
			}
		}
		if err := lines.Err(); err != nil {
			return nil, usage("cannot read the addresses: %v.", err)
		}
	}
	if len(all) == 0 {
		return nil, usage("there are no addresses to check. Give them as arguments, or one in each line of a file.")
	}
	return all, nil
}

func (c *checkCommand) write(w io.Writer, row report.Row) error {
	switch {
	case c.JSON:
		data, err := json.Marshal(row)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s\n", report.EscapeJSON(data))
		return err
	case c.CSV:
		return row.WriteCSV(w)
	}
	status := fmt.Sprint(row.Status)
	if row.Status == 0 {
		status = "---"
	}
	_, err := fmt.Fprintf(w, "%s  %-7s  %s\n              %s\n", status, row.Worst, report.Visible(row.URL), report.Visible(row.Verdict))
	return err
}

func csvHeading(w io.Writer) error {
	c := csv.NewWriter(w)
	_ = c.Write(report.CSVHeading) // the error is kept for Error
	c.Flush()
	return c.Error()
}

// tally counts what was found and shows how far the work has come.
type tally struct {
	out         io.Writer
	start       time.Time
	done, total int
	worst       string
	classes     map[string]int
	findings    map[string]int
}

func (t *tally) add(r report.Report) {
	t.done++
	name := "no response"
	if x := r.Last(); x != nil && x.Status.Code > 0 {
		name = fmt.Sprintf("%dxx", x.Status.Code/100)
	}
	t.classes[name]++
	for _, f := range r.Findings {
		t.findings[f.ID]++
	}
	order := []string{"", "good", "notice", "warning", "error"}
	if w := r.Worst(); slices.Index(order, w) > slices.Index(order, t.worst) {
		t.worst = w
	}
	if f, ok := t.out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		rate := float64(t.done) / time.Since(t.start).Seconds()
		left := time.Duration(float64(t.total-t.done) / rate * float64(time.Second))
		fmt.Fprintf(t.out, "\r%d of %d, %.0f a second, %s left \x1b[K", t.done, t.total, rate, left.Round(time.Second))
	}
}

// summary tells the classes and the findings, the most frequent first.
func (t *tally) summary(w io.Writer) {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(w, "\r\x1b[K")
	}
	fmt.Fprintf(w, "%d of %d checked: %s\n", t.done, t.total, counted(t.classes, 10))
	if len(t.findings) > 0 {
		fmt.Fprintf(w, "findings: %s\n", counted(t.findings, 8))
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
