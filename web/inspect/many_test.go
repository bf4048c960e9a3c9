package inspect

import (
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wwwhy/content"
)

// bulk returns an inspector for loopback and n targets of a server.
func bulk(t *testing.T, handle http.HandlerFunc, n int) (*Inspector, []Target) {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var c Config
	c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	var all []Target
	for i := range n {
		var target Target
		target.Request.URL = fmt.Sprintf("%s/%d", server.URL, i)
		all = append(all, target)
	}
	return New(lib, c), all
}

func TestManyKeepsTheOrderAndSparesTheHost(t *testing.T) {
	var now, most atomic.Int32
	in, targets := bulk(t, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(time.Duration(10-len(r.URL.Path)) * time.Millisecond)
		fmt.Fprint(w, r.URL.Path)
	}, 40)
	i := 0
	for n, row := range in.Many(t.Context(), targets, Batch{Jobs: 16}) {
		if n != i || row.URL != targets[i].Request.URL || row.Status != 200 {
			t.Errorf("in place %d: %d, %+v", i, n, row)
		}
		i++
	}
	if i != 40 || most.Load() > perHost {
		t.Errorf("%d rows, %d at once on one host", i, most.Load())
	}
}

func TestManyGivesRowsAsTheyCome(t *testing.T) {
	release := make(chan struct{})
	in, targets := bulk(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/0" {
			<-release
		}
	}, 5)
	var order []int
	for n := range in.Many(t.Context(), targets, Batch{Jobs: 4, Soonest: true}) {
		if order = append(order, n); len(order) == 4 {
			close(release)
		}
	}
	if len(order) != 5 || order[4] != 0 {
		t.Errorf("rows came as %v", order)
	}
}

func TestASlowHostKeepsNoOthersWaiting(t *testing.T) {
	release := make(chan struct{})
	slow, targets := bulk(t, func(http.ResponseWriter, *http.Request) { <-release }, 30)
	_, quick := bulk(t, func(http.ResponseWriter, *http.Request) {}, 30)
	done := 0
	for n := range slow.Many(t.Context(), append(targets, quick...), Batch{Jobs: 4, Soonest: true}) {
		if n < 30 && done < 30 {
			t.Errorf("the slow host's %d came after %d", n, done)
		}
		if done++; done == 30 {
			close(release)
		}
	}
	if done != 60 {
		t.Errorf("%d rows", done)
	}
}

func TestManyEndsWhenTheCallerStops(t *testing.T) {
	in, targets := bulk(t, func(http.ResponseWriter, *http.Request) {}, 100)
	n := 0
	for range in.Many(t.Context(), targets, Batch{Jobs: 4}) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d rows", n)
	}
}

// What was done before the end is yielded, what the end cut off is not.
func TestManyEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var hits atomic.Int32
	in, targets := bulk(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/0" {
			<-r.Context().Done()
		} else if hits.Add(1) == 5 {
			time.AfterFunc(100*time.Millisecond, cancel)
		} else if hits.Load() > 5 {
			<-r.Context().Done()
		}
	}, 10)
	done := 0
	for n, row := range in.Many(ctx, targets, Batch{Jobs: 2}) {
		if row.Status != 200 || n == 0 {
			t.Errorf("%d: %+v", n, row)
		}
		done++
	}
	if done != 5 {
		t.Errorf("%d rows were done", done)
	}
}

func TestPlacesAreWaitedFor(t *testing.T) {
	in, targets := bulk(t, func(http.ResponseWriter, *http.Request) {}, 6)
	var now, most atomic.Int32
	one := make(chan struct{}, 1)
	place := func(context.Context, Target) func() {
		one <- struct{}{}
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		return func() { now.Add(-1); <-one }
	}
	n := 0
	for range in.Many(t.Context(), targets, Batch{Jobs: 4, Place: place}) {
		n++
	}
	if n != 6 || most.Load() != 1 {
		t.Errorf("%d rows, %d at once", n, most.Load())
	}
}

func TestSitemapsAreRead(t *testing.T) {
	const index = `<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>%s/a.xml</loc></sitemap><sitemap><loc>%[1]s/b.xml.gz</loc></sitemap></sitemapindex>`
	urls := func(from, to int) string {
		var b strings.Builder
		b.WriteString(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, "<url><loc>\n https://a.example/%d </loc><lastmod>2026-11-20</lastmod></url>", i)
		}
		return b.String() + "</urlset>"
	}
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/index.xml":
			fmt.Fprintf(w, index, server.URL)
		case "/a.xml":
			fmt.Fprint(w, urls(0, 3))
		case "/b.xml.gz":
			z := gzip.NewWriter(w)
			fmt.Fprint(z, urls(3, 40000))
			z.Close()
		case "/round.xml":
			fmt.Fprintf(w, `<sitemapindex><sitemap><loc>%s/round.xml</loc></sitemap></sitemapindex>`, server.URL)
		case "/page":
			fmt.Fprint(w, "<html><p>this is no sitemap")
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := Config{}
	c.AllowAll = true
	found, err := Sitemap(t.Context(), lib, c, server.URL+"/index.xml", 10000)
	if err != nil || len(found) != 10000 || found[0] != "https://a.example/0" || found[4] != "https://a.example/4" {
		t.Errorf("%d addresses, %v", len(found), err)
	}
	for path, want := range map[string]string{"/missing.xml": "answers 404", "/page": "cannot be read", "/round.xml": "has no addresses"} {
		if _, err := Sitemap(t.Context(), lib, c, server.URL+path, 10); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := Sitemap(t.Context(), lib, Config{}, server.URL+"/a.xml", 10); err == nil || !strings.Contains(err.Error(), "not a public address") {
		t.Errorf("the guard: %v", err)
	}
}
