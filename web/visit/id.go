package visit

import (
	"crypto/rand"
	"sync/atomic"
)

// ids names requests for the log: a random prefix, which tells copies of the
// site and its starts apart, and a number. It hides nothing and need not.
type ids struct {
	prefix string
	last   atomic.Uint64
}

func newIDs() *ids { return &ids{prefix: rand.Text()[:7]} }

func (i *ids) next() uint64 { return i.last.Add(1) }

// name writes the id of a number: the prefix, then at least five digits of
// base 32.
func (i *ids) name(n uint64) string {
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's, without I, L, O and U
	var b [7 + 13]byte
	at := len(b)
	for n > 0 || at > len(b)-5 {
		at--
		b[at] = digits[n%32]
		n /= 32
	}
	at -= copy(b[at-7:], i.prefix)
	return string(b[at:])
}
