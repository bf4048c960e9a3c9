package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

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
	Agent      string        `short:"A" name:"user-agent" help:"Ask as another client: browser, phone, googlebot or curl; or any text as User-Agent." placeholder:"NAME"`
	NoFollow   bool          `help:"Do not follow redirects."`
	TokenFile  string        `help:"File with a token that is refused: it is explained and held against the answer, not sent; - is standard input." placeholder:"FILE"`
	Probe      bool          `help:"Compare with the answers to up to six more requests: made-up credentials, HEAD, OPTIONS, the other scheme and version."`
	Checks     bool          `help:"Check compression, conditional requests, parts, HEAD, an error page and http; up to nine more requests."`
	Discover   bool          `help:"Look for metadata of OAuth even where the challenge names none; up to 8 more requests."`
	Cookies    bool          `help:"Keep cookies from one redirect to the next, as a browser does."`
	HTTP10     bool          `name:"http1.0" help:"Speak HTTP/1.0." xor:"version"`
	HTTP1      bool          `name:"http1.1" help:"Speak HTTP/1.1 only." xor:"version"`
	HTTP2      bool          `name:"http2" help:"Speak HTTP/2 only." xor:"version"`
	HTTP3      bool          `name:"http3" help:"Speak HTTP/3 (over UDP) only." xor:"version"`
	IPv4       bool          `short:"4" name:"ipv4" help:"Use IPv4 addresses only." xor:"family"`
	IPv6       bool          `short:"6" name:"ipv6" help:"Use IPv6 addresses only." xor:"family"`
	Resolve    []string      `sep:"none" help:"Ask this address for a host and port, 'HOST:PORT:ADDRESS'; may be repeated." placeholder:"ENTRY"`
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
	t, err := c.target(lib)
	if err != nil {
		return err
	}
	if t.Token, err = readToken(sys, c.TokenFile); err != nil {
		return err
	}
	if c.Probe {
		fmt.Fprintln(sys.stderr, "sends up to six more requests: with made-up credentials, HEAD, OPTIONS, over the other scheme and version")
	}
	if c.Checks {
		fmt.Fprintln(sys.stderr, "sends up to nine more requests: for gzip, br and zstd, with If-None-Match, If-Modified-Since and Range, with HEAD, for an address at which there is nothing, and over http")
	}
	if c.Discover {
		fmt.Fprintln(sys.stderr, "looks for metadata of OAuth, with up to eight more requests")
	}
	r := inspect.New(lib, terminal(c.PublicOnly, c.Timeout)).URL(sys.ctx, t, nil)
	if first := r.Exchanges[0].Error; first.Kind == "url" {
		return usage("%s %s", first.Message, strings.ReplaceAll(r.Findings[0].Fix, "`", ""))
	}
	return c.print(sys, r)
}

// target reads the flags.
func (c *inspectCommand) target(lib *content.Library) (inspect.Target, error) {
	var t inspect.Target
	var err error
	t.Request.URL, t.Request.Method = c.URL, c.Method
	if t.Request.Fields, err = requestFields(c.Header); err != nil {
		return t, err
	}
	if c.Data != "" {
		t.Request.Content.Sample = []byte(c.Data)
		if c.Method == "" {
			t.Request.Method = "POST"
		}
	}
	if t.Request.Method != "" && !field.IsToken(t.Request.Method) {
		return t, usage("%q is no method.", t.Request.Method)
	}
	if _, known := lib.Agent(c.Agent); known {
		t.Agent = c.Agent
	} else if c.Agent != "" {
		lines, err := requestFields([]string{"User-Agent: " + c.Agent})
		if err != nil {
			return t, usage("-A %q cannot be sent as User-Agent.", c.Agent)
		}
		t.Request.Fields = append(lines, t.Request.Fields...)
	}
	t.NoFollow, t.Insecure, t.Cookies, t.Discover, t.Probe, t.Checks = c.NoFollow, c.Insecure, c.Cookies, c.Discover, c.Probe, c.Checks
	t.Options.Protocol = chosen(map[string]bool{"1.0": c.HTTP10, "1.1": c.HTTP1, "2": c.HTTP2, "3": c.HTTP3})
	t.Family = chosen(map[int]bool{4: c.IPv4, 6: c.IPv6})
	t.Resolve, err = resolved(c.Resolve)
	return t, err
}

// chosen returns the key that is true; the zero value where none is.
func chosen[K comparable](flags map[K]bool) (key K) {
	for k, on := range flags {
		if on {
			return k
		}
	}
	return key
}

// resolved reads --resolve flags, which are those of curl.
func resolved(all []string) (map[string]netip.Addr, error) {
	out := map[string]netip.Addr{}
	for _, entry := range all {
		parts := strings.SplitN(entry, ":", 3)
		var a netip.Addr
		err := errors.New("it has no three parts")
		if len(parts) == 3 {
			a, err = netip.ParseAddr(strings.Trim(parts[2], "[]"))
		}
		if _, e := strconv.ParseUint(parts[min(1, len(parts)-1)], 10, 16); err != nil || e != nil {
			return nil, usage("--resolve %q cannot be read: write it as HOST:PORT:ADDRESS, such as www.example.com:443:192.0.2.1.", entry)
		}
		out[net.JoinHostPort(strings.ToLower(parts[0]), parts[1])] = a
	}
	return out, nil
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
	p := inspect.Pasted{URL: c.URL, Method: c.Method, Token: refused}
	if p.Fields, err = requestFields(c.Header); err != nil {
		return err
	}
	r, err := in.Text(text, p)
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
	data, err := io.ReadAll(io.LimitReader(r, secretLimit+1))
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
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, inspect.TextLimit+1))
	if err != nil {
		return "", fmt.Errorf("reading the response: %w", err)
	}
	return string(data), nil
}
