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
