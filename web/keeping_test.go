package web

import (
	"fmt"
	"testing"

	"wwwhy/web/encoded"
)

func TestWhatIsAskedForStaysKept(t *testing.T) {
	turns := 0
	k := keeping{turned: func() { turns++ }}
	page := func() *encoded.Content { return encoded.New("text/plain", make([]byte, keptBytes/20)) }
	hot := k.put("hot", page())
	if again := k.put("hot", page()); again != hot {
		t.Error("a second page took the place of the first")
	}
	for i := range 100 {
		k.put(fmt.Sprint(i), page())
		if k.get("hot") != hot {
			t.Fatalf("the page that everybody asks for is dropped after %d others", i)
		}
	}
	n := 0
	for i := range 100 {
		if k.get(fmt.Sprint(i)) != nil {
			n++
		}
	}
	if n == 0 || n > 20 || turns < 8 {
		t.Errorf("%d of 100 pages are kept after %d turns, want 20 at most", n, turns)
	}
}
