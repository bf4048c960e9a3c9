package inspect

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
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
	for target, r := range in.Many(t.Context(), slices.Values(targets), 16) {
		if target.Request.URL != targets[i].Request.URL || r.Exchanges[0].URL != target.Request.URL || r.Exchanges[0].Status.Code != 200 {
			t.Errorf("in place %d: %s, %s", i, target.Request.URL, r.Verdict)
		}
		i++
	}
	if i != 40 || most.Load() > perHost {
		t.Errorf("%d reports, %d at once on one host", i, most.Load())
	}
}

func TestManyEndsWhenTheCallerStops(t *testing.T) {
	in, targets := bulk(t, func(http.ResponseWriter, *http.Request) {}, 100)
	n := 0
	for range in.Many(t.Context(), slices.Values(targets), 4) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d reports", n)
	}
}

func TestManyEndsWithItsContext(t *testing.T) {
	in, targets := bulk(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 10)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	for _, r := range in.Many(ctx, slices.Values(targets), 4) {
		if r.Exchanges[0].Error.Kind != "canceled" {
			t.Errorf("%s", r.Verdict)
		}
	}
}
