package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// spareHeap is how many bytes a server may allocate between two collections
// while it holds little. The runtime would allow it as much as it holds: with
// the few megabytes of a site that was just started, collections would take a
// fifth of the time of a page.
const spareHeap = 24 << 20

// pace is who sets the pace of the garbage collector, after each collection.
type pace struct {
	mu      sync.Mutex
	percent int // as set; 0: not yet
	before  int
	ended   bool
}

// paceCollections lets collections come when spareHeap was allocated, or as much
// as is in use where that is more, until stop. GOGC, where it is set, stands.
func paceCollections() (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	p := &pace{}
	p.next()
	return p.end
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
	sentinel := new([16]byte)
	runtime.AddCleanup(sentinel, func(p *pace) { p.next() }, p)
}

// end gives the collector the pace that it had.
func (p *pace) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	debug.SetGCPercent(p.before)
}

// paceFor is how much may be allocated until the next collection, in percent of
// what is in use: at least as much, and four times as much at most.
func paceFor(live uint64) int {
	return int(min(max(spareHeap*100/max(live, 1), 100), 400))
}
