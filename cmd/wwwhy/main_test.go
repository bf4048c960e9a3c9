package main

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/testscript"

	"wwwhy/web/fetch/fetchtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wwwhy": main, "reader": reader})
}

// TestStories runs the command as a person would: testdata/*.txtar.
func TestStories(t *testing.T) {
	var visits sync.Map
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/mended": // by the second visit
			if _, again := visits.LoadOrStore(r.URL.RawQuery, true); !again {
				w.Header().Set("WWW-Authenticate", "Basic realm=\"Staff\"")
				w.WriteHeader(http.StatusUnauthorized)
			}
		case "/ok":
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"method": %q}`, r.Method)
		case "/bare":
			w.WriteHeader(http.StatusUnauthorized)
		case "/echo":
			w.Header().Set("X-Got", r.Proto+" "+r.UserAgent()+" "+r.Host)
		case "/cookies":
			if r.Header.Get("Cookie") == "" {
				w.Header().Set("Set-Cookie", "a=b")
				http.Redirect(w, r, "/cookies", http.StatusFound)
			}
		case "/sitemap.xml":
			fmt.Fprintf(w, "<urlset><url><loc>http://%[1]s/ok</loc></url><url><loc>http://%[1]s/bare</loc></url></urlset>", r.Host)
		case "/crawlers":
			if !strings.Contains(r.UserAgent(), "Googlebot") {
				w.WriteHeader(http.StatusForbidden)
			}
		case "/moved":
			http.Redirect(w, r, "/ok", http.StatusFound)
		default:
			w.Header().Set("WWW-Authenticate", `Basic realm="Staff", charset="UTF-8"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(target.Close)
	named := fetchtest.NewSite(t, http.HandlerFunc(entrance), []string{"a.example", "www.a.example"}, "a.example", "www.a.example")
	testscript.Run(t, testscript.Params{Dir: "testdata", UpdateScripts: *update, Setup: func(e *testscript.Env) error {
		e.Setenv("TARGET", target.URL)
		_, port, _ := strings.Cut(strings.TrimPrefix(target.URL, "http://"), ":")
		e.Setenv("PORT", port)
		var entries []string
		for at, address := range named.Resolve {
			entries = append(entries, "--resolve="+at+":"+address.String())
		}
		slices.Sort(entries)
		for i, entry := range entries {
			e.Setenv(fmt.Sprintf("RESOLVE%d", i+1), entry)
		}
		roots := filepath.Join(e.WorkDir, "roots.pem")
		e.Setenv("ROOTS", roots)
		return os.WriteFile(roots, named.PEM, 0o600)
	}})
}

// entrance answers for a site whose canonical address is at www, but for what is
// below /apart: there http answers too, and www alone asks for credentials.
func entrance(w http.ResponseWriter, r *http.Request) {
	switch apart := strings.HasPrefix(r.URL.Path, "/apart"); {
	case apart && r.Host == "www.a.example":
		w.Header().Set("WWW-Authenticate", `Basic realm="Staff", charset="UTF-8"`)
		w.WriteHeader(http.StatusUnauthorized)
	case apart:
	case r.TLS == nil:
		http.Redirect(w, r, "https://"+r.Host+r.RequestURI, http.StatusMovedPermanently)
	case r.Host == "a.example":
		http.Redirect(w, r, "https://www.a.example"+r.RequestURI, http.StatusMovedPermanently)
	}
}

var update = flag.Bool("update", false, "write golden files, and the README's table of settings, anew")

// TestReadmeTellsTheSettings holds the flags of serve against their environment
// variables, and the README's table against both.
func TestReadmeTellsTheSettings(t *testing.T) {
	const file = "../../README.md"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(readme), "<!-- settings -->\n")
	_, after, end := strings.Cut(rest, "<!-- end -->\n")
	if !ok || !end {
		t.Fatal("README.md lacks the marks around the table of settings")
	}
	want := before + "<!-- settings -->\n" + settingsTable(t) + "<!-- end -->\n" + after
	if want == string(readme) {
		return
	}
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Error("README.md has another table of settings than the flags; run go test ./cmd/wwwhy -run Readme -update")
}

// settingsTable is the table of the settings in Markdown, made from the flags.
func settingsTable(t *testing.T) string {
	t.Helper()
	parser, err := kong.New(&commands{}, kong.Name("wwwhy"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("| Flag | Variable | Meaning |\n|---|---|---|\n")
	for _, command := range parser.Model.Children {
		if command.Name != "serve" {
			continue
		}
		for _, f := range command.Flags {
			if f.Name == "help" {
				continue
			}
			variable := "WWWHY_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
			if !slices.Equal(f.Envs, []string{variable}) {
				t.Errorf("--%s has the variables %q, want %s", f.Name, f.Envs, variable)
			}
			meaning := strings.ReplaceAll(f.Help, "|", "\\|")
			if f.HasDefault {
				meaning += " Default: " + f.Default + "."
			}
			fmt.Fprintf(&b, "| `--%s` | `%s` | %s |\n", f.Name, variable, meaning)
		}
	}
	return b.String()
}

// announcement is a writer that catches the address that serve prints.
type announcement struct{ address chan string }

func (a *announcement) Write(p []byte) (int, error) {
	if _, after, ok := strings.Cut(string(p), "serves "); ok {
		a.address <- strings.TrimSpace(after)
	}
	return len(p), nil
}
