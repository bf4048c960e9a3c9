package intake

import (
	"strings"

	"wwwhy/web/message"
)

// readSafari reads the Headers panel of Safari's Web Inspector: a summary with
// the URL of each redirect and of the last exchange, then "Request" and
// "Redirect Response" for each redirect, and "Request" and "Response".
func readSafari(lines []line) ([]message.Exchange, error) {
	var s safari
	for _, l := range lines {
		if err := s.line(l); err != nil {
			return nil, err
		}
	}
	return s.done()
}

type safari struct {
	panel
	part    string
	summary panel
	urls    []string
	xs      []message.Exchange
}

// line takes in one line.
func (s *safari) line(l line) error {
	text := strings.TrimSpace(l.text)
	t := title(text)
	switch {
	case text == "" || strings.HasPrefix(text, "No request") || strings.HasPrefix(text, "No response"):
		return nil
	case t == "request" && len(s.response.Fields)+s.response.Code > 0:
		if err := s.finish(); err != nil {
			return err
		}
	}
	if t != "" {
		s.part = t
		return nil
	}
	if s.part == "query string parameters" || s.part == "request data" {
		return nil
	}
	if s.start(text) || s.bareStart(text) {
		return nil
	}
	f, ok := inline(text)
	switch {
	case !ok && s.part == "":
		return nil
	case !ok:
		return &Error{l.number, 1, "This line is no “name: value” of the Headers panel.", "Remove it, or export a HAR file in the Network tab instead."}
	case s.part == "summary" || s.part == "":
		s.ofSummary(f.Name, f.Value)
	default:
		s.add(s.part == "request", f)
	}
	return nil
}

// bareStart takes in the lines that Safari writes for a redirect, of which it
// does not tell the protocol: "GET /path" and "302 Found".
func (s *safari) bareStart(text string) bool {
	method, path, found := strings.Cut(text, " ")
	switch {
	case found && s.part == "request" && strings.HasPrefix(path, "/") && panelName(method):
		s.request.Method = method
		return true
	case s.part == "redirect response" && !strings.Contains(text, ":"):
		s.status(text)
		return s.told
	}
	return false
}

func (s *safari) ofSummary(name, value string) {
	switch name {
	case "URL":
		// The panel has a mark at which a long URL may be broken.
		s.urls = append(s.urls, strings.ReplaceAll(value, "\u200b", ""))
	case "Status":
		s.summary.status(value)
	case "Address":
		s.summary.remote = value
	}
}

// finish ends an exchange.
func (s *safari) finish() error {
	if len(s.urls) > len(s.xs) {
		s.request.URL = s.urls[len(s.xs)]
	}
	x, err := s.exchange()
	if err != nil {
		return err
	}
	s.xs = append(s.xs, x)
	s.panel = panel{}
	return nil
}

// done ends the last exchange, to which the status and the address of the
// summary belong.
func (s *safari) done() ([]message.Exchange, error) {
	if s.response.Code == 0 {
		s.response.Code, s.response.Reason, s.told = s.summary.response.Code, s.summary.response.Reason, s.summary.told
	}
	s.remote = s.summary.remote
	if err := s.finish(); err != nil {
		return nil, err
	}
	return s.xs, nil
}
