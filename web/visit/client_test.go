package visit

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// TestAProxyThatNobodyNamedIsToldOfOnce: behind it all visitors are one client,
// who share its rates and its places. Visitors from elsewhere who say that they
// come through a proxy are not told of, whatever they send.
func TestAProxyThatNobodyNamedIsToldOfOnce(t *testing.T) {
	for _, c := range []struct {
		peer, field string
		proxies     []netip.Prefix
		told        int
	}{
		{"127.0.0.1:1", "X-Forwarded-For", nil, 1},
		{"[::1]:1", "X-Forwarded-For", nil, 1},
		{"10.1.2.3:1", "X-Forwarded-For", nil, 1},
		{"10.1.2.3:1", "X-Forwarded-For", []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, 1},
		{"[::ffff:127.0.0.1]:1", "X-Forwarded-For", []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, 0},
		{"127.0.0.1:1", "X-Forwarded-For", []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, 0},
		{"127.0.0.1:1", "X-Other", nil, 0},
		{"198.51.100.7:1", "X-Forwarded-For", nil, 0},
	} {
		var log strings.Builder
		p := NewProxies(c.proxies, slog.New(slog.NewTextHandler(&log, nil)))
		h := p.Named(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		for range 3 {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = c.peer
			r.Header.Set(c.field, "192.0.2.1")
			h.ServeHTTP(httptest.NewRecorder(), r)
		}
		if n := strings.Count(log.String(), "trusted-proxies"); n != c.told {
			t.Errorf("%s with %s, where %v are named: told %d times, want %d:\n%s", c.peer, c.field, c.proxies, n, c.told, &log)
		}
		if strings.Contains(log.String(), "192.0.2.1") || strings.Contains(log.String(), "10.1.2.3") {
			t.Errorf("the log names who asks:\n%s", &log)
		}
	}
}
