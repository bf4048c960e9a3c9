package intake

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// panel gathers what the Headers panel of a browser says of one exchange.
// Browsers sort the fields, and some change the case of names, so that all of
// it is retold.
type panel struct {
	request  message.Request
	response message.Response
	remote   string // address and port
	told     bool   // a status or a field of the response was there
}

// exchange returns what was gathered, or an error where no response was.
func (p panel) exchange() (message.Exchange, error) {
	if !p.told && len(p.response.Fields) == 0 {
		return message.Exchange{}, &Error{Text: "There is neither a status nor a header field of a response in this text.", Remedy: "Copy the whole Headers panel, with its summary."}
	}
	x := message.Exchange{Response: &p.response}
	if r := p.request; r.Method != "" || r.URL != "" || len(r.Fields) > 0 {
		x.Request = &r
	}
	if _, _, err := net.SplitHostPort(p.remote); err == nil {
		x.Peer = &message.Peer{Address: p.remote}
	}
	return x, nil
}

// status takes in "401 Unauthorized", also with what browsers add to it, as
// "200 OK (from disk cache)".
func (p *panel) status(s string) {
	digits, reason, _ := strings.Cut(strings.TrimSpace(s), " ")
	code, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 3 || code < 100 {
		return
	}
	if at := strings.Index(reason, "(from "); at >= 0 {
		reason = reason[:at]
	}
	p.response.Code, p.response.Reason, p.told = code, strings.TrimSpace(reason), true
}

// add takes in a field, or the control data that HTTP/2 and HTTP/3 write as
// fields (RFC 9113, Section 8.3).
func (p *panel) add(ofRequest bool, l field.Line) {
	switch l.Name {
	case ":method":
		p.request.Method = l.Value
	case ":status":
		if p.response.Code == 0 {
			p.status(l.Value)
		}
	case ":authority", ":scheme", ":path", ":protocol":
	default:
		if ofRequest {
			p.request.Fields = append(p.request.Fields, l)
		} else {
			p.response.Fields = append(p.response.Fields, l)
		}
	}
}

// start takes in a status line or a request line.
func (p *panel) start(s string) bool {
	if protocol, code, reason, ok := statusLine(s); ok {
		p.response.Protocol, p.response.Code, p.response.Reason, p.told = protocol, code, reason, true
		return true
	}
	method, _, protocol, ok := requestLine(s)
	if ok {
		p.request.Method, p.request.Protocol = method, protocol
	}
	return ok
}

// panelName reports whether a text can be the name of a field, or of control
// data, in a panel.
func panelName(s string) bool { return field.IsToken(strings.TrimPrefix(s, ":")) }

// inline reads "name: value"; a colon may begin the name.
func inline(s string) (field.Line, bool) {
	s = strings.TrimSpace(s)
	at := strings.IndexByte(strings.TrimPrefix(s, ":"), ':')
	if at < 0 {
		return field.Line{}, false
	}
	at += len(s) - len(strings.TrimPrefix(s, ":"))
	name := strings.TrimSpace(s[:at])
	return field.Line{Name: name, Value: strings.TrimSpace(s[at+1:])}, panelName(name)
}

// addUnparted takes in the fields of a response and then those of a request
// that were copied without a title between them.
func (p *panel) addUnparted(fields []field.Line) {
	from := firstOfRequest(fields)
	for i, l := range fields {
		p.add(i >= from, l)
	}
}

// firstOfRequest returns where the request's fields begin: browsers sort each
// list, so that it is where the order starts anew before a field that only
// requests have.
func firstOfRequest(fields []field.Line) int {
	from := slices.IndexFunc(fields, func(l field.Line) bool { return onlyInRequests(l.Name) })
	if from < 0 {
		return len(fields)
	}
	for i := from; i > 0; i-- {
		if strings.ToLower(fields[i-1].Name) > strings.ToLower(fields[i].Name) {
			return i
		}
	}
	return from
}

func onlyInRequests(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case ":authority", ":method", ":path", ":scheme", "accept", "accept-encoding", "accept-language", "authorization", "cookie", "host", "origin", "referer", "user-agent", "upgrade-insecure-requests":
		return true
	}
	return strings.HasPrefix(name, "sec-fetch-") || strings.HasPrefix(name, "sec-ch-ua") || strings.HasPrefix(name, "if-") || strings.HasPrefix(name, "access-control-request-")
}

// title reads the title of a part of a panel, such as "Response Headers (406
// B)", in lower case and without a size or a number.
func title(s string) string {
	s = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(s), ":"))
	if at := strings.Index(s, " ("); at > 0 && strings.HasSuffix(s, ")") {
		s = s[:at]
	}
	switch s {
	case "general", "response headers", "request headers", "query string parameters", "form data", "request payload", "summary", "request", "response", "redirect response", "request data", "early hints response headers":
		return s
	}
	return ""
}

// control reports whether a line is the label of a control of a panel.
func control(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "view source", "view parsed", "view decoded", "view url-encoded", "raw", "provisional headers are shown", "learn more", "disable cache":
		return true
	}
	return false
}

// panelKind tells the panels of browsers by their summaries.
func panelKind(lines []line) Kind {
	safari := 0
	for i, l := range lines {
		s := strings.TrimSpace(l.text)
		next := ""
		if i+1 < len(lines) {
			next = strings.TrimSpace(lines[i+1].text)
		}
		switch {
		case startsMessage(s) && safari == 0 && i < 2:
			return Unknown
		case chromeLabel(s) == "request url" || chromeLabel(s) == "request method" || chromeLabel(s) == "status code":
			return Chrome
		case s == "Summary" && strings.HasPrefix(next, "URL:"):
			return Safari
		case strings.HasPrefix(s, "URL: ") || strings.HasPrefix(s, "Status: ") || strings.HasPrefix(s, "Source: "):
			if safari++; safari == 3 {
				return Safari
			}
		case firefoxSummary(s) || firefoxConsole(s):
			return Firefox
		}
	}
	return Unknown
}
