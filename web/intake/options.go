package intake

import (
	"strings"

	"wwwhy/web/field"
)

// option is one of curl's options.
type option struct {
	value bool // a value follows
	use   func(c *commander, w word, flag, value string)
}

// options are curl's options by name, those of more than one letter with "--".
// Their meaning is that of curl's manual.
var options = optionsByName()

func optionsByName() map[string]option {
	all := map[string]option{}
	give := func(names string, value bool, use func(c *commander, w word, flag, v string)) {
		for _, name := range strings.Fields(names) {
			all[name] = option{value, use}
		}
	}
	give("--url", true, func(c *commander, w word, _, v string) {
		if c.URL == "" {
			c.URL = v
			return
		}
		c.leaveOut(w, "--url", "Only the first address is asked for.")
	})
	give("-X --request", true, func(c *commander, _ word, _, v string) { c.method = v })
	give("-H --header --proxy-header", true, (*commander).header)
	give("-A --user-agent", true, func(c *commander, _ word, _, v string) { c.set("User-Agent", v) })
	give("-e --referer", true, func(c *commander, _ word, _, v string) { c.set("Referer", strings.TrimSuffix(v, ";auto")) })
	give("-r --range", true, func(c *commander, _ word, _, v string) { c.set("Range", "bytes="+v) })
	give("-b --cookie", true, (*commander).cookie)
	give("-u --user", true, func(c *commander, _ word, _, v string) { c.User = v })
	give("--oauth2-bearer", true, func(c *commander, _ word, _, v string) { c.set("Authorization", "Bearer "+v) })
	give("-d --data --data-ascii --data-binary --data-raw --data-urlencode", true, (*commander).data)
	give("--json", true, (*commander).json)
	give("-F --form --form-string", true, func(c *commander, w word, flag, _ string) {
		c.Data, c.types = true, "multipart/form-data"
		c.leaveOut(w, flag, "The parts of a form are not sent; the answer may be another without them.")
	})
	give("-T --upload-file", true, func(c *commander, w word, flag, _ string) {
		c.Data = true
		if c.method == "" {
			c.method = "PUT"
		}
		c.leaveOut(w, flag, "A file on your machine cannot be read from here.")
	})
	give("-G --get", false, func(c *commander, _ word, _, _ string) { c.get = true })
	give("-I --head", false, func(c *commander, _ word, _, _ string) { c.head = true })
	give("--compressed", false, func(c *commander, _ word, _, _ string) {
		if !c.Fields.Has("Accept-Encoding") {
			c.set("Accept-Encoding", "gzip, deflate, br")
		}
	})
	for _, r := range reasons {
		give(r.names, r.value, func(c *commander, w word, flag, _ string) {
			if r.reason != "" {
				c.leaveOut(w, flag, r.reason)
			}
		})
	}
	return all
}

// reasons are the options that say nothing of the request itself. Those without
// a reason change only what curl prints and are passed over silently.
var reasons = []struct {
	names  string
	value  bool
	reason string
}{
	{"-s --silent -S --show-error -v --verbose -i --include --show-headers -# --progress-bar --no-progress-meter -f --fail --fail-with-body --fail-early -N --no-buffer --styled-output --no-styled-output --globoff -g --path-as-is --no-keepalive --tcp-nodelay --no-alpn", false, ""},
	{"-w --write-out --stderr --trace --trace-ascii --keepalive-time", true, ""},
	{"-L --location", false, ""},
	{"-o --output --output-dir -D --dump-header --etag-save", true, "Nothing is written to a file: the answer is shown on the page."},
	{"-O --remote-name -J --remote-header-name --remote-name-all --create-dirs", false, "Nothing is written to a file: the answer is shown on the page."},
	{"-c --cookie-jar", true, "Cookies are not kept in a file."},
	{"-K --config", true, "A file on your machine cannot be read from here, so that what it says is not known."},
	{"--etag-compare", true, "A file on your machine cannot be read from here, so that no entity tag is sent."},
	{"-n --netrc --netrc-optional", false, "A file on your machine cannot be read from here, so that no password is sent."},
	{"--netrc-file", true, "A file on your machine cannot be read from here, so that no password is sent."},
	{"-k --insecure --proxy-insecure --ssl-no-revoke", false, "A certificate that is not trusted is reported, not ignored."},
	{"-x --proxy --preproxy --socks4 --socks4a --socks5 --socks5-hostname --proxy-user -U --noproxy", true, "The request is not sent through your proxy."},
	{"--proxytunnel -p --proxy-basic --proxy-digest --proxy-ntlm --proxy-negotiate --proxy-anyauth", false, "The request is not sent through your proxy."},
	{"-E --cert --key --cert-type --key-type --pass --cacert --capath --pinnedpubkey --ciphers --tls13-ciphers --curves --tls-max", true, "Certificates, keys and settings of TLS on your machine are not used."},
	{"-1 --tlsv1 --tlsv1.0 --tlsv1.1 --tlsv1.2 --tlsv1.3 -2 --sslv2 -3 --sslv3 --ssl --ssl-reqd", false, "The version of TLS is agreed on with the server."},
	{"-0 --http1.0 --http1.1 --http2 --http2-prior-knowledge --http3 --http3-only --http0.9", false, "The version of HTTP is chosen on the page."},
	{"-4 --ipv4 -6 --ipv6", false, "The version of IP is chosen on the page."},
	{"--digest --ntlm --negotiate --anyauth --proxy-anyauth", false, "Only Basic and Bearer credentials are sent; other schemes need an exchange with the server first."},
	{"--aws-sigv4 --delegation --service-name --login-options", true, "Only Basic and Bearer credentials are sent; other schemes need an exchange with the server first."},
	{"--basic", false, ""},
	{"--resolve --connect-to --interface --local-port --unix-socket --abstract-unix-socket --dns-servers --doh-url --haproxy-clientip", true, "The address that the name has for the public is asked."},
	{"-m --max-time --connect-timeout -Y --speed-limit -y --speed-time --limit-rate --retry --retry-delay --retry-max-time --max-filesize --expect100-timeout --max-redirs --happy-eyeballs-timeout-ms --rate", true, "Limits are those of this site."},
	{"--retry-all-errors --retry-connrefused", false, "Limits are those of this site."},
	{"--location-trusted", false, "Credentials are not sent to another host after a redirect."},
	{"--post301 --post302 --post303", false, "Redirects are followed as browsers follow them."},
	{"-C --continue-at -z --time-cond", true, "Files on your machine are not compared with."},
	{"-Z --parallel --raw --ignore-content-length --tr-encoding -q --disable -j --junk-session-cookies --suppress-connect-headers --no-sessionid -a --append -l --list-only -B --use-ascii -M --manual -V --version -h --help", false, "It changes nothing in the request."},
	{"--parallel-max --variable --request-target -Q --quote", true, "It is not read here."},
	{"-: --next", false, "Only the first request is read."},
}

