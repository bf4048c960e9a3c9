package content

import (
	"context"
	"encoding/csv"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// snippet is a block of code of a page, as it is written or made by config.go.
type snippet struct{ file, language, title, code string }

func (s snippet) String() string {
	first, _, _ := strings.Cut(s.code, "\n")
	return s.file + ", " + s.language + " “" + s.title + "”: " + first
}

// readers says for each language of code what is needed to read it, and how
// it is read. A language with neither is not checked: no tool for it is at hand.
var readers = map[string]struct {
	tool  string                                                 // "": none but Go itself
	check func(t *testing.T, tool string, all []snippet) []error // an error, or nil, for each
}{
	"nginx": {"nginx", checkNginx}, "apache": {"apache2", checkApache}, "caddy": {"caddy", checkCaddy}, "haproxy": {"haproxy", checkHAProxy},
	"go": {"", checkGo}, "json": {"", checkJSON}, "yaml": {"", checkYAML}, "xml": {"", checkXML},
	"js": {"node", checkJS}, "python": {"python3", checkPython}, "java": {"java", checkJava},
	"php": {"php", checkPHP}, "ini": {"php", checkINI}, "ruby": {"ruby", checkRuby}, "sh": {"bash", checkShell},

	"http": {}, "systemd": {}, // tests of their own read these
	"text": {}, "csharp": {}, "elixir": {}, "kotlin": {}, "powershell": {}, "rust": {}, "sql": {}, "squid": {},
}

// TestSnippetsAreCode has every block of code of the pages read by the program
// that it is for: servers test it as configuration, languages parse it. A block
// that is a fragment is put where it belongs first. Languages whose tool is
// missing are skipped; with WWWHY_SNIPPETS=all they fail. WWWHY_SNIPPETS=skip
// leaves it all out.
func TestSnippetsAreCode(t *testing.T) {
	skipUnasked(t)
	lib, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	byLanguage := map[string][]snippet{}
	for _, p := range everyPage(lib) {
		for _, s := range blocksOfCode(p.file, lib.Markdown(p)) {
			if _, ok := readers[s.language]; !ok {
				t.Errorf("%v: readers does not list it: say how it is checked, or that it is not", s)
			}
			byLanguage[s.language] = append(byLanguage[s.language], s)
		}
	}
	exempt := readExempt(t)
	for key, e := range exempt {
		if !slices.ContainsFunc(byLanguage[e.language], func(s snippet) bool { return s.file == key.file && s.title == key.title }) {
			t.Errorf("testdata/snippets_exempt.txt names %s, “%s”, which is no block of %s", key.file, key.title, e.language)
		}
	}
	for language, how := range readers {
		all := byLanguage[language]
		if how.check == nil {
			continue
		}
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			tool, err := toolAt(how.tool)
			if err != nil && os.Getenv("WWWHY_SNIPPETS") == "all" {
				t.Fatalf("%s is missing, so %d blocks stay unread", how.tool, len(all))
			}
			if err != nil {
				t.Skipf("%s is missing, so %d blocks stay unread", how.tool, len(all))
			}
			needed := map[exemptKey]bool{}
			for i, err := range how.check(t, tool, all) {
				key := exemptKey{all[i].file, all[i].title}
				if _, ok := exempt[key]; ok && err != nil {
					needed[key] = true
				} else if err != nil {
					t.Errorf("%v\n%v", all[i], err)
				}
			}
			for key, e := range exempt {
				if e.language == language && !e.newer && !needed[key] {
					t.Errorf("testdata/snippets_exempt.txt names %s, “%s”, which passes: take the line out", key.file, key.title)
				}
			}
		})
	}
}

func skipUnasked(t *testing.T) {
	t.Helper()
	if os.Getenv("WWWHY_SNIPPETS") == "skip" {
		t.Skip("WWWHY_SNIPPETS=skip")
	}
}

// blocksOfCode returns the fenced blocks of a page that name a language, less
// the indentation of their fences. A name that is a synonym becomes the usual.
func blocksOfCode(file, markdown string) (all []snippet) {
	indent, at := "", -1
	for line := range strings.Lines(markdown) {
		trimmed := strings.TrimSpace(line)
		info, fence := strings.CutPrefix(trimmed, "```")
		switch {
		case fence && at >= 0:
			at = -1
		case fence:
			indent, _, _ = strings.Cut(line, "`")
			language, _, _ := strings.Cut(info, " ")
			switch language {
			case "caddyfile":
				language = "caddy"
			case "bash":
				language = "sh"
			}
			s := snippet{file: file, language: language}
			if m := titleAttribute.FindStringSubmatch(info); m != nil {
				s.title = m[1]
			}
			all, at = append(all, s), len(all)
		case at >= 0:
			all[at].code += strings.TrimPrefix(line, indent)
		}
	}
	return slices.DeleteFunc(all, func(s snippet) bool { return s.language == "" })
}

