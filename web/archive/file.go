package archive

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	bolt "go.etcd.io/bbolt/errors"
)

// file keeps entries in a bbolt file. Each write is a transaction that is on
// disk before it is acknowledged.
type file struct {
	config Config
	path   string
	opened os.FileInfo
	db     *bbolt.DB
	turn   chan struct{} // filled by whoever writes: bbolt's own lock waits for no context
}

// lockWait is how long a second process waits for the first to end, as at a restart.
const lockWait = time.Second

func openFile(ctx context.Context, path string, c Config) (*file, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if rest, ok := strings.CutPrefix(path, "//"); ok {
		if !strings.HasPrefix(rest, "/") {
			return nil, errors.New("the archive's URL names a host; write file:PATH or file:///PATH")
		}
		path = rest
	}
	f := &file{config: c, path: path, turn: make(chan struct{}, 1)}
	if err := f.open(); err != nil {
		if f.db != nil {
			f.db.Close()
		}
		return nil, f.failed("open", err)
	}
	return f, nil
}

func (f *file) open() (err error) {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	if err := f.whole(); err != nil {
		return err
	}
	f.db, err = bbolt.Open(f.path, 0o600, &bbolt.Options{Timeout: lockWait, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	if f.opened, err = os.Stat(f.path); err != nil {
		return err
	}
	// Without this a power cut may take a new file with its directory entry.
	if dir, err := os.Open(filepath.Dir(f.path)); err == nil {
		_ = dir.Sync() // not every system can
		dir.Close()
	}
	return f.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{reportsName, expiryName, totalsName} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
}

var errDamaged = errors.New("it is no archive, or a part is missing or damaged; restore it from a copy, or name another file")

// leastFile is the four pages that bbolt begins a file with, in bytes.
const leastFile = 4 * 4096

// whole refuses a file that has been cut short, as by a copy that was broken
// off: bbolt would read past its end and end the process.
func (f *file) whole() error {
	info, err := os.Stat(f.path)
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return nil
	} else if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is no regular file; name one")
	}
	if info.Size() < leastFile {
		return errDamaged
	}
	db, err := bbolt.Open(f.path, 0o600, &bbolt.Options{Timeout: lockWait, ReadOnly: true})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.View(func(tx *bbolt.Tx) error {
		if info, err := os.Stat(f.path); err != nil || info.Size() < tx.Size() {
			return errors.Join(err, errDamaged)
		}
		return nil
	})
}

// failed says which file an error is about, and what to do where bbolt does not.
func (f *file) failed(doing string, err error) error {
	switch {
	case errors.Is(err, bolt.ErrTimeout):
		err = fmt.Errorf("another process has it open; stop that one, or use PostgreSQL for several copies (%w)", err)
	case errors.Is(err, bolt.ErrInvalid), errors.Is(err, bolt.ErrVersionMismatch), errors.Is(err, bolt.ErrChecksum):
		err = fmt.Errorf("%w (%w)", errDamaged, err)
	case errors.Is(err, bolt.ErrDatabaseNotOpen):
		return errClosed
	case errors.Is(err, bolt.ErrMaxSizeReached):
		return ErrFull
	}
	return failed(fmt.Sprintf("%s the archive %s", doing, f.path), err)
}

// write runs a transaction that changes something. most bounds the size of the
// file in bytes; 0 does not, since removing something may need a page for the while.
func (f *file) write(ctx context.Context, most int64, change func(buckets) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case f.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-f.turn }()
	f.db.MaxSize = int(min(most, math.MaxInt))
	return f.db.Update(func(tx *bbolt.Tx) error { return change(bucketsOf(tx)) })
}

func (f *file) Save(ctx context.Context, r Record) error {
	e, err := seal(r)
	if err != nil {
		return err
	}
	// Pages that are partly filled, copies that a transaction makes, and free
	// pages between long reports take space too.
	most := 2*f.config.Bytes + 64<<20
	return f.failed("save to", f.write(ctx, most, func(b buckets) error {
		old, err := b.get(r.ID)
		switch {
		case err == nil && !old.gone(time.Now()):
			return old.again(r)
		case err == nil:
			err = b.remove(r.ID, old)
		case err == ErrNotFound:
			err = nil
		}
		if err != nil {
			return err
		}
		records, bytes := b.total()
		if records >= int64(f.config.Records) || bytes+e.size(r.ID) > f.config.Bytes {
			return ErrFull
		}
		return b.put(r.ID, e)
	}))
}

func (f *file) Load(ctx context.Context, id string) (r Record, err error) {
	if err := ctx.Err(); err != nil {
		return Record{}, err
	}
	err = f.db.View(func(tx *bbolt.Tx) error {
		e, err := bucketsOf(tx).live(id)
		if err == nil {
			r, err = e.unseal(id)
		}
		return err
	})
	return r, f.failed("load from", err)
}

func (f *file) Delete(ctx context.Context, id, key string) error {
	return f.failed("delete from", f.write(ctx, 0, func(b buckets) error {
		e, err := b.live(id)
		if err != nil {
			return err
		}
		if err := e.check(key); err != nil {
			return err
		}
		return b.remove(id, e)
	}))
}

