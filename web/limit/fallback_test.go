package limit

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

var quietLog = slog.New(slog.DiscardHandler)

// logbook collects what is logged.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logbook) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

func (l *logbook) expect(t *testing.T, warnings, recoveries int) {
	t.Helper()
	text := l.String()
	if w, r := strings.Count(text, "level=WARN"), strings.Count(text, "level=INFO"); w != warnings || r != recoveries {
		t.Errorf("logged %d warnings and %d recoveries; want %d and %d:\n%s", w, r, warnings, recoveries, text)
	}
}

// fallback returns a Fallback that tries again after a short pause.
func fallback(t *testing.T, url string) (*Fallback, *logbook) {
	logged := &logbook{}
	f := NewFallback(t.Context(), open(t, url), 20*time.Millisecond, logged.logger())
	t.Cleanup(func() { _ = f.Close() })
	return f, logged
}

// TestRedisIsKilledAndStartedAgain takes all the while from several goroutines.
func TestRedisIsKilledAndStartedAgain(t *testing.T) {
	s := runServer(t)
	f, logged := fallback(t, s.url)
	ctx, stop := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wide := Rate{Name: "wide", Quota: 1_000_000, Per: mostPer}
	for range 4 {
		wait.Go(func() {
			for ctx.Err() == nil {
				if _, err := f.Take(context.Background(), Take{"all", wide, 1}); err != nil {
					t.Error(err)
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	defer wait.Wait()
	defer stop()
	for round := range 2 {
		take(t, f, Take{"k", client, 1})
		if before := f.Fallbacks(); round == 0 && before != 0 || f.Ping(t.Context()) != nil {
			t.Errorf("%d fallbacks at first, and Ping says %v", before, f.Ping(t.Context()))
		}
		s.kill()
		before := f.Fallbacks()
		eventually(t, "memory answers", func() bool { return f.Fallbacks() > before+10 })
		if err := f.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "in memory") {
			t.Errorf("Ping says %v while Redis is away", err)
		}
		s.start(t)
		eventually(t, "Redis counts again", func() bool { return f.Ping(t.Context()) == nil })
		logged.expect(t, round+1, round+1)
	}
	r := open(t, s.url)
	eventually(t, "the key that is taken all the while is in Redis", func() bool {
		n, err := r.client.Exists(t.Context(), cell(Take{Key: "all", Rate: wide})).Result()
		return err == nil && n == 1
	})
}

// TestNoServerAtStart starts without a server, and finds it later.
func TestNoServerAtStart(t *testing.T) {
	s := miniredis.RunT(t)
	addr := s.Addr()
	s.Close()
	f, logged := fallback(t, "redis://"+addr)
	logged.expect(t, 1, 0)
	if a := take(t, f, Take{"k", quick, 3}); a.Refused() != nil || f.Fallbacks() != 1 {
		t.Errorf("%s after %d fallbacks", short(a), f.Fallbacks())
	}
	if a := take(t, f, Take{"k", quick, 1}); a.Refused() == nil {
		t.Error("memory does not count")
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the server counts", func() bool { return f.Ping(t.Context()) == nil })
	take(t, f, Take{"k", quick, 1})
	if !s.Exists(cell(Take{Key: "k", Rate: quick})) {
		t.Error("the server does not count")
	}
	logged.expect(t, 1, 1)
}

func TestAServerThatCannotWriteIsNotCountedOn(t *testing.T) {
	s := miniredis.RunT(t)
	f, logged := fallback(t, "redis://"+s.Addr())
	take(t, f, Take{"greedy", client, 60})
	s.SetError("READONLY You can't write against a read only replica.")
	if a := take(t, f, Take{"greedy", client, 1}); a.Refused() == nil {
		t.Error("an outage gives a client a second quota")
	}
	for range 100 {
		take(t, f, Take{"k", client, 0})
	}
	if f.Fallbacks() != 101 {
		t.Errorf("%d fallbacks; want 101", f.Fallbacks())
	}
	logged.expect(t, 1, 0)
	if !strings.Contains(logged.String(), "READONLY") {
		t.Errorf("the log does not say why:\n%s", logged)
	}
	s.SetError("")
	eventually(t, "the server counts", func() bool { return f.Ping(t.Context()) == nil })
	logged.expect(t, 1, 1)
}

// TestASilentServerStopsNoOne ends at once even though the pause is over all
// the time: the attempt to come back waits, not the takes.
func TestASilentServerStopsNoOne(t *testing.T) {
	logged := &logbook{}
	f := NewFallback(t.Context(), open(t, silent(t)), 0, logged.logger())
	for range 1000 {
		take(t, f, Take{"k", client, 0})
	}
	logged.expect(t, 1, 0)
	_ = f.Close()
	before := f.Fallbacks()
	if take(t, f, Take{"k", client, 0}); f.Fallbacks() != before+1 {
		t.Error("a take after Close is not answered from memory")
	}
}

// leaver is a shared limiter whose callers leave before it answers.
type leaver struct{ Limiter }

func (leaver) Take(ctx context.Context, _ ...Take) (Answer, error) {
	<-ctx.Done()
	return Answer{}, ctx.Err()
}

func TestACallerThatLeavesIsNoOutage(t *testing.T) {
	logged := &logbook{}
	f := NewFallback(t.Context(), leaver{NewMemory()}, time.Hour, logged.logger())
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	if _, err := f.Take(ctx, Take{"k", client, 1}); err == nil {
		t.Error("no error although the caller left")
	}
	logged.expect(t, 0, 0)
}

func TestOpen(t *testing.T) {
	s := miniredis.RunT(t)
	for _, tt := range []struct{ url, want string }{
		{"memory", ""},
		{"redis://" + s.Addr() + patient, ""},
		{"Redis://" + s.Addr() + "/3" + patient, ""},
		{"redis://" + s.Addr() + "/x", "--limits: the URL of Redis cannot be read"},
		{"unix://", "--limits: the URL of Redis cannot be read"},
		{"", "--limits says where rates are counted: memory, redis://"},
		{"redis", "--limits says"},
		{"redis:6379", "--limits says"},
		{"postgres://x", "--limits says"},
	} {
		l, err := Open(t.Context(), tt.url, quietLog)
		if tt.want != "" {
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%q: %v; want %q", tt.url, err, tt.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", tt.url, err)
			continue
		}
		if a := take(t, l, Take{tt.url, client, 1}); a.Refused() != nil || l.Ping(t.Context()) != nil || l.Close() != nil {
			t.Errorf("%q: does not count", tt.url)
		}
	}
}

func TestOpenUsesASocket(t *testing.T) {
	s := runServer(t)
	if _, err := os.Stat(strings.TrimPrefix(s.url, "unix://")); err != nil {
		t.Fatal(err)
	}
	l, err := Open(t.Context(), s.url+patient, quietLog)
	if err != nil {
		t.Fatal(err)
	}
	take(t, l, Take{"k", client, 1})
	if n := l.(*Fallback).Fallbacks(); n != 0 || l.Close() != nil {
		t.Errorf("%d fallbacks", n)
	}
}
