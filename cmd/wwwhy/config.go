package main

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"wwwhy/web/inspect"
)

// commands is every subcommand with its flags.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Serve the site and the API."`
	Inspect inspectCommand `cmd:"" help:"Fetch a URL and explain what comes back."`
	Explain explainCommand `cmd:"" help:"Explain a response from a file or standard input."`
	Check   checkCommand   `cmd:"" help:"Inspect many URLs, from arguments, files or standard input."`
	Lookup  lookupCommand  `cmd:"" help:"Show a page of the reference."`
	Health  healthCommand  `cmd:"" name:"healthcheck" help:"Ask a running copy whether it is well, for containers."`
}

// serveCommand is the settings of a running copy. Each flag has an environment
// variable of the same name.
type serveCommand struct {
	Addr         string        `default:"127.0.0.1:8080" env:"WWWHY_ADDR" help:"Address and port to listen on."`
	PublicURL    string        `env:"WWWHY_PUBLIC_URL" help:"Address under which visitors reach the site. Default: http:// and the address to listen on."`
	AllowTargets []string      `env:"WWWHY_ALLOW_TARGETS" help:"Networks (CIDR, comma-separated) that may be inspected besides public addresses." placeholder:"CIDR"`
	Outbound     int           `default:"32" env:"WWWHY_OUTBOUND" help:"Inspections at once."`
	Deadline     time.Duration `default:"10s" env:"WWWHY_DEADLINE" help:"Time limit of one inspection."`
}

// prefixes reads networks; a lone address is a network of one.
func prefixes(all []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range all {
		s = strings.TrimSpace(s)
		if s == "" {
			continue
		}
		p, err := netip.ParsePrefix(s)
		if a, aErr := netip.ParseAddr(s); err != nil && aErr == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is no network such as 10.0.0.0/8", s)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// inspection is the bounds of inspections for a running copy.
func (c *serveCommand) inspection(publicURL string) (inspect.Config, error) {
	allowed, err := prefixes(c.AllowTargets)
	if err != nil {
		return inspect.Config{}, usage("--allow-targets: %v.", err)
	}
	var i inspect.Config
	i.Allow = allowed
	i.Deadline = c.Deadline
	i.UserAgent = userAgent(publicURL + "/guides/inspector")
	return i, nil
}

// terminal is the bounds of inspections for a person at a terminal.
func terminal(publicOnly bool, deadline time.Duration) inspect.Config {
	var i inspect.Config
	i.AllowAll = !publicOnly
	i.Deadline = deadline
	i.UserAgent = userAgent("")
	return i
}

// userAgent names us, with the page that tells about us where there is one.
func userAgent(about string) string {
	if about == "" {
		return "wwwhy/1"
	}
	return "wwwhy/1 (+" + about + ")"
}
