package fetch

import (
	"context"
	"encoding/csv"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"wwwhy/web/message"
)

// TestTheGuardRefusesEverySpecialBlock holds the guard against IANA's tables of
// special-purpose addresses (as of 2026-10, testdata/iana-*.csv): the first, a
// middle and the last address of each block.
func TestTheGuardRefusesEverySpecialBlock(t *testing.T) {
	blocks := 0
	for _, name := range []string{"ipv4", "ipv6"} {
		f, err := os.Open("testdata/iana-" + name + "-special-registry.csv")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows[1:] {
			for cell := range strings.SplitSeq(r[0], ",") {
				text, _, _ := strings.Cut(strings.TrimSpace(cell), " ")
				p, err := netip.ParsePrefix(text)
				if err != nil {
					t.Fatal(err)
				}
				blocks++
				if p.Addr() == netip.MustParseAddr("::ffff:0:0") {
					continue // judged by the IPv4 address that it stands for
				}
				for _, a := range within(p) {
					if public(a) {
						t.Errorf("%s (%s) counts as public", a, r[1])
					}
				}
			}
		}
	}
	if blocks < 50 {
		t.Errorf("only %d blocks", blocks)
	}
}

// within returns the first, a middle and the last address of a block.
func within(p netip.Prefix) []netip.Addr {
	first := p.Masked().Addr()
	middle, last := first.AsSlice(), first.AsSlice()
	for bit := p.Bits(); bit < len(last)*8; bit++ {
		last[bit/8] |= 1 << (7 - bit%8)
		if bit%3 == 0 {
			middle[bit/8] |= 1 << (7 - bit%8)
		}
	}
	m, _ := netip.AddrFromSlice(middle)
	l, _ := netip.AddrFromSlice(last)
	return []netip.Addr{first, m, l}
}

// targets reads testdata/targets.tsv.
func targets(t testing.TB) [][2]string {
	t.Helper()
	data, err := os.ReadFile("testdata/targets.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all [][2]string
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		want, url, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		unquoted, err := strconv.Unquote(`"` + url + `"`)
		if !ok || err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all = append(all, [2]string{want, unquoted})
	}
	return all
}

// inward is a resolver that leads every name to where nobody may go.
type inward struct{}

func (inward) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1"), netip.MustParseAddr("169.254.169.254")}, nil
}

// outward is a resolver that leads every name to a public address.
type outward struct{}

func (outward) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("8.8.8.8")}, nil
}

// dialled tells which address an exchange would dial, without a dial.
func dialled(t testing.TB, url string, r Resolver) (netip.Addr, *message.Failure) {
	var to netip.Addr
	enter := func(_ context.Context, a netip.Addr, _ bool) (func(), bool) {
		to = a
		return nil, false
	}
	x := New(Config{Resolver: r, Enter: enter}).Fetch(t.Context(), message.Request{Method: "GET", URL: url}, Options{}, nil)[0]
	return to, x.Failure
}

func TestTargetsAreRefusedOrAllowed(t *testing.T) {
	all := targets(t)
	count := map[string]int{}
	for _, tt := range all {
		want, url := tt[0], tt[1]
		count[want]++
		to, f := dialled(t, url, inward{})
		switch want {
		case "allowed":
			if to, f = dialled(t, url, outward{}); f == nil || f.Kind != message.FailureBusy || !public(to) {
				t.Errorf("%q is not allowed: %v", url, f)
			}
			continue
		case "url":
			if f == nil || f.Kind != message.FailureURL || f.Args["detail"] == "" {
				t.Errorf("%q: %v", url, f)
			}
		case "blocked":
			if f == nil || f.Kind != message.FailureBlocked {
				t.Errorf("%q: %v", url, f)
			}
		case "name", "any":
			if f == nil || f.Kind != message.FailureBlocked && f.Kind != message.FailureURL {
				t.Errorf("%q: %v", url, f)
			}
		default:
			t.Errorf("%q: no such outcome", want)
		}
		if to.IsValid() {
			t.Errorf("%q would dial %s", url, to)
		}
	}
	if len(all) < 200 || count["allowed"] < 40 {
		t.Errorf("the table has %d rows: %v", len(all), count)
	}
}

// TestRedirectsLeadNowhereForbidden sends each target of the table as Location,
// from the only server that may be asked.
func TestRedirectsLeadNowhereForbidden(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.9:0")
	if err != nil {
		t.Skip("no other address on loopback")
	}
	var location atomic.Value
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/start" {
			t.Errorf("a redirect reached the server: %s", location.Load())
		}
		w.Header()["Location"] = []string{location.Load().(string)}
		w.WriteHeader(http.StatusTemporaryRedirect)
	}))
	server.Listener = l
	server.Start()
	defer server.Close()
	hops := 0
	for _, tt := range targets(t) {
		want, url := tt[0], tt[1]
		if want == "allowed" || strings.ContainsAny(url, "\r\n\x00") || !strings.Contains(url, ":") || strings.HasPrefix(url, "http:") && !strings.HasPrefix(url, "http://") {
			continue // these are no target as a Location: line ends, or addresses on the same server
		}
		hops++
		location.Store(url)
		entered := 0
		c := Config{Resolver: inward{}, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.9/32")}}
		c.Enter = func(context.Context, netip.Addr, bool) (func(), bool) {
			entered++
			return func() {}, true
		}
		xs := New(c).Fetch(t.Context(), message.Request{Method: "GET", URL: "http://" + l.Addr().String() + "/start"}, Options{}, nil)
		if last := xs[len(xs)-1]; len(xs) != 2 || last.Failure == nil || entered != 1 {
			t.Errorf("%q: %d exchanges, %v, %d dials", url, len(xs), last.Failure, entered)
		}
	}
	if hops < 150 {
		t.Errorf("only %d redirects", hops)
	}
}

// turning is a resolver whose answer changes with each question.
type turning struct{ n *atomic.Int32 }

func (r turning) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if r.n.Add(1)%2 == 1 {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	return []netip.Addr{netip.MustParseAddr("10.0.0.1")}, nil
}

func TestRebindingIsRefusedAtEachHop(t *testing.T) {
	hits := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits++
		http.Redirect(w, r, fmt.Sprintf("/%d", hits), http.StatusFound)
	}))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	c := Config{Resolver: turning{new(atomic.Int32)}, Allow: loopback}
	xs := New(c).Fetch(t.Context(), message.Request{Method: "GET", URL: "http://turning.example:" + port + "/"}, Options{}, nil)
	if len(xs) != 2 || xs[1].Failure == nil || xs[1].Failure.Kind != message.FailureBlocked || hits != 1 {
		t.Errorf("%d exchanges, %d hits, %v", len(xs), hits, xs[len(xs)-1].Failure)
	}
}

func TestProxiesOfTheEnvironmentAreIgnored(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	if x := ask(t, Config{}, server.URL, Options{})[0]; x.Failure != nil || x.Response.Code != 404 {
		t.Errorf("%v", x.Failure)
	}
}

// FuzzURL admits any text as a URL: what is dialled then must be public.
func FuzzURL(f *testing.F) {
	for _, tt := range targets(f) {
		f.Add(tt[1])
	}
	f.Fuzz(func(t *testing.T, url string) {
		for _, r := range []Resolver{inward{}, outward{}} {
			to, failure := dialled(t, url, r)
			if to.IsValid() && !public(to) {
				t.Errorf("%q would dial %s", url, to)
			}
			if failure == nil {
				t.Errorf("%q ended without a failure though nothing was dialled", url)
			}
		}
	})
}