func (f *file) Remove(ctx context.Context, id string) error {
	return f.failed("remove from", f.write(ctx, 0, func(b buckets) error {
		e, err := b.live(id)
		if err != nil {
			return err
		}
		return b.remove(id, e)
	}))
}

func (f *file) Pin(ctx context.Context, id string, pinned bool) error {
	return f.failed("pin in", f.write(ctx, 0, func(b buckets) error {
		e, err := b.live(id)
		if err != nil || e.pinned == pinned {
			return err
		}
		return b.pin(id, e, pinned)
	}))
}

// sweepStep is the most records that one transaction of a sweep removes, so
// that saves get their turn.
const sweepStep = 100

func (f *file) Sweep(ctx context.Context, now time.Time) (total int, err error) {
	for {
		n := 0
		err := f.write(ctx, 0, func(b buckets) error {
			for ; n < sweepStep; n++ {
				id, ok := b.first(now)
				if !ok {
					break
				}
				e, err := b.get(id)
				if err == nil {
					err = b.remove(id, e)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return total, f.failed("sweep", err)
		}
		total += n
		if n < sweepStep {
			return total, nil
		}
	}
}

// Ping also notices that the file was removed or replaced: what is saved then
// would be lost at the next start.
func (f *file) Ping(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := f.db.View(func(*bbolt.Tx) error { return nil }); err != nil {
		return f.failed("look into", err)
	}
	info, err := os.Stat(f.path)
	if err == nil && !os.SameFile(info, f.opened) {
		err = errors.New("the file was replaced; start anew")
	}
	return f.failed("look into", err)
}

// Copy implements Copier. The file grows while a slow copy is made, since its old
// pages are kept for the copy.
func (f *file) Copy(to func(size int64) io.Writer) error {
	return f.failed("copy", f.db.View(func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(to(tx.Size()))
		return err
	}))
}

func (f *file) Durable() bool { return true }

func (f *file) Close() error { return f.failed("close", f.db.Close()) }

// buckets is what the file holds: the reports by id, the ids by expiry, and how
// many records of how many bytes there are.
type buckets struct{ reports, expiry, totals *bbolt.Bucket }

var reportsName, expiryName, totalsName = []byte("reports"), []byte("expiry"), []byte("totals")

func bucketsOf(tx *bbolt.Tx) buckets {
	return buckets{tx.Bucket(reportsName), tx.Bucket(expiryName), tx.Bucket(totalsName)}
}

// get returns an entry, expired or not. Its bytes hold within the transaction.
func (b buckets) get(id string) (entry, error) {
	v := b.reports.Get([]byte(id))
	if v == nil {
		return entry{}, ErrNotFound
	}
	return decode(v)
}

// live returns an entry that has not expired.
func (b buckets) live(id string) (entry, error) {
	e, err := b.get(id)
	if err == nil && e.gone(time.Now()) {
		return entry{}, ErrNotFound
	}
	return e, err
}

func (b buckets) put(id string, e entry) error {
	if err := b.reports.Put([]byte(id), e.encode()); err != nil {
		return err
	}
	if e.sweepable() {
		if err := b.expiry.Put(expiryKey(e.expires, id), []byte{}); err != nil {
			return err
		}
	}
	return b.count(1, e.size(id))
}

// pin writes an entry anew. What is pinned is not among what a sweep looks at.
func (b buckets) pin(id string, e entry, pinned bool) error {
	e.pinned = pinned
	v := e.encode() // before the bytes move
	var err error
	if key := expiryKey(e.expires, id); e.sweepable() {
		err = b.expiry.Put(key, []byte{})
	} else {
		err = b.expiry.Delete(key)
	}
	if err != nil {
		return err
	}
	return b.reports.Put([]byte(id), v)
}

func (b buckets) remove(id string, e entry) error {
	size := e.size(id) // before the bytes move
	if err := b.expiry.Delete(expiryKey(e.expires, id)); err != nil {
		return err
	}
	if err := b.reports.Delete([]byte(id)); err != nil {
		return err
	}
	return b.count(-1, -size)
}

// first returns the id that expires first, if it has expired by now.
func (b buckets) first(now time.Time) (id string, ok bool) {
	k, _ := b.expiry.Cursor().First()
	if len(k) < 8 || string(k[:8]) > string(expiryKey(now, "")) {
		return "", false
	}
	return string(k[8:]), true
}

// expiryKey sorts by time; the sign bit is turned over for times before 1970.
func expiryKey(t time.Time, id string) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(t.UnixMicro())^1<<63), id...)
}

var totalKey = []byte("total")

func (b buckets) total() (records, bytes int64) {
	v := b.totals.Get(totalKey)
	if len(v) != 16 {
		return 0, 0
	}
	return int64(binary.BigEndian.Uint64(v)), int64(binary.BigEndian.Uint64(v[8:]))
}

func (b buckets) count(records, bytes int64) error {
	r, n := b.total()
	v := binary.BigEndian.AppendUint64(nil, uint64(r+records))
	return b.totals.Put(totalKey, binary.BigEndian.AppendUint64(v, uint64(n+bytes)))
}
