package intake

import (
	"strings"

	"wwwhy/web/message"
)

// verbose reports whether the lines are what curl -v printed: some begin with
// "< HTTP/".
func verbose(lines []line) bool {
	for _, l := range lines {
		if strings.HasPrefix(l.text, "< HTTP/") {
			return true
		}
	}
	return false
}

// readVerbose reads what curl -v printed: "> " begins a line of the request,
// "< " one of the response, "* " and "{ " what curl says itself; all other
// lines are content.
func readVerbose(lines []line) ([]message.Exchange, error) {
	var r reader
	var head []line
	mark := ""
	flush := func() error {
		if len(head) == 0 {
			return nil
		}
		start := head[0]
		if !startsMessage(start.text) {
			return &Error{start.number, 3, "This is neither a status line nor a request line.", remedy}
		}
		fields, _, err := section(head[1:])
		if err != nil {
			return err
		}
		r.head(start.text, fields)
		head = nil
		return nil
	}
	for _, l := range lines {
		m := marker(l.text)
		switch {
		case m == "*":
			r.connection(l.text)
		case m == "<" || m == ">":
			text := strings.TrimPrefix(strings.TrimPrefix(l.text, m), " ")
			if (m != mark || startsMessage(text)) && len(head) > 0 {
				if err := flush(); err != nil {
					return nil, err
				}
			}
			mark = m
			if !blank(text) {
				head = append(head, line{text, l.number})
				continue
			}
			if err := flush(); err != nil {
				return nil, err
			}
		case m == "":
			r.content(l.text)
		}
	}
	if err := flush(); err != nil {
		return nil, err
	}
	return r.done()
}

// marker returns the sign that curl -v put before a line, or "".
func marker(s string) string {
	for _, m := range []string{"<", ">", "*", "{", "}"} {
		if s == m || strings.HasPrefix(s, m+" ") && (m != "{" && m != "}" || strings.Contains(s, "bytes data]")) {
			return m
		}
	}
	return ""
}

// connection learns from what curl says of the connection whether it uses TLS.
func (r *reader) connection(s string) {
	switch {
	case strings.HasPrefix(s, "* Connected to ") || strings.HasPrefix(s, "* Established connection to "):
		r.scheme = "http"
	case strings.Contains(s, "SSL connection using") || strings.HasPrefix(s, "* TLS") || strings.HasPrefix(s, "* (TLS") || strings.HasPrefix(s, "* ALPN") || strings.HasPrefix(s, "* schannel:") || strings.HasPrefix(s, "* SSL"):
		r.scheme = "https"
	}
}
