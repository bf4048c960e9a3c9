package main

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"
)

func TestThePaceFollowsWhatIsInUse(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 1 << 20: 400, 4 << 20: 200, 8 << 20: 100, 16 << 20: 50, 1 << 30: 50} {
		if got := paceFor(live); got != want {
			t.Errorf("with %d bytes in use the pace is %d, want %d", live, got, want)
		}
	}
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	t.Setenv("GOGC", "")
	stop := paceCollections()
	runtime.GC()
	if now := debug.SetGCPercent(100); now < 50 || now > 400 {
		t.Errorf("the pace is %d", now)
	}
	stop()
	if now := debug.SetGCPercent(100); now != 100 {
		t.Errorf("the pace is %d at the end, want that of before", now)
	}
}

// TestMemoryIsGivenBackOnce lets a burst end, after which a server gives back what
// it took, and then leaves the processors alone.
func TestMemoryIsGivenBackOnce(t *testing.T) {
	var times atomic.Int64
	p := newPace(time.Millisecond, func() { times.Add(1); debug.FreeOSMemory() })
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	p.next()
	defer p.end()
	burst := make([][]byte, 64)
	for i := range burst {
		burst[i] = make([]byte, 1<<20)
	}
	runtime.KeepAlive(burst)
	burst = nil
	runtime.GC()
	for end := time.Now().Add(10 * time.Second); times.Load() == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing was given back 10 seconds after the burst")
		}
	}
	time.Sleep(200 * time.Millisecond)
	if n := times.Load(); n > 20 { // one, and one for each collection of others
		t.Errorf("memory was given back %d times within 200 ms of quiet", n)
	}
}
