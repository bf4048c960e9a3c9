package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// example is a command line with what it is for.
type example struct{ line, does string }

// examples teach each subcommand; those of "" the program. Help and the man
// page show them, a test parses them.
var examples = map[string][]example{
	"": {
		{"wwwhy https://www.example.com/", "fetch and explain"},
		{"curl -si https://www.example.com/ | wwwhy", "explain what you have"},
		{"wwwhy 401", "read the reference"},
		{"wwwhy serve", "the same as a site"},
	},
	"serve": {
		{"wwwhy serve", "for you alone"},
		{"wwwhy serve --addr 0.0.0.0:8080 --public-url https://why.example.com", "for others, behind a proxy"},
	},
	"inspect": {
		{"wwwhy inspect https://www.example.com/", "fetch and explain"},
		{"wwwhy inspect -X PUT -H 'Accept: text/html' -d '{}' api.example.com/x", "another request"},
		{"wwwhy inspect --probe --json https://api.example.com/", "more requests, all facts"},
		{"wwwhy inspect --fail-on error https://www.example.com/", "fail a build"},
		{"wwwhy inspect --as python https://api.example.com/", "the request as code"},
	},
	"explain": {
		{"curl -si https://www.example.com/ | wwwhy explain", "what curl printed"},
		{"wwwhy explain --url https://www.example.com/ response.txt", "a file; the address is not in it"},
		{"curl -si https://api.example.com/ | wwwhy explain --token-file token.txt", "why is my token refused?"},
	},
	"authorize": {
		{`wwwhy authorize -u mufasa -c 'Basic realm="x"'`, "the password is asked for"},
		{`wwwhy authorize -u mufasa --uri /dir -c 'Digest realm="x", nonce="y", qop="auth"'`, "one that is computed"},
	},
	"preflight": {
		{"wwwhy preflight https://api.example.com/ --origin https://app.example", "may the script read it?"},
		{"wwwhy preflight https://api.example.com/ --origin https://app.example -X PUT -H Authorization", "with a preflight"},
	},
	"check": {
		{"wwwhy check urls.txt --csv > report.csv", "one address in each line"},
		{"wwwhy check --sitemap https://www.example.com/sitemap.xml", "a whole site"},
		{"wwwhy check --entrances example.com", "http and https, with and without www"},
	},
	"watch": {
		{"wwwhy watch https://www.example.com/", "until Ctrl-C"},
		{"wwwhy watch --every 5s --until 2xx https://www.example.com/", "until it answers"},
		{"wwwhy watch --times 10 --until change --json https://www.example.com/", "for a script"},
	},
	"lookup": {
		{"wwwhy lookup 401", "a status code"},
		{"wwwhy lookup www-authenticate", "a field"},
		{"wwwhy lookup --markdown bearer", "a scheme"},
		{"wwwhy lookup 401-without-challenge", "a finding"},
		{"wwwhy lookup login popup", "words to search for"},
	},
	"mcp": {
		{"wwwhy mcp --safe-methods", "enter this line in the settings of your agent"},
	},
	"pin": {
		{"wwwhy pin 3QZ5RB4CEXAMPLE7N2VJK6WDAF --admin 127.0.0.1:9090", "it expires no more"},
		{"wwwhy pin https://why.example.com/r/3QZ5RB4CEXAMPLE7N2VJK6WDAF --admin 127.0.0.1:9090", "by its address"},
		{"wwwhy pin --unpin 3QZ5RB4CEXAMPLE7N2VJK6WDAF --admin 127.0.0.1:9090", "at its old time again"},
	},
	"completion": {
		{"source <(wwwhy completion bash)", "for this shell; put the line into ~/.bashrc to keep it"},
		{"source <(wwwhy completion zsh)", "in ~/.zshrc, after compinit"},
		{"wwwhy completion fish > ~/.config/fish/completions/wwwhy.fish", "for all shells to come"},
	},
	"man": {
		{"wwwhy man | man -l -", "read it"},
		{"wwwhy man > /usr/local/share/man/man1/wwwhy.1", "keep it"},
	},
	"healthcheck": {
		{"wwwhy healthcheck --addr 127.0.0.1:8080", "status 0 where it is well"},
	},
}

// exits are the exit statuses in words.
var exits = []struct {
	code int
	text string
}{
	{exitDone, "done"},
	{exitFindings, "findings at or above --fail-on, or what --until waits for did not come"},
	{exitUsage, "bad usage"},
	{exitFailed, "the exchange failed"},
	{exitInterrupted, "interrupted; what is known so far is printed"},
}

