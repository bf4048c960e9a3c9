package main

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var floorLine = regexp.MustCompile(`^([0-9]| ) {2}([a-z/]+) {2,}\S`)

// TestContributingDrawsTheFloors holds the picture of the packages against
// floors, which TestFloorsAndDoorsHold holds against the imports.
func TestContributingDrawsTheFloors(t *testing.T) {
	drawn, floor := map[string]int{}, 0
	for line := range strings.Lines(block(t, "contributing", "Floors")) {
		m := floorLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("%q is no line of the picture", line)
		}
		if m[1] != " " {
			floor = int(m[1][0] - '0')
		}
		drawn[m[2]] = floor
	}
	for _, name := range slices.Sorted(maps.Keys(floors)) {
		if drawn[name] != floors[name] {
			t.Errorf("%s stands on floor %d, in the picture on %d", name, floors[name], drawn[name])
		}
		delete(drawn, name)
	}
	for name := range drawn {
		t.Errorf("the picture has %s, which is no package", name)
	}
}

var (
	required = regexp.MustCompile(`(?m)^\t(\S+) v\S+$`)
	reason   = regexp.MustCompile("(?m)^\\| `([a-z0-9._/-]+)` \\| (.+) \\|$")
)

// TestContributingGivesReasons holds the table of dependencies against go.mod.
func TestContributingGivesReasons(t *testing.T) {
	module, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var direct, told []string
	for _, m := range required.FindAllStringSubmatch(string(module), -1) {
		direct = append(direct, m[1])
	}
	_, table, _ := strings.Cut(guide(t, "contributing"), "## Dependencies")
	for _, m := range reason.FindAllStringSubmatch(table, -1) {
		told = append(told, m[1])
	}
	slices.Sort(direct)
	if !slices.Equal(direct, told) || len(direct) < 10 {
		t.Errorf("go.mod requires %q\nthe table has %q", direct, told)
	}
}

var pathPattern = regexp.MustCompile("`((?:cmd|content|web|templates|static|\\.ci)/[a-z./_-]*[a-z])`")

// TestContributingNamesWhatThereIs looks for the files and folders that the
// guides on building wwwhy name.
func TestContributingNamesWhatThereIs(t *testing.T) {
	for _, name := range []string{"contributing", "design"} {
		found := pathPattern.FindAllStringSubmatch(guide(t, name), -1)
		for _, m := range found {
			if _, err := os.Stat("../../" + m[1]); err != nil && m[1] != "web/x" {
				t.Errorf("%s names %s, which is not there", name, m[1])
			}
		}
		if len(found) < 3 {
			t.Errorf("%s names %d files", name, len(found))
		}
	}
}
