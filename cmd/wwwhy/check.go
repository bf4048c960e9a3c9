package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

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
	From       []string      `arg:"" optional:"" help:"Addresses, or files with one address in each line; - is standard input, which is read where nothing is named."`
	Sitemap    []string      `sep:"none" help:"Check the addresses of this sitemap; may be repeated." placeholder:"URL" xor:"what"`
	Entrances  bool          `help:"Take each for a site: ask it over http and https, with and without www, and tell where these lead and whether they agree." xor:"what,way"`
	Method     string        `short:"X" default:"GET" help:"Request method." placeholder:"METHOD"`
	Header     []string      `short:"H" sep:"none" help:"A request field for each address, 'Name: value'; may be repeated." placeholder:"FIELD"`
	Agent      string        `short:"A" name:"user-agent" help:"Ask as another client: browser, phone, googlebot or curl; or any text as User-Agent." placeholder:"NAME"`
	NoFollow   bool          `help:"Do not follow redirects." xor:"way"`
	Resolve    []string      `sep:"none" help:"Ask this address for a host and port, 'HOST:PORT:ADDRESS'; may be repeated." placeholder:"ENTRY"`
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
	config := terminal(c.PublicOnly, c.Timeout)
	if c.Entrances {
		return c.entrances(sys, lib, config)
	}
	targets, err := c.targets(sys, lib, config)
	if err != nil {
		return err
	}
	t := newTally(sys.stderr, len(targets))
	if c.CSV {
		if err := csvHeading(sys.stdout); err != nil {
			return err
		}
	}
	for _, row := range inspect.New(lib, config).Many(sys.ctx, targets, inspect.Batch{Jobs: c.Jobs}) {
		t.hide()
		if err := c.write(sys.stdout, row); err != nil {
			return err
		}
		t.add(row)
	}
	t.summary()
	switch {
	case sys.ctx.Err() != nil:
		return &status{exitInterrupted, "interrupted"}
	case c.fails(t.worst):
		return &status{exitFindings, ""}
	}
	return nil
}

// fails reports whether the gravest finding is one that --fail-on names, or worse.
func (c *checkCommand) fails(worst string) bool {
	return worst == "error" && c.FailOn != "never" || worst == "warning" && c.FailOn == "warning"
}

// targets gathers what is to be checked.
func (c *checkCommand) targets(sys *system, lib *content.Library, config inspect.Config) ([]inspect.Target, error) {
	if err := inspect.CheckMethod(c.Method); err != nil {
		return nil, usage("-X: %v.", err)
	}
	fields, err := requestFields(c.Header)
	if err != nil {
		return nil, err
	}
	agent, named, err := askAs(lib, c.Agent)
	if err != nil {
		return nil, err
	}
	fields = append(named, fields...)
	resolve, err := resolved(c.Resolve)
	if err != nil {
		return nil, err
	}
	addresses, err := c.addresses(sys)
	if err != nil {
		return nil, err
	}
	for _, s := range c.Sitemap {
		found, err := inspect.Sitemap(sys.ctx, lib, config, s, most-len(addresses))
		if err != nil {
			return nil, &status{exitFailed, fmt.Sprintf("--sitemap: %v", err)}
		}
		addresses = append(addresses, found...)
	}
	if len(addresses) == 0 {
		return nil, usage("there are no addresses to check. Give them as arguments, or one in each line of a file.")
	}
	all := make([]inspect.Target, len(addresses))
	for i, a := range addresses {
		all[i].Request.URL, all[i].Request.Method, all[i].Request.Fields = a, c.Method, fields
		all[i].NoFollow, all[i].Agent, all[i].Resolve = c.NoFollow, agent, resolve
	}
	return all, nil
}

// addresses reads arguments, files and standard input. An argument that is a
// file's name is read; any other is an address.
func (c *checkCommand) addresses(sys *system) ([]string, error) {
	from := c.From
	if len(from) == 0 && len(c.Sitemap) == 0 {
		from = []string{"-"}
	}
	var all []string
	for _, name := range from {
		var r io.Reader
		if name == "-" {
			r = sys.untilInterrupted(sys.stdin)
		} else if f, err := os.Open(name); err == nil {
			defer f.Close()
			r = f
		} else {
			all = append(all, name)
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
		if err := lines.Err(); err != nil && sys.ctx.Err() != nil {
			return nil, err
		} else if err != nil {
			return nil, usage("cannot read the addresses: %v.", err)
		}
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
