package main

import (
	"io"
	"os"

	"golang.org/x/term"

	"wwwhy/web/report"
)

// output is the flags that say how a report is written.
type output struct {
	JSON     bool   `name:"json" help:"Write JSON, the same as the API." xor:"form"`
	SARIF    bool   `name:"sarif" help:"Write SARIF, for code scanning." xor:"form"`
	Markdown bool   `name:"markdown" help:"Write Markdown." xor:"form"`
	Text     bool   `name:"text" help:"Write text (default)." xor:"form"`
	Color    string `name:"color" enum:"auto,always,never" default:"auto" help:"Color text: auto, always or never. NO_COLOR is honored."`
	FailOn   string `name:"fail-on" enum:"error,warning,never" default:"never" help:"Exit with 1 at findings of this severity or worse: error or warning."`
}

// print writes the report and returns the exit status that goes with it.
func (o *output) print(sys *system, r report.Report) error {
	if err := o.write(sys.stdout, r); err != nil {
		return err
	}
	if r.Failed() {
		return &status{exitFailed, ""}
	}
	worst := r.Worst()
	if worst == "error" && o.FailOn != "never" || worst == "warning" && o.FailOn == "warning" {
		return &status{exitFindings, ""}
	}
	return nil
}

func (o *output) write(w io.Writer, r report.Report) error {
	name := ""
	switch {
	case o.JSON:
		name = "json"
	case o.SARIF:
		name = "sarif"
	case o.Markdown:
		name = "markdown"
	}
	if f, ok := report.FormatNamed(name); ok {
		return f.Write(w, r)
	}
	color, width := style(w, o.Color)
	return report.WriteText(w, r, report.TextOptions{Color: color, Width: width})
}

// style tells whether to color, and how wide lines may be.
func style(w io.Writer, choice string) (color bool, width int) {
	width = columns(w)
	f, ok := w.(*os.File)
	if ok && term.IsTerminal(int(f.Fd())) {
		color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	switch choice {
	case "always":
		color = true
	case "never":
		color = false
	}
	return color, width
}
