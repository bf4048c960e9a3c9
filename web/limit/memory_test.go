package limit

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"
)

// TestAFloodOfKeysIsBounded sends ten times as many keys as there is room for,
// among them one that has taken all it may: that one is remembered.
func TestAFloodOfKeysIsBounded(t *testing.T) {
	m, now := NewMemory(), start
	m.Now, m.Most = func() time.Time { return now }, leastMost
	take(t, m, Take{"greedy", client, 60})
	most := 0
	for i := range 10 * leastMost {
		now = now.Add(time.Microsecond)
		if a := take(t, m, Take{strconv.Itoa(i), client, 1}, Take{strconv.Itoa(i), quick, 1}); a.Refused() != nil {
			t.Fatalf("a new key is refused: %s", short(a))
		}
		most = max(most, m.Len())
	}
	if most > leastMost || most < leastMost/2 {
		t.Errorf("%d keys were kept; at most %d may be", most, leastMost)
	}
	if a := take(t, m, Take{"greedy", client, 1}); a.Refused() == nil {
		t.Error("the flood made the greedy one forgotten")
	}
}

func TestAFloodFromManyGoroutinesIsBounded(t *testing.T) {
	m := NewMemory()
	m.Most = leastMost
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			for i := range 2 * leastMost {
				k := fmt.Sprint(g, i)
				if _, err := m.Take(context.Background(), Take{k, client, 1}, Take{k, quick, 1}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if m.Len() > leastMost {
		t.Errorf("%d keys are kept; at most %d may be", m.Len(), leastMost)
	}
}

func TestWhatIsOverIsSwept(t *testing.T) {
	m, now := NewMemory(), start
	m.Now = func() time.Time { return now }
	for i := range 20_000 {
		take(t, m, Take{strconv.Itoa(i), client, 1})
	}
	if m.Len() != 20_000 {
		t.Fatalf("%d keys are kept", m.Len())
	}
	now = now.Add(time.Minute)
	for i := range 2000 { // touches each shard
		take(t, m, Take{strconv.Itoa(i), client, 1})
	}
	if m.Len() != 2000 {
		t.Errorf("%d keys are kept; 2000 are in use", m.Len())
	}
}

func BenchmarkMemory(b *testing.B) { benchmark(b, NewMemory()) }

// BenchmarkMemoryFull is a flood: each take has new keys, and there is no room.
func BenchmarkMemoryFull(b *testing.B) {
	m := NewMemory()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		take(b, m, Take{strconv.Itoa(i), client, 1})
	}
}

func BenchmarkRedis(b *testing.B) { benchmark(b, open(b, runServer(b).url)) }

// benchmark takes as one inspection does, for 1000 clients.
func benchmark(b *testing.B, l Limiter) {
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for i := 0; p.Next(); i++ {
			k := strconv.Itoa(i % 1000)
			if _, err := l.Take(b.Context(), Take{k, quick, 1}, Take{k, client, 1}, Take{"site" + k, client, 1}); err != nil {
				b.Error(err)
			}
		}
	})
}

// TestRatesOutliveAClockThatIsSet sets the clock of rates back and far ahead:
// nobody stays refused for longer than the rate's own time, and nobody gets
// more than a quota.
func TestRatesOutliveAClockThatIsSet(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	m := NewMemory()
	m.Now = func() time.Time { return now }
	t.Cleanup(func() { _ = m.Close() })
	take := func() (granted bool, after time.Duration) {
		a, err := m.Take(t.Context(), Take{Key: "k", Rate: Rate{Name: "hour", Quota: 2, Per: time.Hour}, N: 1})
		if err != nil {
			t.Fatal(err)
		}
		if refused := a.Refused(); refused != nil {
			return false, refused.RetryAfter
		}
		return true, 0
	}
	take()
	take()
	for _, jump := range []time.Duration{-24 * time.Hour, -365 * 24 * time.Hour} {
		now = now.Add(jump)
		granted, after := 0, time.Duration(0)
		for range 5 {
			ok, wait := take()
			if ok {
				granted++
			}
			after = max(after, wait)
		}
		if granted > 2 || after > time.Hour {
			t.Errorf("%s back: %d granted, and a wait of %s", -jump, granted, after)
		}
		now = now.Add(time.Hour)
		if ok, wait := take(); !ok {
			t.Errorf("an hour after the clock was set %s back: refused for %s", -jump, wait)
		}
	}
	now = now.Add(10 * 365 * 24 * time.Hour)
	if ok, _ := take(); !ok {
		t.Error("ten years later: refused")
	}
}
