package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/inspect"
	"wwwhy/web/report"
)

// bounded starts the site with bounds, believing everybody on loopback who they
// say they are, and a target that tells of each request and answers when
// released.
type bounded struct {
	site, target string
	reached      chan *http.Request
	release      chan struct{}
	hits         atomic.Int32
	under, most  atomic.Int32
}

func newBounded(t *testing.T, b Bounds) *bounded {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	o := &bounded{reached: make(chan *http.Request, 1000), release: make(chan struct{})}
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.hits.Add(1)
		n := o.under.Add(1)
		defer o.under.Add(-1)
		for most := o.most.Load(); n > most && !o.most.CompareAndSwap(most, n); most = o.most.Load() {
		}
		o.reached <- r
		select {
		case <-o.release:
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	var c inspect.Config
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	c.Allow = loopback
	site := httptest.NewServer(New(Config{Library: lib, Inspector: inspect.New(lib, c), Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Proxies: loopback, Bounds: b}))
	t.Cleanup(target.Close)
	t.Cleanup(site.Close)
	o.site, o.target = site.URL, target.URL
	return o
}

// outcome is what the site said to an inspection.
type outcome struct {
	status int
	retry  string
	report report.Report
	took   time.Duration
}

// ask inspects a path of the target for a client.
func (o *bounded) ask(ctx context.Context, path, client string) (outcome, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", o.site+"/api/v1/inspect?url="+o.target+path, nil)
	if err != nil {
		return outcome{}, err
	}
	req.Header.Set("X-Forwarded-For", client)
	start := time.Now()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return outcome{}, err
	}
	defer resp.Body.Close()
	a := outcome{status: resp.StatusCode, retry: resp.Header.Get("Retry-After"), took: time.Since(start)}
	if resp.StatusCode == 200 {
		err = json.NewDecoder(resp.Body).Decode(&a.report)
	}
	return a, err
}

// must is ask where an error of ours ends the test.
func (o *bounded) must(t *testing.T, path, client string) outcome {
	t.Helper()
	a, err := o.ask(t.Context(), path, client)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestInspectionsAtOnceAreBounded(t *testing.T) {
	for _, tt := range []struct {
		name   string
		bounds Bounds
		second string // client of the one too many
		want   int
	}{
		{"of all", Bounds{Outbound: 1, PerClient: 9, PerTarget: 9}, "192.0.2.2", 503},
		{"of a client", Bounds{PerClient: 1, PerTarget: 9}, "192.0.2.1", 429},
		{"of a client's network", Bounds{PerClient: 1, PerTarget: 9}, "2001:db8::2", 0},
		{"of a target", Bounds{PerClient: 9, PerTarget: 1}, "192.0.2.2", 503},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := newBounded(t, tt.bounds)
			var wait sync.WaitGroup
			wait.Go(func() { _, _ = o.ask(t.Context(), "/a", "192.0.2.1") })
			<-o.reached
			if tt.want == 0 {
				wait.Go(func() { _, _ = o.ask(t.Context(), "/c", "2001:db8::1") })
				<-o.reached
				tt.want = 429
			}
			if a := o.must(t, "/b", tt.second); a.status != tt.want || a.retry == "" {
				t.Errorf("%d, Retry-After %q; want %d", a.status, a.retry, tt.want)
			}
			close(o.release)
			wait.Wait()
			if a := o.must(t, "/b", tt.second); a.status != 200 {
				t.Errorf("with places free again: %d", a.status)
			}
		})
	}
}

func TestACrowdIsRefusedBeyondTheBound(t *testing.T) {
	o := newBounded(t, Bounds{PerTarget: 1000, Share: time.Minute})
	var refused, served atomic.Int32
	var crowd sync.WaitGroup
	for i := range 200 {
		crowd.Go(func() {
			a, err := o.ask(t.Context(), fmt.Sprintf("/%d", i), fmt.Sprintf("192.0.2.%d", i))
			switch {
			case err != nil:
				t.Error(err)
			case a.status == 503 && a.retry != "":
				if refused.Add(1) == 200-32 {
					close(o.release)
				}
			case a.status == 200:
				served.Add(1)
			default:
				t.Errorf("status %d", a.status)
			}
		})
	}
	crowd.Wait()
	if served.Load() != 32 || o.most.Load() > 32 {
		t.Errorf("%d served, %d refused, %d at once at the target", served.Load(), refused.Load(), o.most.Load())
	}
}

