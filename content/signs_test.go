package content

import (
	"strings"
	"testing"
)

// TestSigns holds registry/credential_signs.csv: each row says enough, and the
// last ones of a code stand for all that has no sign.
func TestSigns(t *testing.T) {
	lib, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	all, err := lib.readSigns()
	if err != nil || len(all) == 0 {
		t.Fatalf("%d signs: %v", len(all), err)
	}
	otherwise := map[int]bool{}
	for i, s := range all {
		if s.Code != 401 && s.Code != 407 || otherwise[s.Code] || s.Where != strings.ToLower(s.Where) || (s.Where == "") != (s.Has.String() == "(?i)") {
			t.Errorf("credential_signs.csv:%d: %+v", i+2, s)
		}
		if s.Next == "" || !strings.HasSuffix(s.Next, ".") || !strings.HasSuffix(string(s.Because), ".") {
			t.Errorf("credential_signs.csv:%d: no sentences: %+v", i+2, s)
		}
		otherwise[s.Code] = s.Where == ""
		for _, place := range append(s.Because.Places(true), s.Send.Places(true)...) {
			if place != "value" {
				t.Errorf("credential_signs.csv:%d: {%s}", i+2, place)
			}
		}
	}
	if !otherwise[401] || !otherwise[407] {
		t.Errorf("no row for what has no sign: %v", otherwise)
	}
}
