package archive

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

// TestSweepingRemovesWhatExpired lets minutes pass, and closes the archive when
// the sweeping was stopped.
func TestSweepingRemovesWhatExpired(t *testing.T) {
	// The coder makes its channels when it is first used: not in a bubble, which
	// would keep them from the tests that follow.
	save(t, open(t, "memory", Config{}), record(NewName()))
	synctest.Test(t, func(t *testing.T) {
		a, err := Open(t.Context(), "memory", Config{})
		if err != nil {
			t.Fatal(err)
		}
		r := Record{ID: NewName(), DeleteKey: NewName(), Created: time.Now(), Expires: time.Now().Add(90 * time.Second), Report: []byte("{}")}
		if err := a.Save(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		kept := func() int {
			m := a.(*memory)
			m.mu.Lock()
			defer m.mu.Unlock()
			return len(m.entries)
		}
		stop := StartSweeping(t.Context(), a, slog.New(slog.DiscardHandler))
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if n := kept(); n != 1 {
			t.Errorf("%d records are kept before the time", n)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := kept(); n != 0 {
			t.Errorf("%d records are kept after the time", n)
		}
		stop()
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
