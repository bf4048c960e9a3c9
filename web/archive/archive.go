// Package archive keeps saved reports, as bytes that it does not look into: in
// memory, in a file, or in PostgreSQL.
package archive

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Bounds of one record. They hold in every archive.
const (
	MaxReport = 8 << 20 // bytes of a report
	MaxStored = 1 << 20 // bytes of a report as it is stored, compressed
)

// What an Archive answers besides failures of its storage.
var (
	ErrNotFound = errors.New("no report is saved under this id; it may have expired or been deleted")
	ErrWrongKey = errors.New("this is not the delete key of the report; use the key that came with it when it was saved")
	ErrExists   = errors.New("another report is saved under this id; save this one under a new id")
	ErrFull     = errors.New("the archive is full; try again when older reports have expired")
	ErrTooLarge = fmt.Errorf("the report is too large to be saved: at most %d MiB, and %d MiB compressed", MaxReport>>20, MaxStored>>20)
	ErrInvalid  = errors.New("an id and a delete key have 22 to 64 letters, digits, - or _")
)

// Record is a saved report.
type Record struct {
	ID        string    // NewName makes one; whoever knows it can read the report
	DeleteKey string    // NewName makes one; Load leaves it empty, since only its SHA-256 is stored
	Created   time.Time // kept to the microsecond, in UTC
	Expires   time.Time // from when on the record is not found; zero: never
	Pinned    bool      // does not expire, whatever Expires says
	Report    []byte

	keySum [sha256.Size]byte // of the delete key, as stored
}

// Opens reports whether a key is the delete key of a record that was loaded.
func (r Record) Opens(key string) bool { return entry{keySum: r.keySum}.check(key) == nil }

// Archive keeps records. It is safe for concurrent use. Its methods return
// ctx's error, wrapped, when ctx ends before they are done; a Save that failed
// so may have saved nevertheless.
type Archive interface {
	// Save keeps a record. When it returns nil, a Durable archive has the
	// record on disk. Saving the same report with the same id and delete key
	// again changes nothing and is no error, so that a client may retry. Other
	// errors are ErrExists, ErrFull, ErrTooLarge and ErrInvalid.
	Save(ctx context.Context, r Record) error

	// Load returns a record, or ErrNotFound. The Report is the caller's own.
	Load(ctx context.Context, id string) (Record, error)

	// Delete removes a record. It returns ErrNotFound or ErrWrongKey.
	Delete(ctx context.Context, id, key string) error

	// Remove removes a record without its delete key, for operators alone. It
	// returns ErrNotFound.
	Remove(ctx context.Context, id string) error

	// Pin makes a record one that does not expire, or gives it its Expires
	// back: where that has passed, the record is not found from then on.
	// Pinning again what is pinned changes nothing. It returns ErrNotFound.
	Pin(ctx context.Context, id string, pinned bool) error

	// Sweep removes the records that have expired by now and returns how many
	// it removed, also when it fails half-way. Until then they take space.
	Sweep(ctx context.Context, now time.Time) (int, error)

	// Ping tells whether the archive can answer.
	Ping(ctx context.Context) error

	// Durable tells whether records outlive the process.
	Durable() bool

	// Close ends the archive. All methods but Close fail after it.
	Close() error
}

// Copier is an archive that can be copied whole while others write to it, as a
// file can. PostgreSQL has a program of its own for that.
type Copier interface {
	// Copy writes the archive as it is at one moment to what to returns for its
	// size in bytes. When less is written, the copy is of no use.
	Copy(to func(size int64) io.Writer) error
}

// Config bounds an archive in memory or in a file, so that nobody can fill it
// up. What is in PostgreSQL is bounded there.
type Config struct {
	Records int   // most records; 0 is 100,000
	Bytes   int64 // most bytes of records as stored; 0 is 64 MiB in memory, 1 GiB in a file
}

// Open opens the archive at a URL: "memory", "file:PATH", with the path taken
// as it is, or "postgres://…". It makes the file and its directory, and one
// process at a time can have it open. It brings a database's tables up to date;
// several processes may do so at once. No error shows a password.
func Open(ctx context.Context, url string, c Config) (Archive, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	c.Records = cmp.Or(c.Records, 100_000)
	if c.Records < 0 || c.Bytes < 0 {
		return nil, errors.New("the archive's bounds must be greater than 0")
	}
	switch {
	case url == "memory":
		c.Bytes = cmp.Or(c.Bytes, 64<<20)
		return newMemory(c), nil
	case scheme == "file" && rest != "":
		c.Bytes = cmp.Or(c.Bytes, 1<<30)
		return openFile(ctx, rest, c)
	case scheme == "postgres" || scheme == "postgresql":
		return openPostgres(ctx, url)
	}
	// The URL may hold a password, wherever a mistake has put it.
	return nil, errors.New("the archive's URL must be memory, file:PATH or postgres://USER:PASSWORD@HOST/DATABASE")
}

// failed says what failed, unless err is an answer that Archive promises.
func failed(what string, err error) error {
	switch err {
	case nil, ErrNotFound, ErrWrongKey, ErrExists, ErrFull, ErrTooLarge, ErrInvalid:
		return err
	}
	return fmt.Errorf("cannot %s: %w", what, err)
}

// NewName returns a fresh id or delete key: at least 128 random bits, in
// letters and digits that need no escaping in a URL.
func NewName() string { return rand.Text() }

// wellFormed tells whether a name can be an id or a delete key.
func wellFormed(name string) bool {
	if len(name) < 22 || len(name) > 64 {
		return false
	}
	for _, c := range []byte(name) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}
