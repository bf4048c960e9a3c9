package web

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"wwwhy/content"
	"wwwhy/web/inspect"
)

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
