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
// is nil, it is so at once. Where ctx ends before, it does nothing and returns
// ctx's error: who went away keeps nobody waiting.
func (t *Turns) Do(ctx context.Context, work func()) error {
	if t == nil {
		work()
		return nil
	}
	select {
	case t.free <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-t.free }() // also where work panics
	if err := ctx.Err(); err != nil {
		return err // both were so, and select chose
	}
	work()
	return nil
}
