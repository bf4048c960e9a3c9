package operator

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wwwhy/web/archive"
	"wwwhy/web/meter"
)

// stalled is an archive that answers when whoever asked has left, and whose copy
// comes in pieces.
type stalled struct{ archive.Archive }

func (stalled) Load(ctx context.Context, _ string) (archive.Record, error) {
	return archive.Record{}, ctx.Err()
}

func (stalled) Pin(ctx context.Context, _ string, _ bool) error { return ctx.Err() }

func (stalled) Copy(to func(int64) io.Writer) error {
	w := to(6)
	for _, piece := range []string{"ab", "cd", "ef"} {
		if _, err := io.WriteString(w, piece); err != nil {
			return err
		}
	}
	return nil
}

// TestWhoLeavesIsNoFailureOfTheStore: figures of it are what people are woken by.
func TestWhoLeavesIsNoFailureOfTheStore(t *testing.T) {
	m := meter.New()
	h := New(m, http.NotFoundHandler(), stalled{archive.InMemory()})
	gone, leave := context.WithCancel(t.Context())
	leave()
	for _, r := range [][2]string{{"GET", "/reports/x"}, {"PUT", "/reports/x/pin"}, {"DELETE", "/reports/x/pin"}} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(gone, r[0], r[1], nil))
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	if figures := w.Body.String(); !strings.Contains(figures, "wwwhy_") || strings.Contains(figures, `outcome="failed"`) {
		t.Errorf("%s", figures)
	}
}

// timed notes the deadlines that are set before each piece is written.
type timed struct {
	*httptest.ResponseRecorder
	deadline time.Time
	missing  int
}

func (w *timed) SetWriteDeadline(t time.Time) error { w.deadline = t; return nil }

func (w *timed) Write(p []byte) (int, error) {
	if !w.deadline.After(time.Now()) {
		w.missing++
	}
	w.deadline = time.Time{}
	return w.ResponseRecorder.Write(p)
}

// TestACopyDoesNotWaitForEver: what is copied cannot be written to meanwhile, and
// grows, so a client that stands still must not hold it.
func TestACopyDoesNotWaitForEver(t *testing.T) {
	w := &timed{ResponseRecorder: httptest.NewRecorder()}
	New(meter.New(), http.NotFoundHandler(), stalled{archive.InMemory()}).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/reports.db", nil))
	if w.Body.String() != "abcdef" || w.missing > 0 {
		t.Errorf("%q, and %d pieces without a deadline", w.Body, w.missing)
	}
}
