package report

import (
	"bufio"
	"context"
	"fmt"
	"go/format"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// nasty are values with what shells and languages take for more.
var nasty = []string{
	`it's "quoted"`, "$HOME ${x} $(echo y)", "`echo z`", `\ a\b c\`, "grüße ☕ 🦊", "@/dev/null", "-d", "--data", "=x", ":x", ":=1", ";", "%s%n\\033",
	"a\tb", "a\x1b[31mb", "a\u202eb\U000e0041", "!! #x", "‘left’ ‚low‛", "&|<>*?~", "", "é\u0085.",
}

// recorded is a request as its bytes came.
type recorded struct {
	line, body string
	fields     [][2]string
}

func (r recorded) values(name string) (all []string) {
	for _, f := range r.fields {
		if strings.EqualFold(f[0], name) {
			all = append(all, f[1])
		}
	}
	return all
}

// recorder is a server below HTTP's rules for values: it tells what it reads.
func recorder(t *testing.T) (url string, got <-chan recorded) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	seen := make(chan recorded, 1)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if r, err := readRecorded(c); err == nil {
				seen <- r
			}
			c.Close()
		}
	}()
	return "http://" + l.Addr().String(), seen
}

func readRecorded(c net.Conn) (recorded, error) {
	in := bufio.NewReader(c)
	var r recorded
	length := 0
	for first := true; ; first = false {
		line, err := in.ReadString('\n')
		if err != nil {
			return r, err
		}
		line = strings.TrimRight(line, "\r\n")
		if first {
			r.line = line
			continue
		}
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ":")
		value = textproto.TrimString(value)
		r.fields = append(r.fields, [2]string{name, value})
		if strings.EqualFold(name, "Content-Length") {
			length, _ = strconv.Atoi(value)
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(in, body); err != nil {
		return r, err
	}
	r.body = string(body)
	_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	return r, err
}

// run runs a snippet; false: its tool is not here.
func run(ctx context.Context, name string, s Snippet, folder string) (bool, error) {
	var args []string
	switch name {
	case "curl":
		args = []string{"sh", "-c", strings.Replace(s.Code, "curl ", "curl -sS -q ", 1)}
	case "wget":
		args = []string{"sh", "-c", strings.Replace(s.Code, "wget ", "wget --no-config -t 1 ", 1)}
	case "httpie":
		name = "http"
		args = []string{"sh", "-c", s.Code}
	case "fetch":
		name = "node"
		args = []string{"node", filepath.Join(folder, "a.mjs")}
	case "go":
		imports := "import \"net/http\"\n"
		if strings.Contains(s.Code, "strings.") {
			imports += "import \"strings\"\n"
		}
		s.Code = "package main\n\n" + imports + "\nfunc send() error {\n" + s.Code + "\treturn nil\n}\n\nfunc main() {\n\tif err := send(); err != nil {\n\t\tpanic(err)\n\t}\n}\n"
		args = []string{"go", "run", filepath.Join(folder, "a.go")}
	case "python":
		name = "python3"
		if exec.CommandContext(ctx, "python3", "-c", "import requests").Run() != nil {
			return false, parsed(ctx, s.Code, "python3", "-c", "import ast, sys; ast.parse(sys.stdin.buffer.read())")
		}
		args = []string{"python3", filepath.Join(folder, "a.py")}
	default:
		return false, nil
	}
	if _, err := exec.LookPath(name); err != nil {
		return false, nil
	}
	if file := args[len(args)-1]; filepath.Dir(file) == folder {
		if err := os.WriteFile(file, []byte(s.Code), 0o600); err != nil {
			return true, err
		}
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "HTTPIE_CONFIG_DIR="+folder, "NO_PROXY=*", "no_proxy=*")
	if out, err := cmd.CombinedOutput(); err != nil {
		return true, fmt.Errorf("%w\n%s", err, out)
	}
	return true, nil
}

// parsed has a program read code from its input.
func parsed(ctx context.Context, code, tool string, args ...string) error {
	if _, err := exec.LookPath(tool); err != nil {
		return nil
	}
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Stdin = strings.NewReader(code)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// TestSnippetsSendWhatTheySay runs them: each nasty value as a field, and all
// of them as content.
func TestSnippetsSendWhatTheySay(t *testing.T) {
	url, got := recorder(t)
	q := Request{Method: "PATCH", URL: url + "/a'b\"c$(d)`e`;f/ü[1]{2}?g=*&h='\"`$x#frag"}
	for i, v := range nasty {
		q.Fields = append(q.Fields, Line{fmt.Sprintf("X-%d", i), v})
	}
	q.Fields = append(q.Fields, Line{"X-Twice", "a"}, Line{"X-Twice", "b"})
	wantTarget := "PATCH /a%27b%22c$%28d%29%60e%60;f/%C3%BC%5B1%5D%7B2%7D?g=*&h='%22%60$x HTTP/1.1"
	contents := []string{"@" + strings.Join(nasty, "\n"), "-d\n", "=1"}
	ran := 0
	for _, name := range snippetNames {
		for n, content := range contents {
			if n > 0 && (name == "fetch" || name == "go" || name == "python") {
				continue // the rest is about shells
			}
			q := q
			if name == "fetch" || name == "go" {
				q.Fields = slices.DeleteFunc(slices.Clone(q.Fields), func(l Line) bool { return strings.Contains(l.Value, "\x1b") })
			}
			s, err := SnippetAs(name, q, []byte(content))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if name == "wget" || name == "curl" || name == "httpie" {
				if strings.ContainsAny(s.Code, "\x1b\u202e") {
					t.Errorf("%s shows what a terminal would act on: %q", name, s.Code)
				}
			}
			there, err := run(t.Context(), name, s, t.TempDir())
			if err != nil {
				t.Errorf("%s: %v\n%s", name, err, s.Code)
				continue
			}
			if !there {
				if os.Getenv("CI") == "true" && slices.Contains([]string{"curl", "wget", "httpie"}, name) {
					t.Errorf("%s is not installed", name)
				}
				break
			}
			ran++
			r := <-got
			if name == "fetch" { // which escapes one character more in a query (URL, "special-query percent-encode set")
				r.line = strings.Replace(r.line, "h=%27", "h='", 1)
			}
			if r.line != wantTarget {
				t.Errorf("%s asked %s\nwant  %s", name, r.line, wantTarget)
			}
			for i, v := range nasty {
				if (name == "fetch" || name == "go") && strings.Contains(v, "\x1b") {
					continue
				}
				if all := r.values(fmt.Sprintf("X-%d", i)); len(all) != 1 || all[0] != v {
					t.Errorf("%s sent %q, want %q", name, all, v)
				}
			}
			if twice := strings.Join(r.values("X-Twice"), ", "); twice != "a, b" {
				t.Errorf("%s sent %q", name, twice)
			}
			if r.body != content {
				t.Errorf("%s sent the content %q, want %q", name, r.body, content)
			}
			if types := r.values("Content-Type"); len(types) > 0 && name != "wget" {
				t.Errorf("%s adds the type %q", name, types)
			}
		}
	}
	if ran == 0 {
		t.Skip("none of the tools is here")
	}
}

func TestSnippetsInEachTool(t *testing.T) {
	var b strings.Builder
	for _, q := range []struct {
		Request
		content string
	}{
		{Request{URL: "https://www.example.com"}, ""},
		{Request{Method: "HEAD", URL: "https://www.example.com/../x?y"}, ""},
		{Request{Method: "POST", URL: "https://api.example.com/o'rders", Fields: []Line{{"Content-Type", "application/json"}, {"Authorization", "Bearer a'b"}, {"Host", "other.example"}, {"X-Empty", ""}}}, "{\"a\": \"it's\"}"},
		{Request{Method: "PURGE", URL: "https://www.example.com/", Fields: []Line{{"X-Odd", "a\x1b\u202e‘"}}}, ""},
	} {
		for _, name := range snippetNames {
			s, err := SnippetAs(name, q.Request, []byte(q.content))
			fmt.Fprintf(&b, "== %s: %v\n%s", name, err, s.Code)
			if err == nil && name == "go" {
				if _, err := format.Source([]byte("package a\n\nfunc f() error {\n" + s.Code + "\treturn nil\n}\n")); err != nil {
					t.Errorf("%v\n%s", err, s.Code)
				}
			}
		}
	}
	golden(t, "testdata/snippets.txt", []byte(b.String()))
}

func TestWhatCannotBeSent(t *testing.T) {
	for _, tt := range []struct {
		name, content, want string
		q                   Request
	}{
		{"curl", "", "one line", Request{URL: "http://a.example", Fields: []Line{{"A", "b\nC: d"}}}},
		{"curl", "", "one line", Request{URL: "http://a.example", Fields: []Line{{"A b", "c"}}}},
		{"curl", "", "http or https", Request{URL: "ftp://a.example"}},
		{"curl", "", "no method", Request{URL: "http://a.example", Method: "A;B"}},
		{"curl", "a\x00b", "NUL", Request{URL: "http://a.example"}},
		{"httpie", "", "backslash", Request{URL: "http://a.example", Fields: []Line{{"A", `x\:y`}}}},
		{"httpie", "", "trims", Request{URL: "http://a.example", Fields: []Line{{"A", "x\u0085"}}}},
		{"go", "", "control characters", Request{URL: "http://a.example", Fields: []Line{{"A", "x\x1b"}}}},
		{"httpie", "\xff", "as text", Request{URL: "http://a.example"}},
		{"wget", "", "dots", Request{URL: "http://a.example/a/../b"}},
		{"fetch", "x", "no content with GET", Request{URL: "http://a.example"}},
		{"fetch", "", "TRACE", Request{URL: "http://a.example", Method: "TRACE"}},
		{"powershell", "\xff", "no text", Request{URL: "http://a.example"}},
		{"telnet", "", "choose curl, httpie", Request{URL: "http://a.example"}},
	} {
		if _, err := SnippetAs(tt.name, tt.q, []byte(tt.content)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %+v: %v", tt.name, tt.q, err)
		}
	}
	if all := snippets(Request{URL: "http://a.example", Method: http.MethodTrace}, nil); len(all) != len(snippetNames)-1 {
		t.Errorf("%d snippets", len(all))
	}
}

// TestShellWordOfManyBytes has more of them than a shell may start processes
// for: one printf for each ended dash by a fault.
func TestShellWordOfManyBytes(t *testing.T) {
	for _, s := range []string{strings.Repeat("\xb1", 20000), strings.Repeat("a\x1b", 10000)} {
		shellReads(t, s)
	}
}

func FuzzShellWord(f *testing.F) {
	for _, v := range nasty {
		f.Add(v)
	}
	f.Add("a\xb1b!!%s\\'\n\x1b\n")
	f.Fuzz(func(t *testing.T, s string) { shellReads(t, strings.ReplaceAll(s, "\x00", "")) })
}

// shellReads holds the word for s against what sh reads in it.
func shellReads(t *testing.T, s string) {
	t.Helper()
	sh := exec.CommandContext(t.Context(), "sh")
	sh.Stdin = strings.NewReader("printf %s " + shellWord(s)) // an argument must be shorter than 128 KiB
	out, err := sh.Output()
	if err != nil || string(out) != s {
		t.Errorf("%d bytes, %.200q become %.200q: %v", len(s), s, out, err)
	}
}
