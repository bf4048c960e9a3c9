package admission

import (
	"io"
	"net/http"
	"time"
)

// Pace is how fast content has to come that takes one of few places: so that it
// is there in time. What falls behind would not be, and others can have its place.
type Pace struct {
	Behind time.Duration // that it may be behind, for slow starts and lost packets
	Whole  time.Duration // in which all of it comes
}

// Steady is the pace of content. Together it is the half minute that a server of
// ours reads a request for.
var Steady = Pace{5 * time.Second, 25 * time.Second}

// paced is content that has to keep a pace.
type paced struct {
	io.ReadCloser
	pace   Pace
	until  func(time.Time) error // sets when reading ends
	length int64                 // that was announced, or that we keep a place for
	begun  time.Time             // zero: not yet
	came   int64
}

// paced makes the content of a request keep the pace. The length of content of
// unknown length is taken to be that of a large text.
func (p Pace) paced(w http.ResponseWriter, r *http.Request) io.ReadCloser {
	length := r.ContentLength
	if length < 0 {
		length = LargeText
	}
	return &paced{ReadCloser: r.Body, pace: p, until: http.NewResponseController(w).SetReadDeadline, length: length}
}

func (p *paced) Read(b []byte) (int, error) {
	if p.begun.IsZero() {
		p.begun = time.Now()
	}
	share := min(1, float64(p.came)/float64(p.length))
	_ = p.until(p.begun.Add(p.pace.Behind + time.Duration(share*float64(p.pace.Whole)))) // where it cannot be set, the server's own holds
	n, err := p.ReadCloser.Read(b)
	p.came += int64(n)
	return n, err
}
