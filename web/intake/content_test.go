package intake

import (
	"strings"
	"testing"
	"unicode/utf16"

	"wwwhy/web/message"
)

const pageHead = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"

// TestContentsDoNotCount reads what curl -si prints of pages and pictures of
// any size: the head is what matters.
func TestContentsDoNotCount(t *testing.T) {
	page := strings.Repeat("<p>hello</p>\n", Limit/6)
	picture := strings.Repeat("\x89PNG\r\n\x1a\n\x00\x00\x01\xff", 100)
	for _, c := range []struct {
		name, text string
		codes      []int
		last       string // the last content begins so
		known      message.Knowledge
	}{
		{"long page", pageHead + page, []int{200}, "<p>hello", message.Partly},
		{"picture", pageHead + picture, []int{200}, "", message.Unknown},
		{"long picture", pageHead + strings.Repeat(picture, 1000), []int{200}, "", message.Unknown},
		{"picture, then a page", "HTTP/1.1 302 Found\nLocation: /x\n\n" + picture + "\n" + pageHead + "<p>", []int{302, 200}, "<p>", message.Partly},
		{"long page, then a refusal", "HTTP/2 302\nlocation: /x\n\n" + page + "HTTP/2 401\nwww-authenticate: Basic\n\nno", []int{302, 401}, "no", message.Partly},
		{"curl -v of a picture", "> GET / HTTP/1.1\n> Host: www.example.com\n>\n< HTTP/1.1 200 OK\n< Content-Type: image/png\n<\n{ [5 bytes data]\n" + picture + "\n* Connection #0 left intact\n", []int{200}, "", message.Unknown},
		{"curl -v of a long page", "> GET / HTTP/1.1\n> Host: www.example.com\n>\n< HTTP/1.1 200 OK\n< Content-Type: text/html\n<\n" + page, []int{200}, "<p>hello", message.Partly},
	} {
		t.Run(c.name, func(t *testing.T) {
			xs, err := Parse(c.text)
			if err != nil {
				t.Fatal(err)
			}
			var codes []int
			for _, x := range xs {
				codes = append(codes, x.Response.Code)
			}
			if len(codes) != len(c.codes) || codes[len(codes)-1] != c.codes[len(codes)-1] || codes[0] != c.codes[0] {
				t.Fatalf("status codes %v, want %v", codes, c.codes)
			}
			got := xs[len(xs)-1].Response.Content
			if got.Known != c.known || !strings.HasPrefix(string(got.Sample), c.last) || len(got.Sample) > sampleLimit {
				t.Errorf("content known %v, %d bytes, begins %.20q; want %v, %q", got.Known, len(got.Sample), got.Sample, c.known, c.last)
			}
		})
	}
}

// TestUTF16IsRead takes what > in Windows PowerShell writes.
func TestUTF16IsRead(t *testing.T) {
	text := "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"Büro 🗝\"\r\n\r\n"
	for name, order := range map[string][2]int{"little endian": {0, 8}, "big endian": {8, 0}} {
		t.Run(name, func(t *testing.T) {
			var b []byte
			for _, u := range utf16.Encode([]rune("\ufeff" + text)) {
				b = append(b, byte(u>>order[0]), byte(u>>order[1]))
			}
			if got := Decoded(string(b)); got != text {
				t.Errorf("read as %q", got)
			}
		})
	}
	for _, other := range []string{text, "\ufeff" + text, "\xff", ""} {
		if got := Decoded(other); got != other {
			t.Errorf("%q was changed to %q", other, got)
		}
	}
}
