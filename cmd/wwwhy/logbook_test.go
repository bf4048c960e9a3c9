package main

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestRequestsAreGatheredAndAllElseIsWritten holds when lines reach the writer.
func TestRequestsAreGatheredAndAllElseIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lockedBuffer
		log, done := newLog(&out, "text")
		lines := func() int { return strings.Count(out.String(), "\n") }
		step := func(what string, want int) {
			t.Helper()
			if got := lines(); got != want {
				t.Errorf("%s: %d lines are written, want %d", what, got, want)
			}
		}
		log.Info("request", "n", 1)
		log.With("route", "/").Info("request", "n", 2)
		step("two requests", 0)
		log.Info("report saved")
		step("another line", 3)
		log.Info("request")
		time.Sleep(gatherTime + 1)
		synctest.Wait()
		step("a request and some time", 4)
		log.Error("request", "error", errors.New("x"))
		step("an error", 5)
		for range 1000 {
			log.Info("request", "text", strings.Repeat("x", 100))
		}
		if got := lines(); got <= 5 || got >= 1005 {
			t.Errorf("many requests: %d lines are written, want some", got)
		}
		done()
		step("the end", 1005)
		log.Info("request")
		step("after the end", 1006)
	})
}

func TestTheLogIsJSONOrText(t *testing.T) {
	for form, want := range map[string]string{"json": `"msg":"request","a":1}`, "text": "msg=request a=1"} {
		var out lockedBuffer
		log, done := newLog(&out, form)
		log.Info("request", "a", 1)
		done()
		if !strings.HasSuffix(strings.TrimSpace(out.String()), want) {
			t.Errorf("%s: %s", form, out.String())
		}
	}
}
