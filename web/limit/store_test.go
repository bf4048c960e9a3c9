package limit

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// store is a Limiter whose clock a test moves.
type store struct {
	Limiter
	advance func(time.Duration)
}

// start is a time with as many digits as today's.
var start = time.Date(2026, 7, 1, 12, 0, 0, 123_456_000, time.UTC)

// stores opens each kind of Limiter for the tests that all must pass.
var stores = []struct {
	name string
	open func(testing.TB) store
}{
	{"memory", func(testing.TB) store {
		m, now := NewMemory(), start
		m.Now = func() time.Time { return now }
		return store{m, func(d time.Duration) { now = now.Add(d) }}
	}},
	{"miniredis", func(t testing.TB) store {
		s, now := miniredis.RunT(t), start
		s.SetTime(now)
		return store{open(t, "redis://"+s.Addr()), func(d time.Duration) {
			now = now.Add(d)
			s.SetTime(now)
			s.FastForward(d)
		}}
	}},
	{"redis", func(t testing.TB) store {
		r := open(t, runServer(t).url)
		// The script of the real server, but for the time: it comes from a key.
		src := strings.Replace(source, "redis.call('TIME')", "redis.call('LRANGE', 'clock', 0, 1)", 1)
		if src == source {
			t.Fatal("the script does not ask for the time")
		}
		r.script = redis.NewScript(src)
		now := start
		advance := func(d time.Duration) {
			now = now.Add(d)
			pipe := r.client.TxPipeline()
			pipe.Del(t.Context(), "clock")
			pipe.RPush(t.Context(), "clock", now.Unix(), now.Nanosecond()/1000)
			if _, err := pipe.Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		advance(0)
		return store{r, advance}
	}},
	{"fallback", func(t testing.TB) store {
		m, now := NewMemory(), start
		m.Now = func() time.Time { return now }
		f := NewFallback(t.Context(), m, time.Hour, quietLog)
		t.Cleanup(func() { _ = f.Close() })
		return store{f, func(d time.Duration) { now = now.Add(d) }}
	}},
}

// patient is added to URLs, as servers are slow where many tests run.
const patient = "?read_timeout=1m"

func open(t testing.TB, url string) *Redis {
	t.Helper()
	if !strings.Contains(url, "?") {
		url += patient
	}
	r, err := NewRedis(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// server is a real Redis server on a socket in a directory of its own.
type server struct {
	url  string
	args []string
	cmd  *exec.Cmd
}

// runServer starts a server, which ends with the test. Without redis-server
// the test is skipped, or fails where CI is true.
func runServer(t testing.TB, args ...string) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server is not installed, and CI is to test with it")
		}
		t.Skip("redis-server is not installed")
	}
	dir, err := os.MkdirTemp("", "limit") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	s := &server{url: "unix://" + socket, args: append([]string{
		"--port", "0", "--unixsocket", socket, "--dir", dir, "--save", "", "--appendonly", "no", "--loglevel", "warning",
	}, args...)}
	t.Cleanup(func() {
		s.kill()
		_ = os.RemoveAll(dir)
	})
	s.start(t)
	return s
}

func (s *server) start(t testing.TB) {
	t.Helper()
	s.cmd = exec.Command("redis-server", s.args...)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := open(t, s.url)
	eventually(t, "redis-server answers", func() bool { return r.client.Ping(context.Background()).Err() == nil })
}

func (s *server) kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// eventually waits until ok, for longer than anything should take.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for range 3000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("waited in vain: %s", what)
}

