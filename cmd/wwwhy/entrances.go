package main

import (
	"encoding/json"
	"fmt"

	"wwwhy/content"
	"wwwhy/web/inspect"
	"wwwhy/web/report"
)

// entrances asks each site by all its names, over http and https, and tells where
// they lead.
func (c *checkCommand) entrances(sys *system, lib *content.Library, config inspect.Config) error {
	how, sites, err := c.sites(sys, lib)
	if err != nil {
		return err
	}
	if c.CSV {
		if err := csvHeading(sys.stdout); err != nil {
			return err
		}
	}
	in := inspect.New(lib, config)
	worst, answered := "", false
	for i, s := range sites {
		if sys.ctx.Err() != nil {
			break
		}
		e := in.Entrances(sys.ctx, s, how, nil)
		if i > 0 && !c.JSON && !c.CSV {
			fmt.Fprintln(sys.stdout)
		}
		if err := c.writeEntrances(sys, e); err != nil {
			return err
		}
		answered = answered || !e.Failed()
		worst = graver(worst, e.Worst())
	}
	switch {
	case sys.ctx.Err() != nil:
		return &status{exitInterrupted, "interrupted"}
	case !answered:
		return &status{exitFailed, ""}
	case c.fails(worst):
		return &status{exitFindings, ""}
	}
	return nil
}

// sites reads what is to be asked, and how. Credentials would go to http and to
// every name.
func (c *checkCommand) sites(sys *system, lib *content.Library) (how inspect.Target, sites []inspect.Site, err error) {
	targets, err := c.targets(sys, lib, inspect.Config{})
	if err != nil {
		return how, nil, err
	}
	for _, l := range targets[0].Request.Fields {
		if inspect.Secret(l.Name) {
			return how, nil, usage("-H: %s is not sent with --entrances: it would go to http and to every name of the site. Check the address that it is for by itself.", l.Name)
		}
	}
	for _, t := range targets {
		s, err := inspect.ReadSite(t.Request.URL)
		if err != nil {
			return how, nil, usage("--entrances: %v.", err)
		}
		sites = append(sites, s)
	}
	return targets[0], sites, nil
}

// writeEntrances writes text, a line of JSON, or a row of CSV for each entrance.
func (c *checkCommand) writeEntrances(sys *system, e report.Entrances) error {
	switch {
	case c.JSON:
		data, err := json.Marshal(e)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(sys.stdout, "%s\n", report.EscapeJSON(data))
		return err
	case c.CSV:
		for _, one := range e.Entrances {
			if err := one.WriteCSV(sys.stdout); err != nil {
				return err
			}
		}
		return nil
	}
	color, width := style(sys.stdout, "auto")
	return report.WriteEntrances(sys.stdout, e, report.TextOptions{Color: color, Width: width})
}
