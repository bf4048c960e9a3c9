package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wwwhy": main})
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
		case "/moved":
			http.Redirect(w, r, "/ok", http.StatusFound)
		default:
			w.Header().Set("WWW-Authenticate", `Basic realm="Staff", charset="UTF-8"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(target.Close)
	testscript.Run(t, testscript.Params{Dir: "testdata", Setup: func(e *testscript.Env) error {
		e.Setenv("TARGET", target.URL)
		_, port, _ := strings.Cut(strings.TrimPrefix(target.URL, "http://"), ":")
		e.Setenv("PORT", port)
		return nil
	}})
}

// TestEveryFlagHasItsVariableAndItsLine holds the settings of serve against
// their environment variables and the README.
func TestEveryFlagHasItsVariableAndItsLine(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	kind := reflect.TypeFor[serveCommand]()
	for i := range kind.NumField() {
		f := kind.Field(i)
		var flag strings.Builder
		for j, r := range f.Name {
			if r >= 'A' && r <= 'Z' && j > 0 && (f.Name[j-1] >= 'a' || j+1 < len(f.Name) && f.Name[j+1] >= 'a') {
				flag.WriteByte('-')
			}
			flag.WriteString(strings.ToLower(string(r)))
		}
		want := "WWWHY_" + strings.ToUpper(strings.ReplaceAll(flag.String(), "-", "_"))
		if got := f.Tag.Get("env"); got != want {
			t.Errorf("--%s has the variable %q, want %s", flag.String(), got, want)
		}
		if !strings.Contains(string(readme), "`--"+flag.String()) || !strings.Contains(string(readme), want) {
			t.Errorf("README.md does not tell of --%s and %s", flag.String(), want)
		}
	}
}

// TestServeServesAndStops runs the server until its context ends.
func TestServeServesAndStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	out := &announcement{address: make(chan string, 1)}
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"serve", "--addr", "127.0.0.1:0"}, strings.NewReader(""), out, &strings.Builder{})
	}()
	address := <-out.address
	if code := run(t.Context(), []string{"healthcheck", "--addr", strings.TrimPrefix(address, "http://")}, nil, &strings.Builder{}, &strings.Builder{}); code != 0 {
		t.Errorf("the health check exits with %d", code)
	}
	resp, err := http.Get(address + "/401")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("/401 answers %s", resp.Status)
	}
	cancel()
	if code := <-done; code != 0 {
		t.Errorf("serve exits with %d", code)
	}
}

// announcement is a writer that catches the address that serve prints.
type announcement struct{ address chan string }

func (a *announcement) Write(p []byte) (int, error) {
	if _, after, ok := strings.Cut(string(p), "serves "); ok {
		a.address <- strings.TrimSpace(after)
	}
	return len(p), nil
}
