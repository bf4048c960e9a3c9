package inspect

import (
	"context"
	"iter"
	"net/url"
	"strings"
	"sync"

	"wwwhy/web/report"
)

// perHost is how many inspections of one host are under way at once.
const perHost = 2

// Many inspects targets, at most jobs at once and two for each host, and
// yields the reports in the order of the targets. It ends when they end, when
// the caller stops, or with ctx; then it returns once all work has ended.
func (in *Inspector) Many(ctx context.Context, targets iter.Seq[Target], jobs int) iter.Seq2[Target, report.Report] {
	jobs = max(jobs, 1)
	return func(yield func(Target, report.Report) bool) {
		ctx, cancel := context.WithCancel(ctx)
		m := &many{in: in, ctx: ctx, jobs: make(chan struct{}, jobs), hosts: map[string]*host{}, lines: make(chan *line, 4*jobs)}
		m.work.Go(func() { m.feed(targets) })
		defer m.work.Wait()
		defer cancel()
		for l := range m.lines {
			select {
			case r := <-l.done:
				if !yield(l.target, r) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// many is the work of one call of Many.
type many struct {
	in    *Inspector
	ctx   context.Context
	work  sync.WaitGroup
	jobs  chan struct{} // one element for each inspection under way
	lines chan *line    // in the order of the targets
	mu    sync.Mutex
	hosts map[string]*host
}

// line is a target and, once it is done, its report.
type line struct {
	target Target
	done   chan report.Report
}

// host holds the places for inspections of one host, while anybody wants one.
type host struct {
	places chan struct{}
	users  int
}

// feed starts an inspection for each target, as far ahead as lines has room.
func (m *many) feed(targets iter.Seq[Target]) {
	defer close(m.lines)
	for t := range targets {
		l := &line{t, make(chan report.Report, 1)}
		select {
		case m.lines <- l:
		case <-m.ctx.Done():
			return
		}
		m.work.Go(func() { m.one(l) })
	}
}

// one waits for a place of the host, then for one of the jobs, so that a slow
// host keeps no others waiting.
func (m *many) one(l *line) {
	name := hostOf(l.target)
	h := m.enter(name)
	defer m.leave(name, h)
	for _, places := range []chan struct{}{h.places, m.jobs} {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		case <-m.ctx.Done():
			return
		}
	}
	l.done <- m.in.URL(m.ctx, l.target, nil)
}

func (m *many) enter(name string) *host {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.hosts[name]
	if h == nil {
		h = &host{places: make(chan struct{}, perHost)}
		m.hosts[name] = h
	}
	h.users++
	return h
}

func (m *many) leave(name string, h *host) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if h.users--; h.users == 0 {
		delete(m.hosts, name)
	}
}

func hostOf(t Target) string {
	u, err := url.Parse(Complete(t.Request.URL))
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}
