package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// look is the site as the tests in a browser see it.
type look struct {
	base, target  string
	strict        string // address of a second site, where bounds are reached
	saved, remove string // paths of a saved report and of the page that deletes it
}

// looked is a page to look at: an address of the site, or a form that is sent to
// one.
type looked struct {
	name   string
	path   string     // with what stands before it, if it is not of the site
	form   url.Values // nil: the path is visited
	status int        // 0: 200
}

// lookedTarget answers like a server with a lot to explain: redirects, then a
// 401 with two challenges, cookies and a long policy. Nothing of it changes from
// run to run.
func lookedTarget(busy <-chan struct{}) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Date", "Sat, 28 Nov 2026 12:00:00 GMT")
		switch r.URL.Path {
		case "/busy":
			select {
			case <-busy:
			case <-r.Context().Done():
			}
		case "/old":
			h.Set("Location", "/new")
			w.WriteHeader(http.StatusMovedPermanently)
			return
		case "/new":
			h.Set("Location", "/api")
			h.Set("Set-Cookie", "seen=1; Path=/")
			w.WriteHeader(http.StatusFound)
			return
		}
		h.Set("Content-Type", "text/html")
		h.Add("WWW-Authenticate", `Digest realm="a \"realm\"", nonce="n/+=", qop="auth, auth-int", opaque="o", algorithm=SHA-256`)
		h.Add("WWW-Authenticate", `Bearer realm=api, error="invalid_token", error_description="The token expired"`)
		h.Add("Set-Cookie", "id=1; SameSite=None")
		h.Add("Set-Cookie", "theme=dark; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000")
		h.Set("Cache-Control", "no-store, max-age=0, private")
		h.Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'unsafe-inline' https://cdn.example.com https://tags.example.net; style-src 'self' 'unsafe-inline'; "+
			"img-src 'self' data: https://images.example.com; connect-src 'self' https://api.example.com wss://live.example.com; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; "+
			"upgrade-insecure-requests; report-uri https://reports.example.com/csp/"+strings.Repeat("0123456789abcdef", 4))
		h.Set("Strict-Transport-Security", "max-age=300")
		h.Set("X-Request-Id", strings.Repeat("0123456789abcdef", 6))
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, "<!doctype html><title>No</title>")
	})
}

// newLook starts the site, a second one with narrow bounds, and their target.
func newLook(t *testing.T) look {
	t.Helper()
	busy := make(chan struct{})
	target := httptest.NewServer(lookedTarget(busy))
	t.Cleanup(target.Close)
	open := []string{"--allow-targets", "127.0.0.0/8", "--rate-burst", "0", "--rate-hour", "0", "--rate-site", "0"}
	var l look
	l.target = target.URL
	l.base, _ = serving(t, io.Discard, append(open, "--rate-saves", "0", "--mcp")...)
	l.strict, _ = serving(t, io.Discard, append(open, "--rate-saves", "1", "--outbound", "1", "--per-client", "9", "--share", "0s")...)
	receipt := l.post(t, l.base+"/r")
	l.saved = regexp.MustCompile(`/r/[A-Z0-9]+`).FindString(receipt)
	l.remove = regexp.MustCompile(`/r/[A-Z0-9]+/delete\?key=[A-Z0-9]+`).FindString(receipt)
	if l.saved == "" || l.remove == "" {
		t.Fatalf("saving a report answers %.2000s", receipt)
	}
	l.post(t, l.strict+"/r") // the one that it allows
	// Its only place is taken until the end.
	var gone context.CancelFunc
	ctx, gone := context.WithCancel(context.Background())
	left := make(chan struct{})
	go func() {
		defer close(left)
		for ctx.Err() == nil { // an inspection lasts ten seconds
			req, err := http.NewRequestWithContext(ctx, "GET", l.strict+"/api/v1/inspect?url="+l.target+"/busy", nil)
			if err != nil {
				return
			}
			if resp, err := http.DefaultClient.Do(req); err == nil {
				resp.Body.Close()
			}
		}
	}()
	t.Cleanup(func() { close(busy); gone(); <-left })
	return l
}

