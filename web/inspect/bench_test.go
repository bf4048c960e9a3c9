package inspect

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/fetch"
	"wwwhy/web/message"
)

// target401 is a server like many: a 401 in JSON with a dozen fields.
func target401(b *testing.B) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for _, l := range [][2]string{{"WWW-Authenticate", `Bearer realm="api", error="invalid_token", error_description="The token has expired"`}, {"Cache-Control", "no-store"},
			{"Content-Type", "application/json"}, {"X-Content-Type-Options", "nosniff"}, {"Strict-Transport-Security", "max-age=31536000"}, {"Vary", "Accept"},
			{"X-Request-Id", "9f8e7d6c"}, {"Server", "nginx"}, {"Referrer-Policy", "no-referrer"}} {
			h.Set(l[0], l[1])
		}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":"invalid_token"}`)
	}))
	b.Cleanup(server.Close)
	return server.URL
}

// BenchmarkInspect sets one inspection beside what asks without explaining: a
// bare client with a connection for each request, as ours, and a process of
// curl.
func BenchmarkInspect(b *testing.B) {
	lib, err := content.Load()
	if err != nil {
		b.Fatal(err)
	}
	url := target401(b)
	b.Run("inspection", func(b *testing.B) {
		var c Config
		c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
		in := New(lib, c)
		b.ReportAllocs()
		for b.Loop() {
			var t Target
			t.Request.URL = url
			if r := in.URL(b.Context(), t, nil); r.Exchanges[0].Status.Code != 401 {
				b.Fatal(r.Verdict)
			}
		}
	})
	b.Run("fetching alone", func(b *testing.B) {
		f := fetch.New(fetch.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
		b.ReportAllocs()
		for b.Loop() {
			if xs := f.Fetch(b.Context(), message.Request{Method: "GET", URL: url}, fetch.Options{}, nil); xs[0].Failure != nil {
				b.Fatal(xs[0].Failure)
			}
		}
	})
	b.Run("bare client", func(b *testing.B) {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: (&net.Dialer{}).DialContext}}
		b.ReportAllocs()
		for b.Loop() {
			resp, err := client.Get(url)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	})
	b.Run("curl", func(b *testing.B) {
		path, err := exec.LookPath("curl")
		if err != nil {
			b.Skip("there is no curl")
		}
		for b.Loop() {
			if out, err := exec.CommandContext(b.Context(), path, "-s", "-o", "/dev/null", "-w", "%{http_code}", url).Output(); err != nil || string(out) != "401" {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkMany sets a check of 1,000 addresses on 50 hosts, each of which
// answers after 50 ms, beside curl with as many transfers at once. curl has no
// bound for a host; we keep to two.
func BenchmarkMany(b *testing.B) {
	const hosts, urls, jobs = 50, 1000, 100
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(50 * time.Millisecond)
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "ok")
	})
	var addresses []string
	for i := range hosts {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.1.%d:0", i+1))
		if err != nil {
			b.Skip("loopback has one address here")
		}
		server := &httptest.Server{Listener: l, Config: &http.Server{Handler: handler}}
		server.Start()
		b.Cleanup(server.Close)
		addresses = append(addresses, server.URL)
	}
	targets := make([]Target, urls)
	var list strings.Builder
	for i := range targets {
		targets[i].Request.URL = fmt.Sprintf("%s/%d", addresses[i%hosts], i)
		fmt.Fprintf(&list, "url = %q\noutput = /dev/null\n", targets[i].Request.URL)
	}
	b.Run("check", func(b *testing.B) {
		lib, err := content.Load()
		if err != nil {
			b.Fatal(err)
		}
		var c Config
		c.AllowAll = true
		in := New(lib, c)
		for b.Loop() {
			n := 0
			for _, row := range in.Many(b.Context(), targets, Batch{Jobs: jobs}) {
				if n++; row.Status != 200 {
					b.Fatal(row.Verdict)
				}
			}
			if n != urls {
				b.Fatalf("%d rows", n)
			}
		}
	})
	b.Run("curl", func(b *testing.B) {
		path, err := exec.LookPath("curl")
		if err != nil {
			b.Skip("there is no curl")
		}
		for b.Loop() {
			cmd := exec.CommandContext(b.Context(), path, "-s", "--parallel", "--parallel-immediate", "--parallel-max", fmt.Sprint(jobs), "--config", "-")
			cmd.Stdin = strings.NewReader(list.String())
			if err := cmd.Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
