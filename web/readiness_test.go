package web

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"wwwhy/web/inspect"
	"wwwhy/web/meter"
)

// TestProbesShareAPing asks for readiness many times at once, and again later.
func TestProbesShareAPing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var pings atomic.Int32
		var off atomic.Bool
		r := readiness{parts: []part{{"store", func(context.Context) error {
			pings.Add(1)
			for range 100 { // others come meanwhile; while they wait for a mutex, a bubble's time stands still
				runtime.Gosched()
			}
			if off.Load() {
				return errOff
			}
			return nil
		}, "gone"}}}
		ask := func(want string, asked int32) {
			t.Helper()
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					if text, degraded := r.state(); text != "store: "+want+"\n" || degraded != (want != "ok") {
						t.Errorf("%q, degraded: %t", text, degraded)
					}
				})
			}
			all.Wait()
			if n := pings.Load(); n != asked {
				t.Errorf("the store was asked %d times, want %d", n, asked)
			}
		}
		ask("ok", 1)
		off.Store(true)
		ask("ok", 1)
		time.Sleep(askedEvery)
		ask("gone", 2)
		off.Store(false)
		time.Sleep(askedEvery)
		ask("ok", 3)
	})
}

// TestOneSilentPartHidesNoOther lets one part answer never.
func TestOneSilentPartHidesNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := readiness{parts: []part{
			{"silent", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, "gone"},
			{"well", func(ctx context.Context) error { return ctx.Err() }, "gone"},
		}}
		if text, degraded := r.state(); text != "silent: gone\nwell: ok\n" || !degraded {
			t.Errorf("%q, degraded: %t", text, degraded)
		}
	})
}

func TestReadinessTellsOfTheCertificate(t *testing.T) {
	for expires, want := range map[time.Time]string{{}: "lacking or expired", time.Now().Add(-time.Second): "lacking or expired", time.Now().Add(time.Hour): "ok"} {
		m := meter.New()
		base := faulty(t, func(c *Config, _ *inspect.Config) {
			c.Certificate, c.Meter = func() time.Time { return expires }, m
		})
		if _, body := asks(t, base+"/readyz", nil, 200); !strings.Contains(body, "certificate: "+want) {
			t.Errorf("%s: %s", expires, body)
		}
	}
}