type exemptKey struct{ file, title string }

type exemption struct {
	language string
	newer    bool // the tool at hand may be too old: it passes with a newer one
}

// readExempt reads the blocks that may fail, each with its reason.
func readExempt(t *testing.T) map[exemptKey]exemption {
	r := csv.NewReader(strings.NewReader(strings.Join(dataLines(t, "testdata/snippets_exempt.txt"), "\n")))
	r.FieldsPerRecord = 5
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := map[exemptKey]exemption{}
	for _, row := range rows {
		if row[3] != "newer" && row[3] != "fragment" || row[4] == "" {
			t.Errorf("testdata/snippets_exempt.txt: want file,title,language,newer or fragment,reason: %q", row)
		}
		all[exemptKey{row[0], row[1]}] = exemption{row[2], row[3] == "newer"}
	}
	return all
}

// toolAt finds a program, also where Debian puts those of administrators.
func toolAt(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	if found, err := exec.LookPath(name); err == nil {
		return found, nil
	}
	return exec.LookPath(filepath.Join("/usr/sbin", name))
}

// said runs a program; its error holds what it printed.
func said(ctx context.Context, input string, env []string, tool string, args ...string) error {
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Stdin, cmd.Env = strings.NewReader(input), append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return errors.New(strings.TrimSpace(string(out)) + ": " + err.Error())
	}
	return nil
}

// each checks blocks side by side, those that say the same once.
func each(all []snippet, check func(i int, s snippet) error) []error {
	var wait sync.WaitGroup
	errs, first, free := make([]error, len(all)), map[string]int{}, make(chan bool, runtime.NumCPU())
	for i, s := range all {
		if _, ok := first[s.code]; ok {
			continue
		}
		first[s.code] = i
		free <- true
		wait.Go(func() {
			errs[i] = check(i, s)
			<-free
		})
	}
	wait.Wait()
	for i, s := range all {
		errs[i] = errs[first[s.code]]
	}
	return errs
}

// written writes a file into a folder of the test and returns its path.
func written(t *testing.T, folder, name, text string) string {
	t.Helper()
	file := filepath.Join(folder, name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestWhatIsNoCodeIsFound hands one wrong block to each reader.
func TestWhatIsNoCodeIsFound(t *testing.T) {
	skipUnasked(t)
	wrong := map[string][]string{
		"nginx":   {"add_header X-A b always\n", "location / { prox_pass http://127.0.0.1:1; }\n", "return 200;\n}\n", "server { listen 80; gzip perhaps; }\n", "http {\n"},
		"apache":  {"Header allways set X-A \"b\"\n", "<Location />\nRequire nobody-knows\n", "Redirect permanent\n"},
		"caddy":   {"header_x A b\n", "example.com {\n\trespond\n", "{\n\tserves {\n\t}\n}\n"},
		"haproxy": {"http-request set-heater A b\n", "frontend a\n    bind :80\n    default_backend\n"},
		"go":      {"x := \n", "w.Header().Put(\"A\", \"b\")\n", "http.Error(w, 401, \"no\")\n", "x  := 1\n", "func f() {\n", "json.NewEncoder(w).Encode()\n"},
		"json":    {`{"a": }`}, "yaml": {"a: b: c\n"}, "xml": {"<a><b></a>"},
		"js":     {"const a = ;\n", "res.status(401\n", "a b\n", "function f() {\n"},
		"python": {"def f(:\n", "return (1\n", "if a:\nb\n", "a = \"\\d\"\n"},
		"java":   {"int a = ;\n", "String get( { }\n", "int a = \"text\";\n", "String s = URI.create(1).toString();\n"},
		"php":    {"header(\"a\"\n", "if ($a) {\n", "$a = ;\n"}, "ini": {"a = (\n"}, "ruby": {"def a\n", "if )\n"},
		"sh": {"if true; then\n", "echo 'a\n", "for in; do\n"},
	}
	for language, how := range readers {
		if how.check == nil {
			continue
		}
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			tool, err := toolAt(how.tool)
			if err != nil {
				t.Skipf("%s is missing", how.tool)
			}
			all := make([]snippet, len(wrong[language]))
			for i, code := range wrong[language] {
				all[i].code = code
			}
			if len(all) == 0 {
				t.Error("nothing wrong is tried")
			}
			for i, err := range how.check(t, tool, all) {
				if err == nil {
					t.Errorf("passes: %s", all[i].code)
				}
			}
		})
	}
}
