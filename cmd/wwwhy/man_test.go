package main

import (
	"os/exec"
	"strings"
	"testing"
)

func TestTheManualTellsOfEveryFlag(t *testing.T) {
	k := model(t)
	page := manual(k.Model)
	for _, c := range k.Model.Children {
		_, section, ok := strings.Cut(page, "\n.SS wwwhy "+roff(c.Name)+" ")
		if !ok {
			t.Errorf("the manual does not tell of %s", c.Name)
			continue
		}
		section, _, _ = strings.Cut(section, "\n.S")
		for _, f := range c.Flags {
			if !f.Hidden && !strings.Contains(section, `\fB`+roff("--"+f.Name)+`\fR`) {
				t.Errorf("the manual does not tell of %s --%s", c.Name, f.Name)
			}
		}
	}
	for _, l := range strings.Split(page, "\n") {
		if strings.ContainsFunc(l, func(r rune) bool { return r > 0x7e }) || strings.HasPrefix(l, "'") {
			t.Errorf("a line that a formatter may mistake: %s", l)
		}
	}
}

func TestTheManualIsRoff(t *testing.T) {
	page := manual(model(t).Model)
	for _, formatter := range [][]string{{"groff", "-man", "-ww", "-z", "-Tutf8"}, {"mandoc", "-T", "lint"}} {
		if _, err := exec.LookPath(formatter[0]); err != nil {
			t.Logf("%s is not installed", formatter[0])
			continue
		}
		cmd := exec.CommandContext(t.Context(), formatter[0], formatter[1:]...)
		cmd.Stdin = strings.NewReader(page)
		out, _ := cmd.CombinedOutput() // mandoc counts warnings in its exit status
		for l := range strings.Lines(string(out)) {
			if !strings.Contains(l, "missing date") { // a build without a commit has none
				t.Errorf("%s: %s", formatter[0], l)
			}
		}
	}
	for in, want := range map[string]string{".x": `\&.x`, "'a": `\&\(aqa`, `a\b-c`: `a\eb\-c`, "“x”": `\[u201C]x\[u201D]`, `"`: `\(dq`} {
		if got := roff(in); got != want {
			t.Errorf("%q becomes %s, want %s", in, got, want)
		}
	}
}
