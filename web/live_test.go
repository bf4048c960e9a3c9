package web

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestHopsAreShownAsTheyCome reads the page of an inspection whose last target
// has not answered yet, and then lets it answer.
func TestHopsAreShownAsTheyCome(t *testing.T) {
	base, _ := site(t)
	release := make(chan struct{})
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new", http.StatusMovedPermanently)
			return
		}
		<-release
		w.WriteHeader(http.StatusTeapot)
	}))
	t.Cleanup(target.Close)
	req, err := http.NewRequestWithContext(t.Context(), "GET", base+"/inspect?url="+url.QueryEscape(target.URL+"/old"), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	var first strings.Builder
	for !strings.Contains(first.String(), ">301<") {
		b, err := lines.ReadByte()
		if err != nil {
			t.Fatalf("the page ended before the first hop: %v", err)
		}
		first.WriteByte(b)
	}
	if strings.Contains(first.String(), `id="verdict"`) || !strings.Contains(first.String(), `<a href="/inspect">Stop</a>`) {
		t.Errorf("before the answer the page says %s", first.String())
	}
	close(release)
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(rest), `id="verdict"`) || !strings.Contains(string(rest), "</html>") || !strings.Contains(string(rest), ">418<") {
		t.Errorf("the rest of the page lacks the report: %.400s", rest)
	}
}

// TestLeavingEndsTheInspection closes the page while the target hangs.
func TestLeavingEndsTheInspection(t *testing.T) {
	base, _ := site(t)
	left := make(chan struct{})
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		close(left)
	}))
	t.Cleanup(target.Close)
	ctx, leave := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", base+"/inspect?url="+url.QueryEscape(target.URL), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	resp, err := client.Do(req) // its head comes with the first piece of the page
	if err != nil {
		t.Fatal(err)
	}
	leave()
	resp.Body.Close()
	<-left
}
