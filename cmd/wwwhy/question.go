package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/inspect"
)

// question is the flags that say how an address is asked.
type question struct {
	Method     string        `short:"X" help:"Request method; GET, or POST with -d." placeholder:"METHOD"`
	Header     []string      `short:"H" sep:"none" help:"A request field, 'Name: value'; may be repeated." placeholder:"FIELD"`
	Data       string        `short:"d" help:"Request content." placeholder:"BODY"`
	Agent      string        `short:"A" name:"user-agent" help:"Ask as another client: browser, phone, googlebot or curl; or any text as User-Agent." placeholder:"NAME"`
	NoFollow   bool          `help:"Do not follow redirects."`
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
}

// announce says which requests are made besides.
func (c *question) announce(w io.Writer) {
	if c.Probe {
		fmt.Fprintln(w, "sends up to six more requests: with made-up credentials, HEAD, OPTIONS, over the other scheme and version")
	}
	if c.Checks {
		fmt.Fprintln(w, "sends up to nine more requests: for gzip, br and zstd, with If-None-Match, If-Modified-Since and Range, with HEAD, for an address at which there is nothing, and over http")
	}
	if c.Discover {
		fmt.Fprintln(w, "looks for metadata of OAuth, with up to eight more requests")
	}
}

// load loads what the site knows and reads the flags.
func (c *question) load(address string) (*content.Library, inspect.Target, error) {
	lib, err := content.Load()
	if err != nil {
		return nil, inspect.Target{}, err
	}
	t, err := c.target(lib, address)
	return lib, t, err
}

// inspector inspects with the rights of whoever runs it, and says on w which
// requests it makes besides.
func (c *question) inspector(lib *content.Library, w io.Writer) *inspect.Inspector {
	c.announce(w)
	return inspect.New(lib, terminal(c.PublicOnly, c.Timeout))
}

// target reads the flags.
func (c *question) target(lib *content.Library, address string) (inspect.Target, error) {
	var t inspect.Target
	var err error
	t.Request.URL, t.Request.Method = address, c.Method
	if t.Request.Fields, err = requestFields(c.Header); err != nil {
		return t, err
	}
	if c.Data != "" {
		t.Request.Content.Sample = []byte(c.Data)
		if c.Method == "" {
			t.Request.Method = "POST"
		}
	}
	if err := inspect.CheckMethod(t.Request.Method); err != nil {
		return t, usage("%v.", err)
	}
	agent, named, err := askAs(lib, c.Agent)
	if err != nil {
		return t, err
	}
	t.Agent, t.Request.Fields = agent, append(named, t.Request.Fields...)
	t.NoFollow, t.Insecure, t.Cookies, t.Discover, t.Probe, t.Checks = c.NoFollow, c.Insecure, c.Cookies, c.Discover, c.Probe, c.Checks
	t.Options.Protocol = chosen(map[string]bool{"1.0": c.HTTP10, "1.1": c.HTTP1, "2": c.HTTP2, "3": c.HTTP3})
	t.Family = chosen(map[int]bool{4: c.IPv4, 6: c.IPv6})
	t.Resolve, err = resolved(c.Resolve)
	return t, err
}

// askAs reads -A: the name of a client that we know, or a User-Agent to send.
func askAs(lib *content.Library, text string) (agent string, named field.Section, err error) {
	if _, known := lib.Agent(text); known || text == "" {
		return text, nil, nil
	}
	if named, err = requestFields([]string{"User-Agent: " + text}); err != nil {
		return "", nil, usage("-A %q cannot be sent as User-Agent.", text)
	}
	return "", named, nil
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

// resolved reads --resolve flags, which are those of curl, but that a port may
// stand behind the address.
func resolved(all []string) (map[string]netip.AddrPort, error) {
	out := map[string]netip.AddrPort{}
	for _, entry := range all {
		parts := strings.SplitN(entry, ":", 3)
		var a netip.AddrPort
		err := errors.New("it has no three parts")
		if len(parts) == 3 {
			a, err = addressOf(parts[2])
		}
		if _, e := strconv.ParseUint(parts[min(1, len(parts)-1)], 10, 16); err != nil || e != nil {
			return nil, usage("--resolve %q cannot be read: write it as HOST:PORT:ADDRESS, such as www.example.com:443:192.0.2.1.", entry)
		}
		out[net.JoinHostPort(strings.ToLower(parts[0]), parts[1])] = a
	}
	return out, nil
}

// addressOf reads an address, with or without a port.
func addressOf(text string) (netip.AddrPort, error) {
	if a, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return netip.AddrPortFrom(a, 0), nil
	}
	return netip.ParseAddrPort(text)
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
