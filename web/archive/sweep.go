package archive

import (
	"context"
	"log/slog"
	"time"
)

// StartSweeping removes records that have expired, each minute, until ctx ends
// or stop is called. stop returns when nothing is swept any more, so that the
// archive may be closed.
func StartSweeping(ctx context.Context, a Archive, log *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(time.Minute)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case now := <-tick.C:
				sweep(ctx, a, now, log)
			}
		}
	}()
	return func() { cancel(); <-ended }
}

// sweep gives up after half a minute: what is left is removed at the next time.
func sweep(ctx context.Context, a Archive, now time.Time, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if n, err := a.Sweep(ctx, now); n > 0 || err != nil {
		log.Info("expired reports removed", "reports", n, "error", err)
	}
}
