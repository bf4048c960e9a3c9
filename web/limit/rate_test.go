package limit

import (
	"math"
	"strings"
	"testing"
	"time"
)

var (
	quick  = Rate{Name: "quick", Quota: 3, Per: 15 * time.Second}
	client = Rate{Name: "client", Quota: 60, Per: time.Hour}
)

func TestARateHasAPace(t *testing.T) {
	for _, tt := range []struct {
		rate        Rate
		every, full time.Duration
	}{
		{quick, 5 * time.Second, 15 * time.Second},
		{client, time.Minute, time.Hour},
		{Rate{Quota: 60, Per: time.Hour, Burst: 5}, time.Minute, 5 * time.Minute},
		{Rate{Quota: 3, Per: 15 * time.Second, Strict: true}, 15 * time.Second, 45 * time.Second},
		{Rate{Quota: 3, Per: 15 * time.Second, Burst: 2, Strict: true}, 7500 * time.Millisecond, 15 * time.Second},
		{Rate{Quota: 3, Per: 15 * time.Second, Burst: 1, Strict: true}, 5 * time.Second, 5 * time.Second},
		{Rate{Quota: 3, Per: time.Second}, 333_334 * time.Microsecond, 1_000_002 * time.Microsecond}, // rounded to less
		{Rate{Quota: 1000, Per: time.Nanosecond * 1001}, time.Microsecond, time.Millisecond},
	} {
		if p := tt.rate.pace(); micros(p.every) != tt.every || micros(p.full) != tt.full {
			t.Errorf("%+v: one every %s, all after %s; want %s and %s", tt.rate, micros(p.every), micros(p.full), tt.every, tt.full)
		}
	}
}

func TestFaultyTakesAreFound(t *testing.T) {
	rate := func(change func(*Rate)) []Take {
		r := client
		change(&r)
		return []Take{{"k", r, 1}}
	}
	many := make([]Take, mostTakes+1)
	for i := range many {
		many[i] = Take{string(rune('a' + i)), client, 1}
	}
	for _, tt := range []struct {
		name  string
		takes []Take
		want  string // in the error; empty: none
	}{
		{"as it should be", []Take{{"k", client, 60}, {"k", quick, 0}, {"l", client, 1}}, ""},
		{"nothing", nil, ""},
		{"no name", rate(func(r *Rate) { r.Name = "" }), "needs a name"},
		{"a name with a quotation mark", rate(func(r *Rate) { r.Name = `a"b` }), "needs a name"},
		{"a name with a control character", rate(func(r *Rate) { r.Name = "a\x00b" }), "needs a name"},
		{"a name beyond ASCII", rate(func(r *Rate) { r.Name = "für" }), "needs a name"},
		{"no quota", rate(func(r *Rate) { r.Quota = 0 }), "quota of 0"},
		{"a quota too great", rate(func(r *Rate) { r.Quota = math.MaxInt32 }), "quota of"},
		{"no time", rate(func(r *Rate) { r.Per = 0 }), "is per 0s"},
		{"too long a time", rate(func(r *Rate) { r.Per = 400 * 24 * time.Hour }), "366 days"},
		{"a burst below 0", rate(func(r *Rate) { r.Burst = -1 }), "burst of -1"},
		{"a strict burst above the quota", rate(func(r *Rate) { r.Burst, r.Strict = 61, true }), "may not exceed"},
		{"a burst that lasts for ages", rate(func(r *Rate) { r.Burst = 1_000_000_000 }), "ten years"},
		{"the longest time and greatest quota, strict", rate(func(r *Rate) { r.Quota, r.Per, r.Strict = mostQuota, mostPer, true }), "ten years"},
		{"the longest time and greatest quota", rate(func(r *Rate) { r.Quota, r.Per = mostQuota, mostPer }), ""},
		{"less than nothing", []Take{{"k", client, -1}}, "never be taken"},
		{"more than the burst", []Take{{"k", client, 61}}, "never be taken"},
		{"one rate twice for a key", []Take{{"k", client, 1}, {"l", client, 1}, {"k", client, 1}}, "twice"},
		{"too many at once", many, "at most 16"},
	} {
		err := check(tt.takes)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v; want %q", tt.name, err, tt.want)
		}
		if _, err := NewMemory().Take(t.Context(), tt.takes...); (err == nil) != (tt.want == "") {
			t.Errorf("%s: Memory says %v", tt.name, err)
		}
	}
}
