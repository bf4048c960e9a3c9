package intake

import (
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// chromeLabel returns which line of Chrome's summary begins here, in lower
// case: "request url", "request method", "status code", "remote address" or
// "referrer policy"; else "". Versions write "Request URL: x", "Request URL:"
// and "Request URL" with the value on the next line.
func chromeLabel(s string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(s), ":")
	switch name = strings.ToLower(name); name {
	case "request url", "request method", "status code", "remote address", "referrer policy":
		return name
	}
	return ""
}

// chrome reads the Headers panel of Chrome and of browsers made from it.
type chrome struct {
	panel
	part   string       // title of the part that is read
	loose  []field.Line // fields before any title
	values bool         // each value is on the line after its name
}

// readChrome reads the panel: the summary, the fields of the response, those of
// the request. Titles between them are not copied by newer versions.
func readChrome(lines []line) ([]message.Exchange, error) {
	c := chrome{values: valuesBelow(lines)}
	for i := 0; i < len(lines); i++ {
		s := strings.TrimSpace(lines[i].text)
		switch t := title(s); {
		case s == "" || control(s):
			continue
		case s == "Decoded:":
			// Below x-client-data Chrome shows what it means, up to a brace.
			for i+1 < len(lines) && strings.TrimSpace(lines[i].text) != "}" {
				i++
			}
			continue
		case t != "":
			c.part = t
			continue
		case c.part == "form data" || c.part == "request payload" || c.part == "query string parameters":
			continue
		case c.start(s):
			continue
		}
		l, err := c.pair(lines, &i)
		if err != nil {
			return nil, err
		}
		c.take(l)
	}
	c.addUnparted(c.loose)
	x, err := c.exchange()
	if err != nil {
		return nil, err
	}
	return []message.Exchange{x}, nil
}

// valuesBelow reports whether values follow their names on the next line, as
// the summary shows.
func valuesBelow(lines []line) bool {
	for _, l := range lines {
		if chromeLabel(l.text) != "" {
			_, value, _ := strings.Cut(l.text, ":")
			return blank(value)
		}
	}
	return false
}

// pair reads a name with its value from line i on, and leaves i at the last
// line read.
func (c *chrome) pair(lines []line, i *int) (field.Line, error) {
	s := strings.TrimSpace(lines[*i].text)
	l, ok := inline(s)
	if label := chromeLabel(s); label != "" {
		_, value, _ := strings.Cut(s, ":")
		l, ok = field.Line{Name: label, Value: strings.TrimSpace(value)}, true
	}
	name := strings.TrimSuffix(s, ":")
	if c.values && (panelName(name) || chromeLabel(s) != "") {
		l, ok = field.Line{Name: name}, true
		if label := chromeLabel(s); label != "" {
			l.Name = label
		}
		if *i+1 < len(lines) {
			*i++
			l.Value = strings.TrimSpace(lines[*i].text)
		}
	}
	if !ok {
		return field.Line{}, &Error{lines[*i].number, 1, "This line is neither a name nor a value of the Headers panel.",
			"Remove it, or right-click the request in Chrome and copy it as HAR instead."}
	}
	return l, nil
}

// take puts a pair where it belongs.
func (c *chrome) take(l field.Line) {
	switch l.Name {
	case "request url":
		c.request.URL = l.Value
	case "request method":
		c.request.Method = l.Value
	case "status code":
		c.status(strings.TrimLeft(l.Value, "🔴🟢🟡⚪ "))
	case "remote address":
		c.remote = l.Value
	case "referrer policy":
	default:
		switch c.part {
		case "response headers":
			c.add(false, l)
		case "request headers":
			c.add(true, l)
		default:
			c.loose = append(c.loose, l)
		}
	}
}
