package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A check sends each row as it is done, and ends with its reader.
func TestChecksStreamAndEndWithTheirReader(t *testing.T) {
	for _, accept := range []string{"text/html", "application/x-ndjson"} {
		t.Run(accept, func(t *testing.T) {
			o := newBounded(t, Bounds{})
			path, content, media := "/api/v1/check", fmt.Sprintf("%[1]s/1\n%[1]s/2", o.target), "text/plain"
			if accept == "text/html" {
				path, content, media = "/check", "urls="+strings.ReplaceAll(content, "\n", "%0A"), "application/x-www-form-urlencoded"
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, "POST", o.site+path, strings.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", media)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			first := <-o.reached
			second := <-o.reached
			o.release <- struct{}{} // one of both is done
			got := make([]byte, 0, 1<<20)
			for !strings.Contains(string(got), "204") {
				n, err := resp.Body.Read(got[len(got):cap(got)])
				if got = got[:len(got)+n]; err != nil {
					t.Fatalf("the row did not come: %v\n%s", err, got)
				}
			}
			cancel()
			for _, r := range []*http.Request{first, second} {
				select {
				case <-r.Context().Done():
				case <-time.After(20 * time.Second):
					t.Error("a target is still being asked")
				}
			}
		})
	}
}

func TestTooManyAddressesAreRefused(t *testing.T) {
	base, _ := site(t)
	resp, err := http.Post(base+"/api/v1/check", "text/plain", strings.NewReader(strings.Repeat("https://a.example/\n", 101)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != 413 || !strings.Contains(string(body), "wwwhy check") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}
