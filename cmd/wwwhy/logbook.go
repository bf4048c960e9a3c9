package main

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	gatherBytes = 32 << 10
	gatherTime  = 200 * time.Millisecond
)

// logbook writes a log and gathers the lines of requests for a fifth of a second
// at most, since a write for each costs more than the line. All other lines are
// written at once, with what was gathered before them.
type logbook struct {
	to io.Writer

	mu     sync.Mutex
	lines  []byte
	timer  *time.Timer // nil: nothing is gathered
	closed bool

	writing sync.Mutex // taken before mu is given back, so that lines stay in order
	written []byte     // room for the lines that come meanwhile
}

// newLog returns a log in JSON or text. close writes what is gathered; lines
// after it are written at once.
func newLog(to io.Writer, form string) (log *slog.Logger, close func()) {
	b := &logbook{to: to}
	var h slog.Handler = slog.NewJSONHandler(b, nil)
	if form == "text" {
		h = slog.NewTextHandler(b, nil)
	}
	return slog.New(gathering{Handler: h, book: b, plain: form != "text"}), b.close
}

// Write gathers a line.
func (b *logbook) Write(line []byte) (int, error) {
	b.mu.Lock()
	b.lines = append(b.lines, line...)
	return len(line), b.gathered()
}

// request gathers the line of a request, unless appendRequest cannot write it. The
// line is made before others have to wait.
func (b *logbook) request(r slog.Record, with []byte) (done bool, err error) {
	var room [512]byte
	line, done := appendRequest(room[:0], r, with)
	if !done {
		return false, nil
	}
	b.mu.Lock()
	b.lines = append(b.lines, line...)
	return true, b.gathered()
}

// gathered writes what is gathered once that is much, or soon. b.mu is held and
// given back.
func (b *logbook) gathered() error {
	if b.closed || len(b.lines) >= gatherBytes {
		return b.write()
	}
	if b.timer == nil {
		b.timer = time.AfterFunc(gatherTime, b.flush)
	}
	b.mu.Unlock()
	return nil
}

func (b *logbook) flush() {
	b.mu.Lock()
	_ = b.write() // there is nowhere to tell that the log fails
}

func (b *logbook) close() {
	b.mu.Lock()
	b.closed = true
	_ = b.write() // there is nowhere to tell that the log fails
}

// write writes what is gathered. b.mu is held and given back: others can go on
// while a slow disk takes the lines.
func (b *logbook) write() error {
	if b.timer != nil {
		b.timer.Stop()
		b.timer = nil
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	lines := b.lines
	b.lines, b.written = b.written[:0], lines
	b.mu.Unlock()
	if len(lines) == 0 {
		return nil
	}
	_, err := b.to.Write(lines)
	return err
}

// gathering is a handler that writes to a logbook.
type gathering struct {
	slog.Handler
	book  *logbook
	plain bool   // a request's line is JSON, and appendRequest can write it
	with  []byte // what it begins with, if so
}

// Handle gathers the lines of requests and writes all others.
func (g gathering) Handle(ctx context.Context, r slog.Record) error {
	if !isRequest(r) {
		err := g.Handler.Handle(ctx, r)
		g.book.flush()
		return err
	}
	if g.plain {
		if done, err := g.book.request(r, g.with); done {
			return err
		}
	}
	return g.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (g gathering) WithAttrs(attrs []slog.Attr) slog.Handler {
	g.Handler = g.Handler.WithAttrs(attrs)
	if g.plain {
		g.with, g.plain = plainOf(g.with, attrs)
	}
	return g
}

// WithGroup implements slog.Handler.
func (g gathering) WithGroup(name string) slog.Handler {
	g.Handler = g.Handler.WithGroup(name)
	g.plain = g.plain && name == ""
	return g
}