func TestAnswersAreShared(t *testing.T) {
	o := newBounded(t, Bounds{Share: time.Minute})
	var wait sync.WaitGroup
	for i := range 5 {
		wait.Go(func() {
			if a, err := o.ask(t.Context(), "/same", fmt.Sprintf("192.0.2.%d", i)); err != nil || a.status != 200 {
				t.Errorf("%v %+v", err, a)
			}
		})
	}
	<-o.reached
	close(o.release)
	wait.Wait()
	time.Sleep(1100 * time.Millisecond) // an age is told in seconds
	if a := o.must(t, "/same", "192.0.2.9"); a.report.Age < 1 || a.report.Keep != 60 {
		t.Errorf("age %d of %d", a.report.Age, a.report.Keep)
	}
	if o.hits.Load() != 1 {
		t.Errorf("the target was asked %d times", o.hits.Load())
	}
	resp, err := http.Get(o.site + "/inspect?url=" + o.target + "/same")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if page, _ := io.ReadAll(resp.Body); !strings.Contains(string(page), "Answers to the same question are shared for 60 seconds") {
		t.Error("the page does not say that the answer is shared")
	}
	if a := o.must(t, "/other", "192.0.2.9"); a.report.Age != 0 || o.hits.Load() != 2 {
		t.Errorf("another question: age %d, %d hits", a.report.Age, o.hits.Load())
	}
}

func TestWhoLeavesEndsTheWork(t *testing.T) {
	o := newBounded(t, Bounds{Share: time.Minute})
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan struct{})
	go func() {
		defer close(left)
		_, _ = o.ask(ctx, "/slow", "192.0.2.1")
	}()
	r := <-o.reached
	cancel()
	<-left
	select {
	case <-r.Context().Done():
	case <-time.After(20 * time.Second):
		t.Error("the target is still being asked")
	}
	close(o.release)
	if a := o.must(t, "/slow", "192.0.2.2"); a.status != 200 || a.report.Age != 0 || a.report.Failed() {
		t.Errorf("who asks later gets %+v", a)
	}
}

func TestCredentialsAreKeptApart(t *testing.T) {
	var got atomic.Value
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got.Store(r.Header.Get("Authorization")) }))
	defer target.Close()
	base, _ := site(t)
	post := func(fields, url string) (int, string) {
		resp, err := http.Post(base+"/api/v1/inspect", "application/json", strings.NewReader(fmt.Sprintf(`{"url": %q, "fields": [%s]}`, url, fields)))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body)
	}
	if status, body := post(`{"name": "Authorization", "value": "Bearer SECRET"}`, target.URL); status != 400 || !strings.Contains(body, "https only") || strings.Contains(body, "SECRET") {
		t.Errorf("credentials over http: %d %s", status, body)
	}
	if status, body := post(`{"name": "X-Forwarded-For", "value": "192.0.2.1"}`, target.URL); status != 400 || !strings.Contains(body, "is not sent from here") {
		t.Errorf("a field that is not for visitors: %d %s", status, body)
	}
	if status, _ := post(`{"name": "Accept-Language", "value": "de"}`, target.URL); status != 200 {
		t.Errorf("a field for visitors: %d", status)
	}
	resp, err := http.Get(base + "/inspect?url=https://a.example/&fields=Authorization:+Bearer+SECRET")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 400 || got.Load() != "" {
		t.Errorf("credentials in an address: %d", resp.StatusCode)
	}
}

