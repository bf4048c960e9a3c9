package intake

import (
	"strings"

	"wwwhy/web/message"
)

// wgetStart returns the index of the first line in which Wget says what it is
// about to ask for, or -1: "--2026-01-02 03:04:05--  http://…" of Wget,
// "[0] Downloading 'http://…' ..." of Wget2. Both stay the same in every
// language of Wget.
func wgetStart(lines []line) int {
	for i, l := range lines {
		if _, ok := wgetURL(l.text); ok {
			return i
		}
	}
	return -1
}

// wgetURL reads the address from such a line.
func wgetURL(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 25 && s[:2] == "--" && s[6] == '-' && s[9] == '-' && s[12] == ' ' && s[15] == ':' && s[18] == ':' && s[21:23] == "--" {
		url := strings.TrimSpace(s[23:])
		return url, strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://")
	}
	if _, rest, found := strings.Cut(s, "] Downloading '"); found && strings.HasPrefix(s, "[") {
		url, _, found := strings.Cut(rest, "'")
		return url, found && strings.Contains(url, "://")
	}
	return "", false
}

// wget reads what wget -S prints: the heads of the responses, indented, between
// its own lines. With -d it prints the requests too.
type wget struct {
	reader
	url     string
	content bool // what follows is content, from "Saving to" on
}

func readWget(lines []line) ([]message.Exchange, error) {
	w := wget{}
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		s := strings.TrimSpace(l.text)
		if url, ok := wgetURL(l.text); ok {
			w.next(url)
			continue
		}
		_, _, _, isRequest := requestLine(s)
		switch {
		case s == "---response begin---":
			// With -d the same head follows, indented.
			for i+1 < len(lines) && strings.TrimSpace(lines[i].text) != "---response end---" {
				i++
			}
		case !w.content && isRequest && i > 0 && strings.TrimSpace(lines[i-1].text) == "---request begin---":
			i += w.take(lines[i:])
		case !w.content && startsMessage(s) && !isRequest:
			i += w.take(lines[i:])
		case wgetSaves(lines, i):
			w.content = true
			if wgetDot(lines, i) {
				i++
			}
		case wgetProgress(l.text):
			w.content = false
		case w.content:
			w.reader.content(l.text)
		}
	}
	return w.done()
}

// next begins another exchange.
func (w *wget) next(url string) {
	w.finishContent()
	w.url, w.content = url, false
}

// take reads a head at the beginning of the lines and returns how many more
// lines it has.
func (w *wget) take(lines []line) int {
	indent := lines[0].text[:len(lines[0].text)-len(strings.TrimLeft(lines[0].text, " \t"))]
	head := []line{{strings.TrimSpace(lines[0].text), lines[0].number}}
	n := 1
	for ; n < len(lines); n++ {
		text, found := strings.CutPrefix(lines[n].text, indent)
		if !found || blank(text) || startsMessage(text) {
			break
		}
		if _, ok := fieldLine(text); !ok && !strings.HasPrefix(text, " ") && !strings.HasPrefix(text, "\t") {
			break
		}
		head = append(head, line{text, lines[n].number})
	}
	fields, _, _ := section(head[1:])
	w.head(head[0].text, fields)
	if w.request != nil {
		w.request.URL = w.url
	} else if last := len(w.xs) - 1; last >= 0 && w.xs[last].Request == nil && w.url != "" {
		w.xs[last].Request = &message.Request{URL: w.url}
	}
	return n - 1
}

// wgetSaves reports whether the content begins after this line: the size, in
// every language "Word: 214 [text/html]", and then the file.
func wgetSaves(lines []line, i int) bool {
	return i > 0 && wgetLength(lines[i-1].text) && strings.ContainsAny(lines[i].text, "‘'\"«„“")
}

// wgetLength reports whether a line tells the size and the type of the content.
func wgetLength(s string) bool {
	name, rest, found := strings.Cut(s, ": ")
	_, mediaType, typed := strings.Cut(rest, " [")
	return found && typed && !strings.Contains(name, " ") && strings.HasSuffix(s, "]") && strings.Contains(mediaType, "/") && !strings.Contains(mediaType, " ")
}

func wgetDot(lines []line, i int) bool { return i+1 < len(lines) && blank(lines[i+1].text) }

// wgetProgress reports whether a line is of the display of progress, which
// stands below the content: "     0K ....  100%  1.2M=0s".
func wgetProgress(s string) bool {
	s = strings.TrimSpace(s)
	digits, rest, found := strings.Cut(s, "K ")
	return found && digits != "" && strings.Trim(digits, "0123456789") == "" && strings.Contains(rest, "%") || strings.Contains(s, "%[") && strings.Contains(s, "]")
}
