package web

import (
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"wwwhy/web/admission"
)

// TestALargeFileIsReadOnce bounds what reading takes by what it allocates: each
// entry once meant that a file of 5 MB took a quarter of a minute.
func TestALargeFileIsReadOnce(t *testing.T) {
	entry := `{"request":{"method":"GET","url":"https://a.example/` + strings.Repeat("a", 20_000) + `","headers":[]},"response":{"status":401,"statusText":"x","headers":[],"content":{"size":3}}}`
	text := `{"log":{"entries":[` + strings.Repeat(entry+",", 99) + entry + `]}}`
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	explained, others := entriesOf(text)
	runtime.ReadMemStats(&after)
	if len(others) != entriesShown || explained == "" {
		t.Fatalf("%d entries, and %.50q explained", len(others), explained)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > 20*uint64(len(text)) {
		t.Errorf("%d bytes are allocated for a file of %d", took, len(text))
	}
}

// TestLargeTextsAtOnceAreBounded keeps uploads of files open: what is beyond the
// bound is refused before it is read, and small texts are taken still.
func TestLargeTextsAtOnceAreBounded(t *testing.T) {
	for path, media := range map[string]string{"/ask": formType, "/explain": formType, "/api/v1/explain": "text/plain"} {
		base, _ := site(t) // a handler gives its place back when its client has the answer already
		var open []*io.PipeWriter
		ended := make(chan error, admission.TextsMost)
		for range admission.TextsOfClient {
			body, w := io.Pipe()
			open = append(open, w)
			req, err := http.NewRequestWithContext(t.Context(), "POST", base+path, body)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", media)
			go func() {
				resp, err := client.Do(req)
				if err == nil {
					err = resp.Body.Close()
				}
				ended <- err
			}()
			if _, err := w.Write([]byte("HTTP/1.1 204 No Content\n")); err != nil {
				t.Fatal(err)
			}
		}
		var resp *http.Response
		for range 1000 { // the others may be on their way still
			time.Sleep(10 * time.Millisecond)
			if resp, _ = do(t, "POST", base+path, strings.Repeat("x", 2<<20), "Content-Type", media, "Accept", "text/html"); resp.StatusCode == http.StatusTooManyRequests {
				break
			}
		}
		if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") == "" {
			t.Errorf("%s: one file too many answers %d", path, resp.StatusCode)
		}
		if resp, _ := do(t, "POST", base+"/api/v1/explain", "HTTP/1.1 204 No Content\n", "Content-Type", "text/plain"); resp.StatusCode != http.StatusOK {
			t.Errorf("%s: a small text answers %d meanwhile", path, resp.StatusCode)
		}
		for _, w := range open {
			_ = w.Close()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	}
}
