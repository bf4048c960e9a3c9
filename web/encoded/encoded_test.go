package encoded

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

func get(c *Content, fields ...string) *http.Response {
	r := httptest.NewRequest("GET", "/", nil)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return w.Result()
}

func TestCodingIsChosenByWeight(t *testing.T) {
	body := []byte(strings.Repeat("why ", 1000))
	c := New("text/plain", body)
	for _, tt := range []struct{ accept, want string }{
		{"", ""}, {"gzip", "gzip"}, {"gzip, br", "br"}, {"gzip, br;q=0.5", "gzip"}, {"*", "br"}, {"*;q=0", ""},
		{"identity, gzip;q=0.5", ""}, {"br;q=0, *", "gzip"}, {"br;q=0, gzip;q=0, *", "zstd"}, {"gzip, deflate, br, zstd", "br"}, {"gzip;q=2", ""}, {"gzip;q=NaN", ""}, {"GZIP", "gzip"}, {"compress", ""},
	} {
		resp := get(c, "Accept-Encoding", tt.accept)
		if got := resp.Header.Get("Content-Encoding"); got != tt.want {
			t.Errorf("Accept-Encoding: %s gives %q, want %q", tt.accept, got, tt.want)
		}
		if data := decoded(t, resp); !bytes.Equal(data, body) {
			t.Errorf("Accept-Encoding: %s: the content came back as %d bytes, want %d", tt.accept, len(data), len(body))
		}
		if resp.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding: %s: Vary is %q", tt.accept, resp.Header.Get("Vary"))
		}
	}
}

// decoded reads what came, in the coding that it came in.
func decoded(t *testing.T, resp *http.Response) []byte {
	var r io.Reader = resp.Body
	var err error
	switch resp.Header.Get("Content-Encoding") {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "br":
		r = brotli.NewReader(r)
	case "zstd":
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Error(err)
		return nil
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	return data
}

// TestOnlyFormsThatAreAskedForAreKept asks for one coding after the other, from
// each of which the next can be made.
func TestOnlyFormsThatAreAskedForAreKept(t *testing.T) {
	body := []byte(strings.Repeat("why ", 10_000))
	for _, order := range [][]string{{"br", "gzip", "zstd", ""}, {"zstd", "br", ""}, {"gzip", ""}, {"", "br"}} {
		grown := 0
		c := Kept("text/plain", body, func(bytes int) { grown += bytes })
		sizes := 0
		for _, coding := range order {
			resp := get(c, "Accept-Encoding", coding)
			size, _ := strconv.Atoi(resp.Header.Get("Content-Length"))
			if data := decoded(t, resp); !bytes.Equal(data, body) || resp.Header.Get("Content-Encoding") != coding {
				t.Errorf("%q: %q came as %d bytes in %q", order, coding, len(data), resp.Header.Get("Content-Encoding"))
			}
			if sizes += size; c.Len() != sizes || len(body)+grown != sizes {
				t.Errorf("%q: after %q, %d bytes are kept and %d were told, want %d", order, coding, c.Len(), len(body)+grown, sizes)
			}
		}
	}
}

func TestEachCodingHasItsOwnTag(t *testing.T) {
	c := New("text/plain", bytes.Repeat([]byte("x"), 1000))
	tags := map[string]bool{}
	for _, coding := range []string{"", "gzip", "br", "zstd"} {
		tag := get(c, "Accept-Encoding", coding).Header.Get("ETag")
		if tags[tag] {
			t.Errorf("%q has the tag %s of another coding", coding, tag)
		}
		tags[tag] = true
		for _, match := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			resp := get(c, "Accept-Encoding", coding, "If-None-Match", match)
			if resp.StatusCode != 304 || resp.Header.Get("Content-Length") != "" || resp.Header.Get("ETag") != tag {
				t.Errorf("%q with If-None-Match: %s gives %s %v", coding, match, resp.Status, resp.Header)
			}
		}
	}
	if got := get(c, "If-None-Match", `"other"`).StatusCode; got != 200 {
		t.Errorf("another tag gives %d, want 200", got)
	}
}

func TestSmallContentIsNotCoded(t *testing.T) {
	resp := get(New("text/plain", []byte("why")), "Accept-Encoding", "gzip")
	if resp.Header.Get("Content-Encoding") != "" || resp.Header.Get("Vary") != "" {
		t.Errorf("three bytes came with %v", resp.Header)
	}
}

func TestFieldsSetBeforeAreKeptAndSharedOnesStayAsTheyAre(t *testing.T) {
	c := New("text/plain", bytes.Repeat([]byte("x"), 1000))
	before := []string{"Accept", "spare"}[:1] // with room that nobody may write to
	for range 2 {
		w := httptest.NewRecorder()
		w.Header()["Vary"] = before
		c.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		w.Header().Add("Vary", "x")
		w.Header().Add("ETag", "x")
		if got := w.Header().Values("Vary"); strings.Join(got, " ") != "Accept, Accept-Encoding x" {
			t.Errorf("Vary is %q", got)
		}
	}
	if resp := get(c); len(resp.Header.Values("ETag")) != 1 || len(resp.Header.Values("Vary")) != 1 || before[:2][1] != "spare" {
		t.Errorf("an answer changed what others share: %v, %q", resp.Header, before[:2])
	}
}

// TestManyFirstRequests asks for every coding of one content at once.
func TestManyFirstRequests(t *testing.T) {
	body := []byte(strings.Repeat("why ", 10_000))
	c := New("text/plain", body)
	var all sync.WaitGroup
	for range 8 {
		for _, coding := range []string{"", "gzip", "br", "zstd"} {
			all.Go(func() {
				if data := decoded(t, get(c, "Accept-Encoding", coding)); !bytes.Equal(data, body) {
					t.Errorf("%q: %d bytes, want %d", coding, len(data), len(body))
				}
			})
		}
	}
	all.Wait()
}

func FuzzPreferred(f *testing.F) {
	for _, s := range []string{"", "gzip, br;q=0.5", "*;q=0", ", ;q=1,x;q", "gzip;Q=1;x=y", "identity;q=0, *;q=0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if at := preferred([]string{s}); at < -1 || at >= len(offered) || at >= 0 && !strings.Contains(strings.ToLower(s), offered[at]) && !strings.Contains(s, "*") {
			t.Errorf("%q prefers %d", s, at)
		}
	})
}
