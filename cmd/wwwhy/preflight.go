package main

import (
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/inspect"
)

// preflightCommand asks what a browser would decide about a script's request.
type preflightCommand struct {
	URL         string        `arg:"" help:"The address that a script wants to ask."`
	Origin      string        `required:"" help:"Where the script comes from, such as https://app.example." placeholder:"ORIGIN"`
	Method      string        `short:"X" default:"GET" help:"Method of its request." placeholder:"METHOD"`
	Header      []string      `short:"H" sep:"none" help:"A field that it sets: 'Name: value', or the name alone; may be repeated." placeholder:"FIELD"`
	Credentials bool          `help:"The request carries cookies or the browser's sign-in."`
	PublicOnly  bool          `help:"Refuse addresses that are not public."`
	Timeout     time.Duration `default:"10s" help:"Time limit."`
	output
}

// Run asks and prints. The exit status is 1 where the script could not read
// the answer, with --fail-on error.
func (c *preflightCommand) Run(sys *system) error {
	lib, err := content.Load()
	if err != nil {
		return err
	}
	var fields field.Section
	for _, h := range c.Header {
		if !strings.Contains(h, ":") {
			h += ":"
		}
		l, err := requestFields([]string{h})
		if err != nil {
			return err
		}
		fields = append(fields, l...)
	}
	asked, err := inspect.ReadCORS(c.Origin, c.Method, fields, c.Credentials)
	if err != nil {
		return usage("%v.", err)
	}
	var t inspect.Target
	t.Request.URL = c.URL
	r := inspect.New(lib, terminal(c.PublicOnly, c.Timeout)).Preflight(sys.ctx, t, asked)
	if first := r.Exchanges[0].Error; first.Kind == "url" {
		return badURL(r)
	}
	if err := c.print(sys, r); err != nil {
		return err
	}
	if c.FailOn != "never" && !r.Preflight.Readable {
		return &status{exitFindings, ""}
	}
	return nil
}
