package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"wwwhy/content"
)

// completionCommand prints what a shell loads to complete our commands.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run prints the script.
func (c *completionCommand) Run(sys *system) error {
	lib, err := content.Load()
	if err != nil {
		return err
	}
	all := completed(sys.model, lib)
	script := map[string]func([]completedCommand) string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[c.Shell](all)
	_, err = io.WriteString(sys.stdout, script)
	return err
}

// completedCommand is what a shell may offer behind a subcommand.
type completedCommand struct {
	name, help string
	flags      []completedFlag
	words      []string // for its arguments
	files      bool
	pages      bool // its argument is a page of the reference
}

type completedFlag struct {
	long, short, help string
	value             bool // takes one
	words             []string
	files             bool
}

// names lists the spellings of the flag.
func (f completedFlag) names() []string {
	if f.short == "" {
		return []string{"--" + f.long}
	}
	return []string{"-" + f.short, "--" + f.long}
}

// completed reads the command line's own description.
func completed(app *kong.Application, lib *content.Library) []completedCommand {
	known := map[string][]string{"method": {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, "until": {"change", "2xx", "200"}}
	for _, a := range lib.Agents() {
		known["user-agent"] = append(known["user-agent"], a.Name)
	}
	var all []completedCommand
	for _, n := range app.Children {
		c := completedCommand{name: n.Name, help: n.Help, files: n.Name == "explain" || n.Name == "check", pages: n.Name == "lookup"}
		for _, p := range n.Positional {
			c.words = append(c.words, enumerated(p)...)
		}
		for _, f := range append(n.Flags, app.HelpFlag) {
			if f.Hidden {
				continue
			}
			one := completedFlag{long: f.Name, help: helpOf(f), value: !f.IsBool(), words: enumerated(f.Value), files: f.PlaceHolder == "FILE"}
			if f.Short != 0 {
				one.short = string(f.Short)
			}
			if one.words == nil {
				one.words = known[f.Name]
			}
			c.flags = append(c.flags, one)
		}
		all = append(all, c)
	}
	return all
}

// enumerated lists the values that a flag or argument may have, if it says.
func enumerated(v *kong.Value) []string {
	var all []string
	for _, one := range strings.Split(v.Enum, ",") {
		if one != "" {
			all = append(all, one)
		}
	}
	return all
}

// bashScript works from bash 3.2 on, which has neither mapfile nor compopt.
func bashScript(all []completedCommand) string {
	var names, values, flags, arguments strings.Builder
	for _, c := range all {
		names.WriteString(" " + c.name)
		var own []string
		for _, f := range c.flags {
			own = append(own, f.names()...)
			values.WriteString(bashValue(c.name, f))
		}
		fmt.Fprintf(&flags, "        %s) _wwwhy_words %s \"$cur\" ;;\n", c.name, quoted(strings.Join(own, " ")))
		arguments.WriteString(bashArgument(c))
	}
	list := strings.TrimSpace(names.String())
	return `# Completion of wwwhy for bash. Load it with: source <(wwwhy completion bash)
_wwwhy_words() { COMPREPLY=($(compgen -W "$1" -- "$2")); }
_wwwhy_files() {
    local IFS=$'\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$1"))
}
_wwwhy() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= i
    COMPREPLY=()
    # bash takes --flag=value for three words.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        ` + strings.ReplaceAll(list, " ", "|") + `) command=${COMP_WORDS[i]}; break ;;
        esac
    done
    case "$command $prev" in
` + values.String() + `    esac
    if [[ $cur == -* ]]; then
        case $command in
` + flags.String() + `        *) _wwwhy_words '--help --version' "$cur" ;;
        esac
        return
    fi
    case $command in
    '') _wwwhy_words ` + quoted(list) + ` "$cur" ;;
` + arguments.String() + `    esac
}
complete -F _wwwhy wwwhy
`
}

// bashValue is the case of a flag that takes a value, or "".
func bashValue(command string, f completedFlag) string {
	if !f.value {
		return ""
	}
	var cases []string
	for _, n := range f.names() {
		cases = append(cases, `"`+command+" "+n+`"`)
	}
	does := "return"
	switch {
	case f.files:
		does = `_wwwhy_files "$cur"; return`
	case f.words != nil:
		does = fmt.Sprintf(`_wwwhy_words %s "$cur"; return`, quoted(strings.Join(f.words, " ")))
	}
	return fmt.Sprintf("    %s) %s ;;\n", strings.Join(cases, "|"), does)
}

// bashArgument is the case of a command whose argument can be completed, or "".
func bashArgument(c completedCommand) string {
	does := ""
	switch {
	case c.pages:
		does = `_wwwhy_words "$(wwwhy lookup --complete -- "$cur" 2>/dev/null | cut -f1)" "$cur"`
	case c.files:
		does = `_wwwhy_files "$cur"`
	case c.words != nil:
		does = fmt.Sprintf(`_wwwhy_words %s "$cur"`, quoted(strings.Join(c.words, " ")))
	default:
		return ""
	}
	return fmt.Sprintf("    %s) %s ;;\n", c.name, does)
}

func zshScript(all []completedCommand) string {
	var b, cases strings.Builder
	b.WriteString("#compdef wwwhy\n# Completion of wwwhy for zsh. Put it into a folder of $fpath as _wwwhy, or load it\n# after compinit with: source <(wwwhy completion zsh)\n" +
		"_wwwhy_pages() {\n  local -a pages\n  pages=(${(f)\"$(wwwhy lookup --complete -- \"$PREFIX\" 2>/dev/null | sed 's/:/\\\\:/g; s/\\t/:/')\"})\n  _describe page pages\n}\n" +
		"_wwwhy() {\n  local curcontext=\"$curcontext\" state line\n  local -a commands\n  commands=(\n")
	for _, c := range all {
		b.WriteString("    " + quoted(c.name+":"+strings.ReplaceAll(c.help, ":", `\:`)) + "\n")
		cases.WriteString("    " + c.name + ")\n      _arguments")
		for _, f := range c.flags {
			cases.WriteString(" \\\n        " + zshFlag(f))
		}
		switch {
		case c.pages:
			cases.WriteString(" \\\n        '1:page:_wwwhy_pages'")
		case c.files:
			cases.WriteString(" \\\n        '*:file:_files'")
		case c.words != nil:
			cases.WriteString(" \\\n        '1:word:(" + strings.Join(c.words, " ") + ")'")
		default:
			cases.WriteString(" \\\n        '*:address:_urls'")
		}
		cases.WriteString("\n      ;;\n")
	}
	b.WriteString("  )\n  _arguments -C '(- *)--help[Tell this.]' '(- *)--version[Tell version and commit.]' '1:command:->command' '*::argument:->argument'\n" +
		"  case $state in\n  command) _describe command commands ;;\n  argument)\n    case $words[1] in\n" + cases.String() + "    esac ;;\n  esac\n}\n" +
		"if [[ $funcstack[1] == _wwwhy ]]; then _wwwhy \"$@\"; else compdef _wwwhy wwwhy; fi\n")
	return b.String()
}

// zshFlag is what _arguments wants to know of a flag.
func zshFlag(f completedFlag) string {
	help := strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(f.help)
	value := ""
	switch {
	case f.files:
		value = ":file:_files"
	case f.words != nil:
		value = ":value:(" + strings.Join(f.words, " ") + ")"
	case f.value:
		value = ":value: "
	}
	equals := ""
	if f.value {
		equals = "="
	}
	if f.short == "" {
		return quoted("--" + f.long + equals + "[" + help + "]" + value)
	}
	return fmt.Sprintf("'(-%s --%s)'{%s,%s}%s", f.short, f.long, "-"+f.short, "--"+f.long+equals, quoted("["+help+"]"+value))
}

func fishScript(all []completedCommand) string {
	var b strings.Builder
	b.WriteString("# Completion of wwwhy for fish. Load it with: wwwhy completion fish | source\ncomplete -c wwwhy -f\n" +
		"complete -c wwwhy -n __fish_use_subcommand -l version -d 'Tell version and commit.'\n")
	for _, c := range all {
		fmt.Fprintf(&b, "complete -c wwwhy -n __fish_use_subcommand -a %s -d %s\n", c.name, fishQuoted(c.help))
		seen := "complete -c wwwhy -n '__fish_seen_subcommand_from " + c.name + "'"
		for _, f := range c.flags {
			b.WriteString(seen + " -l " + f.long)
			if f.short != "" {
				b.WriteString(" -s " + f.short)
			}
			switch {
			case f.files:
				b.WriteString(" -r -F")
			case f.words != nil:
				b.WriteString(" -x -a " + fishQuoted(strings.Join(f.words, " ")))
			case f.value:
				b.WriteString(" -x")
			}
			b.WriteString(" -d " + fishQuoted(f.help) + "\n")
		}
		switch {
		case c.pages:
			b.WriteString(seen + " -a '(wwwhy lookup --complete -- (commandline -ct) 2>/dev/null)'\n")
		case c.files:
			b.WriteString(seen + " -F\n")
		case c.words != nil:
			b.WriteString(seen + " -a " + fishQuoted(strings.Join(c.words, " ")) + "\n")
		}
	}
	return b.String()
}

// quoted is one word for bash and zsh.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func fishQuoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
