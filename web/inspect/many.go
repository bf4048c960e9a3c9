package inspect

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"

	"wwwhy/web/report"
)

// perHost is how many inspections of one host are under way at once.
const perHost = 2

// Batch says how many targets are inspected together.
type Batch struct {
	Jobs    int                                                // at once; 2 of them for each host
	Soonest bool                                               // yield rows as they come, not in the order of the targets
	Place   func(ctx context.Context, t Target) (leave func()) // waits for a place; nil when ctx ends before; may itself be nil
}

// Many inspects targets and yields the index of each with its row. It ends
// early with ctx or when the caller stops; then what was done is yielded still,
// and it returns when all work has ended. A panic in an inspection is raised
// again in the goroutine of the caller, who may catch it there.
func (in *Inspector) Many(ctx context.Context, targets []Target, b Batch) iter.Seq2[int, report.Row] {
	return func(yield func(int, report.Row) bool) {
		ctx, cancel := context.WithCancel(ctx)
		m := &many{in: in, ctx: ctx, batch: b, targets: targets, hosts: map[string]*hostQueue{}, ended: make(chan numbered, len(targets)), fault: make(chan string, len(targets))}
		defer m.work.Wait()
		defer cancel()
		m.begin()
		out := inOrder{yield: yield, rows: make([]*report.Row, len(targets)), soonest: b.Soonest}
		for range targets {
			select {
			case r := <-m.ended:
				if !out.add(r) {
					return
				}
			case v := <-m.fault:
				panic(v)
			case <-ctx.Done():
				m.work.Wait()
				out.rest(m.ended)
				return
			}
		}
	}
}

// numbered is a row with the index of its target.
type numbered struct {
	index int
	row   report.Row
}

// inOrder holds rows back until those before them are there.
type inOrder struct {
	yield   func(int, report.Row) bool
	rows    []*report.Row // that wait
	next    int
	soonest bool
}

// add yields what can be yielded. It returns false when the caller stops.
func (o *inOrder) add(r numbered) bool {
	if o.soonest {
		return o.yield(r.index, r.row)
	}
	o.rows[r.index] = &r.row
	for ; o.next < len(o.rows) && o.rows[o.next] != nil; o.next++ {
		if !o.yield(o.next, *o.rows[o.next]) {
			return false
		}
		o.rows[o.next] = nil
	}
	return true
}

// rest yields the rows that came, though some before them never will.
func (o *inOrder) rest(ended <-chan numbered) {
	for len(ended) > 0 {
		if r := <-ended; !o.add(r) {
			return
		}
	}
	for i, r := range o.rows {
		if r != nil && !o.yield(i, *r) {
			return
		}
	}
}

// many is the work of one call of Many. Targets wait in the queue of their
// host, so that a slow host keeps no others waiting.
type many struct {
	in      *Inspector
	ctx     context.Context
	batch   Batch
	targets []Target
	ended   chan numbered // has room for all
	fault   chan string   // panics of inspections, with their stacks; has room for all

	work  sync.WaitGroup
	mu    sync.Mutex
	hosts map[string]*hostQueue
	ready []*hostQueue // have a target that waits, and room for it
	under int          // inspections under way
}

// hostQueue is the targets of one host.
type hostQueue struct {
	waiting []int // indexes
	under   int
	ready   bool // stands among the ready
}

// begin fills the queues and starts the first inspections.
func (m *many) begin() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, t := range m.targets {
		name := hostOf(t)
		h := m.hosts[name]
		if h == nil {
			h = &hostQueue{}
			m.hosts[name] = h
			m.enqueue(h)
		}
		h.waiting = append(h.waiting, i)
	}
	m.dispatch()
}

func (m *many) enqueue(h *hostQueue) {
	if !h.ready {
		h.ready = true
		m.ready = append(m.ready, h)
	}
}

// dispatch starts as many inspections as there is room for, each host in its
// turn. The lock is held.
func (m *many) dispatch() {
	for m.under < max(m.batch.Jobs, 1) && len(m.ready) > 0 && m.ctx.Err() == nil {
		h := m.ready[0]
		m.ready, h.ready = m.ready[1:], false
		i := h.waiting[0]
		h.waiting = h.waiting[1:]
		m.under++
		if h.under++; h.under < perHost && len(h.waiting) > 0 {
			m.enqueue(h)
		}
		m.work.Go(func() { m.one(i, h) })
	}
}

// one inspects a target and makes room for the next.
func (m *many) one(i int, h *hostQueue) {
	defer func() {
		if v := recover(); v != nil {
			m.fault <- fmt.Sprintf("%v\n%s", v, debug.Stack())
		}
	}()
	if row, ok := m.inspect(m.targets[i]); ok {
		m.ended <- numbered{i, row}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.under--
	if h.under--; len(h.waiting) > 0 {
		m.enqueue(h)
	}
	m.dispatch()
}

// inspect makes a row, unless the end of the context cut the inspection off.
func (m *many) inspect(t Target) (report.Row, bool) {
	if m.batch.Place != nil {
		leave := m.batch.Place(m.ctx, t)
		if leave == nil {
			return report.Row{}, false
		}
		defer leave()
	}
	asked := t.Request.URL
	t.Patient = true
	r := m.in.URL(m.ctx, t, nil)
	last := r.Last()
	return report.NewRow(asked, r), m.ctx.Err() == nil || last != nil && last.Error.Kind != "canceled"
}

func hostOf(t Target) string {
	u, err := url.Parse(Complete(t.Request.URL))
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}
