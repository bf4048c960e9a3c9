package limit

import (
	"testing"
	"time"

	"github.com/dunglas/httpsfv"
)

func TestFields(t *testing.T) {
	m, now := NewMemory(), start
	m.Now = func() time.Time { return now }
	odd := Rate{Name: "odd rate", Quota: 5, Per: 1500 * time.Millisecond}
	for _, tt := range []struct {
		name          string
		wait          time.Duration
		takes         []Take
		policy, limit string
		retry         string
	}{
		{"nothing", 0, nil, "", "", ""},
		{"one rate, untouched", 0, []Take{{"a", client, 0}}, `"client";q=60;w=3600`, `"client";r=60`, ""},
		{"one rate, much used", 0, []Take{{"a", client, 48}}, `"client";q=60;w=3600`, `"client";r=12;t=60`, ""},
		{"later", 26*time.Second + time.Millisecond, []Take{{"a", client, 0}}, `"client";q=60;w=3600`, `"client";r=12;t=34`, ""},
		{"two rates", 0, []Take{{"b", quick, 3}, {"b", client, 3}}, `"quick";q=3;w=15, "client";q=60;w=3600`, `"quick";r=0;t=5, "client";r=57;t=60`, ""},
		{"one refuses", 4500 * time.Millisecond, []Take{{"b", quick, 1}, {"b", client, 1}}, `"quick";q=3;w=15, "client";q=60;w=3600`, `"quick";r=0;t=1`, "1"},
		{"several units refused", 0, []Take{{"b", quick, 3}}, `"quick";q=3;w=15`, `"quick";r=0;t=1`, "11"},
		{"no whole seconds", 0, []Take{{"b", odd, 1}}, `"odd rate";q=5`, `"odd rate";r=4;t=1`, ""},
	} {
		now = now.Add(tt.wait)
		a := take(t, m, tt.takes...)
		policy, limit := Fields(a.Grants)
		retry := ""
		if r := a.Refused(); r != nil {
			retry = Seconds(r.RetryAfter)
		}
		if policy != tt.policy || limit != tt.limit || retry != tt.retry {
			t.Errorf("%s:\n%s\n%s\n%s\nwant\n%s\n%s\n%s", tt.name, policy, limit, retry, tt.policy, tt.limit, tt.retry)
		}
		for _, v := range []string{policy, limit} {
			if _, err := httpsfv.UnmarshalList([]string{v}); err != nil {
				t.Errorf("%s: %s is no list: %v", tt.name, v, err)
			}
		}
	}
}

func TestSeconds(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "1", 0: "1", 1: "1", time.Second: "1", time.Second + 1: "2", 366 * 24 * time.Hour: "31622400", 59*time.Second + 999: "60",
	} {
		if got := Seconds(d); got != want {
			t.Errorf("%s is %s; want %s", d, got, want)
		}
	}
}
