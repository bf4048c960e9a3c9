package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"wwwhy/content"
	"wwwhy/web/fetch/fetchtest"
	"wwwhy/web/inspect"
	"wwwhy/web/limit"
	"wwwhy/web/report"
)

// site starts the site, with loopback as an allowed target, and returns its
// address and the library behind it.
func site(t testing.TB) (string, *content.Library) {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var c inspect.Config
	c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	c.Mark = "wwwhy/1"
	named := fetchtest.NewSite(t, http.HandlerFunc(entrance), []string{"example.com", "www.example.com"}, "example.com", "www.example.com")
	c.Resolve, c.RootCAs = named.Resolve, named.Roots
	c.Turns = limit.NewTurns(1) // one turn taken inside another would never end
	server := httptest.NewUnstartedServer(nil)
	public := "http://" + server.Listener.Addr().String()
	server.Config.Handler = New(Config{Library: lib, Inspector: inspect.New(lib, c), Turns: c.Turns, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), PublicURL: public, Contact: "mailto:operator@example.com"})
	server.Start()
	t.Cleanup(server.Close)
	return public, lib
}

// client follows nothing, so that answers are seen as they are.
var client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// TestScripts runs the files of testdata: requests, each followed by what its
// answer must be.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	base, _ := site(t)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="<api>", error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(target.Close)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(data), "TARGET", target.URL)
		for i, step := range strings.Split(strings.TrimSpace(text), "\n\n") {
			t.Run(fmt.Sprintf("%s/%d", strings.TrimSuffix(filepath.Base(file), ".txt"), i+1), func(t *testing.T) { runStep(t, base, step) })
		}
	}
}

// runStep sends the request of a step and checks its answer.
func runStep(t *testing.T, base, step string) {
	lines := strings.Split(step, "\n")
	for len(lines) > 0 && strings.HasPrefix(lines[0], "#") {
		lines = lines[1:]
	}
	if len(lines) == 0 {
		return
	}
	method, path, _ := strings.Cut(lines[0], " ")
	var body io.Reader
	fields := http.Header{"Accept": {"text/html"}}
	var checks []string
	for _, l := range lines[1:] {
		switch {
		case strings.HasPrefix(l, "content "):
			body = strings.NewReader(strings.NewReplacer(`\r`, "\r", `\n`, "\n").Replace(strings.TrimPrefix(l, "content ")))
		case strings.HasPrefix(l, "> "):
			name, value, _ := strings.Cut(l[2:], ": ")
			fields.Set(name, value)
		default:
			checks = append(checks, l)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, base+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = fields
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if err := check(c, resp, string(got)); err != nil {
			t.Errorf("%s %s: %v\n%.600s", method, path, err, got)
		}
	}
}

// check holds one line of a script against an answer.
func check(line string, resp *http.Response, body string) error {
	what, want, _ := strings.Cut(line, " ")
	switch what {
	case "status":
		if fmt.Sprint(resp.StatusCode) != want {
			return fmt.Errorf("status %d, want %s", resp.StatusCode, want)
		}
	case "field":
		name, value, _ := strings.Cut(want, ": ")
		if got := strings.Join(resp.Header.Values(name), ", "); got != value {
			return fmt.Errorf("field %s: %q, want %q", name, got, value)
		}
	case "contains":
		if !strings.Contains(body, want) {
			return fmt.Errorf("the content lacks %q", want)
		}
	case "lacks":
		if strings.Contains(body, want) {
			return fmt.Errorf("the content has %q", want)
		}
	default:
		return fmt.Errorf("no such check: %s", line)
	}
	return nil
}

// links returns the addresses that a page leads to, and its ids.
func links(t *testing.T, page []byte) (to []string, ids map[string]bool) {
	t.Helper()
	ids = map[string]bool{}
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			switch {
			case a.Key == "href" || a.Key == "src":
				to = append(to, a.Val)
			case a.Key == "id" && ids[a.Val]:
				t.Errorf("the id %s stands twice on a page", a.Val)
			case a.Key == "id":
				ids[a.Val] = true
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("<%s %s=%q> is not allowed by our own policy", n.Data, a.Key, a.Val)
			}
		}
	}
	return to, ids
}

