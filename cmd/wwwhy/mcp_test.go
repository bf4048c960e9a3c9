package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestAnAgentSpeaksOverPipes starts the program itself and talks to it as an
// agent does: a question, its answer, the next question.
func TestAnAgentSpeaksOverPipes(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="Staff"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer target.Close()
	for _, tt := range []struct {
		flags []string
		want  string
	}{
		{nil, "It accepts Basic."},
		{[]string{"--public-only"}, "not a public address"},
	} {
		cmd := exec.CommandContext(t.Context(), "wwwhy", append([]string{"mcp"}, tt.flags...)...)
		in, lines := piped(t, cmd)
		ask := func(id int, method, params string) (r struct {
			ID     int
			Result struct {
				ServerInfo        struct{ Name string }
				Content           []struct{ Text string }
				StructuredContent struct{ Verdict string }
			}
		}) {
			t.Helper()
			fmt.Fprintf(in, `{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`+"\n", id, method, params)
			line, err := lines.ReadBytes('\n')
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(line, &r); err != nil || r.ID != id {
				t.Fatalf("%v: %s", err, line)
			}
			return r
		}
		if r := ask(1, "initialize", `{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}`); r.Result.ServerInfo.Name != "wwwhy" {
			t.Errorf("%+v", r)
		}
		fmt.Fprintln(in, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
		r := ask(2, "tools/call", fmt.Sprintf(`{"name":"inspect","arguments":{"url":%q}}`, target.URL))
		if len(r.Result.Content) != 1 || !strings.Contains(r.Result.Content[0].Text, tt.want) || !strings.Contains(r.Result.StructuredContent.Verdict, tt.want) {
			t.Errorf("%v: %+v", tt.flags, r)
		}
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("at the end of its input: %v", err)
		}
	}
}

// TestAnInterruptEndsAnAgentsSession interrupts while an inspection hangs.
func TestAnInterruptEndsAnAgentsSession(t *testing.T) {
	asked, release := make(chan bool, 1), make(chan bool)
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- true
		<-release
	}))
	defer target.Close()
	defer close(release)
	cmd := exec.CommandContext(t.Context(), "wwwhy", "mcp", "--timeout", "1h")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(in, `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}`)
	fmt.Fprintln(in, `{"jsonrpc":"2.0","method":"notifications/initialized"}`)
	fmt.Fprintf(in, `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"inspect","arguments":{"url":%q}}}`+"\n", target.URL)
	<-asked
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}
