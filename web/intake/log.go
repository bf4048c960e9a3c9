package intake

import (
	"net"
	"strconv"
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// mostLogLines is how many lines of a log are explained.
const mostLogLines = 5

// readLog reads lines of an access log in the common or the combined format of
// Apache and nginx, also with the host and port that Apache's vhost_combined
// puts first. They say nothing of the response's fields or content. Who asked
// (address, name) is not kept.
func readLog(lines []line) ([]message.Exchange, error) {
	var xs []message.Exchange
	for _, l := range lines {
		if blank(l.text) {
			continue
		}
		x, ok := readLogLine(l.text)
		switch {
		case ok:
			xs = append(xs, x)
		case len(xs) == 0:
			return nil, &Error{l.number, 1, "This is no line of an access log in the common or combined format.", "Paste a whole line, from the address of the client on."}
		}
		if len(xs) == mostLogLines {
			break
		}
	}
	if len(xs) == 0 {
		return nil, &Error{Text: "There is no text.", Remedy: remedy}
	}
	return xs, nil
}

// readLogLine reads one line.
func readLogLine(s string) (message.Exchange, bool) {
	before, rest, found := strings.Cut(strings.TrimSpace(s), " [")
	who := strings.Fields(before)
	if !found || len(who) < 3 || len(who) > 4 {
		return message.Exchange{}, false
	}
	when, rest, found := strings.Cut(rest, "] ")
	if !found || !isLogTime(when) {
		return message.Exchange{}, false
	}
	asked, rest, ok := quoted(rest)
	if !ok {
		return message.Exchange{}, false
	}
	code, size, rest, ok := numbers(rest)
	if !ok {
		return message.Exchange{}, false
	}
	request := &message.Request{}
	request.Method, request.URL, request.Protocol, _ = requestLine(asked)
	if len(who) == 4 {
		onHost(request, who[0])
	}
	for _, name := range []string{"Referer", "User-Agent"} {
		var value string
		if value, rest, ok = quoted(rest); ok && value != "-" && value != "" {
			request.Fields = append(request.Fields, field.Line{Name: name, Value: value})
		}
	}
	return message.Exchange{Cause: message.Asked, Request: request,
		Response: &message.Response{Protocol: request.Protocol, Code: code, Content: message.Content{Length: size}}}, true
}

// onHost makes the target absolute with the host and port that served it.
func onHost(r *message.Request, served string) {
	host, port, err := net.SplitHostPort(served)
	if err != nil || !strings.HasPrefix(r.URL, "/") {
		return
	}
	switch port {
	case "443":
		r.URL = "https://" + host + r.URL
	case "80":
		r.URL = "http://" + host + r.URL
	default:
		r.URL = "https://" + served + r.URL
	}
}

// isLogTime reports whether a text has the shape of 02/Jan/2006:15:04:05 -0700.
func isLogTime(s string) bool {
	return len(s) >= 20 && len(s) <= 32 && s[2] == '/' && s[6] == '/' && s[11] == ':' && s[14] == ':' && s[17] == ':'
}

// numbers reads the status and the size, which is "-" where nothing was sent.
func numbers(s string) (code int, size int64, rest string, ok bool) {
	digits, rest, _ := strings.Cut(strings.TrimLeft(s, " "), " ")
	sent, rest, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	code, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 3 || code < 100 {
		return 0, 0, "", false
	}
	if sent == "-" {
		return code, 0, rest, true
	}
	size, err = strconv.ParseInt(sent, 10, 64)
	return code, size, rest, err == nil && size >= 0
}

// quoted reads a text in quotation marks, in which servers write \" and \xHH
// for what must not stand there.
func quoted(s string) (value, rest string, ok bool) {
	s = strings.TrimLeft(s, " ")
	if !strings.HasPrefix(s, `"`) {
		return "", s, false
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], true
		case s[i] == '\\' && i+3 < len(s) && s[i+1] == 'x' && isHex(s[i+2]) && isHex(s[i+3]):
			n, _ := strconv.ParseUint(s[i+2:i+4], 16, 8)
			b.WriteByte(byte(n))
			i += 3
		case s[i] == '\\' && i+1 < len(s):
			b.WriteByte(s[i+1])
			i++
		default:
			b.WriteByte(s[i])
		}
	}
	return "", s, false
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
