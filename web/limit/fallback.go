package limit

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultPause is how long Fallback leaves a shared limiter alone that does
// not count.
const DefaultPause = 2 * time.Second

// Fallback counts with a shared limiter, and in memory while that does not
// answer. It logs each change, not each take.
//
// Memory counts along all the time, so that a client that has used up its
// rate at this copy stays refused when the shared limiter fails. What the
// other copies granted is unknown then: each grants up to its own quota. What
// was taken in memory is not carried over when the shared limiter is back.
type Fallback struct {
	shared  Limiter
	memory  *Memory
	log     *slog.Logger
	pause   time.Duration
	answers atomic.Int64
	down    atomic.Pointer[outage] // nil: the shared limiter counts

	mu     sync.Mutex // of changes of down and of what follows
	closed bool
	wait   sync.WaitGroup // for the one attempt to come back
	end    context.Context
	stop   context.CancelFunc
}

// outage is a time in which the shared limiter does not count.
type outage struct {
	since  time.Time
	reason error
	next   atomic.Int64 // when to try again, as a duration since since
}

// NewFallback returns a Fallback that owns shared, and tries it again after
// each pause. It asks shared at once, so that a wrong address shows at start.
func NewFallback(ctx context.Context, shared Limiter, pause time.Duration, log *slog.Logger) *Fallback {
	f := &Fallback{shared: shared, memory: NewMemory(), log: log, pause: pause}
	f.end, f.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := shared.Ping(ctx); err != nil {
		f.fail(err)
	}
	return f
}

// Take implements Limiter. Only takes that are under way when an outage begins
// wait for it to be noticed: as long as shared takes to fail.
func (f *Fallback) Take(ctx context.Context, takes ...Take) (Answer, error) {
	if err := check(takes); err != nil {
		return Answer{}, err
	}
	if f.down.Load() == nil {
		a, err := f.shared.Take(ctx, takes...)
		switch {
		case err == nil && a.Refused() == nil:
			_, _ = f.memory.Take(ctx, takes...) // it may refuse what is taken; that says nothing
			return a, nil
		case err == nil:
			return a, nil
		case ctx.Err() != nil: // the caller left, which says nothing of the limiter
			return Answer{}, err
		}
		f.fail(err)
	}
	f.retry()
	f.answers.Add(1)
	return f.memory.Take(ctx, takes...)
}

// Fallbacks returns how many takes memory has answered in place of the shared
// limiter.
func (f *Fallback) Fallbacks() int64 { return f.answers.Load() }

// Ping implements Limiter. An error says that rates are counted in memory, and
// since when; takes are answered all the same.
func (f *Fallback) Ping(ctx context.Context) error {
	if f.down.Load() == nil {
		err := f.shared.Ping(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		f.fail(err)
	}
	f.retry()
	if out := f.down.Load(); out != nil {
		return fmt.Errorf("rates have been counted in memory for %s: %w", time.Since(out.since).Round(time.Second), out.reason)
	}
	return nil
}

// Close implements Limiter. It ends and awaits an attempt to come back.
func (f *Fallback) Close() error {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.stop()
	f.wait.Wait()
	return f.shared.Close()
}

// fail begins an outage, unless one has begun.
func (f *Fallback) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down.Load() != nil {
		return
	}
	out := &outage{since: time.Now(), reason: err}
	out.next.Store(int64(f.pause))
	f.down.Store(out)
	f.log.Warn("rates are counted in memory, for this copy alone", "error", err, "retry", f.pause)
}

// retry asks the shared limiter again, once the pause is over, without making
// the caller wait.
func (f *Fallback) retry() {
	out := f.down.Load()
	if out == nil {
		return
	}
	next := out.next.Load()
	age := int64(time.Since(out.since))
	if age < next || !out.next.CompareAndSwap(next, age+int64(f.pause)) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.wait.Go(func() { f.attempt(out) })
	}
}

// attempt ends the outage if the shared limiter counts again.
func (f *Fallback) attempt(out *outage) {
	err := f.shared.Ping(f.end)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil || !f.down.CompareAndSwap(out, nil) {
		return
	}
	f.log.Info("rates are counted for all copies again", "after", time.Since(out.since).Round(time.Millisecond), "fallbacks", f.answers.Load())
}
