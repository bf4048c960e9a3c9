package limit

import (
	"cmp"
	"context"
	"hash/maphash"
	"maps"
	"math/bits"
	"slices"
	"sync"
	"time"
)

// DefaultMost is how many keys Memory keeps unless told otherwise; they take
// 7 MB.
const DefaultMost = 1 << 17

const (
	shards     = 64 // as many as a word has bits, see lock
	leastMost  = 4096
	sweepEvery = int64(time.Minute / time.Microsecond)
)

// Memory counts in this process. A key is kept until its rate is whole again;
// it costs the same however long it is.
//
// A flood of keys does not grow it beyond Most: where there is no place for
// another key, the quarter of its neighbors that would be forgotten soonest
// anyway is forgotten now, and starts afresh. So those who took most are
// remembered longest, and no one is refused because of others.
//
// What is over is swept when a neighboring key is taken. There is no
// goroutine.
type Memory struct {
	// Now is the clock, time.Now unless a test sets it before the first Take.
	Now func() time.Time
	// Most is how many keys are kept: 4096 or more, rounded up to a multiple of
	// 64. It may be set before the first Take.
	Most int

	start  time.Time
	seeds  [2]maphash.Seed
	shards [shards]shard
}

// id stands for a rate's name and a key. With 128 bits and a secret seed no
// one makes two keys meet.
type id [2]uint64

type shard struct {
	mu    sync.Mutex
	until map[id]int64 // when the rate is whole again, on the clock of Memory
	sweep int64        // when to look for what is over
}

// NewMemory returns a Memory without keys.
func NewMemory() *Memory {
	return &Memory{Now: time.Now, Most: DefaultMost, start: time.Now(), seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

// Take implements Limiter.
func (m *Memory) Take(ctx context.Context, takes ...Take) (Answer, error) {
	if err := cmp.Or(ctx.Err(), check(takes)); err != nil {
		return Answer{}, err
	}
	ids := make([]id, len(takes))
	used := make([]int64, len(takes))
	for i, t := range takes {
		name := [2]string{t.Rate.Name, t.Key}
		ids[i] = id{maphash.Comparable(m.seeds[0], name), maphash.Comparable(m.seeds[1], name)}
	}
	locked := m.lock(ids)
	defer m.unlock(locked)
	// The clock is read under the locks, so that it never runs backwards from
	// one take of a key to the next.
	now := int64(m.Now().Sub(m.start) / time.Microsecond)
	for i, k := range ids {
		used[i] = m.shard(k).used(k, now, takes[i].Rate.pace().full)
	}
	a, taken := decide(takes, used)
	if !taken {
		return a, nil
	}
	// Room first, for all: a key that is written stays.
	most := max((m.Most+shards-1)/shards, leastMost/shards)
	for _, k := range ids {
		m.shard(k).tidy(now, most-len(ids))
	}
	for i, k := range ids {
		if takes[i].N > 0 {
			m.shard(k).until[k] = now + used[i]
		}
	}
	return a, nil
}

func (m *Memory) shard(k id) *shard { return &m.shards[k[0]%shards] }

// lock locks the shards of the keys, always in the same order, and returns
// them as a set of bits.
func (m *Memory) lock(ids []id) (set uint64) {
	for _, k := range ids {
		set |= 1 << (k[0] % shards)
	}
	for rest := set; rest != 0; rest &= rest - 1 {
		m.shards[bits.TrailingZeros64(rest)].mu.Lock()
	}
	return set
}

func (m *Memory) unlock(set uint64) {
	for ; set != 0; set &= set - 1 {
		m.shards[bits.TrailingZeros64(set)].mu.Unlock()
	}
}

// used returns how long it takes until a key is whole again. That is never
// longer than a whole burst takes: the rate may have changed since.
func (s *shard) used(k id, now, full int64) int64 {
	used := s.until[k] - now
	if _, ok := s.until[k]; !ok || used <= 0 {
		return 0
	}
	if used > full {
		used = full
		s.until[k] = now + full
	}
	return used
}

// tidy makes sure that there are at most most keys, and sweeps what is over
// from time to time.
func (s *shard) tidy(now int64, most int) {
	if s.until == nil {
		s.until, s.sweep = map[id]int64{}, now+sweepEvery
	}
	before := len(s.until)
	if before <= most && now < s.sweep {
		return
	}
	end := now
	over := func(_ id, until int64) bool { return until <= end }
	maps.DeleteFunc(s.until, over)
	if before > most && len(s.until) > most*3/4 {
		ends := slices.Sorted(maps.Values(s.until))
		end = ends[len(ends)/4]
		maps.DeleteFunc(s.until, over)
	}
	if len(s.until) < before/4 {
		rest := make(map[id]int64, len(s.until)) // a map never shrinks
		maps.Copy(rest, s.until)
		s.until = rest
	}
	s.sweep = now + sweepEvery
}

// Len returns how many keys are kept, those included that are over and not yet
// swept.
func (m *Memory) Len() int {
	n := 0
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		n += len(s.until)
		s.mu.Unlock()
	}
	return n
}

// Ping implements Limiter. Memory always counts.
func (m *Memory) Ping(ctx context.Context) error { return ctx.Err() }

// Close implements Limiter. There is nothing to give back.
func (m *Memory) Close() error { return nil }
