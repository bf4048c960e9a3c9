package intake

import (
	"fmt"
	"strings"
	"testing"
)

// TestWhatIsExplainedIsBounded: each answer and each line is explained at length,
// so that many small ones would be a page of many times the text.
func TestWhatIsExplainedIsBounded(t *testing.T) {
	final := "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\n"
	for name, text := range map[string]func(n int) (string, int){
		"answers": func(n int) (string, int) { return strings.Repeat(final, n), mostMessages },
		"interim ones": func(n int) (string, int) {
			return strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", n-1) + final, mostMessages
		},
		"exchanges of curl": func(n int) (string, int) {
			return strings.Repeat("> GET / HTTP/1.1\r\n>\r\n< HTTP/1.1 401 Unauthorized\r\n<\r\n", n), mostMessages
		},
		"field lines": func(n int) (string, int) {
			return "HTTP/1.1 200 OK\r\n" + strings.Repeat("A: b\r\n", n), mostFieldLines
		},
		"bare field lines": func(n int) (string, int) { return strings.Repeat("Vary: b\r\n", n), mostFieldLines },
		"lines of a request": func(n int) (string, int) {
			return "> GET / HTTP/1.1\r\n" + strings.Repeat("> A: b\r\n", n) + ">\r\n< HTTP/1.1 200 OK\r\n<\r\n", mostFieldLines
		},
	} {
		_, most := text(2)
		fits, _ := text(most)
		if _, err := Parse(fits); err != nil {
			t.Errorf("%d %s: %v", most, name, err)
		}
		more, _ := text(most + 1)
		if _, err := Parse(more); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("more than %d ", most)) {
			t.Errorf("%d %s: %v", most+1, name, err)
		}
	}
}
