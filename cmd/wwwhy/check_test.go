package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAnInterruptedCheckPrintsWhatWasDone(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/0" {
			time.AfterFunc(100*time.Millisecond, cancel)
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	var out, errs strings.Builder
	code := run(ctx, []string{"check", server.URL + "/0", server.URL + "/1", server.URL + "/2"}, nil, &out, &errs)
	if code != 130 || strings.Count(out.String(), "\n") != 2 || !strings.Contains(out.String(), "/0") || !strings.Contains(errs.String(), "1 of 3 checked: 2xx 1") {
		t.Errorf("exit %d\n%s%s", code, out.String(), errs.String())
	}
}

func TestProgressTellsCountRateAndTimeLeft(t *testing.T) {
	tally := newTally(&strings.Builder{}, 100)
	tally.done = 20
	if got := tally.progress(10 * time.Second); got != "\r20 of 100, 2 a second, 40s left" {
		t.Errorf("%q", got)
	}
	if tally.watched {
		t.Error("a file is taken for a terminal")
	}
}
