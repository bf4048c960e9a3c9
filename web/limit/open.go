package limit

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
)

// Open returns the Limiter that a URL names: memory, or a server with the
// scheme redis, rediss (TLS) or unix, which memory stands in for while it does
// not answer. It asks the server, for a quarter of a second at most, and
// starts without it if need be; log tells so. No error shows the URL.
func Open(ctx context.Context, url string, log *slog.Logger) (Limiter, error) {
	scheme, _, ok := strings.Cut(url, "://")
	switch scheme = strings.ToLower(scheme); {
	case strings.EqualFold(url, "memory"):
		return NewMemory(), nil
	case ok && (scheme == "redis" || scheme == "rediss" || scheme == "unix"):
		shared, err := NewRedis(url)
		if err != nil {
			return nil, fmt.Errorf("--limits: %w", err)
		}
		return NewFallback(ctx, shared, DefaultPause, log), nil
	}
	return nil, fmt.Errorf("--limits says where rates are counted: memory, redis://host:6379/0, rediss://host:6379/0 for TLS, or unix:///path/to/socket; it is none of them")
}
