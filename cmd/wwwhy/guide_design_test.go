package main

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	pairPattern = regexp.MustCompile(`(?m)^\s*--([a-z0-9]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`)
	tokenUse    = regexp.MustCompile(`var\(--([a-z0-9]+)\)`)
)

// colors are the pairs of the style sheet: light, then dark.
func colors(t *testing.T) (names []string, pairs map[string][2]string) {
	t.Helper()
	sheet, err := os.ReadFile("../../static/site.css")
	if err != nil {
		t.Fatal(err)
	}
	pairs = map[string][2]string{}
	for _, m := range pairPattern.FindAllStringSubmatch(string(sheet), -1) {
		names = append(names, m[1])
		pairs[m[1]] = [2]string{m[2], m[3]}
	}
	for _, m := range tokenUse.FindAllStringSubmatch(string(sheet), -1) {
		if _, ok := pairs[m[1]]; !ok && m[1] != "mono" && m[1] != "gap" {
			t.Errorf("the style sheet uses --%s, which is no pair of colors", m[1])
		}
	}
	return names, pairs
}

// luminance is that of a color written #rrggbb, as WCAG 2.2 defines it.
func luminance(t *testing.T, color string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(color, "#"), 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for shift, weight := range map[int]float64{16: 0.2126, 8: 0.7152, 0: 0.0722} {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// inked are the colors that text has, and the grounds that it stands on.
var inked, grounds = []string{"ink", "soft", "link", "s1", "s2", "s3", "s4", "s5"}, []string{"ground", "raised"}

// TestContrast holds each color of text on each ground at 4.5 or more in both
// schemes (WCAG 2.2, 1.4.3), and the table of the guide on the design at what is
// measured. Rounding is to the side of less.
func TestContrast(t *testing.T) {
	names, pairs := colors(t)
	text := guide(t, "design")
	for _, name := range names {
		var ratios []string
		for scheme := range 2 {
			for _, ground := range grounds {
				ratio := contrast(t, pairs[name][scheme], pairs[ground][scheme])
				if slices.Contains(inked, name) && ratio < 4.5 {
					t.Errorf("--%s on --%s has a contrast of %.2f in scheme %d", name, ground, ratio, scheme)
				}
				ratios = append(ratios, fmt.Sprintf("%.1f", math.Floor(ratio*10)/10))
			}
		}
		row := fmt.Sprintf("| `--%s` | `%s` | `%s` |", name, pairs[name][0], pairs[name][1])
		if slices.Contains(inked, name) {
			row += " " + strings.Join(ratios, " | ") + " |"
		}
		if !strings.Contains(text, row) {
			t.Errorf("the guide's table lacks %s", row)
		}
	}
	// What is marked or a piece of a value has the ink on it.
	for _, ground := range []string{"mark", "piece"} {
		for scheme := range 2 {
			if ratio := contrast(t, pairs["ink"][scheme], pairs[ground][scheme]); ratio < 4.5 {
				t.Errorf("--ink on --%s has a contrast of %.2f in scheme %d", ground, ratio, scheme)
			}
		}
	}
}

var className = regexp.MustCompile("`\\.([a-z][a-z-]*)`")

// TestDesignNamesWhatThereIs holds the classes that the guide names against the
// style sheet and the templates.
func TestDesignNamesWhatThereIs(t *testing.T) {
	sheet, err := os.ReadFile("../../static/site.css")
	if err != nil {
		t.Fatal(err)
	}
	named := className.FindAllStringSubmatch(guide(t, "design"), -1)
	for _, m := range named {
		if !regexp.MustCompile(`\.` + m[1] + `\b`).Match(sheet) {
			t.Errorf("the guide names .%s, which the style sheet does not know", m[1])
		}
	}
	if len(named) < 20 {
		t.Errorf("the guide names %d classes", len(named))
	}
}
