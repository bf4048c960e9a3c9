package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// manCommand prints the manual.
type manCommand struct{}

// Run prints roff for man(7).
func (c *manCommand) Run(sys *system) error {
	_, err := io.WriteString(sys.stdout, manual(sys.model))
	return err
}

// manual writes the page from the command line's own description, so that no
// flag is left out.
func manual(app *kong.Application) string {
	m := &man{}
	m.line(`.TH WWWHY 1 "%s" "wwwhy" "User Commands"`, built())
	m.line(".SH NAME")
	m.line(`wwwhy \- explains why a server says no`)
	m.line(".SH SYNOPSIS")
	for i, c := range app.Children {
		if i > 0 {
			m.line(".br")
		}
		m.line(".B wwwhy %s", roff(c.Summary()))
	}
	m.line(".SH DESCRIPTION")
	m.text("Explains HTTP status codes, header fields and authentication schemes, and above all why a server answers 401. An address, a code, or a response on standard input needs no subcommand.")
	m.examples("")
	m.line(".SH COMMANDS")
	for _, c := range app.Children {
		m.command(c)
	}
	m.line(".SH EXIT STATUS")
	for _, e := range exits {
		m.line(".TP\n.B %d", e.code)
		m.text(e.text)
	}
	m.line(".SH ENVIRONMENT")
	for _, v := range [][2]string{{"NO_COLOR", "If set, nothing is colored unless --color=always asks for it."}, {"COLUMNS", "The width of lines; otherwise that of the terminal."}} {
		m.line(".TP\n.B %s", roff(v[0]))
		m.text(v[1])
	}
	for _, c := range app.Children {
		for _, f := range c.Flags {
			if c.Name == "serve" && len(f.Envs) > 0 {
				m.line(".TP\n.B %s", roff(f.Envs[0]))
				m.text("The same as serve --" + f.Name + ".")
			}
		}
	}
	return m.b.String()
}

type man struct{ b strings.Builder }

func (m *man) line(format string, args ...any) { fmt.Fprintf(&m.b, format+"\n", args...) }

// text writes words as lines of input that are not too long for editors.
func (m *man) text(s string) {
	line := ""
	for word := range strings.FieldsSeq(s) {
		if line != "" && len(roff(line+" "+word)) > 78 {
			m.line("%s", roff(line))
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	m.line("%s", roff(line))
}

func (m *man) examples(name string) {
	for _, e := range examples[name] {
		m.line(".PP")
		m.text(strings.ToUpper(e.does[:1]) + e.does[1:] + ":")
		m.line(".PP\n.RS 4\n.EX\n%s\n.EE\n.RE", roff(e.line))
	}
}

func (m *man) command(n *kong.Node) {
	m.line(".SS wwwhy %s", roff(n.Summary()))
	m.text(n.Help)
	m.examples(n.Name)
	for _, p := range n.Positional {
		m.line(".TP\n.I %s", roff(strings.ToUpper(p.Name)))
		m.text(p.Help)
	}
	for _, f := range n.Flags {
		if f.Hidden {
			continue
		}
		short := ""
		if f.Short != 0 {
			short = `\fB` + roff("-"+string(f.Short)) + `\fR, `
		}
		value := ""
		if v := flagValue(f); v != "" {
			value = `=\fI` + roff(v[1:]) + `\fR`
		}
		m.line(".TP\n%s\\fB%s\\fR%s", short, roff("--"+f.Name), value)
		m.text(helpOf(f))
	}
}

// roff escapes a line of text: what the formatter would act on, and characters
// that it would show as others (groff_char(7), groff_man_style(7)).
func roff(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case i == 0 && (r == '.' || r == '\''):
			b.WriteString(`\&`)
		}
		switch {
		case r == '\\':
			b.WriteString(`\e`)
		case r == '-':
			b.WriteString(`\-`)
		case r == '\'':
			b.WriteString(`\(aq`)
		case r == '"':
			b.WriteString(`\(dq`)
		case r == '`':
			b.WriteString(`\(ga`)
		case r == '^':
			b.WriteString(`\(ha`)
		case r == '~':
			b.WriteString(`\(ti`)
		case r > 0x7e:
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
