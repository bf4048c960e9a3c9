package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"wwwhy/content"
	"wwwhy/web/inspect"
	"wwwhy/web/report"
)

// target is a server that says no in several ways.
func target(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/echo":
			body, _ := io.ReadAll(r.Body)
			w.Header().Set("X-Got", r.Method+" "+r.Header.Get("X-Mine")+" "+string(body))
		case "/hidden":
			w.Header().Set("X-Note", "a\u202eb\U000e0041")
		case "/huge":
			for i := range 900 {
				w.Header().Add(fmt.Sprintf("X-%d", i), strings.Repeat("x", 100))
			}
		default:
			w.Header().Set("WWW-Authenticate", `Basic realm="Staff"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func config(t *testing.T, public bool) Config {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var c inspect.Config
	c.AllowAll = !public
	return Config{Library: lib, Inspector: inspect.New(lib, c), Version: "test", PublicURL: "https://why.example"}
}

// connected is a client of a server in memory.
func connected(t *testing.T, c Config) *mcp.ClientSession {
	ours, theirs := mcp.NewInMemoryTransports()
	s, err := (&tools{Config: c}).server(nil).Connect(t.Context(), ours, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return client(t, theirs)
}

func client(t *testing.T, transport mcp.Transport) *mcp.ClientSession {
	s, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func call(t *testing.T, s *mcp.ClientSession, tool string, args map[string]any) (text string, r *mcp.CallToolResult) {
	t.Helper()
	r, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		t.Fatalf("%s %v: %v", tool, args, err)
	}
	return r.Content[0].(*mcp.TextContent).Text, r
}

func TestToolsAnswer(t *testing.T) {
	url := target(t)
	s := connected(t, config(t, false))
	const pasted = "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error=\"invalid_token\"\n"
	for _, tt := range []struct {
		tool string
		args map[string]any
		want string
	}{
		{"lookup", map[string]any{"name": "401"}, "# 401 Unauthorized"},
		{"lookup", map[string]any{"name": "401"}, "This page: https://why.example/401"},
		{"lookup", map[string]any{"name": "WWW-Authenticate"}, "# WWW-Authenticate"},
		{"lookup", map[string]any{"name": "scheme:Bearer"}, "# Bearer"},
		{"lookup", map[string]any{"name": "401-without-challenge"}, "# "},
		{"lookup", map[string]any{"name": "authorization required login"}, "- `code:401` (401 Unauthorized)"},
		{"explain", map[string]any{"response": pasted}, "WWW-Authenticate: `Bearer`"},
		{"explain", map[string]any{"response": "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=\"x\"\n", "url": "http://www.example.com/"}, "credentials-in-the-clear"},
		{"inspect", map[string]any{"url": url + "/staff"}, "It accepts Basic."},
		{"inspect", map[string]any{"url": url + "/echo", "body": "abc", "fields": []string{"X-Mine: 1"}}, "POST 1 abc"},
	} {
		text, r := call(t, s, tt.tool, tt.args)
		if !strings.Contains(text, tt.want) || r.IsError {
			t.Errorf("%s %v: error %v\n%s", tt.tool, tt.args, r.IsError, text)
		}
	}
}

// TestMistakesAreSentences wants what cannot be done as an error of the tool,
// which the model sees, not of the protocol.
func TestMistakesAreSentences(t *testing.T) {
	url := target(t)
	open := connected(t, config(t, false))
	closed := config(t, true)
	closed.Safe = true
	bound := connected(t, closed)
	for _, tt := range []struct {
		s    *mcp.ClientSession
		tool string
		args map[string]any
		want string
	}{
		{open, "lookup", map[string]any{"name": ""}, "name must have 1 to"},
		{open, "lookup", map[string]any{"name": "qzxqzx"}, "there is no page on"},
		{open, "lookup", map[string]any{}, "name"},
		{open, "explain", map[string]any{"response": ""}, "There is no text."},
		{open, "explain", map[string]any{"response": "Dear server"}, "line 1, column 1"},
		{open, "explain", map[string]any{"response": "HTTP/1.1 200 OK\n", "request_fields": []string{"no"}}, "write each as Name: value"},
		{open, "inspect", map[string]any{"url": "ftp://a.example/"}, "only http and https"},
		{open, "inspect", map[string]any{"url": ""}, "url must have"},
		{open, "inspect", map[string]any{"url": url, "fields": []string{"A: b\r\nC: d"}}, "write each as Name: value"},
		{open, "inspect", map[string]any{"url": url, "agent": "mosaic"}, "there is no client named"},
		{open, "inspect", map[string]any{"url": url, "http": "4"}, "there is no HTTP/4"},
		{open, "inspect", map[string]any{"url": url, "ip": 5}, "there is no IPv5"},
		{open, "inspect", map[string]any{"url": url, "method": "A B"}, "is no method"},
		{bound, "inspect", map[string]any{"url": url, "method": "DELETE"}, "DELETE is not asked from here"},
		{bound, "inspect", map[string]any{"url": url, "body": "x"}, "POST is not asked from here"},
	} {
		text, r := call(t, tt.s, tt.tool, tt.args)
		if !r.IsError || !strings.Contains(text, tt.want) {
			t.Errorf("%s %v: error %v, %s", tt.tool, tt.args, r.IsError, text)
		}
	}
	if text, r := call(t, bound, "inspect", map[string]any{"url": url}); r.IsError || !strings.Contains(text, "not a public address") {
		t.Errorf("a private address is asked: %s", text)
	}
}

func TestWhoAdmitsMayRefuse(t *testing.T) {
	c := config(t, false)
	left := 0
	c.Admit = func(_ context.Context, r *http.Request, target inspect.Target) (func(), error) {
		if r != nil && r.Header.Get("X-Who") == "stranger" {
			return nil, errors.New("you are a stranger; come back later")
		}
		return func() { left++ }, nil
	}
	url := target(t)
	call(t, connected(t, c), "inspect", map[string]any{"url": url})
	if left != 1 {
		t.Errorf("left %d times", left)
	}
	site := httptest.NewServer(Handler(c))
	defer site.Close()
	as := func(who string) *mcp.ClientSession {
		return client(t, &mcp.StreamableClientTransport{Endpoint: site.URL, HTTPClient: &http.Client{Transport: marked{who}}, DisableStandaloneSSE: true})
	}
	if text, r := call(t, as("stranger"), "inspect", map[string]any{"url": url}); !r.IsError || !strings.Contains(text, "stranger") {
		t.Errorf("admitted: %s", text)
	}
	if text, r := call(t, as("friend"), "inspect", map[string]any{"url": url}); r.IsError || !strings.Contains(text, "It accepts Basic.") {
		t.Errorf("refused: %s", text)
	}
}

// marked names the client in each request.
type marked struct{ who string }

func (m marked) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Who", m.who)
	return http.DefaultTransport.RoundTrip(r)
}

// TestTheStructuredAnswerIsTheReport holds it against its schema and shape.
func TestTheStructuredAnswerIsTheReport(t *testing.T) {
	url := target(t)
	s := connected(t, config(t, false))
	_, r := call(t, s, "inspect", map[string]any{"url": url + "/staff"})
	data, err := json.Marshal(r.StructuredContent)
	if err != nil {
		t.Fatal(err)
	}
	var got bounded
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got.Verdict, "Basic") || len(got.Exchanges) != 1 || got.Exchanges[0].Challenges[0].Scheme != "Basic" || got.Findings == nil {
		t.Errorf("%s", data)
	}
	schema, err := reportSchema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(r.StructuredContent); err != nil {
		t.Error(err)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	url := target(t)
	s := connected(t, config(t, false))
	text, r := call(t, s, "inspect", map[string]any{"url": url + "/huge"})
	data, _ := json.Marshal(r.StructuredContent)
	if len(text) > mostMarkdown+100 || len(data) > mostJSON+100 || !strings.Contains(text, "more bytes are left out") || !strings.Contains(string(data), "field lines") {
		t.Errorf("%d bytes of Markdown, %d of JSON", len(text), len(data))
	}
	// Whatever a report holds, it becomes short enough.
	big := report.Report{Verdict: strings.Repeat("ä", 100_000)}
	for range 200 {
		big.Findings = append(big.Findings, report.Finding{Summary: strings.Repeat("x", 20_000)})
		big.Exchanges = append(big.Exchanges, report.Exchange{URL: strings.Repeat("y", 8000), Fields: []report.Field{{Value: strings.Repeat("z", 10_000)}}})
	}
	for i := range 4 {
		out, err := shortJSON(big)
		if err != nil || len(out) > mostJSON || !json.Valid(out) {
			t.Errorf("step %d: %d bytes, %v", i, len(out), err)
		}
		switch i {
		case 0:
			big.Verdict = "short"
		case 1:
			big.Findings = big.Findings[:3]
		case 2:
			big.Exchanges = big.Exchanges[:3]
		}
	}
	if len(big.Exchanges[0].Fields[0].Value) != 10_000 {
		t.Error("the report itself was changed")
	}
	if got := shortened("a\n```\n"+strings.Repeat("ä\n", 100), 101); strings.Count(got, "```") != 2 {
		t.Errorf("a fence stays open: %s", got)
	}
}

// TestHiddenCharactersAreEscapes reads the bytes of the wire: what a person
// does not see must not reach a model unseen.
func TestHiddenCharactersAreEscapes(t *testing.T) {
	url := target(t)
	site := httptest.NewServer(Handler(config(t, false)))
	defer site.Close()
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"inspect","arguments":{"url":%q}}}`, url+"/hidden")
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, site.URL, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusOK || !bytes.Contains(data, []byte(`a\u202eb\udb40\udc41`)) || !bytes.Contains(data, []byte(`\\u{202E}`)) || bytes.ContainsAny(data, "\u202e\U000e0041") {
		t.Errorf("%s\n%s", resp.Status, data)
	}
}

