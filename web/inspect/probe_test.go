package inspect

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"wwwhy/content"
	"wwwhy/web/field"
)

func TestComparisonsTellWhatTheAnswerDependsOn(t *testing.T) {
	// asks answers 401; a token that is refused is told from none.
	asks := func(w http.ResponseWriter, r *http.Request, challenge string) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("WWW-Authenticate", challenge)
		w.WriteHeader(http.StatusUnauthorized)
	}
	sent := func(r *http.Request, scheme string) bool {
		return strings.HasPrefix(r.Header.Get("Authorization"), scheme)
	}
	right := func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == "OPTIONS":
			w.Header().Set("Allow", "GET, HEAD, OPTIONS")
			w.WriteHeader(http.StatusNoContent)
		case sent(r, "Bearer"):
			asks(w, r, `Bearer realm="x", error="invalid_token"`)
		default:
			asks(w, r, `Bearer realm="x"`)
		}
	}
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		want    string
	}{
		{"all is right", right, "token-refused-rightly"},
		{"Authorization gets lost", func(w http.ResponseWriter, r *http.Request) { r.Header.Del("Authorization"); right(w, r) }, "authorization-not-seen"},
		{"anybody gets in", func(w http.ResponseWriter, r *http.Request) {
			if sent(r, "Basic") {
				return
			}
			right(w, r)
		}, "token-refused-rightly any-credentials-accepted"},
		{"HEAD loses the challenge", func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "HEAD" {
				w.WriteHeader(401)
				return
			}
			right(w, r)
		}, "token-refused-rightly challenge-dropped"},
		{"OPTIONS is challenged", func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "OPTIONS" {
				r.Method = "GET"
			}
			right(w, r)
		}, "token-refused-rightly options-challenged"},
		{"HEAD is unknown", func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "HEAD" {
				w.Header().Set("Allow", "GET")
				w.WriteHeader(405)
				return
			}
			right(w, r)
		}, "token-refused-rightly answers-disagree"},
		{"a page for everybody", func(w http.ResponseWriter, r *http.Request) {}, ""},
		{"Basic", func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "OPTIONS" {
				return
			}
			asks(w, r, `Basic realm="x"`)
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			requests := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if requests++; sent(r, "Bearer SECRET") && requests > 1 {
					t.Error("the visitor's token was sent again")
				}
				tt.handler(w, r)
			}))
			defer server.Close()
			lib, err := content.Load()
			if err != nil {
				t.Fatal(err)
			}
			var c Config
			c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
			target := Target{Probe: true}
			target.Request.URL = server.URL
			r := New(lib, c).URL(t.Context(), target, nil)
			var got []string
			for _, f := range r.Findings {
				if r.Exchanges[f.Exchange].Cause == "probe" {
					got = append(got, f.ID)
				}
			}
			want := strings.Fields(tt.want)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) || requests != 5 || r.Last() != &r.Exchanges[0] {
				t.Errorf("%v, want %v; %d requests", got, want, requests)
			}
		})
	}
}

func TestComparisonsLeaveTheVisitorsCredentialsOut(t *testing.T) {
	var seen []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent := r.Header.Get("Authorization")
		if _, password, ok := r.BasicAuth(); ok {
			sent = "Basic " + password
		}
		if ours, _, found := strings.Cut(sent, "made-up-"); found {
			sent = ours + "made-up" // what follows is new each time
		}
		seen = append(seen, r.Method+" "+sent+" "+r.Header.Get("X-A"))
		w.WriteHeader(http.StatusForbidden)
	}))
	defer server.Close()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var c Config
	c.AllowAll = true
	target := Target{Probe: true}
	target.Request.URL = server.URL
	target.Request.Fields = field.Section{{Name: "Authorization", Value: "Bearer SECRET"}, {Name: "X-A", Value: "1"}}
	New(lib, c).URL(t.Context(), target, nil)
	want := []string{"GET Bearer SECRET 1", "GET  1", "GET Bearer wwwhy-made-up 1", "GET Basic made-up 1", "HEAD  1", "OPTIONS  1"}
	if !slices.Equal(seen, want) {
		t.Errorf("%q", seen)
	}
}

// One click makes no more connections than one inspection may, however long its
// redirects and whatever it probes for.
func TestProbesShareTheBudgetOfConnections(t *testing.T) {
	for _, hops := range []int{0, 6, 10} {
		var connections atomic.Int32
		var server *httptest.Server
		server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			connections.Add(1)
			var n int
			if _, err := fmt.Sscanf(r.URL.Path, "/%d", &n); err == nil && n < hops && r.Method == "GET" {
				http.Redirect(w, r, fmt.Sprintf("/%d", n+1), http.StatusFound)
				return
			}
			w.Header().Set("WWW-Authenticate", `Bearer resource_metadata="`+server.URL+`/metadata"`)
			w.WriteHeader(http.StatusUnauthorized)
		}))
		lib, err := content.Load()
		if err != nil {
			t.Fatal(err)
		}
		var c Config
		c.AllowAll = true
		target := Target{Probe: true, Discover: true}
		target.Request.URL = server.URL + "/0"
		r := New(lib, c).URL(t.Context(), target, nil)
		server.Close()
		if n := connections.Load(); n > 12 || n < 5 || int(n) != len(r.Exchanges) {
			t.Errorf("%d redirects: %d connections, %d exchanges", hops, n, len(r.Exchanges))
		}
		for _, f := range r.Findings {
			if f.ID == "failure-too-large" {
				t.Errorf("%d redirects: our own limit is told as a fault: %s", hops, f.Summary)
			}
		}
	}
}
