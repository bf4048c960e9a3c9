package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"wwwhy/content"
	"wwwhy/web/inspect"
	"wwwhy/web/problem"
	"wwwhy/web/report"
)

func TestAnswersAreShared(t *testing.T) {
	o := newBounded(t, Bounds{Share: time.Minute})
	var wait sync.WaitGroup
	for i := range 5 {
		wait.Go(func() {
			if a, err := o.ask(t.Context(), "/same", fmt.Sprintf("192.0.2.%d", i)); err != nil || a.status != 200 {
				t.Errorf("%v %+v", err, a)
			}
		})
	}
	<-o.reached
	close(o.release)
	wait.Wait()
	time.Sleep(1100 * time.Millisecond) // an age is told in seconds
	if a := o.must(t, "/same", "192.0.2.9"); a.report.Age < 1 || a.report.Keep != 60 {
		t.Errorf("age %d of %d", a.report.Age, a.report.Keep)
	}
	if o.hits.Load() != 1 {
		t.Errorf("the target was asked %d times", o.hits.Load())
	}
	resp, err := http.Get(o.site + "/inspect?url=" + o.target + "/same")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if page, _ := io.ReadAll(resp.Body); !strings.Contains(string(page), "Answers to the same question are shared for 60 seconds") {
		t.Error("the page does not say that the answer is shared")
	}
	if a := o.must(t, "/other", "192.0.2.9"); a.report.Age != 0 || o.hits.Load() != 2 {
		t.Errorf("another question: age %d, %d hits", a.report.Age, o.hits.Load())
	}
}

func TestWhoLeavesEndsTheWork(t *testing.T) {
	o := newBounded(t, Bounds{Share: time.Minute})
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan struct{})
	go func() {
		defer close(left)
		_, _ = o.ask(ctx, "/slow", "192.0.2.1")
	}()
	r := <-o.reached
	cancel()
	<-left
	select {
	case <-r.Context().Done():
	case <-time.After(20 * time.Second):
		t.Error("the target is still being asked")
	}
	close(o.release)
	if a := o.must(t, "/slow", "192.0.2.2"); a.status != 200 || a.report.Age != 0 || a.report.Failed() {
		t.Errorf("who asks later gets %+v", a)
	}
}

func TestCredentialsAreKeptApart(t *testing.T) {
	var got atomic.Value
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got.Store(r.Header.Get("Authorization")) }))
	defer target.Close()
	base, _ := site(t)
	post := func(fields, url string) (int, string) {
		resp, err := http.Post(base+"/api/v1/inspect", "application/json", strings.NewReader(fmt.Sprintf(`{"url": %q, "fields": [%s]}`, url, fields)))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body)
	}
	if status, body := post(`{"name": "Authorization", "value": "Bearer SECRET"}`, target.URL); status != 400 || !strings.Contains(body, "https only") || strings.Contains(body, "SECRET") {
		t.Errorf("credentials over http: %d %s", status, body)
	}
	if status, body := post(`{"name": "X-Forwarded-For", "value": "192.0.2.1"}`, target.URL); status != 400 || !strings.Contains(body, "is not sent from here") {
		t.Errorf("a field that is not for visitors: %d %s", status, body)
	}
	if status, _ := post(`{"name": "Accept-Language", "value": "de"}`, target.URL); status != 200 {
		t.Errorf("a field for visitors: %d", status)
	}
	resp, err := http.Get(base + "/inspect?url=https://a.example/&fields=Authorization:+Bearer+SECRET")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 400 || got.Load() != "" {
		t.Errorf("credentials in an address: %d", resp.StatusCode)
	}
}

// TestSharedAnswersAgeByTheClockThatOnlyRuns lets time pass, and has an answer
// that seems to be of the future, as after the clock was set back.
func TestSharedAnswersAgeByTheClockThatOnlyRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sharedAnswers{keep: time.Minute}
		made := 0
		get := func(want int) {
			t.Helper()
			_, _, _ = s.get(t.Context(), "key", func(context.Context) (*report.Report, *problem.Problem) { made++; return &report.Report{}, nil })
			if made != want {
				t.Errorf("made %d times, want %d", made, want)
			}
		}
		get(1)
		time.Sleep(59 * time.Second)
		get(1)
		time.Sleep(2 * time.Second)
		get(2)
	})
}

// TestTheSizeOfAReportCountsItsContent: a report keeps the beginning of each
// content, which is most of what it takes.
func TestTheSizeOfAReportCountsItsContent(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	size := func(body string) int {
		r, err := inspect.New(lib, inspect.Config{}).Text(t.Context(), "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"+body, inspect.Pasted{})
		if err != nil {
			t.Fatal(err)
		}
		return sizeOf(&r)
	}
	const more = 50_000
	if small, large := size("x"), size("x"+strings.Repeat("x", more)); large-small < more {
		t.Errorf("%d bytes more of content count as %d", more, large-small)
	}
}
