// Package intake makes exchanges of what people paste: the raw head of a
// response, what curl, wget and HTTPie printed, field lines or a challenge alone,
// the panels of browsers, HAR files, lines of logs. It says what it took a text
// for and where it is not what it should be, and judges nothing. A curl command
// is read, never run.
package intake

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// Limit is the greatest length of a text, in bytes.
const Limit = 256 << 10

// sampleLimit is how much of a pasted content is kept, in bytes.
const sampleLimit = 64 << 10

// What is explained of one text: more than anybody reads, and each is explained
// at length. Of a HAR file, one entry is chosen.
const (
	mostMessages   = 50   // answers, interim ones included
	mostFieldLines = 3000 // of all messages
)

// Error says where a text is not what it should be, and what to do.
type Error struct {
	Line, Column int    // from 1; 0: the text as a whole
	Text         string // what is wrong, as a sentence
	Remedy       string // what to do, as a sentence
}

// Error gives both sentences with the place.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text + " " + e.Remedy
	}
	return fmt.Sprintf("line %d, column %d: %s %s", e.Line, e.Column, e.Text, e.Remedy)
}

// Options is what is known besides the text, for texts that do not say it.
type Options struct {
	URL, Method string
	Fields      field.Section // of the request
	Entry       int           // of a HAR file that is to be explained, from 1; 0: the one that Chosen names
}

const remedy = "Paste the head of a response, from its status line such as “HTTP/1.1 401 Unauthorized” on, or what curl -i printed."

// Parse reads a text. The error is always an *Error.
func Parse(text string) ([]message.Exchange, error) { return ParseWith(text, Options{}) }

// ParseWith reads a text of which something is known besides, as what Recognize
// takes it for.
func ParseWith(text string, o Options) ([]message.Exchange, error) {
	return ParseAs(Recognize(text), text, o)
}

// ParseAs reads a text as what somebody says it is. The error is always an
// *Error.
func ParseAs(kind Kind, text string, o Options) ([]message.Exchange, error) {
	short, numbers := withoutContents(kind, text)
	xs, err := read(kind, short, o)
	if err != nil {
		var e *Error
		if errors.As(err, &e) && e.Line > 0 && e.Line <= len(numbers) {
			e.Line = numbers[e.Line-1]
		}
		return nil, err
	}
	if err := bounded(xs); err != nil {
		return nil, err
	}
	complete(xs, o, kind.fidelity())
	return xs, nil
}

// bounded refuses more than anybody reads.
func bounded(xs []message.Exchange) error {
	messages, lines := 0, 0
	for _, x := range xs {
		messages += 1 + len(x.Interim)
		if q := x.Request; q != nil {
			lines += len(q.Fields)
		}
		for _, r := range x.Interim {
			lines += len(r.Fields)
		}
		if r := x.Response; r != nil {
			lines += len(r.Fields) + len(r.Trailers)
		}
	}
	switch {
	case messages > mostMessages:
		return &Error{Text: fmt.Sprintf("There are more than %d answers.", mostMessages), Remedy: "Leave out those that are alike: the ones before the first that surprises you, and that one, are enough."}
	case lines > mostFieldLines:
		return &Error{Text: fmt.Sprintf("There are more than %d field lines.", mostFieldLines), Remedy: "Leave out those that are alike."}
	}
	return nil
}

// read hands a text that is one to the reader of its kind.
func read(kind Kind, text string, o Options) ([]message.Exchange, error) {
	if err := admit(kind, text); err != nil {
		return nil, err
	}
	switch kind {
	case HAR:
		return readHAR(text, o.Entry)
	case Firefox:
		if s := strings.TrimPrefix(text, "\ufeff"); strings.HasPrefix(strings.TrimSpace(s), "{") {
			return readFirefoxJSON(s)
		}
	case CurlCommand, PowerShell, JWT, URL:
		return nil, kind.noAnswer()
	}
	lines := clean(text)
	switch kind {
	case CurlVerbose:
		return readVerbose(lines)
	case Wget:
		return readWget(lines)
	case HTTPie:
		return readHTTPie(lines)
	case FieldLines:
		return readFields(lines)
	case Challenge:
		return readChallenges(lines)
	case Chrome:
		return readChrome(lines)
	case Firefox:
		return readFirefox(lines)
	case Safari:
		return readSafari(lines)
	case LogLine:
		return readLog(lines)
	}
	return readPlain(lines)
}

// noAnswer says of a kind that holds no response where it belongs.
func (k Kind) noAnswer() *Error {
	switch k {
	case CurlCommand:
		return &Error{1, 1, "This is a curl command, not an answer.", "Run it with -i and paste what it prints, or have its address asked from here."}
	case PowerShell:
		return &Error{1, 1, "This is a PowerShell command, which is not read here.", "Copy the request as cURL instead, or paste the answer."}
	case JWT:
		return &Error{1, 1, "This is a token, not an answer.", "Paste it where a token is asked for, or paste the answer that refused it."}
	}
	return &Error{1, 1, "This is an address, not an answer.", "Have it asked from here, or paste the answer."}
}

