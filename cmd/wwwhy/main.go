// Command wwwhy explains why a server says no: as a site (serve), and in the
// terminal (inspect, explain, lookup). Subcommands turn flags and environment
// into calls and results into an exit status; they hold no other logic.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit statuses, as the README lists them.
const (
	exitDone     = 0
	exitFindings = 1 // findings at or above --fail-on
	exitUsage    = 2
	exitFailed   = 3 // the exchange failed
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)   // the second signal ends the program as it is
	signal.Ignore(syscall.SIGPIPE) // a write fails instead, and the end is an orderly one
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// system is what a subcommand reads from and writes to.
type system struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	model          *kong.Application // of the command line
}

// untilInterrupted reads from r. Once the program is interrupted it waits no
// longer for what does not come.
func (sys *system) untilInterrupted(r io.Reader) io.Reader {
	read, write := io.Pipe()
	go func() {
		_, err := io.Copy(write, r)
		write.CloseWithError(err)
	}()
	context.AfterFunc(sys.ctx, func() { write.CloseWithError(&status{exitInterrupted, "interrupted"}) })
	return read
}

// status is an exit status other than 0, with the sentence that explains it.
type status struct {
	code int
	text string
}

func (s *status) Error() string { return s.text }

// usage is bad usage: exit status 2.
func usage(format string, args ...any) error { return &status{exitUsage, fmt.Sprintf(format, args...)} }

// run is the program. It returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("wwwhy"), kong.Description("Explains why a server says no."), kong.Help(printHelp), kong.Vars{"version": "wwwhy " + version()},
		kong.Writers(stdout, stderr), kong.Exit(func(n int) { exited = n; panic(exiting{}) }))
	if err != nil {
		fmt.Fprintln(stderr, "wwwhy:", err)
		return exitUsage
	}
	defer func() {
		// Help and --version end the parser in the middle of its work.
		if v := recover(); v != nil {
			if _, ok := v.(exiting); !ok {
				panic(v)
			}
			code = exited
		}
	}()
	parsed, err := parser.Parse(meant(args, parser.Model, atTerminal(stdin)))
	if errors.Is(err, syscall.EPIPE) {
		return exitDone // help, of which somebody has read enough
	}
	if err != nil {
		fmt.Fprintf(stderr, "wwwhy: %v\nRun “wwwhy --help” to see what it can do.\n", err)
		return exitUsage
	}
	err = parsed.Run(&system{ctx, stdin, stdout, stderr, parser.Model})
	var s *status
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &s):
		if s.text != "" {
			fmt.Fprintln(stderr, "wwwhy:", s.text)
		}
		return s.code
	case errors.Is(err, syscall.EPIPE):
		return exitDone // whoever read has seen enough
	}
	fmt.Fprintln(stderr, "wwwhy:", err)
	return exitFailed
}

type exiting struct{}
