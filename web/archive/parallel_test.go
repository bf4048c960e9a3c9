package archive

import (
	"sync"
	"testing"
	"time"
)

// TestManyAtOnce saves, loads, deletes and sweeps from many goroutines. It is
// the race detector's.
func TestManyAtOnce(t *testing.T) {
	for kind, url := range urls {
		t.Run(kind, func(t *testing.T) {
			a := open(t, url(t), Config{})
			shared := record(NewName())
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					for range 15 {
						want(t, a.Save(t.Context(), shared), nil) // one of them wins, and all are right
						r := record(NewName())
						r.Expires = time.Now().Add(time.Hour)
						want(t, a.Save(t.Context(), r), nil)
						gone := record(NewName())
						gone.Expires = time.Now()
						want(t, a.Save(t.Context(), gone), nil)
						wantLoad(t, a, r)
						_, err := a.Sweep(t.Context(), time.Now())
						want(t, err, nil)
						_, err = a.Load(t.Context(), gone.ID)
						want(t, err, ErrNotFound)
						want(t, a.Delete(t.Context(), r.ID, r.DeleteKey), nil)
						_, err = a.Load(t.Context(), r.ID)
						want(t, err, ErrNotFound)
						want(t, a.Ping(t.Context()), nil)
					}
				})
			}
			all.Wait()
			wantLoad(t, a, shared)
			if n, err := a.Sweep(t.Context(), time.Now()); n != 0 || err != nil {
				t.Errorf("the last sweep removed %d: %v", n, err)
			}
			if f, ok := a.(*file); ok {
				f.write(t.Context(), 0, func(b buckets) error {
					if records, bytes := b.total(); records != 1 || bytes <= 0 || b.expiry.Stats().KeyN != 0 {
						t.Errorf("%d records, %d bytes, %d to expire", records, bytes, b.expiry.Stats().KeyN)
					}
					return nil
				})
			}
			if m, ok := a.(*memory); ok && (len(m.entries) != 1 || m.bytes != m.entries[shared.ID].size(shared.ID)) {
				t.Errorf("%d records, %d bytes", len(m.entries), m.bytes)
			}
		})
	}
}

// TestOneOfManyDeletes has one right key used by many at once.
func TestOneOfManyDeletes(t *testing.T) {
	for kind, url := range urls {
		t.Run(kind, func(t *testing.T) {
			a := open(t, url(t), Config{})
			r := save(t, a, record(NewName()))
			var all sync.WaitGroup
			errs := make(chan error, 8)
			for range cap(errs) {
				all.Go(func() { errs <- a.Delete(t.Context(), r.ID, r.DeleteKey) })
			}
			all.Wait()
			close(errs)
			deleted := 0
			for err := range errs {
				if err == nil {
					deleted++
				} else {
					want(t, err, ErrNotFound)
				}
			}
			if deleted != 1 {
				t.Errorf("%d deleted it", deleted)
			}
		})
	}
}
