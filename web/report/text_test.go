package report

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// hostile is text that would move a cursor, change colors, ring, retitle a
// window, reverse the order of letters or hide: ESC, C1 as code points and as
// bytes, bidi marks, tags, line separators.
const hostile = "a\x1b[31m\x1b]0;t\x07b\u009b31mc\x9b31md\u202ee\u2066f\u200bg\U000e0041h\u2028i\r\nj\x00k\x7f"

// fill sets every string in a value.
func fill(v reflect.Value, s string) {
	if !v.CanSet() { // the facts, which are not shown
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), s)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), s)
	case reflect.Int, reflect.Int64:
		v.SetInt(200)
	case reflect.Float64:
		v.SetFloat(1)
	}
}

// TestNothingFromOutsideReachesATerminal fills each text of a report, ours
// too, with what is hostile.
func TestNothingFromOutsideReachesATerminal(t *testing.T) {
	var r Report
	fill(reflect.ValueOf(&r).Elem(), hostile)
	r.Exchanges = append(r.Exchanges, r.Exchanges[0])
	for _, cause := range []string{"asked", "probe"} {
		r.Exchanges[0].Cause = cause
		for _, color := range []bool{false, true} {
			var b bytes.Buffer
			if err := WriteText(&b, r, TextOptions{Color: color}); err != nil {
				t.Fatal(err)
			}
			text := b.String()
			if color {
				for _, code := range []string{bold, dim, red, green, yellow, blue, cyan, "0"} {
					text = strings.ReplaceAll(text, "\x1b["+code+"m", "")
				}
			}
			if i := strings.IndexFunc(text, func(c rune) bool {
				return c != '\n' && (unicode.Is(unicode.C, c) || c == utf8.RuneError || c == 0x2028 || c == 0x2029)
			}); i >= 0 {
				t.Errorf("color %v: %q", color, text[max(0, i-80):min(len(text), i+40)])
			}
		}
	}
}

func TestTextFitsTheWidth(t *testing.T) {
	r := Report{Verdict: strings.Repeat("word ", 100), Findings: []Finding{{Severity: "error", Summary: strings.Repeat("word ", 50), Fix: strings.Repeat("word ", 50)}}}
	for _, width := range []int{0, 10, 20, 60, 200} {
		var b bytes.Buffer
		if err := WriteText(&b, r, TextOptions{Width: width}); err != nil {
			t.Fatal(err)
		}
		longest := 0
		for l := range strings.Lines(b.String()) {
			longest = max(longest, len(strings.TrimRight(l, "\n")))
		}
		want := width
		if width == 0 {
			want = 80
		}
		if want = max(want, 20); longest > want || longest < want-8 {
			t.Errorf("width %d: a line of %d", width, longest)
		}
	}
}
