package inspect

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"wwwhy/content"
	"wwwhy/web/fetch"
	"wwwhy/web/fetch/fetchtest"
	"wwwhy/web/report"
)

func TestSitesAreRead(t *testing.T) {
	for _, tt := range []struct{ typed, want, err string }{
		{"example.com", "http://example.com/ https://example.com/ http://www.example.com/ https://www.example.com/", ""},
		{" HTTPS://WWW.Example.com:443/a%20b?c=d#e ", "http://example.com/a%20b?c=d https://example.com/a%20b?c=d http://www.example.com/a%20b?c=d https://www.example.com/a%20b?c=d", ""},
		{"http://example.co.uk:80", "http://example.co.uk/ https://example.co.uk/ http://www.example.co.uk/ https://www.example.co.uk/", ""},
		{"www.app.example.com", "http://app.example.com/ https://app.example.com/ http://www.app.example.com/ https://www.app.example.com/", ""},
		{"app.example.com", "http://app.example.com/ https://app.example.com/", ""},
		{"somebody.github.io", "http://somebody.github.io/ https://somebody.github.io/", ""},
		{"intranet", "http://intranet/ https://intranet/", ""},
		{"localhost", "http://localhost/ https://localhost/", ""},
		{"192.0.2.1", "http://192.0.2.1/ https://192.0.2.1/", ""},
		{"2001:db8::1", "http://[2001:db8::1]/ https://[2001:db8::1]/", ""},
		{"www.com", "http://www.com/ https://www.com/ http://www.www.com/ https://www.www.com/", ""},
		{"", "", "is no site"},
		{"ftp://example.com", "", "is no site"},
		{"https://", "", "is no site"},
		{"a b", "", "is no site"},
		{"user:pass@example.com", "", "is no site"},
		{"https://user@example.com/", "", "without user name and password"},
		{"example.com:8443", "", "leave out :8443"},
	} {
		s, err := ReadSite(tt.typed)
		if got := strings.Join(s.Addresses, " "); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.typed, got, tt.want)
		}
		if fmt.Sprint(err) != "<nil>" && tt.err == "" || tt.err != "" && !strings.Contains(fmt.Sprint(err), tt.err) {
			t.Errorf("%q: %v, want %q", tt.typed, err, tt.err)
		}
	}
}

// compared asks the entrances of a.example, whose answers are made by answer; the
// certificate holds the certified names.
func compared(t *testing.T, s string, answer http.HandlerFunc, certified ...string) report.Entrances {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	server := fetchtest.NewSite(t, answer, []string{"a.example", "www.a.example"}, certified...)
	site, err := ReadSite(s)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Config: fetch.Config{AllowAll: true, Resolve: server.Resolve, RootCAs: server.Roots}}
	return New(lib, c).Entrances(t.Context(), site, Target{}, nil)
}

// canonical leads all to https://www.a.example, as it is in most places.
func canonical(w http.ResponseWriter, r *http.Request) {
	if r.TLS != nil {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
	}
	switch {
	case r.TLS == nil:
		http.Redirect(w, r, "https://"+r.Host+r.RequestURI, http.StatusMovedPermanently)
	case r.Host == "a.example":
		http.Redirect(w, r, "https://www.a.example"+r.RequestURI, http.StatusMovedPermanently)
	case r.URL.Path != "/":
		http.NotFound(w, r)
	}
}

func told(e report.Entrances) string {
	var all []string
	for _, f := range e.Findings {
		all = append(all, f.ID)
	}
	return strings.Join(all, " ")
}

func TestEntrancesThatAgree(t *testing.T) {
	e := compared(t, "a.example", canonical, "a.example", "www.a.example")
	if want := "All 4 entrances of a.example lead to `https://www.a.example/`, in 2 redirects at most. The answer there is 200."; e.Verdict != want {
		t.Errorf("%s\nwant %s", e.Verdict, want)
	}
	if want := "entrances-agree entrances-keep-path entrances-lead-to-https entrances-with-hsts"; told(e) != want || e.Canonical != "https://www.a.example/" {
		t.Errorf("%s at %q", told(e), e.Canonical)
	}
	first := e.Entrances[0]
	if fmt.Sprint(first.Hops) != "[{http://a.example/ 301} {https://a.example/ 301} {https://www.a.example/ 200}]" || first.HSTS != "max-age=31536000" || fmt.Sprint(first.Chain) != "[301 301 200]" {
		t.Errorf("%+v", first)
	}
}

func TestEntrancesThatDoNot(t *testing.T) {
	home := func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil || r.Host != "a.example" {
			http.Redirect(w, r, "https://a.example/", http.StatusFound)
		}
	}
	for _, tt := range []struct {
		name, site string
		answer     http.HandlerFunc
		certified  []string
		want       string // in the verdict
		findings   string // among them
	}{
		{"every address leads home, for this time only", "a.example", home, []string{"a.example", "www.a.example"}, "All 4 entrances", "entrance-temporary entrance-path-lost entrances-agree"},
		{"the certificate has no www", "a.example", canonical, []string{"a.example"}, "", "entrance-certificate"},
		{"an asked page", "a.example/docs?v=2", home, []string{"a.example", "www.a.example"}, "lead to 2 addresses: `https://a.example/` and `https://a.example/docs?v=2`", "entrance-path-lost"},
		{"a 401 at www only", "a.example", func(w http.ResponseWriter, r *http.Request) {
			if r.Host == "www.a.example" {
				w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
				w.WriteHeader(http.StatusUnauthorized)
			}
		}, []string{"a.example", "www.a.example"}, "lead to 4 addresses", "entrance-status-differs"},
	} {
		e := compared(t, tt.site, tt.answer, tt.certified...)
		if got := told(e); !strings.Contains(e.Verdict, tt.want) || !strings.Contains(got, tt.findings) {
			t.Errorf("%s: %s\n%s\nwant %s and %s", tt.name, e.Verdict, got, tt.want, tt.findings)
		}
	}
}

// TestEntrancesAreAskedFewTimes counts what a site gets, and that the place of
// each request is given back.
func TestEntrancesAreAskedFewTimes(t *testing.T) {
	var mu sync.Mutex
	got := map[string]int{}
	server := fetchtest.NewSite(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		got[r.Host+r.RequestURI]++
		mu.Unlock()
		canonical(w, r)
	}), []string{"a.example", "www.a.example"}, "a.example", "www.a.example")
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	site, err := ReadSite("a.example")
	if err != nil {
		t.Fatal(err)
	}
	taken, most := 0, 0
	free := make(chan bool, 2)
	place := func(ctx context.Context, _ Target) func() {
		select {
		case free <- true:
		case <-ctx.Done():
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		taken++
		most = max(most, taken)
		return func() { <-free; mu.Lock(); taken--; mu.Unlock() }
	}
	in := New(lib, Config{Config: fetch.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Resolve: server.Resolve, RootCAs: server.Roots}})
	in.Entrances(t.Context(), site, Target{}, place)
	total := 0
	for _, n := range got {
		total += n
	}
	// Four entrances with five redirects, and three below them with five.
	if total > 4+4+3+4 || taken != 0 || most > 2 || got["a.example/wwwhy-asks-for-what-is-not-there?from=wwwhy"] == 0 {
		t.Errorf("%d requests, %d places at most, %d not given back: %v", total, most, taken, got)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if e := in.Entrances(ended, site, Target{}, place); !e.Failed() || e.Entrances[0].Failure != "canceled" || len(e.Findings) > 0 {
		t.Errorf("after whoever asked went away: %+v", e)
	}
}
