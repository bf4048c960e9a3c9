package credentials

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"wwwhy/web/challenge"
)

// strange is a path and query with what shells and languages take for more.
const strange = `/a'b"c$(d)` + "`e`" + `\f;g?h=i&j=%20k*#l`

func TestSnippetsForTheShellSendWhatTheySay(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("there is no curl")
	}
	var mu sync.Mutex
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r.Method+" "+r.RequestURI+" "+r.Header.Get("Authorization"))
		if strings.HasPrefix(r.URL.Path, "/d") && r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", `Digest realm="x", nonce="n", qop="auth"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	for _, tt := range []struct{ challenge, method, path, want string }{
		{"Basic", "GET", strange, "GET "},
		{"Bearer", "POST", strange, "POST "},
		{"Bearer", "HEAD", "/", "HEAD / Bearer ACCESS-TOKEN"},
		{"Digest", "GET", "/d", `GET /d Digest username="NAME"`},
	} {
		mu.Lock()
		got = nil
		mu.Unlock()
		all := Snippets(challenge.Parse([]string{tt.challenge})[0], tt.method, server.URL+tt.path)
		cmd := exec.CommandContext(t.Context(), "sh", "-c", strings.Replace(all[0].Code, "curl", curl+" -s --globoff --path-as-is", 1))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", all[0].Code, err, out)
		}
		mu.Lock()
		last := got[len(got)-1]
		mu.Unlock()
		if !strings.HasPrefix(last, tt.want) || tt.path == strange && !strings.Contains(last, `/a'b"c$(d)`+"`e`"+`\f;g?h=i&j=%20k* `) {
			t.Errorf("%s\nsent %s", all[0].Code, last)
		}
	}
}

// TestSnippetsHoldNothingUnseen: what a terminal acts on, or shows as something
// else, is in no command that somebody copies. An address that has it is none (RFC
// 3986, Section 2), and neither is such a method.
func TestSnippetsHoldNothingUnseen(t *testing.T) {
	for _, unseen := range []string{"\x1b[31m", "\u009b31m", "\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad", "\u2028", "\U000e0041", "\xff"} {
		for _, request := range [][2]string{{"GET", "https://a" + unseen + ".example/"}, {"GET", "https://a.example/" + unseen}, {"GET", "https://a.example/?b=" + unseen}, {"GE" + unseen + "T", "https://a.example/"}} {
			for _, scheme := range []string{"Basic", "Bearer", "Digest"} {
				if all := Snippets(challenge.Parse([]string{scheme})[0], request[0], request[1]); all != nil {
					t.Errorf("%q has the code %q", request, all[0].Code)
				}
			}
		}
	}
	if all := Snippets(challenge.Parse([]string{"Basic"})[0], "GET", "https://bücher.example/straße?日本=1"); all == nil {
		t.Error("letters of other languages have no code")
	}
}

func TestSnippetsAreCode(t *testing.T) {
	folder := t.TempDir()
	for _, scheme := range []string{"Basic", "Bearer", "Digest"} {
		for i, s := range Snippets(challenge.Parse([]string{scheme})[0], "PATCH", "https://api.example"+strange) {
			if s.Code == "" || strings.Contains(s.Code, "%!") {
				t.Errorf("%s: %q", s.Tool, s.Code)
			}
			file := filepath.Join(folder, fmt.Sprintf("%s%d", scheme, i))
			var check []string
			switch s.Language {
			case "go":
				if formatted, err := format.Source([]byte(s.Code)); err != nil || string(formatted) != s.Code {
					t.Errorf("%s: gofmt writes it otherwise, or not: %v\n%s", s.Tool, err, formatted)
				}
				if err := compiled("package a\n\nimport \"net/http\"\n\nfunc f() error {\n" + s.Code + "\t_ = resp\n\treturn err\n}\n"); err != nil {
					t.Errorf("%s: %v\n%s", s.Tool, err, s.Code)
				}
			case "python":
				check = []string{"python3", "-m", "py_compile", file + ".py"}
			case "js":
				check = []string{"node", "--check", file + ".mjs"}
			case "java": // which parses, and checks the types
				check = []string{"java", "-XX:TieredStopAtLevel=1", "../../content/testdata/snippets/Parse.java", file + ".java"}
			case "sh":
				check = []string{"sh", "-n", file + ".sh"}
			case "csharp": // not checked: no compiler of it is at hand
			default:
				t.Errorf("%s: nothing checks %s", s.Tool, s.Language)
			}
			if check == nil {
				continue
			}
			if _, err := exec.LookPath(check[0]); err != nil {
				if os.Getenv("WWWHY_SNIPPETS") == "all" {
					t.Errorf("%s is missing", check[0])
				}
				t.Logf("%s is missing, so the code for %s stays unread", check[0], s.Tool)
				continue
			}
			if err := os.WriteFile(check[len(check)-1], []byte(s.Code), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.CommandContext(t.Context(), check[0], check[1:]...).CombinedOutput(); err != nil || s.Language == "java" && len(out) > 0 {
				t.Errorf("%s: %v\n%s\n%s", s.Tool, err, out, s.Code)
			}
		}
	}
}

// compiled parses a file of Go and checks its types.
func compiled(source string) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "a.go", source, 0)
	if err != nil {
		return err
	}
	_, err = (&types.Config{Importer: importer.Default()}).Check("a", fset, []*ast.File{file}, nil)
	return err
}

func TestNoSnippetsForWhatIsNoAddress(t *testing.T) {
	for _, address := range []string{"", "/path", "ftp://a.example/", "https://a.example/\nx", "https://a.example/ x"} {
		if s := Snippets(challenge.Challenge{Scheme: "Basic"}, "GET", address); s != nil {
			t.Errorf("%q: %v", address, s)
		}
	}
	if s := Snippets(challenge.Challenge{Scheme: "NTLM"}, "GET", "https://a.example/"); s != nil {
		t.Errorf("NTLM: %v", s)
	}
}
