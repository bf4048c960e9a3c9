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
				turns.Do(func() {
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

// TestWhoLeavesTakesNoTurn: what nobody waits for any more is not done.
func TestWhoLeavesTakesNoTurn(t *testing.T) {
	turns := NewTurns(1)
	ctx, leave := context.WithCancel(t.Context())
	turns.Do(func() {
		left := make(chan error)
		go func() { left <- turns.DoFor(ctx, func() { t.Error("work was done for nobody") }) }()
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("whoever left is told %v", err)
		}
	})
	done := false
	if err := turns.DoFor(t.Context(), func() { done = true }); err != nil || !done {
		t.Errorf("with a turn free: %v, done: %t", err, done)
	}
}

func TestNoTurnsBoundNothing(t *testing.T) {
	var none *Turns
	inner := false
	none.Do(func() { none.Do(func() { inner = true }) })
	if err := none.DoFor(t.Context(), func() {}); !inner || err != nil {
		t.Error("what was to be done was not")
	}
}
