package web

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"wwwhy/content"
	"wwwhy/web/inspect"
	"wwwhy/web/listen"
	"wwwhy/web/openapi"
)

// raw sends bytes to a site and returns the head of the answer, without the
// lines of Date.
func raw(t *testing.T, base, request string) (*http.Response, string) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(request, " ")
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%.100q: %v", request, err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	return resp, string(body)
}

// served starts the site in the server that wwwhy serve has.
func served(t *testing.T) string {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	server := httptest.NewUnstartedServer(nil)
	base := "http://" + server.Listener.Addr().String()
	server.Config = listen.NewServer(New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Log: log, PublicURL: base, Contact: "mailto:operator@example.com", MCP: true}), 30*time.Second, false, log)
	server.Start()
	t.Cleanup(server.Close)
	return base
}

// TestMethodsOutsideTheAPI asks pages for methods that they have not.
func TestMethodsOutsideTheAPI(t *testing.T) {
	base := served(t)
	for _, c := range []struct{ path, allow string }{
		{"/", "GET, HEAD, OPTIONS"}, {"/401", "GET, HEAD, OPTIONS"}, {"/401.md", "GET, HEAD, OPTIONS"}, {"/fields/allow", "GET, HEAD, OPTIONS"}, {"/explain", "GET, HEAD, POST, OPTIONS"}, {"/r", "POST, OPTIONS"},
		{"/r/AAAAAAAAAAAAAAAAAAAAAAAAAA/delete", "GET, HEAD, POST, OPTIONS"}, {"/robots.txt", "GET, HEAD, OPTIONS"}, {"/mcp", "GET, HEAD, POST, DELETE, OPTIONS"}, {"/api/v1/codes", "GET, HEAD, OPTIONS"}, {"/api/v1/reports/x", "GET, HEAD, DELETE, OPTIONS"},
		{"/try/401", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"},
	} {
		if resp, body := do(t, "OPTIONS", base+c.path, ""); !strings.HasPrefix(c.path, "/try/") && (resp.StatusCode != 204 || resp.Header.Get("Allow") != c.allow || body != "" || resp.Header.Get("X-Content-Type-Options") == "") {
			t.Errorf("OPTIONS %s: %d, Allow %q, want %q", c.path, resp.StatusCode, resp.Header.Get("Allow"), c.allow)
		}
		for _, method := range []string{"PUT", "PATCH", "DELETE", "POST", "TRACE", "BREW", "get"} {
			if slices.Contains(strings.Split(c.allow, ", "), method) {
				continue
			}
			want := 405
			if method == "TRACE" || method == "BREW" || method == "get" {
				want = 501 // nothing here has it (RFC 9110, Sections 9.1 and 15.6.2)
			}
			for accept, media := range map[string]string{"text/html": "text/html; charset=utf-8", "application/json": "application/problem+json", "": "text/html; charset=utf-8"} {
				if strings.HasPrefix(c.path, "/api/") {
					media = "application/problem+json"
				}
				resp, body := do(t, method, base+c.path, "", "Accept", accept)
				if resp.StatusCode != want || resp.Header.Get("Allow") != c.allow || resp.Header.Get("Content-Type") != media || resp.Header.Get("Cache-Control") != "no-store" || !strings.Contains(body, "The method "+method) {
					t.Errorf("%s %s as %q: %d, Allow %q, %s, %.200s", method, c.path, accept, resp.StatusCode, resp.Header.Get("Allow"), resp.Header.Get("Content-Type"), body)
				}
			}
		}
	}
	for method, status := range map[string]int{"OPTIONS": 404, "PUT": 404, "DELETE": 404, "BREW": 501, "TRACE": 501} {
		if resp, _ := do(t, method, base+"/nope", ""); resp.StatusCode != status || resp.Header.Get("Allow") != "" {
			t.Errorf("%s of nothing: %d, Allow %q", method, resp.StatusCode, resp.Header.Get("Allow"))
		}
	}
	if _, body := do(t, "get", base+"/401", "", "Accept", "application/json"); !strings.Contains(body, "GET") || !strings.Contains(body, "#problem-not-implemented") {
		t.Errorf("a method in small letters: %s", body)
	}
}

// TestTheServerAsAWhole asks for "*" (RFC 9110, Section 9.3.7), which is for
// OPTIONS alone (RFC 9112, Section 3.2.4), and for a tunnel.
func TestTheServerAsAWhole(t *testing.T) {
	base := served(t)
	resp, body := raw(t, base, "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	if resp.StatusCode != 204 || resp.Header.Get("Allow") != "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" || body != "" || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("OPTIONS *: %d %v %q", resp.StatusCode, resp.Header, body)
	}
	for request, status := range map[string]int{"GET *": 400, "BREW *": 501, "CONNECT www.example.com:443": 501, "CONNECT /401": 501, "TRACE /401": 501, "OPTIONS http://x/401": 204, "GET http://x/401": 200} {
		resp, body := raw(t, base, request+" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer s3cret\r\nConnection: close\r\n\r\n")
		if resp.StatusCode != status || strings.Contains(body, "s3cret") {
			t.Errorf("%s: %d, want %d: %.300s", request, resp.StatusCode, status, body)
		}
	}
}

// TestHEADIsGETWithoutContent compares the fields of both on every route of GET
// (RFC 9110, Section 9.3.2).
func TestHEADIsGETWithoutContent(t *testing.T) {
	base, _ := site(t)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	t.Cleanup(target.Close)
	known := saveOne(t, base)
	n := 0
	for route, requests := range ownRequests {
		if !strings.HasPrefix(route, "GET ") || strings.HasPrefix(route, "GET /mcp") {
			continue
		}
		for _, q := range requests {
			address := base + known.Replace(strings.ReplaceAll(q.path, "TARGET", target.URL))
			if strings.Contains(q.path, "SITE") || strings.Contains(q.path, "delay=") || strings.Contains(q.path, "times=") {
				continue
			}
			for _, accept := range []string{"text/html", "application/json", "text/plain"} {
				n++
				fields := append([]string{"Accept", accept, "Accept-Encoding", "br"}, q.fields...)
				get, content := do(t, "GET", address, "", fields...)
				head, none := do(t, "HEAD", address, "", fields...)
				if get.StatusCode != head.StatusCode || none != "" {
					t.Errorf("%s as %s: %d, HEAD %d with %d bytes", q.path, accept, get.StatusCode, head.StatusCode, len(none))
				}
				if length := head.Header.Get("Content-Length"); length != "" && length != fmt.Sprint(len(content)) && !strings.Contains(q.path, "url=") && !strings.Contains(q.path, "left=") && !strings.Contains(q.path, "site=") { // times and ports differ
					t.Errorf("%s as %s: HEAD says %s bytes, there are %d", q.path, accept, length, len(content))
				}
				for _, h := range []http.Header{get.Header, head.Header} {
					// What is there only while content is made (RFC 9110, Section 9.3.2),
					// and what is another in each answer.
					for _, name := range []string{"Date", "Content-Length", "Ratelimit", "Trailer"} {
						h.Del(name)
					}
				}
				if !maps.EqualFunc(get.Header, head.Header, slices.Equal) {
					t.Errorf("%s as %s:\nGET  %v\nHEAD %v", q.path, accept, get.Header, head.Header)
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d requests", n)
	}
}

// TestAllowIsWhatRoutesAnswer compares Allow with what each path of the document
// does.
func TestAllowIsWhatRoutesAnswer(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	router := New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Log: slog.New(slog.DiscardHandler)}).(*server).router.(chi.Routes)
	for _, o := range openapi.Operations() {
		path := strings.NewReplacer("{name}", "x", "{id}", "x", "{code}", "401", "{form}", "json").Replace(o.Path)
		if all := methodsAt(router, path); !slices.Contains(all, o.Method) || all[len(all)-1] != "OPTIONS" || o.Method == "GET" && !slices.Contains(all, "HEAD") {
			t.Errorf("%s: %v", path, all)
		}
	}
}
