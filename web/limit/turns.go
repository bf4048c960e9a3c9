package limit

import "context"

// Turns lets few at a time do what takes a processor for milliseconds: judging,
// searching, drawing a report. What takes microseconds, such as an article that
// is ready, then finds a processor free however many want the rest. Waiting is
// bounded by how many came before, since nobody waits for anything else during a
// turn: Do must not be called inside Do.
type Turns struct{ free chan struct{} }

// NewTurns lets most do so at once, or one where most is less.
func NewTurns(most int) *Turns {
	return &Turns{make(chan struct{}, max(most, 1))}
}

// Do does what is to be done when it is its turn, in the order of coming. Where t
// is nil, it is so at once.
func (t *Turns) Do(work func()) {
	if t == nil {
		work()
		return
	}
	t.free <- struct{}{}
	defer t.give() // also where work panics
	work()
}

// DoFor is Do for somebody who may leave: where ctx ends before it is their turn,
// nothing is done, and the error is that of ctx.
func (t *Turns) DoFor(ctx context.Context, work func()) error {
	if t == nil {
		work()
		return nil
	}
	select {
	case t.free <- struct{}{}:
	default:
		select {
		case t.free <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	defer t.give()
	work()
	return nil
}

func (t *Turns) give() { <-t.free }
