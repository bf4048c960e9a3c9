package intake

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// statusLine reads "HTTP/1.1 401 Unauthorized", also without a phrase and as
// "HTTP/2 401".
func statusLine(s string) (protocol string, code int, reason string, ok bool) {
	rest, found := strings.CutPrefix(s, "HTTP/")
	if !found {
		return "", 0, "", false
	}
	version, after, found := strings.Cut(rest, " ")
	if !found || version == "" || len(version) > 4 || strings.Trim(version, "0123456789.") != "" {
		return "", 0, "", false
	}
	after = strings.TrimLeft(after, " ")
	digits, reason, _ := strings.Cut(after, " ")
	code, err := strconv.Atoi(digits)
	if err != nil || len(digits) != 3 || digits[0] < '0' { // no sign
		return "", 0, "", false
	}
	return "HTTP/" + version, code, strings.TrimRight(reason, " \t"), true
}

// requestLine reads "GET /path HTTP/1.1".
func requestLine(s string) (method, target, protocol string, ok bool) {
	words := strings.Fields(s)
	if len(words) != 3 || !field.IsToken(words[0]) || !strings.HasPrefix(words[2], "HTTP/") {
		return "", "", "", false
	}
	return words[0], words[1], words[2], true
}

func startsMessage(s string) bool {
	_, _, _, response := statusLine(s)
	_, _, _, request := requestLine(s)
	return response || request
}

// fieldLine reads "Name: value". A name with white space before the colon is
// taken with it, as received, when it begins with a token.
func fieldLine(s string) (field.Line, bool) {
	name, value, found := strings.Cut(s, ":")
	if !found || !field.IsToken(strings.TrimRight(name, " \t")) {
		return field.Line{}, false
	}
	return field.Line{Name: name, Value: strings.Trim(value, " \t")}, true
}

// section reads field lines up to an empty line, the next head or the end, and
// returns the lines that follow.
func section(lines []line) (s field.Section, rest []line, err error) {
	for ; len(lines) > 0; lines = lines[1:] {
		text := lines[0].text
		switch {
		case blank(text):
			return s, lines[1:], nil
		case folded(text) && len(s) > 0:
			// A folded line: the break stays, so that it can be reported.
			var b strings.Builder // all of them at once: there may be many
			b.WriteString(s[len(s)-1].Value)
			b.WriteString("\r\n " + strings.TrimSpace(text))
			for len(lines) > 1 && folded(lines[1].text) {
				lines = lines[1:]
				b.WriteString("\r\n " + strings.TrimSpace(lines[0].text))
			}
			s[len(s)-1].Value = b.String()
		case startsMessage(text) && len(s) > 0:
			return s, lines, nil
		default:
			l, ok := fieldLine(text)
			if !ok {
				l, ok = unnamed(s, text)
			}
			if !ok {
				return s, lines, &Error{lines[0].number, 1, "This line is no header field: it has no “Name: value”.",
					"Remove it, or put an empty line before the content."}
			}
			s = append(s, l)
		}
	}
	return s, nil, nil
}

// folded reports whether a line goes on with the field before it (RFC 9112,
// Section 5.2).
func folded(text string) bool { return !blank(text) && (text[0] == ' ' || text[0] == '\t') }

// unnamed reads a line without a name as another value of the field before it:
// Firefox joins the lines of the fields that must not be joined with a comma
// with a line break, and copies them so.
func unnamed(s field.Section, text string) (field.Line, bool) {
	if len(s) == 0 {
		return field.Line{}, false
	}
	name := s[len(s)-1].Name
	switch strings.ToLower(name) {
	case "set-cookie":
		before, _, found := strings.Cut(text, "=")
		return field.Line{Name: name, Value: strings.TrimSpace(text)}, found && field.IsToken(before)
	case "www-authenticate", "proxy-authenticate":
		scheme, _, _ := strings.Cut(text, " ")
		return field.Line{Name: name, Value: strings.TrimSpace(text)}, field.IsToken(scheme) && (scheme == text || looksLikeChallenge(text))
	}
	return field.Line{}, false
}

// readPlain reads heads one after the other: a request and its response, the
// chain of curl -iL, interim responses; then the content.
func readPlain(lines []line) ([]message.Exchange, error) {
	if len(lines) > 0 {
		lines = lines[answerBelow(lines):]
	}
	if len(lines) == 0 || !startsMessage(lines[0].text) {
		return readLoose(lines)
	}
	var r reader
	for len(lines) > 0 {
		first := lines[0]
		switch {
		case blank(first.text) && !r.started:
			lines = lines[1:]
		case startsMessage(first.text):
			fields, rest, err := section(lines[1:])
			if err != nil {
				return nil, err
			}
			r.head(first.text, fields)
			lines = rest
		default:
			r.content(first.text)
			lines = lines[1:]
		}
	}
	return r.done()
}

// reader gathers exchanges from heads and contents in the order they come.
type reader struct {
	xs      []message.Exchange
	request *message.Request // still without a response
	interim []message.Response
	body    strings.Builder
	started bool   // content has begun
	scheme  string // of the connection, where the text shows it
}

