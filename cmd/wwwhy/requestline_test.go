package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"
)

// FuzzRequestLine holds that the line of a request is the one that slog's own
// handler writes, whatever is in it.
func FuzzRequestLine(f *testing.F) {
	f.Add("route", "/{name}", "status", int64(200), int64(1785000000123456789), uint8(0))
	f.Add("route", "/a\"b\\c", "b", int64(-1), int64(0), uint8(1))
	f.Add("", "ü\x00\u2028<&>", "k\x7f", int64(1)<<62, int64(-1)<<62, uint8(2))
	for kind := range uint8(8) {
		f.Add("a", "b", "c", int64(kind), int64(kind)*1e17, kind)
	}
	f.Fuzz(func(t *testing.T, name, text, number string, n, at int64, kind uint8) {
		when := time.Unix(0, at).In(time.FixedZone("", int(n%50000)))
		switch kind % 8 {
		case 6:
			when = time.Time{}
		case 7:
			when = when.AddDate(int(n%20000), 0, 0)
		}
		r := slog.NewRecord(when, slog.LevelInfo, "request", 0)
		r.AddAttrs(slog.String(name, text), slog.Int64(number, n))
		switch kind % 8 {
		case 1:
			r.AddAttrs(slog.Any(name, errors.New(text)))
		case 2:
			r.AddAttrs(slog.Group(name, slog.Bool(text, true)), slog.Duration("d", time.Duration(n)))
		case 3:
			r.Level = slog.Level(n)
		}
		written := func(h slog.Handler) {
			switch kind % 8 {
			case 4:
				h = h.WithAttrs([]slog.Attr{slog.String(name, text)}).WithAttrs([]slog.Attr{slog.String("more", number)})
			case 5:
				h = h.WithAttrs([]slog.Attr{slog.Int64("n", n)}).WithGroup(name)
			}
			if err := h.Handle(context.Background(), r); err != nil {
				t.Error(err)
			}
		}
		var got, want bytes.Buffer
		log, done := newLog(&got, "json")
		written(log.Handler())
		done()
		written(slog.NewJSONHandler(&want, nil))
		if got.String() != want.String() {
			t.Errorf("our line is\n%swant\n%s", got.String(), want.String())
		}
	})
}

// TestLinesOfRequestsTakeNoMemory holds that the lines that a server writes are
// of the simple kind, which would be slow otherwise.
func TestLinesOfRequestsTakeNoMemory(t *testing.T) {
	log, done := newLog(io.Discard, "json")
	defer done()
	h := log.Handler().WithAttrs([]slog.Attr{slog.String("method", "GET"), slog.String("route", "/{name:[a-z]+}")})
	line := func() {
		r := slog.NewRecord(time.Now(), slog.LevelInfo, "request", 0)
		r.AddAttrs(slog.String("id", "2f6c1a-000001"), slog.Int("status", 200), slog.Int("bytes", 23889), slog.Int64("ms", 0))
		_ = h.Handle(context.Background(), r)
	}
	for range 1000 { // until there is room for all that is gathered
		line()
	}
	if got := testing.AllocsPerRun(1000, line); got > 0 {
		t.Errorf("a line takes memory %v times, want 0", got)
	}
}
