package admission

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestContentHasTheTimeThatItNeeds reads content piece by piece: what has come
// moves the end on, and no further than to the end of the time for all.
func TestContentHasTheTimeThatItNeeds(t *testing.T) {
	for _, length := range []int64{1000, -1} {
		announced := length
		if length < 0 {
			length = LargeText
		}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("a", int(2*length))))
		r.ContentLength = announced
		body := Steady.paced(httptest.NewRecorder(), r).(*paced)
		var ends []time.Duration
		body.until = func(end time.Time) error { ends = append(ends, end.Sub(body.begun)); return nil }
		piece := make([]byte, length/4)
		for range 6 {
			if _, err := io.ReadFull(body, piece); err != nil {
				t.Fatal(err)
			}
		}
		for i, want := range []time.Duration{5000, 11250, 17500, 23750, 30000, 30000} {
			if got := ends[i*len(ends)/6]; got != want*time.Millisecond {
				t.Errorf("after %d quarters of %d bytes, the end is %s after the beginning, want %s", i, announced, got, want*time.Millisecond)
			}
		}
	}
}
