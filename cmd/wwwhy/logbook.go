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
}

// newLog returns a log in JSON or text. close writes what is gathered; lines
// after it are written at once.
func newLog(to io.Writer, form string) (log *slog.Logger, close func()) {
	b := &logbook{to: to}
	var h slog.Handler = slog.NewJSONHandler(b, nil)
	if form == "text" {
		h = slog.NewTextHandler(b, nil)
	}
	return slog.New(gathering{h, b}), b.close
}

// Write gathers a line.
func (b *logbook) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, line...)
	if b.closed || len(b.lines) >= gatherBytes {
		return len(line), b.write()
	}
	if b.timer == nil {
		b.timer = time.AfterFunc(gatherTime, b.flush)
	}
	return len(line), nil
}

func (b *logbook) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.write() // there is nowhere to tell that the log fails
}

func (b *logbook) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	_ = b.write() // there is nowhere to tell that the log fails
}

// write writes what is gathered. b.mu is held.
func (b *logbook) write() error {
	if b.timer != nil {
		b.timer.Stop()
		b.timer = nil
	}
	if len(b.lines) == 0 {
		return nil
	}
	_, err := b.to.Write(b.lines)
	b.lines = b.lines[:0]
	return err
}

// gathering is a handler that writes to a logbook.
type gathering struct {
	slog.Handler
	book *logbook
}

// Handle gathers the lines of requests and writes all others.
func (g gathering) Handle(ctx context.Context, r slog.Record) error {
	err := g.Handler.Handle(ctx, r)
	if r.Message != "request" || r.Level > slog.LevelInfo {
		g.book.flush()
	}
	return err
}

// WithAttrs implements slog.Handler.
func (g gathering) WithAttrs(attrs []slog.Attr) slog.Handler {
	return gathering{g.Handler.WithAttrs(attrs), g.book}
}

// WithGroup implements slog.Handler.
func (g gathering) WithGroup(name string) slog.Handler {
	return gathering{g.Handler.WithGroup(name), g.book}
}
