package inspect

import (
	"runtime"
	"strings"
	"testing"

	"wwwhy/content"
)

// TestTwiceTheTextTakesTwiceTheMemory holds what a text costs against its
// length: whatever is done again for each mistake in it, or for each parameter,
// must not look at the whole text each time. Memory is counted rather than time,
// which differs from run to run.
func TestTwiceTheTextTakesTwiceTheMemory(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	in := New(lib, Config{})
	taken := func(text string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := in.Text(t.Context(), text, Pasted{}); err != nil {
			t.Fatalf("%.60q: %v", text, err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	for name, text := range map[string]func(n int) string{
		"repeated parameters": func(n int) string { return "WWW-Authenticate: Basic " + strings.Repeat("a=b,", n) },
		"missing commas":      func(n int) string { return "WWW-Authenticate: Digest " + strings.Repeat("a=b ", n) },
		"challenges":          func(n int) string { return "WWW-Authenticate: " + strings.Repeat("Basic,", n) },
		"lines":               func(n int) string { return strings.Repeat("WWW-Authenticate: Basic realm=x\r\n", n/8) },
		"folded lines":        func(n int) string { return "X: a" + strings.Repeat("\r\n b", n*4) },
		"structured lines":    func(n int) string { return strings.Repeat("Cache-Status: a; hit\r\n", n/8) },
		"dictionaries":        func(n int) string { return strings.Repeat("Priority: u=1\r\n", n/8) },
		"cookies":             func(n int) string { return strings.Repeat("Set-Cookie: a=b; Secure\r\n", n/8) },
		"codings and what is accepted": func(n int) string {
			return "> GET / HTTP/1.1\r\n" + strings.Repeat("> Accept-Encoding: br\r\n", n/8) + ">\r\n< HTTP/1.1 200 OK\r\n< Content-Encoding: " + strings.Repeat("a,", n) + "\r\n<\r\n"
		},
		"transfer codings and TE": func(n int) string {
			return "> GET / HTTP/1.1\r\n" + strings.Repeat("> TE: Deflate\r\n", n/8) + ">\r\n< HTTP/1.1 200 OK\r\n< Transfer-Encoding: " + strings.Repeat("gzip,", n) + "chunked\r\n<\r\n"
		},
	} {
		head := text
		if !strings.HasPrefix(text(10), ">") {
			head = func(n int) string { return "HTTP/1.1 401 Unauthorized\r\n" + text(n) + "\r\n\r\n" }
		}
		taken(head(10)) // what is made once
		if one, two := taken(head(2000)), taken(head(4000)); two > 3*one {
			t.Errorf("%s: %d bytes are taken for a text, and %d for one that is twice as long", name, one, two)
		}
	}
}
