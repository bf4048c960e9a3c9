package main

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"wwwhy/web/inspect"
	"wwwhy/web/limit"
)

// commands is every subcommand with its flags.
type commands struct {
	Serve     serveCommand     `cmd:"" help:"Serve the site and the API."`
	Inspect   inspectCommand   `cmd:"" help:"Fetch a URL and explain what comes back."`
	Explain   explainCommand   `cmd:"" help:"Explain a response from a file or standard input."`
	Authorize authorizeCommand `cmd:"" help:"Compute the Authorization line that answers a challenge."`
	Preflight preflightCommand `cmd:"" help:"Tell what a browser decides about a script's request from another origin (CORS)."`
	Check     checkCommand     `cmd:"" help:"Inspect many URLs, from arguments, files or standard input."`
	Watch     watchCommand     `cmd:"" help:"Inspect a URL again and again, and tell what changes."`
	Lookup    lookupCommand    `cmd:"" help:"Show a page of the reference."`
	MCP       mcpCommand       `cmd:"" name:"mcp" help:"Offer reference and inspector to programs that call tools (MCP), over standard input and output."`
	Health    healthCommand    `cmd:"" name:"healthcheck" help:"Ask a running copy whether it is well, for containers."`
}

// serveCommand is the settings of a running copy. Each flag has an environment
// variable of the same name.
type serveCommand struct {
	Addr           string        `default:"127.0.0.1:8080" env:"WWWHY_ADDR" help:"Address and port to listen on."`
	PublicURL      string        `env:"WWWHY_PUBLIC_URL" help:"Address under which visitors reach the site. Default: http:// and the address to listen on."`
	TrustedProxies []string      `env:"WWWHY_TRUSTED_PROXIES" help:"Networks (CIDR, comma-separated) of proxies whose X-Forwarded-For tells who the client is." placeholder:"CIDR"`
	AllowTargets   []string      `env:"WWWHY_ALLOW_TARGETS" help:"Networks (CIDR, comma-separated) that may be inspected besides public addresses." placeholder:"CIDR"`
	Ports          []uint16      `default:"80,443,8080,8443" env:"WWWHY_PORTS" help:"Ports of public addresses that may be inspected."`
	Outbound       int           `default:"32" env:"WWWHY_OUTBOUND" help:"Inspections at once."`
	PerClient      int           `default:"2" env:"WWWHY_PER_CLIENT" help:"Inspections at once for one client."`
	PerTarget      int           `default:"2" env:"WWWHY_PER_TARGET" help:"Inspections at once of one site, and of one address."`
	Share          time.Duration `default:"60s" env:"WWWHY_SHARE" help:"How long the answer to a question is shared with others who ask the same; 0 for not at all."`
	Deadline       time.Duration `default:"10s" env:"WWWHY_DEADLINE" help:"Time limit of one inspection."`
	ReadLimit      int64         `default:"1048576" env:"WWWHY_READ_LIMIT" help:"Bytes read of one answer."`
	Hops           int           `default:"10" env:"WWWHY_HOPS" help:"Redirects followed in one inspection."`
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

// inspection is the bounds of inspections for a running copy. They share the
// places with the site.
func (c *serveCommand) inspection(publicURL string, places *limit.Places) (inspect.Config, error) {
	allowed, err := prefixes(c.AllowTargets)
	if err != nil {
		return inspect.Config{}, usage("--allow-targets: %v.", err)
	}
	for flag, n := range map[string]int64{"outbound": int64(c.Outbound), "per-client": int64(c.PerClient), "per-target": int64(c.PerTarget),
		"deadline": int64(c.Deadline), "read-limit": c.ReadLimit, "hops": int64(c.Hops)} {
		if n <= 0 {
			return inspect.Config{}, usage("--%s must be greater than 0.", flag)
		}
	}
	var i inspect.Config
	i.Allow, i.Ports = allowed, c.Ports
	i.Deadline, i.ReadLimit, i.Hops = c.Deadline, c.ReadLimit, c.Hops
	i.UserAgent = userAgent(publicURL + "/guides/inspector")
	i.Mark = i.UserAgent
	i.Enter = func(ctx context.Context, a netip.Addr, wait bool) (func(), bool) {
		k := limit.Key{Name: "address " + a.String(), Most: c.PerTarget}
		if wait {
			leave := places.Wait(ctx, k)
			return leave, leave != nil
		}
		leave, full := places.Take(k)
		return leave, full == nil
	}
	return i, nil
}

// ownTarget also lets the inspector ask the address that the site listens on, so
// that its answers at /try can be inspected where it is not public.
func ownTarget(i inspect.Config, own netip.AddrPort) inspect.Config {
	addresses := []netip.Addr{own.Addr()}
	if own.Addr().IsUnspecified() {
		addresses = []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.IPv6Loopback()}
	}
	i.Allow = slices.Clone(i.Allow)
	for _, a := range addresses {
		i.Allow = append(i.Allow, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
	}
	i.Ports = append(slices.Clone(i.Ports), own.Port())
	return i
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
