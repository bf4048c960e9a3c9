package intake

import (
	"fmt"
	"net/url"
	"strings"

	"wwwhy/web/field"
)

// Command is what a curl command asks for. It is read, never run.
type Command struct {
	URL, Method string
	Fields      field.Section // in the order given, with those that -A, -e, -b and --json stand for
	User        string        // "name:password" of -u or of the URL; empty: none
	Data        bool          // there is content to send; it is not kept
	LeftOut     []Omission    // what the command says and is not asked for
}

// Omission is a part of a command that was left out, and why, as a sentence.
type Omission struct {
	Flag, Reason string
	Line, Column int // of the flag in the text, from 1
}

// word is a word of a command, unquoted, and the byte of the text at which it
// begins.
type word struct {
	text string
	at   int
}

// ReadCommand reads a curl command as it is typed in bash (also with $'…' and
// continued lines) or in the Windows command prompt (with ^), which is what
// browsers copy. The error is always an *Error with the place of what cannot be
// read: expansions, pipes, a second command.
func ReadCommand(text string) (Command, error) {
	if err := admit(CurlCommand, text); err != nil {
		return Command{}, err
	}
	start := commandStart(text)
	line, column := place(text, start)
	switch {
	case isPowerShell(text[start:]):
		return Command{}, PowerShell.noAnswer()
	case !isCurl(firstLine(text[start:])):
		return Command{}, &Error{line, column, "This is no curl command.", "Begin with “curl”."}
	}
	split := shellWords
	if typedInWindows(text[start:]) {
		split = promptWords
	}
	words, err := split(text, start)
	if err != nil {
		return Command{}, err
	}
	c := commander{text: text}
	for rest := words[1:]; len(rest) > 0; {
		if rest, err = c.next(rest); err != nil {
			return Command{}, err
		}
	}
	return c.done()
}

// commandStart returns where the command begins, after a byte order mark, space
// and a prompt.
func commandStart(text string) int {
	start := len(text) - len(strings.TrimLeft(strings.TrimPrefix(text, "\ufeff"), " \t\r\n"))
	first, _, _ := strings.Cut(text[start:], "\n")
	first = strings.TrimRight(first, " \t\r")
	return start + len(first) - len(unprompted(first))
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimSuffix(strings.TrimRight(s, "\r"), "\\")
}

// commander gathers what the words of a command say.
type commander struct {
	Command
	text    string
	plain   bool // options have ended with "--"
	get     bool // -G
	head    bool // -I
	method  string
	queried []string // data that -G puts into the query
	types   string   // the Content-Type that the data stands for
	content word     // the option that gave the first data
}

// next reads one option with its value, or an address, and returns what
// follows.
func (c *commander) next(words []word) ([]word, error) {
	w := words[0]
	switch {
	case c.plain || w.text == "-" || !strings.HasPrefix(w.text, "-"):
		return words[1:], c.address(w)
	case w.text == "--":
		c.plain = true
		return words[1:], nil
	case strings.HasPrefix(w.text, "--"):
		return c.long(words)
	}
	return c.short(words)
}

// long reads an option such as --header, whose value is the next word.
func (c *commander) long(words []word) ([]word, error) {
	w := words[0]
	name := w.text
	o, ok := options[name]
	if !ok {
		return nil, c.problem(w, fmt.Sprintf("The option %s is not known here.", shown(name)), "Remove it.")
	}
	if !o.value {
		o.use(c, w, name, "")
		return words[1:], nil
	}
	if len(words) < 2 {
		return nil, c.problem(w, fmt.Sprintf("The option %s needs a value.", shown(name)), "Add it.")
	}
	o.use(c, w, name, words[1].text)
	return words[2:], nil
}

// short reads letters such as -sSH, of which the last may have its value in the
// same word or in the next.
func (c *commander) short(words []word) ([]word, error) {
	w := words[0]
	for i := 1; i < len(w.text); i++ {
		name := "-" + w.text[i:i+1]
		o, ok := options[name]
		if !ok {
			return nil, c.problem(w, fmt.Sprintf("The option %s is not known here.", shown(name)), "Remove it.")
		}
		if !o.value {
			o.use(c, w, name, "")
			continue
		}
		if rest := w.text[i+1:]; rest != "" {
			o.use(c, w, name, rest)
			return words[1:], nil
		}
		if len(words) < 2 {
			return nil, c.problem(w, fmt.Sprintf("The option %s needs a value.", shown(name)), "Add it.")
		}
		o.use(c, w, name, words[1].text)
		return words[2:], nil
	}
	return words[1:], nil
}

// shown writes an option for a sentence, cut where somebody wrote too much.
func shown(s string) string { return "“" + field.Beginning(s, 40) + "”" }

// address takes in the URL. A command may ask for several; one is read.
func (c *commander) address(w word) error {
	switch {
	case w.text == "":
		return c.problem(w, "There is an empty word where an address is expected.", "Remove it.")
	case c.URL != "":
		return c.problem(w, "The command asks for more than one address.", "Leave one of them. If the address has a space or an “&” in it, put it in quotation marks.")
	}
	c.URL = w.text
	return nil
}

func (c *commander) problem(w word, text, remedy string) *Error {
	line, column := place(c.text, w.at)
	return &Error{line, column, text, remedy}
}

func (c *commander) leaveOut(w word, flag, reason string) {
	if len(c.LeftOut) == mostOmissions {
		return
	}
	line, column := place(c.text, w.at)
	c.LeftOut = append(c.LeftOut, Omission{flag, reason, line, column})
}

// mostOmissions is how many omissions are told of one command.
const mostOmissions = 50

// done draws the conclusions that curl draws: the method from the data, the
// query from -G, a user from the URL.
func (c *commander) done() (Command, error) {
	if c.URL == "" {
		return Command{}, &Error{1, 1, "The command has no address.", "Add the URL that it asks for."}
	}
	if !strings.Contains(c.URL, "://") {
		c.URL = "http://" + c.URL // as curl guesses
	}
	if u, err := url.Parse(c.URL); err == nil && u.User != nil {
		if c.User == "" {
			c.User = u.User.String()
			if p, has := u.User.Password(); has {
				c.User = u.User.Username() + ":" + p
			}
		}
		u.User = nil
		c.URL = u.String()
	}
	c.Method = "GET"
	switch {
	case c.get && len(c.queried) > 0:
		c.query()
	case c.Data:
		c.Method = "POST"
		if c.content.text != "" {
			c.leaveOut(c.content, c.content.text, "The content is not sent; the answer may be another without it.")
		}
		if c.types != "" && !c.Fields.Has("Content-Type") {
			c.Fields = append(c.Fields, field.Line{Name: "Content-Type", Value: c.types})
		}
	}
	if c.head {
		c.Method = "HEAD"
	}
	if c.method != "" {
		c.Method = c.method
	}
	return c.Command, nil
}

// query puts the data into the query, as -G has it.
func (c *commander) query() {
	before, fragment, marked := strings.Cut(c.URL, "#")
	sign := "?"
	if strings.Contains(before, "?") {
		sign = "&"
	}
	c.URL = before + sign + strings.Join(c.queried, "&")
	if marked {
		c.URL += "#" + fragment
	}
	c.Data = false
}
