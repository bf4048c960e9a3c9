package content

import (
	"slices"
	"strings"
	"testing"
)

func TestCodingsAndKinds(t *testing.T) {
	lib := library(t)
	for name, want := range map[string]bool{"gzip": true, "x-compress": true, "dcz": true, "chunked": false, "identity": false, "utf-8": false, "": false} {
		if got := lib.ContentCoding(name); got != want {
			t.Errorf("content coding %q: %t", name, got)
		}
	}
	if got := lib.TransferCodings(); !slices.Equal(got, []string{"compress", "deflate", "gzip", "x-compress", "x-gzip"}) {
		t.Errorf("transfer codings: %q", got)
	}
	for name, want := range map[string]bool{"haptics": true, "text": true, "html": false, "": false} {
		if got := lib.MediaKind(name); got != want {
			t.Errorf("kind of media type %q: %t", name, got)
		}
	}
}

// TestTablesOfNames reads the tables whose rows rules look for by name: a name that
// is not in the case in which it is looked for would never be found.
func TestTablesOfNames(t *testing.T) {
	for file, key := range map[string]string{"codings.csv": "name", "media_kinds.csv": "name", "session_cookies.csv": "name", "cache_hits.csv": "field"} {
		rows, err := readTable(files, file)
		if err != nil || len(rows) == 0 {
			t.Errorf("%s: %d rows: %v", file, len(rows), err)
		}
		seen := map[string]bool{}
		for _, r := range rows {
			name := r[key]
			if name == "" || seen[name] || key == "name" && name != strings.ToLower(name) {
				t.Errorf("%s: the row of %q", file, name)
			}
			seen[name] = true
			for column, cell := range r {
				if cell == "" && column != "content" && column != "transfer" {
					t.Errorf("%s: %s has no %s", file, name, column)
				}
			}
		}
	}
	lib := library(t)
	if !lib.SessionCookie("jsessionid") || lib.SessionCookie("theme") || lib.SessionCookie("") {
		t.Error("cookies of sessions are not told by their names")
	}
	if hits := lib.CacheHits(); len(hits) != 4 || hits[0] != (CacheHit{"X-Cache", "HIT"}) {
		t.Errorf("fields of caches: %v", hits)
	}
}
