package fetch

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// urlLimit is the greatest length of a URL in bytes: what servers and proxies
// commonly take (RFC 9110, Section 4.1, asks for 8000).
const urlLimit = 8000

// admit parses a URL once, for all that follows, and refuses what cannot or
// must not be asked for.
func (s *session) admit(raw string) (*url.URL, *message.Failure) {
	refuse := func(detail string) (*url.URL, *message.Failure) {
		return nil, &message.Failure{Kind: message.FailureURL, Args: args("url", shortened(raw), "detail", detail)}
	}
	if raw == "" {
		return refuse("it is empty")
	}
	if len(raw) > urlLimit {
		return refuse("it is longer than 8000 bytes")
	}
	for i := range len(raw) {
		if raw[i] < 0x20 || raw[i] == 0x7f {
			return refuse("it holds a control character")
		}
		if raw[i] == '\\' || raw[i] == ' ' {
			return refuse("it holds a space or a backslash")
		}
	}
	u, err := url.Parse(raw)
	if err != nil {
		return refuse("it cannot be read as a URL")
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return refuse("only http and https can be asked for")
	case u.User != nil:
		return refuse("it holds a user name or password; those do not belong into an address")
	case u.Hostname() == "":
		return refuse("it names no host")
	case strings.Contains(u.Host, "%"):
		return refuse("its host holds a percent sign")
	}
	if p := u.Port(); p != "" {
		if _, ok := port(p); !ok {
			return refuse("its port is not between 1 and 65535")
		}
	} else {
		u.Host = strings.TrimSuffix(u.Host, ":")
	}
	if err := asciiHost(u); err != nil {
		return refuse("its host name is not valid")
	}
	return u, nil
}

// asciiHost writes an internationalized host name in the form of the DNS.
func asciiHost(u *url.URL) error {
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil {
		// Names with underscores are in use, and the DNS takes them.
		ascii = host
	}
	for i := range len(ascii) {
		if c := ascii[i]; !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_') {
			return fmt.Errorf("a host name has no %q", c)
		}
	}
	if p := u.Port(); p != "" {
		u.Host = ascii + ":" + p
	} else {
		u.Host = ascii
	}
	return nil
}

func shortened(s string) string { return field.Beginning(s, 120) }
