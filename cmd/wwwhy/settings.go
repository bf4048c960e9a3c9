package main

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"text/tabwriter"

	"golang.org/x/net/idna"
)

// valid finds every fault of the settings that shows without opening anything,
// and names them all at once, each with its flag and the remedy.
func (c *serveCommand) valid() error {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if c.Addr != "systemd" && !strings.HasPrefix(c.Addr, "unix:") {
		if _, _, err := net.SplitHostPort(c.Addr); err != nil {
			fault("--addr: %q is no address with a port, such as 127.0.0.1:8080", c.Addr)
		}
	}
	if c.PublicURL != "" {
		if u, err := url.Parse(c.PublicURL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			fault("--public-url: %q is no address of a site, such as https://why.example.com", c.PublicURL)
		}
	}
	if c.Contact != "" && !contactable(c.Contact) {
		fault("--contact: %q is no address to reach you at, such as mailto:security@example.com or https://example.com/contact", c.Contact)
	}
	if c.Admin == "systemd" || c.Admin != "" && c.Admin == c.Addr && !strings.HasSuffix(c.Addr, ":0") {
		fault("--admin: %s is what --addr takes, and visitors must not reach it; give another address", c.Admin)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		fault("--tls-cert and --tls-key: give both, or neither")
	}
	c.validACME(fault)
	for _, networks := range []struct {
		flag string
		all  []string
	}{{"trusted-proxies", c.TrustedProxies}, {"allow-targets", c.AllowTargets}} {
		if _, err := prefixes(networks.all); err != nil {
			fault("--%s: %v", networks.flag, err)
		}
	}
	c.validNumbers(fault)
	if len(faults) == 0 {
		return nil
	}
	return usage("%s.", strings.Join(faults, ".\n       "))
}

// validNumbers finds those that are too small, in the order of the flags.
func (c *serveCommand) validNumbers(fault func(format string, args ...any)) {
	for _, n := range []struct {
		flag  string
		value int64
		least int64
		shown any
	}{
		{"rate-burst", int64(c.RateBurst), 0, c.RateBurst}, {"rate-hour", int64(c.RateHour), 0, c.RateHour}, {"rate-site", int64(c.RateSite), 0, c.RateSite}, {"rate-saves", int64(c.RateSaves), 0, c.RateSaves},
		{"outbound", int64(c.Outbound), 1, c.Outbound}, {"per-client", int64(c.PerClient), 1, c.PerClient}, {"per-target", int64(c.PerTarget), 1, c.PerTarget},
		{"share", int64(c.Share), 0, c.Share}, {"deadline", int64(c.Deadline), 1, c.Deadline}, {"read-limit", c.ReadLimit, 1, c.ReadLimit}, {"hops", int64(c.Hops), 1, c.Hops},
		{"drain", int64(c.Drain), 0, c.Drain}, {"linger", int64(c.Linger), 0, c.Linger},
	} {
		switch {
		case n.value >= n.least:
		case n.least == 0:
			fault("--%s: %v is less than 0", n.flag, n.shown)
		default:
			fault("--%s must be greater than 0", n.flag)
		}
	}
}

// validACME finds the faults of getting certificates. A name that no authority
// can prove would be asked for again and again.
func (c *serveCommand) validACME(fault func(format string, args ...any)) {
	if len(c.ACME) == 0 {
		if c.ACMEDirectory != "" || c.ACMEAgree || c.ACMEEABID != "" || c.ACMEEABKey != "" {
			fault("--acme-directory, --acme-agree, --acme-eab-id and --acme-eab-key do nothing without --acme: give it the name of the site")
		}
		return
	}
	for i, name := range c.ACME {
		ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(strings.TrimSpace(name), "."))
		if _, ip := netip.ParseAddr(ascii); err != nil || ip == nil || !strings.Contains(ascii, ".") || strings.ContainsFunc(ascii, notInHosts) {
			fault("--acme: %q is no name of a host that an authority can certify, such as why.example.com", name)
			continue
		}
		c.ACME[i] = ascii
	}
	if c.TLSCert != "" {
		fault("--acme gets certificates itself: leave out --tls-cert, or --acme")
	}
	if strings.HasPrefix(c.Addr, "unix:") {
		fault("--acme answers on port 443, not on a socket: leave certificates to the proxy in front, or give --addr an address")
	}
	if c.Data == "" {
		fault("--acme needs a folder for its certificates: give --data")
	}
	if c.ACMEDirectory == "" && !c.ACMEAgree {
		fault("--acme: Let's Encrypt has terms of service, at https://letsencrypt.org/repository/; read them and give --acme-agree if you agree")
	}
	if (c.ACMEEABID == "") != (c.ACMEEABKey == "") {
		fault("--acme-eab-id and --acme-eab-key: give both, or neither")
	}
	if u, err := url.Parse(c.ACMEDirectory); c.ACMEDirectory != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		fault("--acme-directory: %q is no address of an authority's directory, which begins with https (RFC 8555, Section 6.1)", c.ACMEDirectory)
	}
}

func notInHosts(r rune) bool {
	return r != '-' && r != '.' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
}

// accountContact is --contact as an authority takes it: one address for mail,
// without header fields (RFC 8555, Section 7.3). Other URIs it may refuse.
func (c *serveCommand) accountContact() string {
	address, _, _ := strings.Cut(c.Contact, "?")
	if !strings.HasPrefix(address, "mailto:") || strings.Contains(address, ",") {
		return ""
	}
	return address
}

// contactable reports whether security.txt may name an address as Contact (RFC
// 9116, Section 2.5.3): a web address there begins with https.
func contactable(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return false
	}
	if u.Scheme == "mailto" {
		address, _, _ := strings.Cut(u.Opaque, "?")
		name, host, _ := strings.Cut(address, "@")
		return name != "" && host != ""
	}
	return u.Scheme == "https" && u.Host != "" && u.User == nil
}

// print writes the settings in force, secrets masked.
func (c *serveCommand) print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	v := reflect.ValueOf(*c)
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("env")
		value := fmt.Sprint(v.Field(i).Interface())
		if v.Field(i).Kind() == reflect.Slice {
			value = strings.Trim(strings.ReplaceAll(value, " ", ","), "[]")
		}
		fmt.Fprintf(table, "%s\t%s\n", name, masked(value))
	}
	return table.Flush()
}

// masked hides the password in a URL.
func masked(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		if strings.Contains(value, "@") && !strings.HasPrefix(value, "mailto:") {
			return "(not shown)" // a URL that cannot be read may hold one anywhere
		}
		return value
	}
	for name := range u.Query() {
		if strings.Contains(strings.ToLower(name), "password") {
			return u.Scheme + "://(not shown)"
		}
	}
	return u.Redacted()
}
