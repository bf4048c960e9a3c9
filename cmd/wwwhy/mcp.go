package main

import (
	"fmt"
	"runtime/debug"
	"time"

	"wwwhy/content"
	"wwwhy/web/agent"
	"wwwhy/web/inspect"
)

// mcpCommand serves the Model Context Protocol over pipes, with the rights of
// whoever runs it.
type mcpCommand struct {
	PublicOnly  bool          `help:"Refuse addresses that are not public."`
	SafeMethods bool          `help:"Ask with GET, HEAD and OPTIONS only."`
	Timeout     time.Duration `default:"10s" help:"Time limit of each inspection."`
}

// Run serves until the other side closes standard input, or until interrupted.
func (c *mcpCommand) Run(sys *system) error {
	lib, err := content.Load()
	if err != nil {
		return err
	}
	if atTerminal(sys.stdin) {
		fmt.Fprintln(sys.stderr, "Waits for messages of the Model Context Protocol on standard input: enter “wwwhy mcp” as a server in the settings of your agent. Ctrl-C ends it.")
	}
	broken := func(v any) {
		fmt.Fprintf(sys.stderr, "wwwhy: a tool broke, which is a fault of ours: %v\n%s", v, debug.Stack())
	}
	// The time of two inspections is enough for those that are under way when
	// the input ends.
	return agent.Serve(sys.ctx, agent.Config{Library: lib, Inspector: inspect.New(lib, terminal(c.PublicOnly, c.Timeout)), Version: version(), Safe: c.SafeMethods, Broken: broken},
		sys.stdin, sys.stdout, 2*c.Timeout)
}
