package intake

import (
	"bytes"
	"strings"

	"wwwhy/web/message"
)

// sentByHTTPie reports whether a request of HTTPie is in the text. Its answers
// alone look like those of any other tool, and are read as such.
func sentByHTTPie(lines []line) bool {
	for _, l := range lines {
		if name, value, found := strings.Cut(l.text, ":"); found && strings.EqualFold(name, "User-Agent") && strings.HasPrefix(strings.TrimSpace(value), "HTTPie/") {
			return true
		}
	}
	return false
}

// readHTTPie reads what http --verbose prints: a request, its content, the
// response and its content, with empty lines between, and with --all the
// redirects before it. On a terminal HTTPie sorts the fields and indents JSON;
// names, values and duplicates stay as they are.
func readHTTPie(lines []line) ([]message.Exchange, error) {
	var kept []line
	for _, l := range lines {
		if !strings.HasPrefix(l.text, "Elapsed time: ") {
			kept = append(kept, l)
		}
	}
	xs, err := readPlain(kept)
	for _, x := range xs {
		// The empty lines before the next message are no content.
		c := &x.Response.Content
		c.Sample = bytes.TrimRight(c.Sample, "\n")
		if c.Known == message.Partly {
			c.Length, c.Decoded = int64(len(c.Sample)), int64(len(c.Sample))
		}
	}
	return xs, err
}