// header takes in "Name: value". "Name:" keeps curl from sending a field of its
// own, "Name;" sends one without a value, "@file" reads them from a file.
func (c *commander) header(w word, flag, v string) {
	name, value, found := strings.Cut(v, ":")
	switch {
	case flag == "--proxy-header":
		c.leaveOut(w, flag, "The request is not sent through your proxy.")
	case strings.HasPrefix(v, "@"):
		c.leaveOut(w, flag+" @file", "A file on your machine cannot be read from here, so that its fields are not sent.")
	case found && strings.TrimSpace(value) == "":
		c.leaveOut(w, flag+" "+shown(v), "A field without a value is not sent.")
	case !found && len(c.Fields) < mostFields && strings.HasSuffix(v, ";") && field.IsToken(strings.TrimSuffix(v, ";")):
		c.Fields = append(c.Fields, field.Line{Name: strings.TrimSuffix(v, ";")})
	case !found || !field.IsToken(strings.TrimSpace(name)):
		c.leaveOut(w, flag, "This is no “Name: value”.")
	case strings.ContainsAny(value, "\r\n\x00"):
		c.leaveOut(w, flag, "The value has a line break in it, which no field can have.")
	case framing(strings.TrimSpace(name)):
		c.leaveOut(w, flag+" "+shown(strings.TrimSpace(name)), "It frames the content or the connection of another request, and is made anew.")
	case len(c.Fields) >= mostFields:
		c.leaveOut(w, flag, "There are too many fields.")
	default:
		c.Fields = append(c.Fields, field.Line{Name: strings.TrimSpace(name), Value: strings.Trim(value, " \t")})
	}
}

// framing reports whether a field is about the connection or the length of a
// request (RFC 9110, Sections 7.6.1 and 8.6), which are not those of the command.
func framing(name string) bool {
	switch strings.ToLower(name) {
	case "content-length", "te", "trailer":
		return true
	}
	return field.OfConnection(name)
}

// set gives a field that an option of its own stands for.
func (c *commander) set(name, value string) {
	if value == "" || strings.ContainsAny(value, "\r\n\x00") {
		return
	}
	for i, l := range c.Fields {
		if strings.EqualFold(l.Name, name) {
			c.Fields[i].Value = value
			return
		}
	}
	c.Fields = append(c.Fields, field.Line{Name: name, Value: value})
}

// mostCookies is how many bytes of cookies are kept.
const mostCookies = 64 << 10

// cookie takes in cookies; without "=" the value is the name of a file.
func (c *commander) cookie(w word, flag, v string) {
	if !strings.Contains(v, "=") {
		c.leaveOut(w, flag, "A file on your machine cannot be read from here, so that its cookies are not sent.")
		return
	}
	before := c.Fields.Get("Cookie")
	if len(before)+len(v) > mostCookies {
		c.leaveOut(w, flag, "There are too many cookies.")
		return
	}
	if before != "" {
		v = before + "; " + v
	}
	c.set("Cookie", v)
}

// data notes that content is there. Its bytes are of no use to an explanation,
// but for those that -G puts into the address.
func (c *commander) data(w word, flag, v string) {
	c.Data = true
	if c.types == "" {
		c.types = "application/x-www-form-urlencoded"
	}
	file := strings.HasPrefix(v, "@") && flag != "--data-raw"
	if flag == "--data-urlencode" {
		name, _, named := strings.Cut(v, "@")
		file = named && !strings.Contains(name, "=")
	}
	switch {
	case file:
		c.leaveOut(w, flag+" @file", "A file on your machine cannot be read from here, so that its content is not sent.")
	case flag == "--data-urlencode":
		c.queried = append(c.queried, encodedPair(v))
	default:
		c.queried = append(c.queried, v)
	}
	if !file && c.content.text == "" {
		c.content = word{flag, w.at}
	}
}

// json takes in --json, which stands for data and two fields.
func (c *commander) json(w word, flag, v string) {
	c.types = "application/json"
	c.data(w, flag, v)
	if !c.Fields.Has("Accept") {
		c.set("Accept", "application/json")
	}
}
