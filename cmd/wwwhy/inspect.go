package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/inspect"
)

// inspectCommand fetches one URL with the rights of whoever runs it.
type inspectCommand struct {
	URL        string        `arg:"" help:"The address; https:// is assumed where it has no scheme."`
	Method     string        `short:"X" help:"Request method; GET, or POST with -d." placeholder:"METHOD"`
	Header     []string      `short:"H" sep:"none" help:"A request field, 'Name: value'; may be repeated." placeholder:"FIELD"`
	Data       string        `short:"d" help:"Request content." placeholder:"BODY"`
	NoFollow   bool          `help:"Do not follow redirects."`
	HTTP1      bool          `name:"http1.1" help:"Speak HTTP/1.1 only." xor:"version"`
	HTTP2      bool          `name:"http2" help:"Speak HTTP/2 only." xor:"version"`
	Insecure   bool          `short:"k" help:"Send credentials even where the certificate is not trusted."`
	PublicOnly bool          `help:"Refuse addresses that are not public."`
	Timeout    time.Duration `default:"10s" help:"Time limit of the whole inspection."`
	output
}

// Run inspects and prints.
func (c *inspectCommand) Run(sys *system) error {
	lib, err := content.Load()
	if err != nil {
		return err
	}
	var t inspect.Target
	t.Request.URL, t.Request.Method = c.URL, c.Method
	if t.Request.Fields, err = requestFields(c.Header); err != nil {
		return err
	}
	if c.Data != "" {
		t.Request.Content.Sample = []byte(c.Data)
		if c.Method == "" {
			t.Request.Method = "POST"
		}
	}
	if t.Request.Method != "" && !field.IsToken(t.Request.Method) {
		return usage("%q is no method.", t.Request.Method)
	}
	t.NoFollow, t.Insecure = c.NoFollow, c.Insecure
	switch {
	case c.HTTP1:
		t.Options.Protocol = "1.1"
	case c.HTTP2:
		t.Options.Protocol = "2"
	}
	r := inspect.New(lib, terminal(c.PublicOnly, c.Timeout)).URL(sys.ctx, t, nil)
	if first := r.Exchanges[0].Error; first.Kind == "url" {
		return usage("%s %s", first.Message, strings.ReplaceAll(r.Findings[0].Fix, "`", ""))
	}
	return c.print(sys, r)
}

// requestFields reads -H flags.
func requestFields(all []string) (field.Section, error) {
	var s field.Section
	for _, h := range all {
		name, value, ok := strings.Cut(h, ":")
		if !ok || !field.IsToken(name) || strings.ContainsAny(value, "\r\n\x00") {
			return nil, usage("-H %q is no field: write it as 'Name: value'.", h)
		}
		s = append(s, field.Line{Name: name, Value: strings.TrimSpace(value)})
	}
	return s, nil
}

// explainCommand explains a response that is at hand already.
type explainCommand struct {
	File   string   `arg:"" optional:"" default:"-" help:"File with the response; - is standard input."`
	URL    string   `name:"url" help:"The address that the response came from." placeholder:"URL"`
	Method string   `name:"method" help:"The method that was used." placeholder:"METHOD"`
	Header []string `short:"H" sep:"none" help:"A field of the request, 'Name: value'; may be repeated." placeholder:"FIELD"`
	output
}

// Run reads, explains and prints.
func (c *explainCommand) Run(sys *system) error {
	lib, err := content.Load()
	if err != nil {
		return err
	}
	text, err := c.read(sys)
	if err != nil {
		return err
	}
	p := inspect.Pasted{URL: c.URL, Method: c.Method}
	if p.Fields, err = requestFields(c.Header); err != nil {
		return err
	}
	r, err := inspect.New(lib, terminal(false, time.Second)).Text(text, p)
	var e *inspect.TextError
	if errors.As(err, &e) {
		return usage("%v", e)
	}
	if err != nil {
		return err
	}
	return c.print(sys, r)
}

func (c *explainCommand) read(sys *system) (string, error) {
	r := sys.stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return "", usage("cannot read the response: %v.", err)
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, inspect.TextLimit+1))
	if err != nil {
		return "", fmt.Errorf("reading the response: %w", err)
	}
	return string(data), nil
}
