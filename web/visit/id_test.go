package visit

import (
	"slices"
	"strings"
	"testing"
)

func TestIDsAreShortAndDiffer(t *testing.T) {
	a, b := newIDs(), newIDs()
	var all []string
	for _, n := range []uint64{a.next(), a.next(), 31, 32, 1 << 25, 1<<64 - 1} {
		all = append(all, a.name(n), b.name(n))
	}
	for i, id := range all {
		if len(id) < 12 || len(id) > 20 || slices.Contains(all[:i], id) || strings.ToUpper(id) != id {
			t.Errorf("the id %q of %q", id, all)
		}
	}
}