// post saves a report and returns the page that tells where it is.
func (l look) post(t *testing.T, address string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", address, strings.NewReader(url.Values{"url": {l.target + "/old"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// lookedHAR is a file with three entries.
func lookedHAR() string {
	var entries []string
	for i, code := range []int{200, 401, 503} {
		entries = append(entries, fmt.Sprintf(`{"startedDateTime":"2026-11-28T12:00:0%d.000Z","time":12,"request":{"method":"GET","url":"https://api.example.com/a/long/path/to/the/entry/%d?with=a&query=of&some=length","httpVersion":"HTTP/1.1","headers":[]},`+
			`"response":{"status":%d,"statusText":"","httpVersion":"HTTP/1.1","headers":[{"name":"WWW-Authenticate","value":"Bearer realm=\"api\""}],"content":{}}}`, i, i, code))
	}
	return `{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[` + strings.Join(entries, ",") + `]}}`
}

// pages is one page of every kind.
func (l look) pages() []looked {
	inspect := func(site, path, more string) string {
		return site + "/inspect?url=" + url.QueryEscape(l.target+path) + more
	}
	pasted := "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=x\nSet-Cookie: id=1\n\n"
	all := []looked{
		{name: "a report", path: inspect("", "/old", "")},
		{name: "a report with checks, an origin and options", path: inspect("", "/old", "&checks=1&discover=1&origin=https://app.example&script-method=PUT&script-headers=authorization")},
		{name: "a saved report", path: l.saved},
		{name: "a receipt", path: "/r", form: url.Values{"url": {l.target + "/old"}}, status: 201},
		{name: "the page that deletes", path: l.remove},
		{name: "changes", path: "/compare?left=" + l.saved + "&right=" + url.QueryEscape(l.target+"/api")},
		{name: "an explained text", path: "/explain", form: url.Values{"text": {pasted}}},
		{name: "an explained HAR", path: "/explain", form: url.Values{"text": {lookedHAR()}}},
		{name: "no text to explain", path: "/explain?text=x", status: 400},
		{name: "a check", path: "/check", form: url.Values{"urls": {l.target + "/old\n" + l.target + "/new\nftp://a"}}},
		{name: "a curl command", path: "/ask", form: url.Values{"q": {"curl -H 'Authorization: Bearer x' --resolve a:443:b https://api.example.com/v1"}}},
		{name: "a wrong address", path: "/inspect?url=ftp://a", status: 400},
		{name: "a wrong method", path: "/fields", form: url.Values{"a": {"b"}}, status: 405},
		{name: "too many saves", path: l.strict + "/r", form: url.Values{"url": {l.target + "/old"}}, status: 429},
		{name: "no place", path: inspect(l.strict, "/api", ""), status: 503},
		{name: "no page", path: "/realm-nowhere", status: 404},
	}
	for _, path := range []string{"/", "/401", "/511", "/419", "/fields/cache-control", "/schemes/bearer", "/findings/hsts-short", "/guides/cors-and-401",
		"/codes", "/fields", "/schemes", "/findings", "/guides", "/compare", "/compare/401-vs-403", "/choose", "/choose?at=who", "/search?q=token", "/search?q=xqzv",
		"/inspect", "/explain", "/check", "/api", "/try"} {
		all = append(all, looked{name: path, path: path})
	}
	return all
}

// open shows a page and waits until it is drawn.
func (l look) open(t *testing.T, ctx context.Context, p looked) {
	t.Helper()
	address := p.path
	if strings.HasPrefix(address, "/") {
		address = l.base + address
	}
	if p.form == nil {
		visit(t, ctx, address)
		return
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	visit(t, ctx, u.Scheme+"://"+u.Host+"/search")
	var fields strings.Builder
	for name, values := range p.form {
		fmt.Fprintf(&fields, "add(%q, %q);", name, values[0])
	}
	eval[bool](t, ctx, `(() => {
		const form = Object.assign(document.createElement("form"), { method: "post", action: `+fmt.Sprintf("%q", u.Path)+` });
		const add = (name, value) => form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
		`+fields.String()+`
		document.body.append(form);
		form.submit();
		return true;
	})()`)
	until(t, ctx, fmt.Sprintf(`location.pathname === %q && document.readyState === "complete"`, u.Path))
}

// settle waits until what script adds is drawn.
func settle(t *testing.T, ctx context.Context) {
	t.Helper()
	eval[bool](t, ctx, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
}

// wide sets the size of the window.
func wide(t *testing.T, ctx context.Context, width, height int64) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.EmulateViewport(width, height)); err != nil {
		t.Fatal(err)
	}
}
