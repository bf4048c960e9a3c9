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
