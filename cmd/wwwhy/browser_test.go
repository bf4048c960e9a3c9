package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// axe is the source of axe-core, which .ci/run installs from npm.
func axe(t *testing.T) string {
	t.Helper()
	file := os.Getenv("WWWHY_AXE")
	if file == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("CI needs WWWHY_AXE, the path of axe.min.js")
		}
		return ""
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// browser starts Chromium, or skips the test where there is none: a fresh
// machine has only Go. In CI a missing browser is a failure.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil || os.Getenv("WWWHY_BROWSER") == "" {
		if os.Getenv("CI") == "true" && os.Getenv("WWWHY_BROWSER") != "skip" {
			t.Fatal("CI needs Chromium: .ci/run installs it and sets WWWHY_BROWSER=1 and WWWHY_AXE")
		}
		t.Skip("set WWWHY_BROWSER=1 to drive Chromium")
	}
	alloc, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true))...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 8*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// visit opens a page and waits until it is drawn.
func visit(t *testing.T, ctx context.Context, url string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatalf("opening %s: %v", url, err)
	}
}

// eval runs an expression in the page.
func eval[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%.200s: %v", expression, err)
	}
	return v
}

// accessible runs axe on the page that is open.
func accessible(t *testing.T, ctx context.Context, source, what string) {
	t.Helper()
	if source == "" {
		return
	}
	eval[bool](t, ctx, source+"; true")
	found := eval[string](t, ctx, `axe.run().then(r => JSON.stringify(r.passes.length === 0 ? ["nothing was checked"] : r.violations.map(v => v.id + ": " + v.nodes.map(n => n.target.join(" ") + " " + n.failureSummary).join("; "))))`)
	var violations []string
	if err := json.Unmarshal([]byte(found), &violations); err != nil {
		t.Fatal(err)
	}
	for _, v := range violations {
		t.Errorf("%s: axe finds %.700s", what, v)
	}
}

// TestVisitorInChromium goes the way of a visitor: finds 401 from the home
// page, inspects a server, sees its challenge explained.
func TestVisitorInChromium(t *testing.T) {
	ctx := browser(t)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if algorithm, ok := strings.CutPrefix(r.URL.Path, "/digest/"); ok {
			w.Header().Set("WWW-Authenticate", `Digest realm="a \"realm\"", nonce="n/+=", qop="auth", opaque="o", algorithm=`+algorithm)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.URL.Path == "/basic" {
			w.Header().Set("WWW-Authenticate", `Basic realm="x", charset="UTF-8"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/api", http.StatusMovedPermanently)
			return
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm=api, error="invalid_token"`)
		w.Header().Set("Set-Cookie", "id=1; SameSite=None")
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(target.Close)
	out := &announcement{address: make(chan string, 1)}
	done := make(chan int, 1)
	serving, stop := context.WithCancel(t.Context())
	go func() {
		done <- run(serving, []string{"serve", "--addr", "127.0.0.1:0", "--allow-targets", "127.0.0.0/8", "--rate-burst", "0", "--rate-hour", "0", "--rate-site", "0", "--mcp"}, nil, out, &strings.Builder{})
	}()
	t.Cleanup(func() { stop(); <-done })
	base := <-out.address

	visit(t, ctx, base+"/")
	eval[bool](t, ctx, `document.querySelector("#ask").value = "401"; document.querySelector("form.ask").requestSubmit(); true`)
	until(t, ctx, `location.pathname === "/401" && document.readyState === "complete"`)
	if h := eval[string](t, ctx, `document.querySelector("h1").innerText`); !strings.Contains(h, "Unauthorized") {
		t.Errorf("the page for 401 is headed %q", h)
	}

	visit(t, ctx, base+"/inspect")
	eval[bool](t, ctx, `document.querySelector("#url").value = "`+target.URL+`/old"; document.querySelector("form.ask").requestSubmit(); true`)
	until(t, ctx, `document.querySelector("#verdict") !== null && document.readyState === "complete"`)
	text := eval[string](t, ctx, `document.querySelector("main").innerText`)
	for _, want := range []string{"After a redirect: This page wants you to sign in (401)", "Authorization: Bearer ACCESS-TOKEN", "The realm is not in quotation marks", "renew", "cookie-none-without-secure"} {
		if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) && want != "renew" {
			t.Errorf("the report lacks %q", want)
		}
	}

	computed(t, ctx, base, target.URL)
}

// until waits for an expression to become true.
func until(t *testing.T, ctx context.Context, expression string) {
	t.Helper()
	for range 800 {
		v, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		if err == nil && v {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("never true: %s", expression)
}
