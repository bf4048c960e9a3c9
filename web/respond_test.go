package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/admission"
	"wwwhy/web/inspect"
	"wwwhy/web/limit"
)

// conditions are those of RFC 9110, Section 13.1, for an answer with an ETag and
// maybe a date, and the status that each leads to for GET (Section 13.2.2).
func conditions(tag string, modified time.Time) []struct {
	fields []string
	status int
} {
	before, after := modified.Add(-time.Hour).UTC().Format(http.TimeFormat), modified.Add(time.Hour).UTC().Format(http.TimeFormat)
	dated := func(status int) int {
		if modified.IsZero() {
			return 200 // without a date, what asks for one is ignored (Section 13.1.4)
		}
		return status
	}
	return []struct {
		fields []string
		status int
	}{
		{[]string{"If-Match", tag}, 200},
		{[]string{"If-Match", `"other", ` + tag}, 200},
		{[]string{"If-Match", "*"}, 200},
		{[]string{"If-Match", `"other"`}, 412},
		{[]string{"If-Match", "W/" + tag}, 412}, // compared strongly (Section 13.1.1)
		{[]string{"If-Match", `"other"`, "If-None-Match", tag}, 412},
		{[]string{"If-Match", tag, "If-None-Match", tag}, 304},
		{[]string{"If-Match", tag, "If-Unmodified-Since", before}, 200},
		{[]string{"If-Unmodified-Since", before}, dated(412)},
		{[]string{"If-Unmodified-Since", after}, 200},
		{[]string{"If-Unmodified-Since", "yesterday"}, 200},
		{[]string{"If-Modified-Since", after}, dated(304)},
		{[]string{"If-Modified-Since", before}, 200},
		{[]string{"If-Modified-Since", after, "If-None-Match", `"other"`}, 200},
		{[]string{"If-None-Match", "W/" + tag}, 304}, // compared weakly (Section 13.1.2)
		{[]string{"Range", "bytes=0-0"}, 200},
		{[]string{"Range", "bytes=99999999-"}, 200},
		{[]string{"Range", "bytes=0-0", "If-Range", tag}, 200},
	}
}

// TestPreconditionsAreHeeded sends each condition to answers that have
// validators: kept by us, ready, drawn, saved.
func TestPreconditionsAreHeeded(t *testing.T) {
	base, _ := site(t)
	known := saveOne(t, base)
	for _, c := range []struct{ path, accept string }{
		{"/", "text/html"}, {"/401", "text/html"}, {"/401", "text/html"}, {"/401", "application/json"}, {"/401.md", "*/*"}, {"/codes", "text/html"}, {"/openapi.json", "*/*"}, {"/api/v1/codes", "*/*"}, {"/api/v1/codes/401", "*/*"},
		{"/api/v1/search?q=401", "*/*"}, {"/401.png", "*/*"}, {"/robots.txt", "*/*"}, {"/r/REPORT_ID", "text/html"}, {"/r/REPORT_ID", "application/json"}, {"/r/REPORT_ID.txt", "*/*"}, {"/r/REPORT_ID.png", "*/*"}, {"/api/v1/reports/REPORT_ID", "*/*"},
	} {
		address := base + known.Replace(c.path)
		first, _ := do(t, "GET", address, "", "Accept", c.accept, "Accept-Encoding", "br")
		tag := first.Header.Get("ETag")
		if first.StatusCode != 200 || tag == "" || first.Header.Get("Accept-Ranges") != "" {
			t.Errorf("%s: %d %v", c.path, first.StatusCode, first.Header)
			continue
		}
		modified, _ := http.ParseTime(first.Header.Get("Last-Modified"))
		for _, cond := range conditions(tag, modified) {
			for _, method := range []string{"GET", "HEAD"} {
				resp, body := do(t, method, address, "", append([]string{"Accept", c.accept, "Accept-Encoding", "br"}, cond.fields...)...)
				if resp.StatusCode != cond.status {
					t.Errorf("%s %s %q with %q: %d, want %d", method, c.path, c.accept, cond.fields, resp.StatusCode, cond.status)
				}
				if cond.status == 412 && (resp.Header.Get("Cache-Control") != "no-store" || method == "GET" && body == "") {
					t.Errorf("%s %s with %q: %.200v %.200s", method, c.path, cond.fields, resp.Header, body)
				}
				if cond.status == 304 && (body != "" || resp.Header.Get("ETag") != tag || resp.Header.Get("Cache-Control") != first.Header.Get("Cache-Control") || resp.Header.Get("Vary") != first.Header.Get("Vary")) {
					t.Errorf("304 of %s: %.200v", c.path, resp.Header)
				}
			}
		}
	}
}

// TestPreconditionsGoLast asks for what is answered with something else than 2xx:
// then conditions are ignored (RFC 9110, Section 13.2.1).
func TestPreconditionsGoLast(t *testing.T) {
	base, _ := site(t)
	for path, status := range map[string]int{"/nope": 404, "/codes/401": 301, "/api/v1/codes/999": 404, "/r/AAAAAAAAAAAAAAAAAAAAAAAAAA": 404, "/api/v1/codes?x=1": 400} {
		for _, field := range []string{"If-Match", "If-None-Match"} {
			if resp, _ := do(t, "GET", base+path, "", field, `"x"`); resp.StatusCode != status {
				t.Errorf("%s with %s: %d, want %d", path, field, resp.StatusCode, status)
			}
		}
	}
}

// TestManyMayWaitForOnePage has one client ask for an article, in all its
// connections, before it was ever drawn: it is drawn once, for all of them.
func TestManyMayWaitForOnePage(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	places := &limit.Places{}
	turns := limit.NewTurns(1)
	h := New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Turns: turns, Places: places, Log: slog.New(slog.DiscardHandler)})
	answers := make(chan *httptest.ResponseRecorder, 4*admission.WaitingOfClient)
	_ = turns.Do(t.Context(), func() {
		for range cap(answers) {
			go func() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", "/404.md", nil))
				answers <- w
			}()
		}
		for end := time.Now().Add(20 * time.Second); places.Taken("turns") == 0; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("nobody waits for a turn")
			}
		}
		if n := places.Taken("turns"); n != 1 {
			t.Errorf("%d wait for a turn to make one page", n)
		}
	})
	for range cap(answers) {
		if w := <-answers; w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("an answer is %d with %d bytes", w.Code, w.Body.Len())
		}
	}
}