func TestTheToolsDescribeThemselves(t *testing.T) {
	for _, safe := range []bool{false, true} {
		c := config(t, false)
		c.Safe = safe
		s := connected(t, c)
		all, err := s.ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, tool := range all.Tools {
			names = append(names, tool.Name)
			if tool.Name == "inspect" && tool.Annotations.ReadOnlyHint != safe {
				t.Errorf("safe %v, but read-only %v", safe, tool.Annotations.ReadOnlyHint)
			}
		}
		if strings.Join(names, " ") != "explain inspect lookup" {
			t.Errorf("tools: %v", names)
		}
		data, _ := json.Marshal(all)
		if len(data) > 8<<10 {
			t.Errorf("the descriptions have %d bytes", len(data))
		}
		if s.InitializeResult().Instructions == "" || s.InitializeResult().ServerInfo.Version != "test" {
			t.Errorf("%+v", s.InitializeResult())
		}
	}
}

// TestAFaultOfAToolEndsItsCallOnly: there is no inspector, so that each call of
// these panics.
func TestAFaultOfAToolEndsItsCallOnly(t *testing.T) {
	c := config(t, true)
	c.Inspector = nil
	told := make(chan any, 2)
	c.Broken = func(v any) { told <- v }
	s := connected(t, c)
	for tool, args := range map[string]map[string]any{"explain": {"response": "HTTP/1.1 401 X\n"}, "inspect": {"url": "https://www.example.com/"}} {
		_, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: args})
		if err == nil || !strings.Contains(err.Error(), "fault of ours") {
			t.Errorf("%s: %v", tool, err)
		}
	}
	if len(told) != 2 {
		t.Errorf("%d panics were told of, want 2", len(told))
	}
	if text, _ := call(t, s, "lookup", map[string]any{"name": "401"}); !strings.Contains(text, "# 401") {
		t.Errorf("afterwards, lookup gives %s", text)
	}
}
