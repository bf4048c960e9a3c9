package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"wwwhy/content"
	"wwwhy/web"
	"wwwhy/web/admission"
	"wwwhy/web/inspect"
	"wwwhy/web/limit"
	"wwwhy/web/meter"
)

// commands is every subcommand with its flags.
type commands struct {
	Version kong.VersionFlag `name:"version" help:"Tell version and commit."`

	Serve      serveCommand      `cmd:"" help:"Serve the site and the API."`
	Inspect    inspectCommand    `cmd:"" help:"Fetch a URL and explain what comes back."`
	Explain    explainCommand    `cmd:"" help:"Explain a response from a file or standard input."`
	Authorize  authorizeCommand  `cmd:"" help:"Compute the Authorization line that answers a challenge."`
	Preflight  preflightCommand  `cmd:"" help:"Tell what a browser decides about a script's request from another origin (CORS)."`
	Check      checkCommand      `cmd:"" help:"Inspect many URLs, from arguments, files or standard input."`
	Watch      watchCommand      `cmd:"" help:"Inspect a URL again and again, and tell what changes."`
	Lookup     lookupCommand     `cmd:"" help:"Show a page of the reference."`
	MCP        mcpCommand        `cmd:"" name:"mcp" help:"Offer reference and inspector to coding agents (MCP)."`
	Pin        pinCommand        `cmd:"" help:"Keep a saved report of a running copy for good, as for documentation."`
	Completion completionCommand `cmd:"" help:"Print what bash, zsh or fish needs to complete commands."`
	Man        manCommand        `cmd:"" help:"Print the manual as roff."`
	Health     healthCommand     `cmd:"" name:"healthcheck" help:"Ask a running copy whether it is well, for containers."`
}

