package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"wwwhy/web/message"
)

// names is a resolver with fixed answers, also to where a name leads.
type names map[string]string

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	var all []netip.Addr
	for a := range strings.FieldsSeq(n[host]) {
		all = append(all, netip.MustParseAddr(a))
	}
	return all, nil
}

func (n names) LookupCNAME(_ context.Context, host string) (string, error) {
	if to := n["cname "+host]; to != "" {
		return to + ".", nil
	}
	return host + ".", nil
}

func TestAddressesAlternate(t *testing.T) {
	addresses, _ := names{"a": "2001:db8::1 2001:db8::2 2001:db8::3 192.0.2.1 192.0.2.2"}.LookupNetIP(t.Context(), "", "a")
	if got := fmt.Sprint(interleaved(addresses)); got != "[2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2 2001:db8::3]" {
		t.Error(got)
	}
}

// TestMappedAddressesAreIPv4 resolves as the hosts file does: its 127.0.0.1 comes
// in the form of IPv6.
func TestMappedAddressesAreIPv4(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	x := ask(t, Config{Resolver: names{"a.example": "::ffff:127.0.0.1"}}, "http://a.example:"+port, Options{})[0]
	if x.Peer == nil || fmt.Sprint(x.Peer.Resolved, x.Peer.Tried) != "[127.0.0.1] [127.0.0.1]" {
		t.Errorf("asked %+v, want 127.0.0.1:%s", x.Peer, port)
	}
}

func TestOptionsChooseTheAddress(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Host) }))
	defer server.Close()
	_, number, _ := net.SplitHostPort(server.Listener.Addr().String())
	c := Config{Resolver: names{"a.example": "::1 127.0.0.1"}}
	if x := ask(t, c, "http://a.example:"+number, Options{Family: 4})[0]; x.Failure != nil || len(x.Peer.Tried) != 1 {
		t.Errorf("IPv4 only: %v %+v", x.Failure, x.Peer)
	}
	if x := ask(t, Config{Resolver: names{"a.example": "127.0.0.1"}}, "http://a.example:"+number, Options{Family: 6})[0]; x.Failure == nil || x.Failure.Kind != message.FailureDNS {
		t.Errorf("IPv6 only, and there is none: %v", x.Failure)
	}
	to := Options{Resolve: Resolved{"other.example:" + number: netip.MustParseAddrPort("127.0.0.1:0")}}
	if x := ask(t, c, "http://Other.example:"+number, to)[0]; x.Failure != nil || string(x.Response.Content.Sample) != "other.example:"+number {
		t.Errorf("a named address: %v", x.Failure)
	}
	elsewhere := Resolved{"other.example:80": netip.MustParseAddrPort("127.0.0.1:" + number)}
	for _, named := range []struct {
		c Config
		o Options
	}{{c, Options{Resolve: elsewhere}}, {Config{Resolver: names{}, Resolve: elsewhere}, Options{}}} {
		if x := ask(t, named.c, "http://other.example/", named.o)[0]; x.Failure != nil || string(x.Response.Content.Sample) != "other.example" || x.Peer.Address != "127.0.0.1:"+number {
			t.Errorf("a named address and port: %v %+v", x.Failure, x.Peer)
		}
	}
	blocked := New(Config{Resolver: names{}}).Fetch(t.Context(), message.Request{Method: "GET", URL: "http://other.example:" + number}, to, nil)[0]
	if blocked.Failure == nil || blocked.Failure.Kind != message.FailureBlocked {
		t.Errorf("a named address that the guard refuses: %v", blocked.Failure)
	}
}

func TestDialsAreCounted(t *testing.T) {
	var all []string
	for i := range 30 {
		all = append(all, fmt.Sprintf("127.0.1.%d", i))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, number, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	x := ask(t, Config{Resolver: names{"a.example": strings.Join(all, " ")}}, "http://a.example:"+number, Options{})[0]
	if x.Failure == nil || len(x.Peer.Tried) != 12 || x.Failure.Kind != message.FailureRefused {
		t.Errorf("%d dials, %v", len(x.Peer.Tried), x.Failure)
	}
}

func TestPlacesAreTakenAndGivenBack(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	var under, entered atomic.Int32
	enter := func(_ context.Context, a netip.Addr, _ bool) (func(), bool) {
		if a != netip.MustParseAddr("127.0.0.1") {
			t.Errorf("a place for %s", a)
		}
		entered.Add(1)
		under.Add(1)
		return func() { under.Add(-1) }, true
	}
	ask(t, Config{Enter: enter}, server.URL, Options{})
	ask(t, Config{Enter: enter}, "http://127.0.0.1:1/", Options{})
	if entered.Load() != 2 || under.Load() != 0 {
		t.Errorf("%d entered, %d still there", entered.Load(), under.Load())
	}
	full := func(context.Context, netip.Addr, bool) (func(), bool) { return nil, false }
	if x := ask(t, Config{Enter: full}, server.URL, Options{})[0]; x.Failure == nil || x.Failure.Kind != message.FailureBusy {
		t.Errorf("no place: %v", x.Failure)
	}
}

func TestCookiesAreKeptWhereAsked(t *testing.T) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Cookie"))
		if r.Header.Get("Cookie") != "" {
			return
		}
		w.Header().Set("Set-Cookie", "a=b; Path=/")
		http.Redirect(w, r, "/", http.StatusFound)
	}))
	defer server.Close()
	xs := ask(t, Config{}, server.URL+"/", Options{Cookies: true})
	if len(xs) != 2 || xs[1].Failure != nil || !slices.Equal(got, []string{"", "a=b"}) {
		t.Errorf("with cookies: %d exchanges, sent %q", len(xs), got)
	}
	if xs := ask(t, Config{}, server.URL+"/", Options{}); xs[len(xs)-1].Failure == nil || xs[len(xs)-1].Failure.Kind != message.FailureLoop {
		t.Errorf("without: %v", xs[len(xs)-1].Failure)
	}
}

// broken is a resolver that does not answer.
type broken struct{}

func (broken) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "server misbehaving", IsTemporary: true}
}

func TestAResolverThatFailsIsNotAMissingName(t *testing.T) {
	if x := ask(t, Config{Resolver: broken{}}, "http://a.example/", Options{})[0]; x.Failure == nil || x.Failure.Kind != message.FailureResolver {
		t.Errorf("%v", x.Failure)
	}
}

func TestCharsetsAreTold(t *testing.T) {
	for _, tt := range []struct{ contentType, content, want string }{
		{"text/html; charset=ISO-8859-1", "<p>a", "iso-8859-1"},
		{"text/html; charset=ISO-8859-1", "\xef\xbb\xbf<p>a", "utf-8"},
		{"text/html", "<html><meta charset=\"windows-1252\">", "windows-1252"},
		{"text/html", "<meta http-equiv=content-type content='text/html; charset=utf-8'>", "utf-8"},
		{"text/plain", "caf\u00e9", "utf-8"},
		{"text/plain", "cafe", ""},
		{"text/plain", "caf\xe9", ""},
		{"image/png", "\x89PNG\r\n\x1a\n", ""},
	} {
		sniffed := http.DetectContentType([]byte(tt.content))
		if got := charset(tt.contentType, sniffed, []byte(tt.content)); got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.contentType, tt.content, got, tt.want)
		}
	}
}
