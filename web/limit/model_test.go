package limit

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// model counts in the plainest way there is: a bucket for each rate and key
// holds microseconds, gains one in each, and pays for each unit.
type model struct {
	now     int64
	buckets map[string]*bucket
}

type bucket struct {
	rate   Rate
	level  int64
	at     int64
	grants [][2]int64 // when and how many
}

func (m *model) bucket(t Take) (b *bucket, every, full int64) {
	r := t.Rate
	parts, burst := r.Quota, r.Burst
	if burst == 0 {
		burst = r.Quota
	}
	if r.Strict {
		parts = r.Quota - burst + 1
	}
	if every = r.Per.Microseconds() / int64(parts); every*int64(parts) < r.Per.Microseconds() {
		every++
	}
	full = every * int64(burst)
	name := r.Name + "/" + t.Key
	if m.buckets[name] == nil {
		m.buckets[name] = &bucket{rate: r, level: full, at: m.now}
	}
	b = m.buckets[name]
	b.level, b.at = min(full, b.level+m.now-b.at), m.now
	return b, every, full
}

func (m *model) take(takes []Take) (a Answer) {
	ok := true
	for _, t := range takes {
		b, every, _ := m.bucket(t)
		ok = ok && b.level >= int64(t.N)*every
	}
	for _, t := range takes {
		b, every, full := m.bucket(t)
		g := Grant{Rate: t.Rate, OK: b.level >= int64(t.N)*every}
		if !g.OK {
			g.RetryAfter = micros(int64(t.N)*every - b.level)
		}
		if ok && t.N > 0 {
			b.level -= int64(t.N) * every
			b.grants = append(b.grants, [2]int64{m.now, int64(t.N)})
		}
		g.Remaining, g.Reset = int(b.level/every), micros(full-b.level)
		if b.level < full {
			g.Next = micros((b.level/every+1)*every - b.level)
		}
		a.Grants = append(a.Grants, g)
	}
	return a
}

// bound checks what the comment of Rate promises.
func (m *model) bound(t *testing.T) {
	for name, b := range m.buckets {
		most := int64(b.rate.Quota + max(b.rate.Burst, 1) - 1)
		switch {
		case b.rate.Strict:
			most = int64(b.rate.Quota)
		case b.rate.Burst == 0:
			most = int64(2*b.rate.Quota - 1)
		}
		for i, last := range b.grants {
			sum := int64(0)
			for _, g := range b.grants[:i+1] {
				if g[0] > last[0]-b.rate.Per.Microseconds() {
					sum += g[1]
				}
			}
			if sum > most {
				t.Errorf("%s: %d units within %s; at most %d may be", name, sum, b.rate.Per, most)
			}
		}
	}
}

// modelRates returns rates whose times are a few units.
func modelRates(unit time.Duration) []Rate {
	return []Rate{
		{Name: "r0", Quota: 3, Per: 40 * unit},
		{Name: "r1", Quota: 7, Per: 100 * unit, Burst: 2},
		{Name: "r2", Quota: 5, Per: 60 * unit, Burst: 3, Strict: true},
		{Name: "r3", Quota: 2, Per: 25 * unit, Burst: 9},
		{Name: "r4", Quota: 1, Per: 9 * unit, Strict: true},
	}
}

// against plays what data says on a store and on the model. Each take is two
// bytes; a byte before each call says how many takes and how long before.
func against(t *testing.T, l store, unit time.Duration, data []byte) {
	rates := modelRates(unit)
	m := &model{buckets: map[string]*bucket{}}
	next := func() (b byte) {
		if len(data) > 0 {
			b, data = data[0], data[1:]
		}
		return b
	}
	for len(data) > 0 {
		head := next()
		wait := time.Duration(head>>2) * unit
		l.advance(wait)
		m.now += wait.Microseconds()
		var takes []Take
		for range head&3 + 1 {
			b := next()
			r := rates[int(b>>4)%len(rates)]
			takes = append(takes, Take{fmt.Sprint(b & 3), r, int(b>>2&3) % (r.burst() + 1)})
		}
		if check(takes) != nil {
			continue // one rate twice
		}
		got, want := take(t, l, takes...), m.take(takes)
		if short(got) != short(want) {
			t.Fatalf("at %d µs, %v: %s; want %s", m.now, takes, short(got), short(want))
		}
	}
	m.bound(t)
}

func TestEveryStoreDoesAsTheModel(t *testing.T) {
	for _, kind := range stores {
		t.Run(kind.name, func(t *testing.T) {
			for seed := range uint64(4) {
				random := rand.New(rand.NewPCG(seed, 1))
				data := make([]byte, 2000)
				for i := range data {
					data[i] = byte(random.Uint32())
				}
				// A real server lets keys expire in its own time, not in ours.
				unit := map[string]time.Duration{"redis": time.Second}[kind.name]
				against(t, kind.open(t), max(unit, time.Microsecond), data)
			}
		})
	}
}

func FuzzTakesAgainstTheModel(f *testing.F) {
	f.Add([]byte("\x00\x04\x00\x04\x00\x04\xff\x0c"))
	f.Add([]byte("\x03\x04\x15\x26\x37\x08\x04\x40\x44"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 4000 {
			against(t, stores[0].open(t), time.Microsecond, data)
		}
	})
}
