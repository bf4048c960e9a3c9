package archive

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

// entry is a record as it is stored under its id.
type entry struct {
	keySum  [sha256.Size]byte // of the delete key
	created time.Time
	expires time.Time // zero: never
	pinned  bool
	packed  []byte // the report in zstd, which has a checksum of its own
}

// seal makes an entry of a record, or refuses it.
func seal(r Record) (entry, error) {
	if !wellFormed(r.ID) || !wellFormed(r.DeleteKey) {
		return entry{}, ErrInvalid
	}
	if len(r.Report) > MaxReport {
		return entry{}, ErrTooLarge
	}
	z, err := packer()
	if err != nil {
		return entry{}, err
	}
	e := entry{sha256.Sum256([]byte(r.DeleteKey)), stored(r.Created), stored(r.Expires), r.Pinned, z.EncodeAll(r.Report, nil)}
	if len(e.packed) > MaxStored {
		return entry{}, ErrTooLarge
	}
	return e, nil
}

// stored is a time to the precision that every archive keeps.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// unseal makes a record of an entry again, less the delete key.
func (e entry) unseal(id string) (Record, error) {
	z, err := unpacker()
	if err != nil {
		return Record{}, err
	}
	report, err := z.DecodeAll(e.packed, nil)
	if err != nil {
		return Record{}, fmt.Errorf("the report %s is damaged in the archive: %w", id, err)
	}
	return Record{ID: id, Created: e.created, Expires: e.expires, Pinned: e.pinned, Report: report, keySum: e.keySum}, nil
}

// gone tells whether the entry has expired.
func (e entry) gone(now time.Time) bool {
	return e.sweepable() && !now.Before(e.expires)
}

// sweepable tells whether the entry will expire.
func (e entry) sweepable() bool { return !e.pinned && !e.expires.IsZero() }

// again decides on saving r where e is stored already.
func (e entry) again(r Record) error {
	if e.check(r.DeleteKey) != nil {
		return ErrExists
	}
	old, err := e.unseal(r.ID)
	if err != nil {
		return err
	}
	if !bytes.Equal(old.Report, r.Report) {
		return ErrExists
	}
	return nil
}

// check compares a delete key in constant time.
func (e entry) check(key string) error {
	sum := sha256.Sum256([]byte(key))
	if subtle.ConstantTimeCompare(sum[:], e.keySum[:]) != 1 {
		return ErrWrongKey
	}
	return nil
}

// The codecs have no state between calls, take no goroutine, and are made at
// first use, for they take memory.
var (
	packer = sync.OnceValues(func() (*zstd.Encoder, error) {
		return zstd.NewWriter(nil, zstd.WithWindowSize(1<<20))
	})
	unpacker = sync.OnceValues(func() (*zstd.Decoder, error) {
		return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(MaxReport))
	})
)

// An entry in a file: a byte that names this format, a byte of flags, the times
// in microseconds since 1970, the sum of the key, and the packed report.
const (
	formatOne  = 1
	headLength = 2 + 8 + 8 + sha256.Size

	flagPinned  = 1
	flagExpires = 2
)

// size is the bytes that the entry takes with its id.
func (e entry) size(id string) int64 { return int64(headLength + len(id) + len(e.packed)) }

func (e entry) encode() []byte {
	b := make([]byte, 2, headLength+len(e.packed))
	b[0] = formatOne
	if e.pinned {
		b[1] |= flagPinned
	}
	if !e.expires.IsZero() {
		b[1] |= flagExpires
	}
	b = binary.BigEndian.AppendUint64(b, uint64(e.created.UnixMicro()))
	b = binary.BigEndian.AppendUint64(b, uint64(e.expires.UnixMicro()))
	b = append(b, e.keySum[:]...)
	return append(b, e.packed...)
}

// decode reads what encode wrote. The packed report is a part of b.
func decode(b []byte) (entry, error) {
	if len(b) < headLength || b[0] != formatOne || b[1]&^(flagPinned|flagExpires) != 0 {
		return entry{}, errors.New("a record in the file has a format that this version of wwwhy does not know; use the version that wrote it")
	}
	var e entry
	e.pinned = b[1]&flagPinned != 0
	e.created = time.UnixMicro(int64(binary.BigEndian.Uint64(b[2:]))).UTC()
	if b[1]&flagExpires != 0 {
		e.expires = time.UnixMicro(int64(binary.BigEndian.Uint64(b[10:]))).UTC()
	}
	copy(e.keySum[:], b[18:])
	e.packed = b[headLength:]
	return e, nil
}
