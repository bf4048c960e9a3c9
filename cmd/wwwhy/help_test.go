package main

import (
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alecthomas/kong"
)

// model is the command line as kong sees it.
func model(t *testing.T) *kong.Kong {
	k, err := kong.New(&commands{}, kong.Name("wwwhy"), kong.Vars{"version": ""}, kong.Exit(func(int) { t.Error("it exits") }))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// split reads a command line as a shell does, quotes alone.
func split(line string) (all []string) {
	word, quoted, open := "", false, false
	for _, r := range line {
		switch {
		case r == '\'':
			quoted, open = !quoted, true
		case r == ' ' && !quoted:
			if open {
				all = append(all, word)
			}
			word, open = "", false
		default:
			word, open = word+string(r), true
		}
	}
	if open {
		all = append(all, word)
	}
	return all
}

func TestEveryCommandHasExamplesThatParse(t *testing.T) {
	names := map[string]bool{"": true}
	for _, c := range model(t).Model.Children {
		names[c.Name] = true
		if len(examples[c.Name]) == 0 {
			t.Errorf("%s has no examples", c.Name)
		}
	}
	for name, all := range examples {
		if !names[name] {
			t.Errorf("there is no command %q", name)
		}
		for _, e := range all {
			before, line, _ := strings.Cut(e.line, "wwwhy")
			line, _, _ = strings.Cut(line, " > ")
			line, _, _ = strings.Cut(line, " | ")
			line = strings.TrimSuffix(line, ")") // of <( )
			k := model(t)
			args := meant(split(line), k.Model, before == "")
			if _, err := k.Parse(args); err != nil || name != "" && args[0] != name || e.does == "" {
				t.Errorf("%s: %v", e.line, err)
			}
		}
	}
}

func TestHelpFitsAScreen(t *testing.T) {
	t.Setenv("COLUMNS", "")
	for _, c := range append([]*kong.Node{{}}, model(t).Model.Children...) {
		var out, errs strings.Builder
		args := []string{"--help"}
		if c.Name != "" {
			args = []string{c.Name, "--help"}
		}
		if code := run(t.Context(), args, strings.NewReader(""), &out, &errs); code != 0 || errs.Len() > 0 {
			t.Errorf("%v: exits with %d, %s", args, code, &errs)
		}
		text := out.String()
		most := 56
		if c.Name == "serve" { // has a setting for everything, and is read once
			most = 72
		}
		if n := strings.Count(text, "\n"); n > most {
			t.Errorf("%v: %d lines", args, n)
		}
		for l := range strings.Lines(text) {
			if utf8.RuneCountInString(l) > 88 && !strings.Contains(l, " # ") {
				t.Errorf("%v: a long line: %s", args, l)
			}
		}
		if first := strings.Index(text, "  wwwhy "); !strings.Contains(text, "Exit status") || first < 0 || first > strings.Index(text+"--", "--") && c.Name != "" && !strings.Contains(text[:first], "curl") {
			t.Errorf("%v begins with no example:\n%s", args, text)
		}
	}
}

func TestWhatIsMeant(t *testing.T) {
	k := model(t)
	t.Chdir(t.TempDir())
	for _, name := range []string{"session.har", "answer", "www.example.com"} {
		if err := os.WriteFile(name, []byte("HTTP/1.1 200 OK\n\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("a.example", 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args     string
		terminal bool
		want     string
	}{
		{"", true, "--help"},
		{"", false, "explain"},
		{"-", true, "explain -"},
		{"--json", false, "explain --json"},
		{"--json", true, "--json"},
		{"--help", false, "--help"},
		{"-h", false, "-h"},
		{"--version", false, "--version"},
		{"401", true, "lookup 401"},
		{"40", true, "lookup 40"},
		{"https://a.example/x", true, "inspect https://a.example/x"},
		{"HTTP://a.example", true, "inspect HTTP://a.example"},
		{"a.example", true, "inspect a.example"},
		{"a.example:8443/x?y", true, "inspect a.example:8443/x?y"},
		{"localhost:8080", true, "inspect localhost:8080"},
		{"192.0.2.1 --json", true, "inspect 192.0.2.1 --json"},
		{"[::1]:80/", true, "inspect [::1]:80/"},
		{"bücher.example", true, "inspect bücher.example"},
		{"inspect a.example", true, "inspect a.example"},
		{"www-authenticate", true, "lookup www-authenticate"},
		{"login popup --json", true, "lookup login popup --json"},
		{"code:401", true, "lookup code:401"},
		{"date", true, "lookup date"},                  // though wwwhy has no command of that name, as others do
		{"inspct a.example", true, "inspct a.example"}, // whose error names the command
		{"Lookup 401", true, "Lookup 401"},
		{"ftp://a.example", true, "inspect ftp://a.example"}, // whose error says what may be asked
		{"//a.example", true, "inspect //a.example"},
		{"::1", true, "inspect ::1"},
		{"2001:db8::1 --json", true, "inspect 2001:db8::1 --json"},
		// A file that is there is explained; to ask a host of its name, say https://.
		{"session.har --json", true, "explain session.har --json"},
		{"answer", true, "explain answer"},
		{"./answer", true, "explain ./answer"},
		{"www.example.com", true, "explain www.example.com"},
		{"https://www.example.com", true, "inspect https://www.example.com"},
		{"a.example", true, "inspect a.example"},
		{"/no/such.har", true, "explain /no/such.har"},
		{"./nothing", true, "explain ./nothing"},
		{"../nothing.har", true, "explain ../nothing.har"},
		{"nothing.har", true, "explain nothing.har"},
	} {
		if got := strings.Join(meant(strings.Fields(tt.args), k.Model, tt.terminal), " "); got != tt.want {
			t.Errorf("%q at a terminal %v is %q, want %q", tt.args, tt.terminal, got, tt.want)
		}
	}
}

func TestTheVersionNamesTheCommit(t *testing.T) {
	set := func(pairs ...string) (all []debug.BuildSetting) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, debug.BuildSetting{Key: pairs[i], Value: pairs[i+1]})
		}
		return all
	}
	for _, tt := range []struct {
		info debug.BuildInfo
		want string
	}{
		{debug.BuildInfo{GoVersion: "go1.26"}, "(devel), go1.26"},
		{debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: "v1.2.3"}}, "v1.2.3, go1.26"},
		{debug.BuildInfo{GoVersion: "go1.26", Settings: set("vcs.revision", "0123456789abcdef", "vcs.time", "2026-11-28T00:00:00Z", "vcs.modified", "true")},
			"(devel), commit 0123456789ab with changes, 2026-11-28T00:00:00Z, go1.26"},
	} {
		if got := versionOf(&tt.info); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}
