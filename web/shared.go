package web

import (
	"context"
	"net/http"
	"sync"
	"time"

	"wwwhy/web/problem"
	"wwwhy/web/report"
)

// Bounds of what is shared: reports, and roughly their bytes.
const (
	sharedMost  = 256
	sharedBytes = 16 << 20
)

// sharedAnswers gives those who ask the same within a time the same report, so
// that a target is asked once. Who asks while the first inspection is under way
// waits for it.
type sharedAnswers struct {
	keep    time.Duration // 0: nothing is shared
	mu      sync.Mutex
	answers map[string]*sharedAnswer
	order   []*sharedAnswer // oldest first
	bytes   int
}

type sharedAnswer struct {
	key    string
	done   chan struct{} // closed when report and problem are set
	report *report.Report
	wrong  *problem.Problem
	made   time.Time
	size   int
	asking int
	cancel context.CancelFunc
}

// get returns the report for a key: a shared one, with its age, or what make
// returns. make runs until it ends or until everybody who waits for it left.
func (s *sharedAnswers) get(ctx context.Context, key string, make func(context.Context) (*report.Report, *problem.Problem)) (*report.Report, time.Duration, *problem.Problem) {
	if s.keep == 0 || key == "" {
		r, p := make(ctx)
		return r, 0, p
	}
	a, first := s.join(ctx, key)
	if first != nil {
		go s.finish(first, a, make)
	}
	defer s.leave(a)
	select {
	case <-a.done:
	case <-ctx.Done():
		return nil, 0, &problem.Problem{Status: http.StatusServiceUnavailable, Title: "You went away", Detail: "The request was ended before its answer."}
	}
	if first != nil || a.report == nil {
		return a.report, 0, a.wrong
	}
	return a.report, time.Since(a.made), nil
}

// join returns the answer for a key that is not too old, or begins one; then
// the context is that of its inspection.
func (s *sharedAnswers) join(ctx context.Context, key string) (*sharedAnswer, context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget()
	if a := s.answers[key]; a != nil && (a.asking > 0 || a.report != nil) {
		a.asking++
		return a, nil
	}
	if s.answers == nil {
		s.answers = map[string]*sharedAnswer{}
	}
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	a := &sharedAnswer{key: key, done: make(chan struct{}), asking: 1, cancel: cancel}
	s.answers[key] = a
	return a, work
}

// finish makes the report and keeps it, unless it could not be made.
func (s *sharedAnswers) finish(ctx context.Context, a *sharedAnswer, make func(context.Context) (*report.Report, *problem.Problem)) {
	r, p := make(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	a.cancel()
	a.report, a.wrong, a.made = r, p, time.Now()
	if r != nil && ofTarget(r) {
		a.size = sizeOf(r)
		s.bytes += a.size
		s.order = append(s.order, a)
	} else if s.answers[a.key] == a {
		delete(s.answers, a.key)
	}
	s.forget()
	close(a.done)
}

// ofTarget reports whether a report tells of the target, not of somebody who
// went away.
func ofTarget(r *report.Report) bool {
	x := r.Last()
	return x == nil || x.Error.Kind != "canceled" && x.Error.Kind != "busy"
}

func (s *sharedAnswers) leave(a *sharedAnswer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.asking--; a.asking == 0 {
		a.cancel()
		if a.report == nil && s.answers[a.key] == a {
			delete(s.answers, a.key)
		}
	}
}

// forget drops what is too old or too much.
func (s *sharedAnswers) forget() {
	for len(s.order) > 0 {
		a := s.order[0]
		if time.Since(a.made) < s.keep && len(s.order) <= sharedMost && s.bytes <= sharedBytes {
			return
		}
		if s.answers[a.key] == a {
			delete(s.answers, a.key)
		}
		s.order, s.bytes = s.order[1:], s.bytes-a.size
	}
}

// sizeOf is roughly how many bytes a report takes, with the facts that it keeps.
func sizeOf(r *report.Report) int {
	n := 2000 * len(r.Findings)
	for _, x := range r.Facts() {
		if x.Response != nil {
			n += len(x.Response.Content.Sample)
		}
	}
	for _, x := range r.Exchanges {
		n += 4000 + 3*len(x.Head) + len(x.Raw) + 1000*len(x.Fields)
	}
	return n
}
