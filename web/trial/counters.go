package trial

import "sync"

// counters count requests by an id that the client chose. The oldest is dropped
// when there are too many.
type counters struct {
	mu    sync.Mutex
	seen  map[string]int
	order []string
}

// add counts one more request and returns how many there were before.
func (c *counters) add(id string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, had := c.seen[id]
	if !had {
		if len(c.order) >= mostCounted {
			delete(c.seen, c.order[0])
			c.order = c.order[1:]
		}
		c.order = append(c.order, id)
	}
	c.seen[id] = min(n+1, mostTimes+1)
	return n
}
