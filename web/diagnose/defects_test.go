package diagnose

import (
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/intake"
	"wwwhy/web/message"
)

// TestOneDefectYieldsOneFinding spoils right responses, testdata/bases, in one
// way each, by the rows of testdata/defects.tsv: the finding, the base, and the
// edits, parted by " ¦ ":
//
//	Name: value    this line instead of those of that name
//	+Name: value   one more line
//	-Name          no such line
//	=status line   another status line
//	@URL           the address that was asked for
//	>METHOD        the method that was sent, with "; Name: value" for each field
//	<text          content
//	~protocol      the version of HTTP that was asked by
//
// A value after "go:" is a Go string with its escapes.
func TestOneDefectYieldsOneFinding(t *testing.T) {
	lib := library(t)
	data, err := os.ReadFile("testdata/defects.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(data)), "\n")[1:]
	if len(rows) < 250 {
		t.Errorf("%d defects, want 250 at least", len(rows))
	}
	for i, row := range rows {
		cells := strings.Split(row, "\t")
		if len(cells) != 3 {
			t.Errorf("defects.tsv:%d: %d cells", i+2, len(cells))
			continue
		}
		if got := strings.Join(ids(Run(lib, []message.Exchange{spoilt(t, cells[1], cells[2])})), " "); got != cells[0] {
			t.Errorf("defects.tsv:%d: %s with %s yields %q, want %s", i+2, cells[1], cells[2], got, cells[0])
		}
	}
}

// TestBasesAreRight holds the responses before they are spoilt.
func TestBasesAreRight(t *testing.T) {
	lib := library(t)
	files, err := os.ReadDir("testdata/bases")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".http")
		if got := ids(Run(lib, []message.Exchange{spoilt(t, name, "")})); len(got) > 0 {
			t.Errorf("%s yields %v", name, got)
		}
	}
}

func spoilt(t *testing.T, base, edits string) message.Exchange {
	t.Helper()
	data, err := os.ReadFile("testdata/bases/" + base + ".http")
	if err != nil {
		t.Fatal(err)
	}
	xs, err := intake.ParseWith(string(data), intake.Options{URL: "https://www.example.com/"})
	if err != nil {
		t.Fatal(err)
	}
	x := xs[0]
	for edit := range strings.SplitSeq(edits, " ¦ ") {
		if edit != "" {
			edited(t, &x, edit)
		}
	}
	return x
}

func edited(t *testing.T, x *message.Exchange, edit string) {
	t.Helper()
	r := x.Response
	switch edit[0] {
	case '-':
		r.Fields = without(r.Fields, edit[1:])
	case '+':
		r.Fields = append(r.Fields, lineIn(t, edit[1:]))
	case '=':
		parts := strings.SplitN(edit[1:], " ", 3)
		r.Protocol = parts[0]
		r.Code, _ = strconv.Atoi(parts[1])
		r.Reason = strings.Join(parts[2:], "")
	case '@':
		x.Request.URL = edit[1:]
	case '>':
		parts := strings.Split(edit[1:], "; ")
		x.Request.Method = parts[0]
		for _, p := range parts[1:] {
			x.Request.Fields = append(x.Request.Fields, lineIn(t, p))
		}
	case '~':
		x.Request.Protocol = edit[1:]
	case '<':
		n := int64(len(edit) - 1)
		r.Content = message.Content{Known: message.Wholly, Complete: true, Length: n, Decoded: n, Sample: []byte(edit[1:]), Sniffed: sniffed(edit[1:])}
	default:
		l := lineIn(t, edit)
		for i, old := range r.Fields {
			if strings.EqualFold(old.Name, l.Name) {
				r.Fields[i] = l
				return
			}
		}
		r.Fields = append(r.Fields, l)
	}
}

func without(all field.Section, name string) field.Section {
	var rest field.Section
	for _, l := range all {
		if !strings.EqualFold(l.Name, name) {
			rest = append(rest, l)
		}
	}
	return rest
}

// lineIn reads a line.
func lineIn(t *testing.T, s string) field.Line {
	t.Helper()
	name, value, ok := strings.Cut(s, ": ")
	if !ok {
		name, value = strings.TrimSuffix(s, ":"), ""
	}
	if escaped, found := strings.CutPrefix(value, "go:"); found {
		text, err := strconv.Unquote(escaped)
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		value = text
	}
	return field.Line{Name: name, Value: value}
}

// sniffed tells the type from the first bytes, as the fetcher does.
func sniffed(content string) string { return http.DetectContentType([]byte(content)) }

// TestRightVariantsYieldNothing changes right responses, testdata/bases, by the
// rows of testdata/variants.tsv into others that are right too: a base and its
// edits, as above. Real servers answered like this and were blamed.
func TestRightVariantsYieldNothing(t *testing.T) {
	lib := library(t)
	data, err := os.ReadFile("testdata/variants.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(data)), "\n")[1:]
	if len(rows) == 0 {
		t.Error("no variants")
	}
	for i, row := range rows {
		base, edits, _ := strings.Cut(row, "\t")
		for _, f := range Run(lib, []message.Exchange{spoilt(t, base, edits)}) {
			if severity(lib, f) > content.Notice {
				t.Errorf("variants.tsv:%d: %s with %s is right, but yields %s %v", i+2, base, edits, f.ID, f.Args)
			}
		}
	}
}

// TestSilence holds rules to what they must not say: by the rows of
// testdata/silence.tsv, a finding, a base and its edits, as above.
func TestSilence(t *testing.T) {
	lib := library(t)
	data, err := os.ReadFile("testdata/silence.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(data)), "\n")[1:]
	if len(rows) == 0 {
		t.Error("no rows")
	}
	for i, row := range rows {
		cells := strings.Split(row, "\t")
		if len(cells) != 3 || lib.Finding(cells[0]) == nil {
			t.Errorf("silence.tsv:%d: no finding, base and edits", i+2)
			continue
		}
		if got := ids(Run(lib, []message.Exchange{spoilt(t, cells[1], cells[2])})); slices.Contains(got, cells[0]) {
			t.Errorf("silence.tsv:%d: %s with %s yields %s", i+2, cells[1], cells[2], cells[0])
		}
	}
}
