package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/inspect"
	"wwwhy/web/meter"
)

// mostHeap bounds what is in use when every page was served in every form and
// coding, in bytes: twice what it was when this was written.
const mostHeap = 16 << 20

// unkept is a http.ResponseWriter that keeps nothing.
type unkept struct {
	header http.Header
	status int
	bytes  int
}

func (c *unkept) Header() http.Header { return c.header }

func (c *unkept) WriteHeader(status int) { c.status = status }

func (c *unkept) Write(p []byte) (int, error) {
	c.bytes += len(p)
	return len(p), nil
}

// TestEveryPageInEveryFormFitsInMemory serves all that is kept and tells how long
// the first answer took and what is in use afterwards. Encoding everything takes
// a minute: without WWWHY_SOAK, it takes one page of forty.
func TestEveryPageInEveryFormFitsInMemory(t *testing.T) {
	if raced {
		t.Skip("the race detector takes memory of its own")
	}
	step := 40
	if os.Getenv("WWWHY_SOAK") != "" {
		step = 1
	}
	before, start := inUse(), time.Now()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	h := New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Meter: meter.New()})
	visit := func(path, coding string) *unkept {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Accept-Encoding", coding)
		w := &unkept{header: http.Header{}}
		h.ServeHTTP(w, r)
		return w
	}
	visit("/401", "gzip")
	t.Logf("the first answer took %s, with all that comes before it; the heap has %.1f MB", time.Since(start).Round(time.Millisecond), megabytes(inUse()-before))

	paths := []string{"/", "/codes", "/fields", "/schemes", "/findings", "/guides", "/try", "/choose", "/compare", "/api", "/robots.txt", "/sitemap.xml", "/feed.xml", "/opensearch.xml", "/llms.txt"}
	for _, kind := range content.Kinds {
		paths = append(paths, "/api/v1/"+string(kind))
		for i, p := range lib.Pages(kind) {
			for _, form := range append([]string{""}, forms...) {
				if i%step == 0 {
					paths = append(paths, p.Href()+suffix(form))
				}
			}
		}
	}
	served, sent := 0, 0
	for _, path := range paths {
		for _, coding := range []string{"", "gzip", "br", "zstd"} {
			if coding != "" && strings.HasSuffix(path, ".png") {
				continue
			}
			w := visit(path, coding)
			if w.status != 0 && w.status != http.StatusOK {
				t.Errorf("%s in %q answers %d", path, coding, w.status)
			}
			served, sent = served+1, sent+w.bytes
		}
	}
	now := inUse()
	t.Logf("%d answers with %.1f MB: the heap has %.1f MB, the process %s", served, megabytes(sent), megabytes(now-before), resident())
	if now-before > mostHeap {
		t.Errorf("the heap has %.1f MB, want %d at most", megabytes(now-before), mostHeap>>20)
	}
	runtime.KeepAlive(h)
}

// inUse is the bytes of the heap that are still needed.
func inUse() int {
	runtime.GC()
	runtime.GC() // what sync.Pools hold goes at the second
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

func megabytes(n int) float64 { return float64(n) / (1 << 20) }

// resident is what the kernel counts of this process.
func resident() string {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "unknown"
	}
	var all []string
	for line := range strings.Lines(string(data)) {
		if name, value, _ := strings.Cut(line, ":"); strings.HasPrefix(name, "Rss") || name == "VmRSS" || name == "VmHWM" {
			all = append(all, name+" "+strings.Join(strings.Fields(value), " "))
		}
	}
	return strings.Join(all, ", ")
}
