package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"wwwhy/content"
	"wwwhy/web/inspect"
	"wwwhy/web/report"
)

// inspectCommand fetches one URL with the rights of whoever runs it.
type inspectCommand struct {
	URL string `arg:"" help:"The address; https:// is assumed where it has no scheme."`
	question
	As        string `name:"as" enum:",curl,httpie,wget,fetch,go,python,powershell" default:"" help:"Print the request as code for curl, httpie, wget, fetch, go, python or powershell, and ask nobody." placeholder:"TOOL"`
	TokenFile string `help:"File with a token that is refused: it is explained and held against the answer, not sent; - is standard input." placeholder:"FILE"`
	output
}

// Run inspects and prints. Where it is interrupted it prints what is known so
// far.
func (c *inspectCommand) Run(sys *system) error {
	lib, t, err := c.load(c.URL)
	if err != nil {
		return err
	}
	if c.As != "" {
		return c.snippet(sys, lib, t)
	}
	if t.Token, err = readToken(sys, c.TokenFile); err != nil {
		return err
	}
	r := c.inspector(lib, sys.stderr).URL(sys.ctx, t, nil)
	if first := r.Exchanges[0].Error; first.Kind == "url" {
		return badURL(r)
	}
	if err := c.print(sys, r); err != nil && sys.ctx.Err() == nil {
		return err
	}
	if sys.ctx.Err() != nil {
		return &status{exitInterrupted, "interrupted; this is what is known so far"}
	}
	return nil
}

// snippet prints the request as code. Its fields are those that were given, and
// those of the client that is imitated.
func (c *inspectCommand) snippet(sys *system, lib *content.Library, t inspect.Target) error {
	q := report.Request{Method: t.Request.Method, URL: inspect.Complete(c.URL)}
	agent, _ := lib.Agent(t.Agent)
	for _, f := range agent.Fields {
		if !t.Request.Fields.Has(f.Name) {
			q.Fields = append(q.Fields, report.Line{Name: f.Name, Value: f.Value})
		}
	}
	for _, l := range t.Request.Fields {
		q.Fields = append(q.Fields, report.Line{Name: l.Name, Value: l.Value})
	}
	s, err := report.SnippetAs(c.As, q, t.Request.Content.Sample)
	if err != nil {
		return usage("%v.", err)
	}
	_, err = io.WriteString(sys.stdout, s.Code)
	return err
}

// badURL is the bad usage of a report on an address that cannot be asked.
func badURL(r report.Report) error {
	fix := ""
	if len(r.Findings) > 0 {
		fix = " " + strings.ReplaceAll(r.Findings[0].Fix, "`", "")
	}
	return usage("%s%s", r.Exchanges[0].Error.Message, fix)
}

// explainCommand explains a response that is at hand already.
type explainCommand struct {
	File   string   `arg:"" optional:"" default:"-" help:"File with the response; - is standard input."`
	URL    string   `name:"url" help:"The address that the response came from." placeholder:"URL"`
	Method string   `name:"method" help:"The method that was used." placeholder:"METHOD"`
	Header []string `short:"H" sep:"none" help:"A field of the request, 'Name: value'; may be repeated." placeholder:"FIELD"`
	As     string   `name:"as" help:"What the text is, where it is taken for something else: response, curl-verbose, wget, httpie, field-lines, challenge, devtools-chrome, devtools-firefox, devtools-safari, har, log-line." placeholder:"KIND"`
	Entry  int      `name:"entry" help:"Entry of a HAR file, from 1. Default: the first that failed." placeholder:"N"`
	Token  string   `name:"token-file" help:"File with a token that is refused: it is explained and held against the response." placeholder:"FILE"`
	output
}

// Run reads, explains and prints.
func (c *explainCommand) Run(sys *system) error {
	lib, err := content.Load()
	if err != nil {
		return err
	}
	refused, err := readToken(sys, c.Token)
	if err != nil {
		return err
	}
	in := inspect.New(lib, terminal(false, time.Second))
	if c.Token == "-" || c.Token != "" && c.File == "-" && atTerminal(sys.stdin) {
		return c.print(sys, in.Token(refused))
	}
	text, err := c.read(sys)
	if err != nil {
		return err
	}
	if c.Token != "" && strings.TrimSpace(text) == "" {
		return c.print(sys, in.Token(refused))
	}
	p := inspect.Pasted{URL: c.URL, Method: c.Method, Token: refused, As: inspect.TextKind(c.As), Entry: c.Entry}
	if c.As != "" && !slices.Contains(inspect.TextKinds(), p.As) {
		return usage("--as: there is no kind of text named %q. Run “wwwhy explain --help” for the kinds.", c.As)
	}
	if err := inspect.CheckMethod(c.Method); err != nil {
		return usage("--method: %v.", err)
	}
	if c.Entry < 0 {
		return usage("--entry: %d is no entry of a HAR file. Write its place in the file, from 1, or leave it out.", c.Entry)
	}
	if p.Fields, err = requestFields(c.Header); err != nil {
		return err
	}
	r, err := in.Text(sys.ctx, text, p)
	var e *inspect.TextError
	if errors.As(err, &e) {
		return usage("%v", e)
	}
	if err != nil {
		return err
	}
	return c.print(sys, r)
}

// readToken reads the token from a file; "" is none.
func readToken(sys *system, name string) (string, error) {
	r := sys.stdin
	switch name {
	case "":
		return "", nil
	case "-":
	default:
		f, err := os.Open(name)
		if err != nil {
			return "", usage("--token-file: %v.", err)
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(sys.untilInterrupted(r), secretLimit+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("reading the token: %w", err)
	case len(data) > secretLimit:
		return "", usage("--token-file: more than %d bytes are no token.", secretLimit)
	case len(strings.TrimSpace(string(data))) == 0:
		return "", usage("--token-file: there is no token in it.")
	}
	return string(data), nil
}

func atTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func (c *explainCommand) read(sys *system) (string, error) {
	r := sys.stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return "", usage("cannot read the response: %v.", err)
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return "", usage("cannot read the response: %s is a folder.", c.File)
		}
		r = f
	} else if atTerminal(r) {
		fmt.Fprintln(sys.stderr, "Paste the answer, then press Enter and Ctrl-D.")
	}
	data, err := io.ReadAll(io.LimitReader(sys.untilInterrupted(r), inspect.HARLimit+1))
	if err != nil {
		return "", fmt.Errorf("reading the response: %w", err)
	}
	return string(data), nil
}
