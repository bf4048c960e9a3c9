package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"wwwhy/web/inspect"
	"wwwhy/web/report"
)

// watchCommand inspects an address again and again.
type watchCommand struct {
	URL   string        `arg:"" help:"The address; https:// is assumed where it has no scheme."`
	Every time.Duration `default:"30s" help:"Time from one inspection to the next; 1s at least." placeholder:"TIME"`
	Times int           `help:"End after so many inspections; 0 for never." placeholder:"N"`
	Until string        `help:"End when the status is this code (200) or of this class (2xx), or with 'change' at the first change that is not expected." placeholder:"WHAT"`
	All   bool          `help:"Tell what is another in each answer, too: Date, nonces, the addresses of a name."`
	JSON  bool          `name:"json" help:"Write a line of JSON for each change."`
	Color string        `name:"color" enum:"auto,always,never" default:"auto" help:"Color text: auto, always or never. NO_COLOR is honored."`
	question
}

// Run inspects until there is an end to it. The exit status is 1 where --until
// did not come about within --times.
func (c *watchCommand) Run(sys *system) error {
	lib, t, err := c.load(c.URL)
	if err != nil {
		return err
	}
	switch {
	case c.Every < time.Second:
		return usage("--every %s is too often: 1s is the least.", c.Every)
	case c.Times < 0:
		return usage("--times %d is less than none.", c.Times)
	case c.Until != "" && c.Until != "change" && !statusPattern(c.Until):
		return usage("--until %q is neither a status such as 200 or 2xx nor the word change.", c.Until)
	}
	in := c.inspector(lib, sys.stderr)
	w := &watch{c: c, out: sys.stdout, start: time.Now(), classes: map[string]int{}}
	w.color, _ = style(sys.stdout, c.Color)
	err = w.run(sys, in, t)
	if w.asked > 0 {
		w.summary(sys.stderr)
	}
	return err
}

// statusPattern reports whether a text is a code or a class of codes.
func statusPattern(s string) bool {
	if len(s) == 3 && s[0] >= '1' && s[0] <= '9' && strings.EqualFold(s[1:], "xx") {
		return true
	}
	n, err := strconv.Atoi(s)
	return err == nil && n >= 100 && n <= 999 && len(s) == 3
}

// watch is what was seen so far.
type watch struct {
	c       *watchCommand
	out     io.Writer
	color   bool
	start   time.Time
	asked   int
	changes int // that were not expected
	classes map[string]int
	last    report.Report
}

func (w *watch) run(sys *system, in *inspect.Inspector, t inspect.Target) error {
	for {
		next := time.After(w.c.Every) // counted from the beginning, however long the answer takes
		r := in.URL(sys.ctx, t, nil)
		if sys.ctx.Err() != nil {
			return &status{exitInterrupted, "interrupted"}
		}
		if r.Exchanges[0].Error.Kind == "url" {
			return badURL(r)
		}
		done, err := w.seen(r, time.Now())
		switch {
		case err != nil || done:
			return err
		case w.asked == w.c.Times && w.c.Until != "":
			return &status{exitFindings, fmt.Sprintf("%s did not come about in %d inspections", w.c.Until, w.asked)}
		case w.asked == w.c.Times:
			return nil
		}
		select {
		case <-next:
		case <-sys.ctx.Done():
			return &status{exitInterrupted, "interrupted"}
		}
	}
}

// seen tells what is new in a report. It returns true where that is the end.
func (w *watch) seen(r report.Report, now time.Time) (done bool, err error) {
	w.asked++
	code := 0
	if x := r.Last(); x != nil {
		code = x.Status.Code
	}
	word := "no answer"
	if code > 0 {
		word = strconv.Itoa(code)
	}
	w.classes[word]++
	before := w.changes
	if w.asked == 1 {
		err = w.first(r, now)
	} else {
		err = w.tell(report.Changes(w.last, r), len(r.Exchanges) > 1, now)
	}
	w.last = r
	return w.c.Until == "change" && w.changes > before || matches(w.c.Until, code), err
}

func matches(until string, code int) bool {
	return until != "" && code > 0 && (until == strconv.Itoa(code) || strings.EqualFold(until, fmt.Sprintf("%dxx", code/100)))
}

// first tells the state of things at the beginning.
func (w *watch) first(r report.Report, now time.Time) error {
	if w.c.JSON {
		return w.line(struct {
			Time    string `json:"time"`
			Verdict string `json:"verdict"`
		}{now.Format(time.RFC3339), r.Verdict})
	}
	return w.say(now, report.Visible(r.Verdict))
}

func (w *watch) tell(all []report.Change, several bool, now time.Time) error {
	for _, one := range all {
		if !one.Expected {
			w.changes++
		} else if !w.c.All {
			continue
		}
		if w.c.JSON {
			if err := w.line(struct {
				Time string `json:"time"`
				report.Change
			}{now.Format(time.RFC3339), one}); err != nil {
				return err
			}
			continue
		}
		text := one.Text
		if several && one.Exchange >= 0 {
			text = fmt.Sprintf("(%d) %s", one.Exchange+1, text)
		}
		if one.Expected {
			text += " (expected)"
		}
		if err := w.say(now, report.Visible(text)); err != nil {
			return err
		}
	}
	return nil
}

func (w *watch) say(now time.Time, text string) error {
	stamp := now.Format(time.DateTime)
	if w.color {
		stamp = "\x1b[2m" + stamp + "\x1b[0m"
	}
	_, err := fmt.Fprintf(w.out, "%s  %s\n", stamp, text)
	return err
}

func (w *watch) line(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.out, "%s\n", report.EscapeJSON(data))
	return err
}

// summary tells how often it was asked and what was answered.
func (w *watch) summary(out io.Writer) {
	times, changes := "once", "no change"
	if w.asked > 1 {
		times = fmt.Sprintf("%d times in %s", w.asked, time.Since(w.start).Round(time.Second))
	}
	if w.changes == 1 {
		changes = "1 change"
	} else if w.changes > 1 {
		changes = fmt.Sprintf("%d changes", w.changes)
	}
	fmt.Fprintf(out, "asked %s (%s): %s\n", times, counted(w.classes, 10), changes)
}