// printHelp prints what a person needs first: what it does, how it is called,
// then each flag.
func printHelp(_ kong.HelpOptions, ctx *kong.Context) error {
	width := columns(ctx.Stdout)
	if width == 0 {
		width = 80
	}
	h := &helpText{width: width}
	node := ctx.Model.Node
	if selected := ctx.Selected(); selected != nil {
		node = selected
	}
	h.node(ctx.Model, node)
	_, err := fmt.Fprint(ctx.Stdout, h.b.String())
	return err
}

type helpText struct {
	b     strings.Builder
	width int
}

func (h *helpText) node(app *kong.Application, node *kong.Node) {
	name := node.Name
	if node == app.Node {
		name = ""
	}
	h.b.WriteString(node.Help + "\n\n")
	var rows [][2]string
	for _, e := range examples[name] {
		rows = append(rows, [2]string{e.line, "# " + e.does})
	}
	h.rows(rows, 50)
	if name == "" {
		h.program(node)
		return
	}
	h.b.WriteString("\nUsage: " + app.Name + " " + node.Summary() + "\n\n")
	rows = nil
	for _, p := range node.Positional {
		rows = append(rows, [2]string{strings.ToUpper(p.Name), p.Help})
	}
	h.rows(append(rows, flagRows(node)...), 24)
	if name == "serve" {
		h.b.WriteString("\nEach flag can be set by a variable: --addr by WWWHY_ADDR.\n")
	}
	h.b.WriteString("\nExit status: 0 done, 1 findings at --fail-on, 2 bad usage, 3 failed, 130 interrupted\n")
}

// program lists the subcommands.
func (h *helpText) program(node *kong.Node) {
	h.b.WriteString("\nCommands:\n")
	var rows [][2]string
	for _, c := range node.Children {
		rows = append(rows, [2]string{c.Name, c.Help})
	}
	h.rows(append(rows, flagRows(node)...), 24)
	h.b.WriteString("\nExit status:\n")
	rows = nil
	for _, e := range exits {
		rows = append(rows, [2]string{strconv.Itoa(e.code), e.text})
	}
	h.rows(rows, 6)
	h.b.WriteString("\n“wwwhy COMMAND --help” tells of one command, “wwwhy man | man -l -” of all.\n")
}

// flagRows is the flags of a node, each with its help.
func flagRows(node *kong.Node) [][2]string {
	var rows [][2]string
	for _, f := range node.Flags {
		if f.Hidden {
			continue
		}
		name := "    "
		if f.Short != 0 {
			name = "-" + string(f.Short) + ", "
		}
		rows = append(rows, [2]string{name + "--" + f.Name + flagValue(f), helpOf(f)})
	}
	return rows
}

// helpOf is a flag's help; that of --help is not ours.
func helpOf(f *kong.Flag) string {
	if f.Name == "help" {
		return "Tell this."
	}
	return f.Help
}

// flagValue is what follows a flag's name: =TIME, or nothing.
func flagValue(f *kong.Flag) string {
	switch {
	case f.IsBool():
		return ""
	case f.PlaceHolder != "":
		return "=" + f.PlaceHolder
	case f.Default != "":
		return "=" + f.Default
	}
	return "=" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}

// rows writes two columns. A first cell wider than most stands on its own line.
func (h *helpText) rows(rows [][2]string, most int) {
	left := 0
	for _, r := range rows {
		if n := utf8.RuneCountInString(r[0]); n <= most {
			left = max(left, n)
		}
	}
	for _, r := range rows {
		h.b.WriteString("  " + r[0])
		at := utf8.RuneCountInString(r[0])
		if at > left {
			if strings.HasPrefix(r[1], "#") {
				h.b.WriteString("  " + r[1] + "\n")
				continue
			}
			h.b.WriteString("\n  ")
			at = 0
		}
		h.b.WriteString(strings.Repeat(" ", left-at))
		h.wrapped(r[1], left+4)
	}
}

// paragraph writes words from the margin on.
func (h *helpText) paragraph(text string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line+" "+word) > h.width {
			h.b.WriteString(line + "\n")
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	h.b.WriteString(line + "\n")
}

// wrapped writes words from a column on.
func (h *helpText) wrapped(text string, column int) {
	room := max(h.width-column, 20)
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line+" "+word) > room {
			h.b.WriteString("  " + line + "\n" + strings.Repeat(" ", column-2))
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	h.b.WriteString("  " + line + "\n")
}

// columns is how wide what is written to w may be: COLUMNS, or the width of the
// terminal; 0 where neither is known.
func columns(w any) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n >= 20 {
		return min(n, 1000)
	}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		n, _, _ := term.GetSize(int(f.Fd()))
		return min(n, 110)
	}
	return 0
}
