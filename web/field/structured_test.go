package field

import (
	"strings"
	"testing"

	"github.com/dunglas/httpsfv"
)

func TestStructuredValuesFallIntoTheirParts(t *testing.T) {
	for _, tt := range []struct{ syntax, value, want string }{
		{"item", ` same-origin;report-to="a;b" `, `=same-origin@same-origin;report-to="a;b"{report-to=a;b@report-to="a;b"}`},
		{"item", "?1", "=?1@?1"},
		{"item", "", ""},
		{"sf-list", `Origin; hit, "C,DN";fwd=uri-miss;stored`, `=Origin@Origin; hit{hit=@hit} | =C,DN@"C,DN";fwd=uri-miss;stored{fwd=uri-miss@fwd=uri-miss | stored=@stored}`},
		{"sf-list", `("a" b;x);y=1`, `=("a" b;x)@("a" b;x);y=1{=a@"a" | =b@b;x{x=@x} | y=1@y=1}`},
		{"sf-list", ",,", ""},
		{"dictionary", `u=2, i`, `u=2@u=2 | i=@i`},
		{"dictionary", `camera=(), geolocation=(self "https://a.example"), fullscreen=*`,
			`camera=()@camera=() | geolocation=(self "https://a.example")@geolocation=(self "https://a.example"){=self@self | =https://a.example@"https://a.example"} | fullscreen=*@fullscreen=*`},
		{"dictionary", `sha-256=:YWJj:, i;x=1`, `sha-256=:YWJj:@sha-256=:YWJj: | i=@i;x=1{x=1@x=1}`},
		{"dictionary", `sig1=("@method" "a";sf);created=1;keyid="k"`, `sig1=("@method" "a";sf)@sig1=("@method" "a";sf);created=1;keyid="k"{=@method@"@method" | =a@"a";sf{sf=@sf} | created=1@created=1 | keyid=k@keyid="k"}`},
		{"dictionary", `="`, `="@="`},
	} {
		if got := told(tt.value, Split(tt.syntax, 0, tt.value)); got != tt.want {
			t.Errorf("Split(%s, %q)\n got %s\nwant %s", tt.syntax, tt.value, got, tt.want)
		}
	}
}

func TestStructuredValuesAreChecked(t *testing.T) {
	for _, tt := range []struct {
		syntax string
		values []string
		ok     bool
	}{
		{"item", []string{"same-origin"}, true},
		{"item", []string{"?1 "}, true},
		{"item", []string{"same origin"}, false},
		{"item", []string{"@1659578233"}, true},
		{"item", []string{"Sun, 06 Nov 1994 08:49:37 GMT"}, false},
		{"item", []string{"a", "b"}, false},
		{"sf-list", []string{"a", "b;c"}, true},
		{"sf-list", []string{"a,"}, false},
		{"sf-list", []string{"'a'"}, false},
		{"sf-list", []string{""}, true},
		{"dictionary", []string{"a=(), b=*"}, true},
		{"dictionary", []string{"camera 'none'"}, false},
		{"dictionary", []string{"Camera=()"}, false},
		{"directives", []string{"=,="}, true},
	} {
		if err := CheckStructured(tt.syntax, tt.values); (err == nil) != tt.ok {
			t.Errorf("CheckStructured(%s, %q) = %v, want it right: %v", tt.syntax, tt.values, err, tt.ok)
		}
	}
}

func TestNestedParenthesesStayInside(t *testing.T) {
	value := strings.Repeat("(", 1<<16) + strings.Repeat(")", 1<<16)
	inside(t, "sf-list", Split("sf-list", 3, value), 0, len(value))
}

// FuzzSplitStructured holds the parts against what the library reads: as many
// members, with as many pieces.
func FuzzSplitStructured(f *testing.F) {
	for _, v := range []string{`a;b=1, ("x" y;z);q`, `k=("a" b);c="d\"e", l;m`, `:YQ==:;x`, `"a, (b", c`, `?1;a=?0`, `%"f%c3%bc"`} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, syntax := range []string{"item", "sf-list", "dictionary"} {
			inside(t, syntax, Split(syntax, 3, value), 0, len(value))
		}
		list, err := httpsfv.UnmarshalList([]string{value})
		if err != nil {
			return
		}
		parts := Split("sf-list", 0, value)
		if len(parts) != len(list) {
			t.Fatalf("%q has %d parts, but %d members", value, len(parts), len(list))
		}
		for i, member := range list {
			if inner, ok := member.(httpsfv.InnerList); ok && len(parts[i].Parts) < len(inner.Items) {
				t.Fatalf("%q: member %d has %d parts, but %d items", value, i, len(parts[i].Parts), len(inner.Items))
			}
		}
	})
}
