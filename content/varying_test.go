package content

import (
	"slices"
	"testing"
)

func TestVaryingFields(t *testing.T) {
	rows, err := readTable(files, "varying_fields.csv")
	if err != nil || len(rows) != len(varying()) {
		t.Fatalf("%d rows, %d names: %v", len(rows), len(varying()), err)
	}
	for name, v := range varying() {
		if !slices.Contains([]string{"whole", "comes", "cookie", "date", "nonce", "challenge"}, v.Varies) || v.Why == "" {
			t.Errorf("%s: %+v", name, v)
		}
	}
	for name, want := range map[string]string{"Date": "whole", "X-B3-TraceId": "whole", "Set-Cookie": "cookie", "Server": "", "X-Other": "", "": ""} {
		if v, ok := Varies(name); v.Varies != want || ok != (want != "") {
			t.Errorf("%q: %+v", name, v)
		}
	}
}
