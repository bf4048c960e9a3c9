package web

import (
	"bytes"
	"testing"
)

// TestPagesNameTheirAddress holds the address that a page gives of itself
// against the one where it is: search engines take only a whole one.
func TestPagesNameTheirAddress(t *testing.T) {
	base, _ := site(t)
	for _, path := range []string{"/", "/401", "/fields", "/codes", "/compare/401-vs-403", "/choose", "/check", "/try"} {
		if want := `<link rel="canonical" href="` + base + path + `">`; !bytes.Contains(got(t, base+path, nil), []byte(want)) {
			t.Errorf("%s lacks %s", path, want)
		}
	}
}
