package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestThePaceFollowsWhatIsInUse(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 1 << 20: 400, 8 << 20: 300, 24 << 20: 100, 1 << 30: 100} {
		if got := paceFor(live); got != want {
			t.Errorf("with %d bytes in use the pace is %d, want %d", live, got, want)
		}
	}
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	t.Setenv("GOGC", "")
	stop := paceCollections()
	runtime.GC()
	if now := debug.SetGCPercent(100); now < 100 {
		t.Errorf("the pace is %d", now)
	}
	stop()
	if now := debug.SetGCPercent(100); now != 100 {
		t.Errorf("the pace is %d at the end, want that of before", now)
	}
}
