package report

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// command is what PowerShell would make of a line: a cmdlet, its switches and
// the texts of its parameters. A hash table's entries stand under "-Headers name".
type command map[string]string

// shellReader reads the part of PowerShell's language that snippets use, since
// no PowerShell is at hand: its manual's about_Parsing and about_Quoting_Rules.
type shellReader struct{ rest string }

var errNoCommand = errors.New("PowerShell does not read this")

func readPowerShell(line string) (command, error) {
	line, ended := strings.CutSuffix(line, "\n")
	r := &shellReader{line}
	if !ended || !r.take("Invoke-WebRequest") {
		return nil, errNoCommand
	}
	all := command{}
	for r.rest != "" {
		name := r.match(parameterName)
		if name == "" {
			return all, fmt.Errorf("%w: %.40q", errNoCommand, r.rest)
		}
		name = strings.TrimSpace(name)
		if _, twice := all[name]; twice {
			return all, fmt.Errorf("%w: %s twice", errNoCommand, name)
		}
		all[name] = ""
		switch {
		case r.rest == "" || strings.HasPrefix(r.rest, " -"): // a switch
		case r.take(" @{ "):
			if err := r.table(name, all); err != nil {
				return all, err
			}
		case r.take(" "):
			var err error
			if all[name], err = r.argument(); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

var (
	parameterName = regexp.MustCompile(`^ -[A-Z][A-Za-z]+`)
	bareWord      = regexp.MustCompile(`^[A-Za-z]+`)
	ofNumber      = regexp.MustCompile(`^ \+ \[char\]::ConvertFromUtf32\(0x([0-9A-F]+)\)`)
)

func (r *shellReader) take(prefix string) (ok bool) {
	r.rest, ok = strings.CutPrefix(r.rest, prefix)
	return ok
}

func (r *shellReader) match(pattern *regexp.Regexp) string {
	found := pattern.FindString(r.rest)
	r.rest = r.rest[len(found):]
	return found
}

// argument reads a word, a text in quotes, or an expression in parentheses.
func (r *shellReader) argument() (string, error) {
	if !r.take("(") {
		if word := r.match(bareWord); word != "" {
			return word, nil
		}
		return r.text()
	}
	bytes := r.take("[Text.Encoding]::UTF8.GetBytes(")
	var text string
	var err error
	if bytes && r.take("(") {
		if text, err = r.sum(); err == nil && !r.take(")") {
			err = errNoCommand
		}
	} else {
		text, err = r.sum()
	}
	if err == nil && (bytes && !r.take(")") || !r.take(")")) {
		err = fmt.Errorf("%w: a parenthesis stays open at %.40q", errNoCommand, r.rest)
	}
	return text, err
}

// sum reads texts and characters by their number, joined by plus signs.
func (r *shellReader) sum() (string, error) {
	text, err := r.text()
	for err == nil && strings.HasPrefix(r.rest, " + ") {
		if m := ofNumber.FindStringSubmatch(r.rest); m != nil {
			r.rest = r.rest[len(m[0]):]
			n, _ := strconv.ParseUint(m[1], 16, 32)
			text += string(rune(n))
			continue
		}
		r.take(" + ")
		var more string
		more, err = r.text()
		text += more
	}
	return text, err
}

// singleQuotes are those that PowerShell takes for one another.
const singleQuotes = "'\u2018\u2019\u201a\u201b"

// text reads a verbatim string: of two quotes the first stands for itself.
func (r *shellReader) text() (string, error) {
	if !r.take("'") {
		return "", fmt.Errorf("%w: no quote at %.40q", errNoCommand, r.rest)
	}
	var b strings.Builder
	for r.rest != "" {
		c, size := utf8.DecodeRuneInString(r.rest)
		r.rest = r.rest[size:]
		if strings.ContainsRune(singleQuotes, c) {
			next, size := utf8.DecodeRuneInString(r.rest)
			if r.rest == "" || !strings.ContainsRune(singleQuotes, next) {
				return b.String(), nil
			}
			r.rest = r.rest[size:]
		}
		b.WriteRune(c)
	}
	return "", fmt.Errorf("%w: a text does not end", errNoCommand)
}

func (r *shellReader) table(name string, all command) error {
	for {
		key, err := r.text()
		if err == nil && !r.take(" = ") {
			err = errNoCommand
		}
		if err == nil {
			all[name+" "+key], err = r.argument()
		}
		if err != nil || r.take(" }") {
			return err
		}
		if !r.take("; ") {
			return fmt.Errorf("%w: a table goes on with %.40q", errNoCommand, r.rest)
		}
	}
}

func TestPowerShellSaysWhatIsSent(t *testing.T) {
	q := Request{Method: "PURGE", URL: "https://www.example.com/it's?a=$b&c=`d`", Fields: []Line{{"content-type", "text/'plain'"}, {"X-Twice", "a"}, {"x-twice", "b"}}}
	want := command{
		"-SkipHttpErrorCheck": "", "-SkipHeaderValidation": "", "-CustomMethod": "PURGE", "-Uri": "https://www.example.com/it's?a=$b&c=%60d%60",
		"-ContentType": "text/'plain'", "-Headers": "", "-Headers X-Twice": "a, b", "-Body": strings.Join(nasty, "\n"),
	}
	for i, v := range nasty {
		name := fmt.Sprintf("X-%d", i)
		q.Fields = append(q.Fields, Line{name, v})
		want["-Headers "+name] = v
	}
	s, err := SnippetAs("powershell", q, []byte(want["-Body"]))
	if err != nil {
		t.Fatal(err)
	}
	got, err := readPowerShell(s.Code)
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v\n%s\ngives %q\nwant  %q", err, s.Code, got, want)
	}
	if s, err = SnippetAs("powershell", Request{URL: "https://a.example"}, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := readPowerShell(s.Code); err != nil || got["-Method"] != "GET" || len(got) != 4 {
		t.Errorf("%v: %q\n%s", err, got, s.Code)
	}
	for _, wrong := range []string{"", "Invoke-WebRequest -Uri 'a\n", "Invoke-WebRequest -Uri 'a'b'\n", "Invoke-WebRequest -Headers @{ 'a' = 'b' \n", "Invoke-WebRequest -Body ('a'\n", "Invoke-WebRequest -Uri $a\n"} {
		if got, err := readPowerShell(wrong); err == nil {
			t.Errorf("%q gives %q", wrong, got)
		}
	}
}
