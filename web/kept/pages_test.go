package kept

import (
	"fmt"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"wwwhy/web/encoded"
)

func TestWhatIsAskedForStaysKept(t *testing.T) {
	turns := 0
	k := Pages{Turned: func() { turns++ }}
	page := func() *encoded.Content { return encoded.New("text/plain", make([]byte, keptBytes/20)) }
	hot := k.put("hot", page())
	if again := k.put("hot", page()); again != hot {
		t.Error("a second page took the place of the first")
	}
	for i := range 100 {
		k.put(fmt.Sprint(i), page())
		if k.Get("hot") != hot {
			t.Fatalf("the page that everybody asks for is dropped after %d others", i)
		}
	}
	n := 0
	for i := range 100 {
		if k.Get(fmt.Sprint(i)) != nil {
			n++
		}
	}
	if n == 0 || n > 20 || turns < 8 {
		t.Errorf("%d of 100 pages are kept after %d turns, want 20 at most", n, turns)
	}
}

func TestPagesThatGrowMakeRoom(t *testing.T) {
	turns := 0
	k := Pages{Turned: func() { turns++ }}
	var sb strings.Builder
	for i := range keptBytes / 4 / 8 { // so that no coding makes it much smaller
		sb.WriteString(strconv.FormatUint(uint64(i)*0x9e3779b97f4a7c15|1<<63, 36)[:8])
	}
	page := k.put("page", k.content("text/plain", []byte(sb.String())))
	before := turns
	for range 2 {
		for _, coding := range []string{"", "gzip", "zstd"} {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Accept-Encoding", coding)
			page.ServeHTTP(httptest.NewRecorder(), r)
		}
	}
	if turns != before+1 || page.Len() < keptBytes/2 {
		t.Errorf("a page of %d bytes in all its forms made %d turns, want one, where a generation has %d", page.Len(), turns-before, keptBytes/2)
	}
	if k.Get("page") != page {
		t.Error("a page that grew is not kept for another generation")
	}
}
