package web

import (
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/inspect"
)

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
