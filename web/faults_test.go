package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/archive"
	"wwwhy/web/inspect"
)

// switched is an archive that really stores, and fails while it is off.
type switched struct {
	archive.Archive
	off atomic.Bool
}

var errOff = errors.New("the storage is gone")

func (s *switched) Save(ctx context.Context, r archive.Record) error {
	if s.off.Load() {
		return errOff
	}
	return s.Archive.Save(ctx, r)
}

func (s *switched) Load(ctx context.Context, id string) (archive.Record, error) {
	if s.off.Load() {
		return archive.Record{}, errOff
	}
	return s.Archive.Load(ctx, id)
}

func (s *switched) Delete(ctx context.Context, id, key string) error {
	if s.off.Load() {
		return errOff
	}
	return s.Archive.Delete(ctx, id, key)
}

func (s *switched) Remove(ctx context.Context, id string) error {
	if s.off.Load() {
		return errOff
	}
	return s.Archive.Remove(ctx, id)
}

func (s *switched) Pin(ctx context.Context, id string, pinned bool) error {
	if s.off.Load() {
		return errOff
	}
	return s.Archive.Pin(ctx, id, pinned)
}

func (s *switched) Ping(ctx context.Context) error {
	if s.off.Load() {
		return errOff
	}
	return s.Archive.Ping(ctx)
}

// faulty starts the site with what a test has broken.
func faulty(t *testing.T, change func(*Config, *inspect.Config)) string {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	c, i := Config{Library: lib, Log: slog.New(slog.DiscardHandler)}, inspect.Config{}
	i.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	change(&c, &i)
	c.Inspector = inspect.New(lib, i)
	server := httptest.NewServer(New(c))
	t.Cleanup(server.Close)
	return server.URL
}

// asks sends a form, or without one a GET, and checks the status.
func asks(t *testing.T, address string, form url.Values, want int) (*http.Response, string) {
	t.Helper()
	method, body := "GET", ""
	if form != nil {
		method, body = "POST", form.Encode()
	}
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != want {
		t.Errorf("%s %s answers %d, want %d: %.300s", method, address, resp.StatusCode, want, data)
	}
	return resp, string(data)
}

var pastedBody = url.Values{"text": {"HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=x\n"}}

func TestTheStoreOfReportsGoesAndComesBack(t *testing.T) {
	store := &switched{Archive: archive.InMemory()}
	base := faulty(t, func(c *Config, _ *inspect.Config) { c.Archive = store })
	first, _ := asks(t, base+"/r", pastedBody, 201)
	saved := base + first.Header.Get("Location")
	asks(t, saved, nil, 200)

	store.off.Store(true)
	for _, form := range []url.Values{pastedBody, nil} {
		address := saved
		if form != nil {
			address = base + "/r"
		}
		if resp, body := asks(t, address, form, 503); resp.Header.Get("Retry-After") != "30" || !strings.Contains(body, "Nothing that was saved is lost") || strings.Contains(body, errOff.Error()) {
			t.Errorf("%s: Retry-After %q, %.500s", address, resp.Header.Get("Retry-After"), body)
		}
	}
	time.Sleep(askedEvery) // what was known before may be told for so long
	if _, body := asks(t, base+"/readyz", nil, 200); !strings.Contains(body, "degraded\nreports: out of reach") {
		t.Errorf("/readyz: %s", body)
	}
	asks(t, base+"/readyz?strict", nil, 503)
	for _, path := range []string{"/401", "/healthz", "/search?q=cors"} {
		asks(t, base+path, nil, 200)
	}
	asks(t, base+"/explain", pastedBody, 200)

	store.off.Store(false)
	asks(t, saved, nil, 200)
	asks(t, base+"/r", pastedBody, 201)
	time.Sleep(askedEvery)
	asks(t, base+"/readyz?strict", nil, 200)
}

func TestAFullStoreSaysWhenToComeBack(t *testing.T) {
	store, err := archive.Open(t.Context(), "memory", archive.Config{Records: 1})
	if err != nil {
		t.Fatal(err)
	}
	base := faulty(t, func(c *Config, _ *inspect.Config) { c.Archive = store })
	first, _ := asks(t, base+"/r", pastedBody, 201)
	if resp, body := asks(t, base+"/r", pastedBody, 503); resp.Header.Get("Retry-After") != "3600" || !strings.Contains(body, "No room for more reports") {
		t.Errorf("Retry-After is %q: %.500s", resp.Header.Get("Retry-After"), body)
	}
	asks(t, base+first.Header.Get("Location"), nil, 200)
}

// deadResolver answers nothing until who asks gives up.
type deadResolver struct{}

func (deadResolver) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestADeadResolverHoldsUpNamesOnly(t *testing.T) {
	target := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(target.Close)
	base := faulty(t, func(_ *Config, i *inspect.Config) { i.Resolver, i.Deadline = deadResolver{}, 300*time.Millisecond })
	if _, body := asks(t, base+"/api/v1/inspect?url=http://named.example/", nil, 200); !strings.Contains(body, `"kind": "dns"`) && !strings.Contains(body, `"kind": "timeout"`) {
		t.Errorf("the report says no failure: %.2000s", body)
	}
	asks(t, base+"/api/v1/inspect?url="+target.URL, nil, 200)
	asks(t, base+"/401", nil, 200)
}

// broken starts a site whose inspections all end in a panic, as a rule would
// that a server's answer trips up.
func broken(t *testing.T, share time.Duration) string {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(New(Config{Library: lib, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Bounds: Bounds{Share: share}, MCP: true}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestAFaultOfARuleEndsItsRequestOnly: an inspection does not run in the
// goroutine of its request, whose panics net/http catches.
func TestAFaultOfARuleEndsItsRequestOnly(t *testing.T) {
	for _, share := range []time.Duration{0, time.Minute} {
		base := broken(t, share)
		for _, path := range []string{"/api/v1/inspect?url=http://192.0.2.1/", "/inspect?url=http://192.0.2.1/", "/api/v1/compare?left=http://192.0.2.1/&right=x"} {
			for range 2 { // the second does not wait for the first
				resp, body := do(t, "GET", base+path, "")
				if resp.StatusCode != 500 || !strings.Contains(body, "fault of ours") {
					t.Errorf("sharing for %s, %s: %d %s", share, path, resp.StatusCode, body)
				}
			}
		}
	}
}

// TestAStreamThatBreaksOffDoesNotLookWhole: rows that came before a fault are
// sent, and then the connection ends without the end of the content.
func TestAStreamThatBreaksOffDoesNotLookWhole(t *testing.T) {
	base := broken(t, 0)
	req, err := http.NewRequestWithContext(t.Context(), "POST", base+"/api/v1/check", strings.NewReader("http://192.0.2.1/\n"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "text/plain")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); resp.StatusCode != 200 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a check that broke off gives %s, %q and the error %v", resp.Status, got, err)
	}
}