func take(t testing.TB, l Limiter, takes ...Take) Answer {
	t.Helper()
	a, err := l.Take(t.Context(), takes...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// short writes an answer as the name of the rate that refuses, then each
// grant: remaining, next, reset, retry.
func short(a Answer) string {
	s := ""
	if r := a.Refused(); r != nil {
		s = r.Rate.Name + "! "
	}
	for i, g := range a.Grants {
		if i > 0 {
			s += ", "
		}
		s += fmt.Sprintf("%d %s %s %s", g.Remaining, g.Next, g.Reset, g.RetryAfter)
	}
	return s
}

func TestEveryStoreCountsAlike(t *testing.T) {
	q := func(n int) Take { return Take{"a", quick, n} }
	c := func(n int) Take { return Take{"a", client, n} }
	strict := Take{"a", Rate{Name: "strict", Quota: 3, Per: 15 * time.Second, Burst: 2, Strict: true}, 1}
	third := Take{"a", Rate{Name: "third", Quota: 3, Per: time.Second}, 1}
	type step struct {
		wait  time.Duration
		takes []Take
		want  string
	}
	for _, tt := range []struct {
		name  string
		steps []step
	}{
		{"one rate", []step{
			{0, []Take{q(1)}, "2 5s 5s 0s"},
			{time.Second, []Take{q(1)}, "1 4s 9s 0s"},
			{0, []Take{q(1)}, "0 4s 14s 0s"},
			{0, []Take{q(1)}, "quick! 0 4s 14s 4s"},
			{4*time.Second - time.Microsecond, []Take{q(1)}, "quick! 0 1µs 10.000001s 1µs"},
			{time.Microsecond, []Take{q(1)}, "0 5s 15s 0s"},
			{15 * time.Second, []Take{q(0)}, "3 0s 0s 0s"},
			{time.Hour, []Take{q(3)}, "0 5s 15s 0s"},
		}},
		{"several units", []step{
			{0, []Take{q(2)}, "1 5s 10s 0s"},
			{0, []Take{q(2)}, "quick! 1 5s 10s 5s"},
			{0, []Take{q(3)}, "quick! 1 5s 10s 10s"},
			{5 * time.Second, []Take{q(2)}, "0 5s 15s 0s"},
		}},
		{"all or none", []step{
			{0, []Take{q(1), c(1)}, "2 5s 5s 0s, 59 1m0s 1m0s 0s"},
			{0, []Take{q(2), c(2)}, "0 5s 15s 0s, 57 1m0s 3m0s 0s"},
			{0, []Take{q(1), c(1)}, "quick! 0 5s 15s 5s, 57 1m0s 3m0s 0s"},
			{0, []Take{c(57)}, "0 1m0s 1h0m0s 0s"},
			{0, []Take{q(1), c(1)}, "client! 0 5s 15s 5s, 0 1m0s 1h0m0s 1m0s"},
			{5 * time.Second, []Take{c(1), q(1)}, "client! 0 55s 59m55s 55s, 1 5s 10s 0s"},
			{55 * time.Second, []Take{c(1), q(1)}, "0 1m0s 1h0m0s 0s, 2 5s 5s 0s"},
		}},
		{"keys and rates are apart", []step{
			{0, []Take{q(3)}, "0 5s 15s 0s"},
			{0, []Take{{"b", quick, 3}}, "0 5s 15s 0s"},
			{0, []Take{{"", quick, 3}}, "0 5s 15s 0s"},
			{0, []Take{{strings.Repeat("long", 1000) + "\x00\xff", quick, 3}}, "0 5s 15s 0s"},
			{0, []Take{{"a", Rate{Name: "other", Quota: 3, Per: 15 * time.Second}, 3}}, "0 5s 15s 0s"},
		}},
		{"asking takes nothing", []step{
			{0, []Take{q(0), c(0)}, "3 0s 0s 0s, 60 0s 0s 0s"},
			{0, []Take{q(3)}, "0 5s 15s 0s"},
			{0, []Take{q(0), c(1)}, "0 5s 15s 0s, 59 1m0s 1m0s 0s"},
			{0, nil, ""},
		}},
		{"a strict rate", []step{
			{0, []Take{strict}, "1 7.5s 7.5s 0s"},
			{0, []Take{strict}, "0 7.5s 15s 0s"},
			{7 * time.Second, []Take{strict}, "strict! 0 500ms 8s 500ms"},
			{500 * time.Millisecond, []Take{strict}, "0 7.5s 15s 0s"},
		}},
		{"a rate that is not in whole microseconds", []step{
			{0, []Take{third}, "2 333.334ms 333.334ms 0s"},
			{333_333 * time.Microsecond, []Take{third}, "1 1µs 333.335ms 0s"},
		}},
		{"a rate that became smaller", []step{
			{0, []Take{c(60)}, "0 1m0s 1h0m0s 0s"},
			{0, []Take{{"a", Rate{Name: "client", Quota: 6, Per: time.Minute}, 1}}, "client! 0 10s 1m0s 10s"},
			{10 * time.Second, []Take{{"a", Rate{Name: "client", Quota: 6, Per: time.Minute}, 1}}, "0 10s 1m0s 0s"},
		}},
		{"a clock that was set back", []step{
			{0, []Take{q(2)}, "1 5s 10s 0s"},
			{-time.Hour, []Take{q(1)}, "quick! 0 5s 15s 5s"},
			{5 * time.Second, []Take{q(1)}, "0 5s 15s 0s"},
		}},
	} {
		for _, kind := range stores {
			t.Run(tt.name+"/"+kind.name, func(t *testing.T) {
				l := kind.open(t)
				for i, s := range tt.steps {
					l.advance(s.wait)
					if got := short(take(t, l, s.takes...)); got != s.want {
						t.Errorf("step %d: %s; want %s", i, got, s.want)
					}
				}
			})
		}
	}
}

func TestEveryStoreTellsFaultsAndEnds(t *testing.T) {
	for _, kind := range stores {
		t.Run(kind.name, func(t *testing.T) {
			l := kind.open(t)
			if _, err := l.Take(t.Context(), Take{"a", Rate{}, 1}); err == nil {
				t.Error("a rate without a quota is taken")
			}
			if err := l.Ping(t.Context()); err != nil {
				t.Error(err)
			}
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := l.Take(ended, Take{"a", quick, 1}); err == nil {
				t.Error("no error although the context has ended")
			}
			if a := take(t, l, Take{"a", quick, 0}); a.Grants[0].Remaining != 3 {
				t.Errorf("%d remain although nothing was taken", a.Grants[0].Remaining)
			}
		})
	}
}

// TestExactlyTheQuotaIsGranted asks from many goroutines for two rates: the
// narrow one is the bound, and the wide one loses no more than that.
func TestExactlyTheQuotaIsGranted(t *testing.T) {
	for _, kind := range stores {
		t.Run(kind.name, func(t *testing.T) {
			exactly(t, kind.open(t))
		})
	}
	t.Run("two limiters, one miniredis", func(t *testing.T) {
		url := "redis://" + miniredis.RunT(t).Addr()
		exactly(t, open(t, url), open(t, url))
	})
	t.Run("two limiters, one redis", func(t *testing.T) {
		url := runServer(t).url
		exactly(t, open(t, url), open(t, url))
	})
}

func exactly(t *testing.T, ls ...Limiter) {
	const quota = 100
	narrow := Rate{Name: "narrow", Quota: quota, Per: 24 * time.Hour}
	wide := Rate{Name: "wide", Quota: 1000, Per: 366 * 24 * time.Hour}
	var wait sync.WaitGroup
	granted := make([]int, 32)
	for i := range granted {
		wait.Go(func() {
			for range 10 {
				takes := []Take{{"a", narrow, 1}, {"b" + strconv.Itoa(i%3), wide, 1}}
				if i%2 == 0 { // in another order: locks must not be crossed
					takes[0], takes[1] = takes[1], takes[0]
				}
				a, err := ls[i%len(ls)].Take(t.Context(), takes...)
				if err != nil {
					t.Error(err)
				} else if a.Refused() == nil {
					granted[i]++
				}
			}
		})
	}
	wait.Wait()
	sum := 0
	for _, n := range granted {
		sum += n
	}
	left := take(t, ls[0], Take{"a", narrow, 0}, Take{"b0", wide, 0}, Take{"b1", wide, 0}, Take{"b2", wide, 0}).Grants
	wider := 3*1000 - left[1].Remaining - left[2].Remaining - left[3].Remaining
	if sum != quota || left[0].Remaining != 0 || wider != quota {
		t.Errorf("%d were granted, %d remain, %d were taken of the wide rate; want %d, 0, %d", sum, left[0].Remaining, wider, quota, quota)
	}
}
