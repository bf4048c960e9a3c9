package limit

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

// TestTurnsBoundWhatIsDoneAtOnce also has some turns panic, which must give
// their place back.
func TestTurnsBoundWhatIsDoneAtOnce(t *testing.T) {
	for most, want := range map[int]int64{-1: 1, 0: 1, 1: 1, 3: 3} {
		turns := NewTurns(most)
		var now, highest, done atomic.Int64
		var all sync.WaitGroup
		meet := make(chan struct{})
		for i := range 60 {
			all.Go(func() {
				defer func() { _ = recover() }()
				_ = turns.Do(t.Context(), func() {
					n := now.Add(1)
					defer now.Add(-1)
					if n == want {
						select {
						case <-meet:
						default:
							close(meet)
						}
					}
					<-meet // so many do meet
					for h := highest.Load(); n > h && !highest.CompareAndSwap(h, n); h = highest.Load() {
					}
					done.Add(1)
					if i%7 == 0 {
						panic("a fault")
					}
				})
			})
		}
		all.Wait()
		if highest.Load() != want || done.Load() != 60 {
			t.Errorf("of %d: %d at once, %d of 60 done", most, highest.Load(), done.Load())
		}
	}
}

func TestNoTurnsBoundNothing(t *testing.T) {
	var none *Turns
	inner := false
	_ = none.Do(t.Context(), func() { _ = none.Do(t.Context(), func() { inner = true }) })
	if !inner {
		t.Error("what was to be done was not")
	}
}

// TestWhoWentAwayHasNoTurn ends the contexts of those who wait: none of them works,
// and who comes after them need not wait for them.
func TestWhoWentAwayHasNoTurn(t *testing.T) {
	turns := NewTurns(1)
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error, 50)
	err := turns.Do(t.Context(), func() {
		for range cap(left) {
			go func() { left <- turns.Do(ctx, func() { t.Error("one works who went away") }) }()
		}
		cancel()
		for range cap(left) {
			if err := <-left; !errors.Is(err, context.Canceled) {
				t.Errorf("who went away is told %v", err)
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
	if err := turns.Do(ctx, func() { t.Error("works though it ended") }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := turns.Do(t.Context(), func() {}); err != nil {
		t.Error(err)
	}
}