// head takes in a request's or a response's head.
func (r *reader) head(start string, fields field.Section) {
	r.finishContent()
	if method, target, protocol, ok := requestLine(start); ok {
		r.request = &message.Request{Method: method, URL: absolute(cmp.Or(r.scheme, "https"), target, fields), Protocol: protocol, Fields: fields}
		return
	}
	protocol, code, reason, _ := statusLine(start)
	resp := message.Response{Protocol: protocol, Code: code, Reason: reason, Fields: fields}
	tunnel := code == 200 && strings.EqualFold(reason, "Connection established")
	if code >= 100 && code < 200 && code != 101 || tunnel {
		r.interim = append(r.interim, resp)
		return
	}
	r.xs = append(r.xs, message.Exchange{Request: r.request, Interim: r.interim, Response: &resp})
	r.request, r.interim = nil, nil
}

// absolute makes a URL of a request target with the help of Host. Where the text
// does not show the scheme it is taken for https.
func absolute(scheme, target string, fields field.Section) string {
	if !strings.HasPrefix(target, "/") {
		return target
	}
	if host := fields.Get("Host"); host != "" {
		return scheme + "://" + host + target
	}
	return ""
}

func (r *reader) content(text string) {
	if r.started {
		r.body.WriteByte('\n')
	}
	r.started = true
	if r.body.Len() < sampleLimit {
		r.body.WriteString(text)
	}
}

// finishContent gives the content gathered so far to the last response. Where
// nothing followed the head, nothing is known: people paste heads alone.
func (r *reader) finishContent() {
	if r.request != nil {
		if sample := strings.TrimSpace(r.body.String()); sample != "" {
			r.request.Content = message.Content{Known: message.Partly, Length: int64(len(sample)), Decoded: int64(len(sample)), Sample: []byte(sample[:min(len(sample), sampleLimit)])}
		}
	} else if len(r.xs) > 0 {
		resp := r.xs[len(r.xs)-1].Response
		switch {
		case resp.Code == 204 || resp.Code == 304:
			resp.Content = message.Content{Known: message.None, Complete: true}
		case r.started && strings.TrimSpace(r.body.String()) != "":
			sample := r.body.String()
			resp.Content = message.Content{Known: message.Partly, Length: int64(len(sample)), Decoded: int64(len(sample)),
				Sniffed: http.DetectContentType([]byte(sample)), Sample: []byte(sample[:min(len(sample), sampleLimit)])}
		}
	}
	r.body.Reset()
	r.started = false
}

func (r *reader) done() ([]message.Exchange, error) {
	r.finishContent()
	if r.request != nil && len(r.xs) == 0 {
		return nil, &Error{1, 1, "This is a request, and there is no response to explain.", remedy}
	}
	if len(r.interim) > 0 && len(r.xs) == 0 {
		last := r.interim[len(r.interim)-1]
		r.xs = []message.Exchange{{Interim: r.interim[:len(r.interim)-1], Response: &last}}
	}
	if len(r.xs) == 0 {
		return nil, &Error{1, 1, "There is no status line of a response in this text.", remedy}
	}
	return r.xs, nil
}

// readLoose reads field lines without a status line, or a challenge alone.
func readLoose(lines []line) ([]message.Exchange, error) {
	if len(lines) == 0 {
		return nil, &Error{Text: "There is no text.", Remedy: remedy}
	}
	if _, ok := fieldLine(lines[0].text); !ok && looksLikeChallenge(lines[0].text) {
		return readChallenges(lines)
	}
	return readFields(lines)
}

// readFields reads field lines without a status line.
func readFields(lines []line) ([]message.Exchange, error) {
	fields, _, err := section(lines)
	switch {
	case err != nil && len(fields) == 0:
		return nil, &Error{lines[0].number, 1, "This is neither a status line nor a header field.", remedy}
	case err != nil:
		return nil, err
	}
	return []message.Exchange{{Response: &message.Response{Fields: fields}}}, nil
}

// mostChallenges is how many lines of challenges are read: each is explained at
// length, and no server sends as many.
const mostChallenges = 100

// readChallenges reads each line as a value of WWW-Authenticate.
func readChallenges(lines []line) ([]message.Exchange, error) {
	var s field.Section
	for _, l := range lines {
		f, ok := fieldLine(l.text)
		switch {
		case blank(l.text):
		case len(s) == mostChallenges:
			return nil, &Error{l.number, 1, "There are more than 100 challenges.", "Leave out those that are alike."}
		case ok && (strings.EqualFold(f.Name, "WWW-Authenticate") || strings.EqualFold(f.Name, "Proxy-Authenticate")):
			s = append(s, f)
		default:
			s = append(s, field.Line{Name: "WWW-Authenticate", Value: strings.TrimSpace(l.text)})
		}
	}
	return []message.Exchange{{Response: &message.Response{Fields: s}}}, nil
}

// looksLikeChallenge reports whether a line reads as a scheme with parameters.
func looksLikeChallenge(s string) bool {
	scheme, rest, found := strings.Cut(strings.TrimSpace(s), " ")
	return found && field.IsToken(strings.TrimRight(scheme, ",:")) && strings.Contains(rest, "=") && !strings.Contains(s, "://"+scheme)
}