// TestEveryLinkLeadsSomewhere fetches every page that can be reached from the
// home page, follows every link of it once, and has each answer judged by our
// own inspector, which must find nothing to warn of.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	base, lib := site(t)
	judge := inspect.New(lib, inspect.Config{})
	anchors := map[string]map[string]bool{}
	wanted := map[string][]string{} // page to the anchors that others link to
	queue, seen := []string{"/", "/sitemap.xml", "/robots.txt"}, map[string]bool{"/": true}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		req, err := http.NewRequestWithContext(t.Context(), "GET", base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept", "text/html")
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 200 && resp.StatusCode != 303 {
			t.Errorf("%s answers %s", path, resp.Status)
			continue
		}
		obeys(t, judge, resp, base+path)
		if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			continue
		}
		if bytes.Contains(body, []byte("&amp;amp;")) || bytes.Contains(body, []byte("&amp;lt;")) || bytes.Contains(body, []byte("raw HTML omitted")) {
			t.Errorf("%s shows signs of double escaping, or of HTML in an article", path)
		}
		to, ids := links(t, body)
		anchors[path] = ids
		for _, l := range to {
			u, err := url.Parse(l)
			if err != nil || u.Host != "" {
				continue
			}
			target := u.Path
			if target == "" {
				target = path
			}
			if u.Fragment != "" {
				wanted[target] = append(wanted[target], u.Fragment)
			}
			if u.RawQuery != "" {
				target += "?" + u.RawQuery
			}
			if strings.HasPrefix(target, "/try/") || strings.HasPrefix(target, "/inspect?url=%2Ftry") {
				continue // their status is what was asked for; package trial tests them
			}
			if !seen[target] {
				seen[target] = true
				queue = append(queue, target)
			}
		}
	}
	for path, fragments := range wanted {
		for _, f := range fragments {
			if ids, ok := anchors[path]; ok && !ids[f] {
				t.Errorf("something links to %s#%s, which is not there", path, f)
			}
		}
	}
	if len(seen) < 400 {
		t.Errorf("only %d pages were reached", len(seen))
	}
}

// obeys has an answer of ours judged by our own rules.
func obeys(t *testing.T, judge *inspect.Inspector, resp *http.Response, from string) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %s\n", resp.Status)
	for name, values := range resp.Header {
		for _, v := range values {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	r, err := judge.Text(t.Context(), b.String()+"\n", inspect.Pasted{URL: from})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		if f.Severity == "error" || f.Severity == "warning" {
			t.Errorf("our own %s: %s", from, f.Summary)
		}
	}
}

func TestTheReportIsTheSameOnEverySurface(t *testing.T) {
	base, lib := site(t)
	text := "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\n\r\n"
	resp, err := http.Post(base+"/api/v1/explain", "text/plain", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var viaAPI report.Report
	if err := json.NewDecoder(resp.Body).Decode(&viaAPI); err != nil {
		t.Fatal(err)
	}
	direct, err := inspect.New(lib, inspect.Config{}).Text(t.Context(), text, inspect.Pasted{})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(viaAPI)
	b, _ := json.Marshal(direct)
	if !bytes.Equal(a, b) {
		t.Errorf("the API says\n%s\nthe engine says\n%s", a, b)
	}
	page, err := http.PostForm(base+"/explain", url.Values{"text": {text}})
	if err != nil {
		t.Fatal(err)
	}
	defer page.Body.Close()
	body, _ := io.ReadAll(page.Body)
	for _, want := range []string{"wants you to sign in (401)", "challenge-unquoted-realm", "Basic realm=&#34;x&#34;", "The realm is not in quotation marks."} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