// serveCommand is the settings of a running copy. Each flag has an environment
// variable of the same name.
type serveCommand struct {
	Addr      string `default:"127.0.0.1:8080" env:"WWWHY_ADDR" group:"Site" help:"Address and port to listen on; unix:PATH for a socket, systemd for sockets that systemd opened."`
	PublicURL string `env:"WWWHY_PUBLIC_URL" group:"Site" help:"Address under which visitors reach the site. Default: that of --addr."`
	Contact   string `env:"WWWHY_CONTACT" group:"Site" placeholder:"URI" help:"Where the operator is reached, mailto: or https:, told at /.well-known/security.txt. Default: nobody is told."`
	Mcp       bool   `env:"WWWHY_MCP" group:"Site" help:"Offer reference and inspector to agents at /mcp."`
	Check     bool   `group:"Site" env:"WWWHY_CHECK" help:"Check these settings, print them without secrets, and exit."`

	TLSCert       string   `env:"WWWHY_TLS_CERT" group:"TLS" placeholder:"FILE" help:"Certificate chain, PEM. Read again when it changes."`
	TLSKey        string   `env:"WWWHY_TLS_KEY" group:"TLS" placeholder:"FILE" help:"Its key."`
	ACME          []string `name:"acme" env:"WWWHY_ACME" group:"TLS" placeholder:"NAME" help:"Names to get certificates for from Let's Encrypt, kept in --data. Port 443 must lead here."`
	ACMEAgree     bool     `name:"acme-agree" env:"WWWHY_ACME_AGREE" group:"TLS" help:"Agree to the terms of service of the certificate authority."`
	ACMEDirectory string   `name:"acme-directory" env:"WWWHY_ACME_DIRECTORY" group:"TLS" placeholder:"URL" help:"Another certificate authority that speaks ACME."`
	ACMEEABID     string   `name:"acme-eab-id" env:"WWWHY_ACME_EAB_ID" group:"TLS" placeholder:"ID" help:"Account that was opened with the authority before, where it wants one."`
	ACMEEABKey    string   `name:"acme-eab-key" env:"WWWHY_ACME_EAB_KEY" group:"TLS" placeholder:"FILE" help:"Its key, base64url."`
	H2C           bool     `name:"h2c" env:"WWWHY_H2C" group:"TLS" help:"Take HTTP/2 without TLS, too, from a proxy in front."`

	Data     string `env:"WWWHY_DATA" group:"Storage" placeholder:"DIR" help:"Folder for saved reports and certificates. Without it, reports are kept in memory."`
	Database string `env:"WWWHY_DATABASE" group:"Storage" placeholder:"URL" help:"Where reports are saved: memory, file:PATH, postgres://USER:PASSWORD@HOST/DATABASE. Default: a file in --data."`
	Limits   string `default:"memory" env:"WWWHY_LIMITS" group:"Storage" placeholder:"URL" help:"Where rates are counted: memory, or redis://HOST:6379/0 for several copies."`

	RateBurst int `default:"3" env:"WWWHY_RATE_BURST" group:"Limits" help:"Inspections of one client in 15 seconds; 0 for any number."`
	RateHour  int `default:"60" env:"WWWHY_RATE_HOUR" group:"Limits" help:"Inspections of one client in an hour, half of them at once; 0 for any number."`
	RateSite  int `default:"60" env:"WWWHY_RATE_SITE" group:"Limits" help:"Inspections of one site in an hour, whoever asks; 0 for any number."`
	RateSaves int `default:"20" env:"WWWHY_RATE_SAVES" group:"Limits" help:"Reports that one client saves in an hour; 0 for any number."`

	TrustedProxies []string      `env:"WWWHY_TRUSTED_PROXIES" group:"Limits" help:"Networks (CIDR, comma-separated) of proxies whose X-Forwarded-For tells who the client is." placeholder:"CIDR"`
	AllowTargets   []string      `env:"WWWHY_ALLOW_TARGETS" group:"Limits" help:"Networks (CIDR, comma-separated) that may be inspected besides public addresses." placeholder:"CIDR"`
	Ports          []uint16      `default:"80,443,8080,8443" env:"WWWHY_PORTS" group:"Limits" help:"Ports of public addresses that may be inspected."`
	Outbound       int           `default:"32" env:"WWWHY_OUTBOUND" group:"Limits" help:"Inspections at once."`
	PerClient      int           `default:"2" env:"WWWHY_PER_CLIENT" group:"Limits" help:"Inspections at once for one client."`
	PerTarget      int           `default:"2" env:"WWWHY_PER_TARGET" group:"Limits" help:"Inspections at once of one site, and of one address."`
	Share          time.Duration `default:"60s" env:"WWWHY_SHARE" group:"Limits" help:"How long the answer to a question is shared with others who ask the same; 0 for not at all."`
	Deadline       time.Duration `default:"10s" env:"WWWHY_DEADLINE" group:"Limits" help:"Time limit of one inspection."`
	ReadLimit      int64         `default:"1048576" env:"WWWHY_READ_LIMIT" group:"Limits" help:"Bytes read of one answer."`
	Hops           int           `default:"10" env:"WWWHY_HOPS" group:"Limits" help:"Redirects followed in one inspection."`

	Admin  string        `env:"WWWHY_ADMIN" group:"Operation" placeholder:"ADDR" help:"Address and port for /metrics, /debug/pprof/, /healthz, /readyz, /reports and /reports.db, for your network only. Default: none."`
	Log    string        `default:"json" enum:"json,text" env:"WWWHY_LOG" group:"Operation" help:"Form of the log on standard error: json or text."`
	Drain  time.Duration `default:"15s" env:"WWWHY_DRAIN" group:"Operation" help:"How long requests under way may take after a signal to end."`
	Linger time.Duration `default:"0s" env:"WWWHY_LINGER" group:"Operation" help:"How long to answer on, /readyz with 503, before that, so that balancers see it."`
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

// site is the settings of the site on these listeners.
func (c *serveCommand) site(lib *content.Library, listeners []net.Listener, s stores, log *slog.Logger) web.Config {
	here := listeners[0].Addr()
	public, places := c.publicURL(here), &limit.Places{}
	// One processor stays free for articles and for what waits for the network.
	turns := limit.NewTurns(runtime.GOMAXPROCS(0) - 1)
	inspection := c.inspection(public, places)
	inspection.Turns = turns
	return web.Config{Library: lib, Inspector: inspect.New(lib, inspection), Own: c.own(lib, inspection, here), Log: log,
		PublicURL: public, Contact: c.Contact, Proxies: c.proxies(listeners), MCP: c.Mcp, Internal: len(inspection.Allow) > 0,
		Bounds: web.Bounds{Outbound: c.Outbound, PerClient: c.PerClient, PerTarget: c.PerTarget, Share: c.Share, Deadline: c.Deadline},
		Rates:  admission.Rates{Burst: c.RateBurst, Client: c.RateHour, Site: c.RateSite, Saves: c.RateSaves}, Places: places, Turns: turns,
		Archive: s.reports, Limiter: s.limits, Meter: meter.New()}
}

// inspection is the bounds of inspections for a running copy. They share the
// places with the site.
func (c *serveCommand) inspection(publicURL string, places *limit.Places) inspect.Config {
	var i inspect.Config
	i.Allow, _ = prefixes(c.AllowTargets) // valid saw to it
	i.Ports = c.Ports
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
	return i
}

// own lets the inspector ask our own /try, where we listen on an address.
func (c *serveCommand) own(lib *content.Library, inspection inspect.Config, a net.Addr) web.Own {
	tcp, ok := a.(*net.TCPAddr)
	if !ok || c.secure() {
		return web.Own{}
	}
	address := tcp.AddrPort()
	return web.Own{Address: address, Inspector: inspect.New(lib, ownTarget(inspection, address))}
}

// ownTarget also lets the inspector ask the address that the site listens on, so
// that its answers at /try can be inspected where it is not public. It opens no
// other port: those answers may name any.
func ownTarget(i inspect.Config, own netip.AddrPort) inspect.Config {
	addresses := []netip.Addr{own.Addr().Unmap()}
	if own.Addr().IsUnspecified() {
		addresses = []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.IPv6Loopback()}
	}
	i.AllowPorts = nil
	for _, a := range addresses {
		i.AllowPorts = append(i.AllowPorts, netip.AddrPortFrom(a, own.Port()))
	}
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
