package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// spareHeap is how many bytes a server may allocate between two collections
// while it holds little. The runtime would allow it as much as it holds: with
// the few megabytes of a site that was just started, collections would take a
// fifth of the time of a page.
const spareHeap = 8 << 20

// quietTime is how long no collection was needed when a server gives back to the
// system what it does not use: the runtime keeps it for the next burst.
const quietTime = 10 * time.Second

// pace is who sets the pace of the garbage collector, after each collection.
type pace struct {
	mu      sync.Mutex
	percent int // as set; 0: not yet
	before  int
	wait    time.Duration // until it is quiet
	quiet   *time.Timer   // gives memory back then
	give    func()        // gives the system what is not in use, which takes a collection
	giving  bool          // the next collection is that of giving back
	ended   bool
}

// paceCollections lets collections come when spareHeap was allocated, or half as
// much as is in use where that is more, until stop. GOGC, where it is set,
// stands.
func paceCollections() (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	p := newPace(quietTime, debug.FreeOSMemory)
	p.next()
	return p.end
}

// newPace returns one that gives memory back after a time without collections.
func newPace(quiet time.Duration, give func()) *pace {
	p := &pace{wait: quiet, give: give}
	p.quiet = time.AfterFunc(quiet, p.giveBack)
	return p
}

// next sets the pace, and comes again after the next collection.
func (p *pace) next() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	percent := paceFor(live[0].Value.Uint64())
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	if d := percent - p.percent; d < -20 || d > 20 { // each change stops the program for a moment
		before := debug.SetGCPercent(percent)
		if p.percent == 0 {
			p.before = before
		}
		p.percent = percent
	}
	if !p.giving {
		p.quiet.Reset(p.wait)
	}
	p.giving = false
	sentinel := new([16]byte)
	runtime.AddCleanup(sentinel, func(p *pace) { p.next() }, p)
}

// giveBack gives memory back. After the collection that this takes it must not
// come again, or it would never be quiet.
func (p *pace) giveBack() {
	p.mu.Lock()
	ended := p.ended
	p.giving = true
	p.mu.Unlock()
	if !ended {
		p.give()
	}
}

// end gives the collector the pace that it had.
func (p *pace) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	p.quiet.Stop()
	debug.SetGCPercent(p.before)
}

// paceFor is how much may be allocated until the next collection, in percent of
// what is in use: at least half as much, and four times as much at most.
func paceFor(live uint64) int {
	return int(min(max(spareHeap*100/max(live, 1), 50), 400))
}
