package intake

import (
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// firefoxLabels are what Firefox writes right before its values in the summary,
// in a text that was copied from the panel.
var firefoxLabels = []string{"Version", "Transferred", "Referrer Policy", "Request Priority", "DNS Resolution", "Blocking"}

// firefoxSummary reports whether a line is one of the summary that no other
// browser writes, such as "VersionHTTP/1.1".
func firefoxSummary(s string) bool {
	rest, found := strings.CutPrefix(s, "Version")
	return found && strings.HasPrefix(strings.TrimSpace(rest), "HTTP/") && !strings.HasPrefix(rest, ":")
}

// firefoxConsole reports whether a line is what Firefox's console says of an
// answer: "[HTTP/1.1 401 Unauthorized 12ms]".
func firefoxConsole(s string) bool {
	return strings.HasPrefix(s, "[HTTP/") && strings.HasSuffix(s, "ms]")
}

// firefox reads the Headers panel as it is copied from the screen.
type firefox struct {
	panel
	part  string            // title of the part that is read
	parts [][]field.Line    // lists of fields, parted by empty lines
	place map[string]string // parts of the address, where it was unfolded
}

// readFirefox reads the panel, also below what the console says: the method and
// the address, the summary, then names and values on lines in turn.
func readFirefox(lines []line) ([]message.Exchange, error) {
	f := firefox{place: map[string]string{}, parts: [][]field.Line{nil}}
	i := f.summary(lines)
	for ; i < len(lines); i++ {
		s := strings.TrimSpace(lines[i].text)
		switch t := title(s); {
		case s == "" && len(f.parts[len(f.parts)-1]) > 0:
			f.parts = append(f.parts, nil)
		case s == "" || control(s) || f.start(s):
		case t != "":
			f.part = t
			f.parts = append(f.parts, nil)
		case panelName(strings.TrimSuffix(s, ":")):
			l := field.Line{Name: strings.TrimSuffix(s, ":")}
			if i+1 < len(lines) {
				i++
				l.Value = strings.TrimSpace(lines[i].text)
			}
			f.field(l)
		default:
			l, ok := inline(s)
			if !ok {
				return nil, &Error{lines[i].number, 1, "This line is neither a name nor a value of the Headers panel.",
					"Remove it, or use “Copy Response Headers” in Firefox instead."}
			}
			f.field(l)
		}
	}
	f.sort()
	x, err := f.exchange()
	if err != nil {
		return nil, err
	}
	return []message.Exchange{x}, nil
}

// field takes in a field where its part is known or will be told later.
func (f *firefox) field(l field.Line) {
	switch f.part {
	case "response headers":
		f.add(false, l)
	case "request headers":
		f.add(true, l)
	case "early hints response headers":
	default:
		last := len(f.parts) - 1
		f.parts[last] = append(f.parts[last], l)
	}
}

// sort says which of the lists of fields are the request's.
func (f *firefox) sort() {
	var lists [][]field.Line
	for _, p := range f.parts {
		if len(p) > 0 {
			lists = append(lists, p)
		}
	}
	for i, list := range lists {
		switch {
		case i > 0:
			for _, l := range list {
				f.add(true, l)
			}
		default:
			f.addUnparted(list)
		}
	}
	if f.request.URL == "" && f.place["scheme"] != "" && f.place["host"] != "" {
		f.request.URL = f.place["scheme"] + "://" + f.place["host"] + f.place["filename"]
	}
}

// summary reads everything above the fields and returns where they begin.
func (f *firefox) summary(lines []line) int {
	end := 0
	for i := 0; i < len(lines); i++ {
		s := strings.TrimSpace(lines[i].text)
		next := ""
		if i+1 < len(lines) {
			next = strings.TrimSpace(lines[i+1].text)
		}
		read := f.summaryLine(s, next)
		switch {
		case read > 0:
			i += read - 1
			if status, _ := strings.CutPrefix(s, "Status"); read == 2 && status != s && blank(status) && i+1 < len(lines) {
				i += f.reason(strings.TrimSpace(lines[i+1].text))
			} else if read == 1 && status != s {
				i += f.reason(next)
			}
			end = i + 1
		case s != "" && end > 0 && f.told:
			return end
		}
	}
	return end
}

// reason takes in the phrase that stands below the code.
func (f *firefox) reason(s string) int {
	if s == "" || f.response.Reason != "" || f.summaryLabel(s) || panelName(s) && strings.ToLower(s) == s {
		return 0
	}
	f.response.Reason = s
	return 1
}

func (f *firefox) summaryLabel(s string) bool {
	for _, label := range firefoxLabels {
		if strings.HasPrefix(s, label) {
			return true
		}
	}
	return false
}

// summaryLine reads one line, with the next where that is its value, and
// returns how many were read.
func (f *firefox) summaryLine(s, next string) int {
	method := strings.TrimPrefix(s, "XHR")
	switch lower := strings.ToLower(s); {
	case firefoxConsole(s):
		inner := strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
		if at := strings.LastIndexByte(inner, ' '); at > 0 {
			f.start(inner[:at])
		}
		return 1
	case lower == "scheme" || lower == "host" || lower == "filename" || lower == "address":
		if lower == "address" {
			f.remote = next
		}
		f.place[lower] = next
		return 2
	case method != "" && field.IsToken(method) && strings.ToUpper(method) == method && strings.Contains(next, "://"):
		f.request.Method, f.request.URL = method, next
		return 2
	case method != "" && (lower == "get" || lower == "post" || lower == "put" || lower == "delete" || lower == "patch" || lower == "head" || lower == "options"):
		f.request.Method = method
		return 1
	case s == "Status":
		f.status(next)
		return 2
	case strings.HasPrefix(s, "Status") && len(s) >= 9:
		f.status(strings.TrimPrefix(s, "Status"))
		return 1
	case s == "Version" || s == "Transferred" || s == "Referrer Policy" || s == "Request Priority" || s == "DNS Resolution":
		if s == "Version" {
			f.version(next)
		}
		return 2
	case f.summaryLabel(s):
		if firefoxSummary(s) {
			f.version(strings.TrimPrefix(s, "Version"))
		}
		return 1
	}
	return 0
}

func (f *firefox) version(s string) {
	f.response.Protocol = protocolName(s)
}
