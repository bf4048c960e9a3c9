package limit

import (
	"context"
	"fmt"
	"time"
)

// Limiter counts what is taken and says whether more may be. Memory counts
// for one process, Redis for all that share it, Fallback for either. It is
// safe for concurrent use.
type Limiter interface {
	// Take takes the units of all takes, 16 at most, or of none. The error says that
	// nothing could be counted: a take is faulty, the store does not answer,
	// or ctx ended. A refusal is no error, see Answer.Refused.
	Take(ctx context.Context, takes ...Take) (Answer, error)
	// Ping returns nil while the store counts as it should.
	Ping(ctx context.Context) error
	// Close gives back what the limiter holds; no Take may follow.
	Close() error
}

// Rate is how much may be taken in how long. It is held by the generic cell
// rate algorithm (GCRA) in whole microseconds, always rounded to the side of
// less: up to Burst units at once, and then one more every Per/Quota.
//
// So any span of Per sees less than Quota+Burst units. With Strict it never
// sees more than Quota: one unit comes back every Per/(Quota-Burst+1). That
// costs those who use all they may: 3 in 15 s with a burst of 3 gives three
// at once, then one every 15 s (5 s without Strict).
type Rate struct {
	Name   string        // printable ASCII without " and \, shown to clients
	Quota  int           // units for each Per, 1 or more
	Per    time.Duration // one microsecond to 366 days
	Burst  int           // units at once; 0: as many as Quota
	Strict bool          // no span of Per sees more than Quota
}

// Take asks for N units of a rate for a key: a client's address, a host. With
// an N of 0 it only asks what there is.
type Take struct {
	Key  string
	Rate Rate
	N    int
}

// Grant is what a rate says to a take.
type Grant struct {
	Rate       Rate
	OK         bool          // this rate has no objection; another one may have
	Remaining  int           // units that could be taken now
	Next       time.Duration // until there is one unit more; 0: all are there
	Reset      time.Duration // until all are there
	RetryAfter time.Duration // until the take would be granted; 0 if OK
}

// Answer has the grants in the order of the takes.
type Answer struct{ Grants []Grant }

// Refused returns the grant that refuses longest, or nil if all was taken.
func (a Answer) Refused() *Grant {
	var longest *Grant
	for i, g := range a.Grants {
		if !g.OK && (longest == nil || g.RetryAfter > longest.RetryAfter) {
			longest = &a.Grants[i]
		}
	}
	return longest
}

// pace is a rate as the stores see it, in microseconds.
type pace struct {
	every int64 // until one unit comes back
	full  int64 // until a whole burst comes back
}

func (r Rate) burst() int {
	if r.Burst == 0 {
		return r.Quota
	}
	return r.Burst
}

func (r Rate) pace() pace {
	parts := int64(r.Quota)
	if r.Strict {
		parts -= int64(r.burst()) - 1
	}
	per := (int64(r.Per) + 999) / 1000
	every := (per + parts - 1) / parts
	return pace{every, every * int64(r.burst())}
}

// The bounds keep every sum of a clock and a span below 2^53, beyond which
// the numbers of Redis's scripts are no longer whole.
const (
	mostPer   = 366 * 24 * time.Hour
	mostQuota = 1_000_000_000
	mostFull  = 10 * int64(mostPer/time.Microsecond)
	mostTakes = 16
)

func (r Rate) check() error {
	switch {
	case r.Name == "" || !plain(r.Name):
		return fmt.Errorf("the rate %q needs a name of printable ASCII without quotation mark and backslash", r.Name)
	case r.Quota < 1 || r.Quota > mostQuota:
		return fmt.Errorf("the rate %q has a quota of %d; it takes 1 to %d", r.Name, r.Quota, mostQuota)
	case r.Per < time.Microsecond || r.Per > mostPer:
		return fmt.Errorf("the rate %q is per %s; it takes one microsecond to 366 days", r.Name, r.Per)
	case r.Burst < 0 || r.Burst > mostQuota:
		return fmt.Errorf("the rate %q has a burst of %d; it takes 1 to %d, or 0 for the quota", r.Name, r.Burst, mostQuota)
	case r.Strict && r.Burst > r.Quota:
		return fmt.Errorf("the rate %q is strict, so its burst may not exceed its quota", r.Name)
	case r.pace().every > mostFull/int64(r.burst()):
		return fmt.Errorf("the rate %q would take more than ten years to give a whole burst back: choose a smaller burst", r.Name)
	}
	return nil
}

// plain reports whether s can stand in a String of RFC 9651, section 3.3.3,
// with no character escaped.
func plain(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// check finds what no store could count. Two takes of one rate for one key
// would not see each other, so they are a fault.
func check(takes []Take) error {
	if len(takes) > mostTakes {
		return fmt.Errorf("%d rates were to be taken at once; at most %d may", len(takes), mostTakes)
	}
	for i, t := range takes {
		if err := t.Rate.check(); err != nil {
			return err
		}
		if t.N < 0 || t.N > t.Rate.burst() {
			return fmt.Errorf("%d units of the rate %q can never be taken at once; it gives 0 to %d", t.N, t.Rate.Name, t.Rate.burst())
		}
		for _, other := range takes[:i] {
			if other.Key == t.Key && other.Rate.Name == t.Rate.Name {
				return fmt.Errorf("the rate %q is taken twice for one key: take the sum once", t.Rate.Name)
			}
		}
	}
	return nil
}

// decide says what to do with takes whose used times, in microseconds until
// all is back, are given. If it takes, it adds to used.
func decide(takes []Take, used []int64) (a Answer, taken bool) {
	taken = true
	for i, t := range takes {
		p := t.Rate.pace()
		taken = taken && used[i]+int64(t.N)*p.every <= p.full
	}
	a.Grants = make([]Grant, len(takes))
	for i, t := range takes {
		p := t.Rate.pace()
		g := Grant{Rate: t.Rate, OK: true}
		need := used[i] + int64(t.N)*p.every
		if taken {
			used[i] = need
		} else if need > p.full {
			g.OK, g.RetryAfter = false, micros(need-p.full)
		}
		left := p.full - used[i]
		g.Remaining, g.Reset = int(left/p.every), micros(used[i])
		if used[i] > 0 {
			g.Next = micros(p.every - left%p.every)
		}
		a.Grants[i] = g
	}
	return a, taken
}

func micros(n int64) time.Duration { return time.Duration(n) * time.Microsecond }