// fidelity says how faithfully texts of the kind tell an exchange.
func (k Kind) fidelity() message.Fidelity {
	switch k {
	case Chrome, Firefox, Safari, HAR, LogLine:
		return message.Retold
	}
	return message.Transcribed
}

// admit refuses what is no text that anybody pasted on purpose.
func admit(kind Kind, text string) error {
	switch {
	case kind == HAR && len(text) > HARLimit:
		return &Error{Text: fmt.Sprintf("The HAR file is longer than %d MB.", HARLimit>>20), Remedy: "Export it again with fewer requests: filter the list of the Network panel, or empty it and repeat the one that fails."}
	case kind != HAR && len(text) > Limit:
		return &Error{Text: fmt.Sprintf("The text is longer than %d kB.", Limit>>10), Remedy: "Leave out the content: the head is what matters."}
	case strings.TrimSpace(text) == "":
		return &Error{Text: "There is no text.", Remedy: remedy}
	}
	if i := strings.IndexByte(text, 0); i >= 0 {
		line, column := place(text, i)
		return &Error{line, column, "This looks like binary data, not like text.", remedy}
	}
	if isBinary(text) {
		return &Error{Text: "This looks like binary data, not like text.", Remedy: remedy}
	}
	return nil
}

func place(text string, at int) (line, column int) {
	before := text[:at]
	return 1 + strings.Count(before, "\n"), at - strings.LastIndexByte(before, '\n')
}

// complete adds what the caller knows: to each exchange how faithful it is, and to
// the first one what it does not say of its request.
func complete(xs []message.Exchange, o Options, f message.Fidelity) {
	for i := range xs {
		x := &xs[i]
		x.Fidelity = f
		if x.Cause == "" {
			x.Cause = cause(xs[:i])
		}
		if i > 0 || o.URL == "" && o.Method == "" && o.Fields == nil {
			continue
		}
		if x.Request == nil {
			x.Request = &message.Request{}
		}
		q := x.Request
		q.Method, q.URL = cmp.Or(q.Method, o.Method), cmp.Or(q.URL, o.URL)
		if len(q.Fields) == 0 {
			q.Fields = o.Fields
		}
	}
}

// cause says why the exchange after these took place: a client asks again of
// itself after an answer that is no redirect, such as a challenge.
func cause(before []message.Exchange) message.Cause {
	if len(before) == 0 {
		return message.Asked
	}
	if r := before[len(before)-1].Response; r != nil && r.Code >= 400 {
		return message.Asked
	}
	return message.Redirect
}

// line is a line of the text and its number there, from 1.
type line struct {
	text   string
	number int
}

// clean parts a text into lines and takes off what terminals, mails and
// Markdown add: a byte order mark, styles, an indent or a quotation mark that
// all lines share.
func clean(text string) []line {
	text = strings.TrimPrefix(text, "\ufeff")
	text = unstyled(text)
	var lines []line
	for i, l := range strings.Split(text, "\n") {
		lines = append(lines, line{strings.TrimSuffix(l, "\r"), i + 1})
	}
	for len(lines) > 0 && blank(lines[0].text) {
		lines = lines[1:]
	}
	for _, prefix := range []string{"> ", "    ", "\t", "  "} {
		if shared(lines, prefix) {
			for i := range lines {
				lines[i].text = strings.TrimPrefix(lines[i].text, strings.TrimRight(prefix, " "))
				lines[i].text = strings.TrimPrefix(lines[i].text, prefix[len(strings.TrimRight(prefix, " ")):])
			}
			break
		}
	}
	if len(lines) > 0 {
		first := lines[0].text
		if trimmed := strings.TrimLeft(first, " \t"); startsMessage(trimmed) {
			lines[0].text = trimmed
		}
	}
	return lines
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// shared reports whether every line that is not blank begins with the prefix.
// A quotation of the output of curl -v is told from its own marks by the other
// marks that it has.
func shared(lines []line, prefix string) bool {
	found := false
	for _, l := range lines {
		if blank(l.text) || strings.TrimSpace(l.text) == ">" {
			continue
		}
		if !strings.HasPrefix(l.text, prefix) {
			return false
		}
		found = true
	}
	return found
}

// unstyled drops the color sequences that curl, HTTPie and others print.
func unstyled(s string) string {
	if !strings.Contains(s, "\x1b[") {
		return s
	}
	var b strings.Builder
	for {
		from := strings.Index(s, "\x1b[")
		if from < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:from])
		rest := s[from+2:]
		end := strings.IndexFunc(rest, func(r rune) bool { return r >= 0x40 && r <= 0x7e })
		if end < 0 {
			return b.String()
		}
		s = rest[end+1:]
	}
}