// A check sends each row as it is done, and ends with its reader.
func TestChecksStreamAndEndWithTheirReader(t *testing.T) {
	for _, accept := range []string{"text/html", "application/x-ndjson"} {
		t.Run(accept, func(t *testing.T) {
			o := newBounded(t, Bounds{})
			path, content, media := "/api/v1/check", fmt.Sprintf("%[1]s/1\n%[1]s/2", o.target), "text/plain"
			if accept == "text/html" {
				path, content, media = "/check", "urls="+strings.ReplaceAll(content, "\n", "%0A"), "application/x-www-form-urlencoded"
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, "POST", o.site+path, strings.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", media)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			first := <-o.reached
			second := <-o.reached
			o.release <- struct{}{} // one of both is done
			got := make([]byte, 0, 1<<20)
			for !strings.Contains(string(got), "204") {
				n, err := resp.Body.Read(got[len(got):cap(got)])
				if got = got[:len(got)+n]; err != nil {
					t.Fatalf("the row did not come: %v\n%s", err, got)
				}
			}
			cancel()
			for _, r := range []*http.Request{first, second} {
				select {
				case <-r.Context().Done():
				case <-time.After(20 * time.Second):
					t.Error("a target is still being asked")
				}
			}
		})
	}
}

func TestTooManyAddressesAreRefused(t *testing.T) {
	base, _ := site(t)
	resp, err := http.Post(base+"/api/v1/check", "text/plain", strings.NewReader(strings.Repeat("https://a.example/\n", 101)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != 413 || !strings.Contains(string(body), "wwwhy check") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

// TestOurOwnAnswersCanBeInspected asks the inspector for our own /try, which the
// guard refuses but for this very address.
func TestOurOwnAnswersCanBeInspected(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	site := httptest.NewUnstartedServer(nil)
	address := netip.MustParseAddrPort(site.Listener.Addr().String())
	var c inspect.Config
	c.AllowPorts = []netip.AddrPort{address}
	site.Config.Handler = New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Own: Own{inspect.New(lib, c), address}, Log: slog.New(slog.DiscardHandler), PublicURL: "http://" + address.String()})
	site.Start()
	defer site.Close()
	for target, want := range map[string]string{
		"/try/401?scheme=digest":     `"code": 401`,
		site.URL + "/try/302?hops=2": `"code": 302`,
		site.URL + "/healthz":        `"kind": "blocked"`,
		"http://localhost:" + fmt.Sprint(address.Port()) + "/try/503": `"code": 503`,
		"http://127.0.0.2:" + fmt.Sprint(address.Port()) + "/try/401": `"kind": "blocked"`,
		"http://127.0.0.1:1/try/401":                                  `"kind": "blocked"`,
	} {
		resp, err := http.Get(site.URL + "/api/v1/inspect?url=" + url.QueryEscape(target))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if blocked := strings.Contains(want, "blocked"); blocked != (resp.StatusCode == 422) || !blocked && !strings.Contains(string(body), want) {
			t.Errorf("%s: %d %.300s", target, resp.StatusCode, body)
		}
	}
}

// TestOurOwnAnswersLeadToNothingElse has an answer of /try name another port of
// this machine: the one who may ask our own address may ask no neighbor of it.
func TestOurOwnAnswersLeadToNothingElse(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var reached atomic.Int32
	neighbor := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer neighbor.Close()
	site := httptest.NewUnstartedServer(nil)
	address := netip.MustParseAddrPort(site.Listener.Addr().String())
	var c inspect.Config
	c.AllowPorts = []netip.AddrPort{address}
	site.Config.Handler = New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Own: Own{inspect.New(lib, c), address}, Log: slog.New(slog.DiscardHandler), PublicURL: "http://" + address.String()})
	site.Start()
	defer site.Close()
	for _, field := range []string{
		`WWW-Authenticate: Bearer resource_metadata="` + neighbor.URL + `/.well-known/oauth-protected-resource/try/401"`,
		`Link: <` + neighbor.URL + `/x>; rel="compression-dictionary"`,
	} {
		target := "/try/401?" + url.Values{"field": {field}}.Encode()
		resp, err := http.Get(site.URL + "/api/v1/inspect?" + url.Values{"url": {target}, "discover": {"1"}, "probe": {"1"}, "checks": {"1"}}.Encode())
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK || !strings.Contains(string(body), `"code": 401`) {
			t.Errorf("%s: %d %.300s", target, resp.StatusCode, body)
		}
		if reached.Load() > 0 {
			t.Errorf("%s had a neighbor asked", target)
		}
	}
}
