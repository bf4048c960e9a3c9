package main

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// The guides on running and on building wwwhy are held against the program: what
// they show is parsed here by whatever will read it.

// guide reads an article.
func guide(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("../../content/guides/" + name + ".md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var fence = regexp.MustCompile("(?ms)^```[a-z]* title=\"([^\"]+)\"\n(.*?)^```$")

// blocks is the code of a guide by its titles, each of which occurs once.
func blocks(t *testing.T, name string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, m := range fence.FindAllStringSubmatch(guide(t, name), -1) {
		if _, twice := all[m[1]]; twice {
			t.Errorf("%s has two blocks with the title %q", name, m[1])
		}
		all[m[1]] = m[2]
	}
	return all
}

// block is the code with one title.
func block(t *testing.T, name, title string) string {
	t.Helper()
	text := blocks(t, name)[title]
	if text == "" {
		t.Fatalf("%s has no block with the title %q", name, title)
	}
	return text
}

// settings are the flags of serve and their variables.
func settings(t *testing.T) (flags, variables []string) {
	t.Helper()
	for _, c := range model(t).Model.Children {
		if c.Name == "serve" {
			for _, f := range c.Flags {
				flags, variables = append(flags, "--"+f.Name), append(variables, f.Envs...)
			}
		}
	}
	return flags, variables
}

var (
	variablePattern = regexp.MustCompile(`\bWWWHY_[A-Z0-9_]+`)
	flagPattern     = regexp.MustCompile(`(?:^|[\s"\x60\[(,])(--[a-z][a-z0-9-]*)`)
)

// TestGuideNamesRealSettings finds a setting that was renamed or made up.
func TestGuideNamesRealSettings(t *testing.T) {
	flags, variables := settings(t)
	others := strings.Fields("--help --unpin --rm --read-only --cap-drop --no-deps --wait --save --appendonly --maxmemory --maxmemory-policy --now --format --file --clean --if-exists --dbname --pull --platform --push --fail --output")
	text := guide(t, "running-your-own-copy")
	for _, v := range variablePattern.FindAllString(text, -1) {
		if !slices.Contains(variables, v) {
			t.Errorf("the guide names %s, which is no setting", v)
		}
	}
	for _, m := range flagPattern.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(flags, m[1]) && !slices.Contains(others, m[1]) {
			t.Errorf("the guide names %s, which is no flag of serve, nor one of another program that the test lists", m[1])
		}
	}
}

// parsed reads settings as the program does, from arguments and variables.
func parsed(t *testing.T, args []string, environment map[string]string) serveCommand {
	t.Helper()
	var c commands
	k, err := kong.New(&c, kong.Name("wwwhy"), kong.Vars{"version": ""})
	if err != nil {
		t.Fatal(err)
	}
	_, variables := settings(t)
	for name, value := range environment {
		if strings.HasPrefix(name, "WWWHY_") && !slices.Contains(variables, name) {
			t.Errorf("%s is no setting", name)
		}
		t.Setenv(name, value)
	}
	if _, err := k.Parse(args); err != nil {
		t.Fatalf("%q with %q: %v", args, slices.Sorted(maps.Keys(environment)), err)
	}
	if err := c.Serve.valid(); err != nil {
		t.Error(err)
	}
	for _, networks := range [][]string{c.Serve.TrustedProxies, c.Serve.AllowTargets} {
		if _, err := prefixes(networks); err != nil {
			t.Error(err)
		}
	}
	return c.Serve
}

// ourCommand is a line of a shell in which wwwhy is run, not built or brought up.
var ourCommand = regexp.MustCompile(`^(?:.*\| |\./)?wwwhy (.+)$`)

// TestGuideCommandsParse gives the guide's command lines to the program.
func TestGuideCommandsParse(t *testing.T) {
	lines := 0
	for _, name := range []string{"running-your-own-copy", "pipeline"} {
		fenced := false
		for line := range strings.Lines(guide(t, name)) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			if m := ourCommand.FindStringSubmatch(line); fenced && m != nil {
				parsedLine(t, m[1])
				lines++
			}
		}
	}
	if lines < 7 {
		t.Errorf("only %d lines were found", lines)
	}
}

// parsedLine reads a command line without the program's name.
func parsedLine(t *testing.T, line string) {
	t.Helper()
	line, _, _ = strings.Cut(line, " > ")
	if _, err := model(t).Parse(split(line)); err != nil {
		t.Errorf("wwwhy %s: %v", line, err)
	}
}
