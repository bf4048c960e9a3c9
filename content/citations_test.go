package content

import (
	"bufio"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// citation is a section of an RFC that a file of content cites.
type citation struct {
	file    string
	line    int
	rfc     string // number
	section string // such as 15.5.2 or B, empty where the RFC is cited as a whole
}

var (
	citationPattern = regexp.MustCompile(`RFC ?(\d{3,5})\b(?:, (?:Sections?|Appendix) ([A-Z0-9]+(?:\.[0-9]+)*(?:(?:, | and )[0-9]+(?:\.[0-9]+)*)*))?`)
	betweenSections = regexp.MustCompile(`, | and `)
)

// citations lists what the files of content cite, in front matter, articles and
// tables alike, with their lines.
func citations(t *testing.T) []citation {
	t.Helper()
	var all []citation
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		for i, line := range strings.Split(string(data), "\n") {
			for _, m := range citationPattern.FindAllStringSubmatch(line, -1) {
				for _, section := range betweenSections.Split(m[2], -1) {
					all = append(all, citation{name, i + 1, m[1], section})
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// sections reads testdata/rfc_sections.txt: titles by the number of the RFC and
// that of the section.
func sections(t *testing.T) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	rfc := ""
	for _, line := range dataLines(t, "testdata/rfc_sections.txt") {
		if number, ok := strings.CutPrefix(line, "RFC "); ok {
			rfc = number
			all[rfc] = map[string]string{}
			continue
		}
		number, title, ok := strings.Cut(line, " ")
		if !ok || rfc == "" || title == "" {
			t.Fatalf("testdata/rfc_sections.txt: the line %q has no title or no RFC above it", line)
		}
		all[rfc][number] = title
	}
	return all
}

// dataLines returns the lines of a file that are neither empty nor a remark.
func dataLines(t *testing.T, name string) []string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCitedSectionsExist holds each section that content cites against the
// sections that the RFC has, by testdata/rfc_sections.txt. RFCs that the table
// lacks are logged as unchecked.
func TestCitedSectionsExist(t *testing.T) {
	have := sections(t)
	unchecked := map[string]int{}
	for _, c := range citations(t) {
		switch {
		case c.section == "":
		case have[c.rfc] == nil:
			unchecked[c.rfc]++
		case have[c.rfc][c.section] == "":
			t.Errorf("content/%s:%d: RFC %s has no section %s", c.file, c.line, c.rfc, c.section)
		}
	}
	for _, rfc := range slices.Sorted(maps.Keys(unchecked)) {
		t.Logf("unchecked: %d sections of RFC %s, whose list of sections we do not have", unchecked[rfc], rfc)
	}
}

// TestObsoleteRFCsAreCitedForHistoryOnly lets an RFC that another has replaced
// be cited in those files only that testdata/rfc_obsolete.txt names with it.
func TestObsoleteRFCsAreCitedForHistoryOnly(t *testing.T) {
	type entry struct {
		by    string
		files map[string]bool // true: cited there
	}
	obsolete := map[string]entry{}
	for _, line := range dataLines(t, "testdata/rfc_obsolete.txt") {
		words := strings.Fields(line)
		if len(words) < 3 || words[1] != "by" {
			t.Fatalf("testdata/rfc_obsolete.txt: the line %q is not of the form: RFC by RFC file…", line)
		}
		e := entry{words[2], map[string]bool{}}
		for _, name := range words[3:] {
			e.files[name] = false
		}
		obsolete[words[0]] = e
	}
	for _, c := range citations(t) {
		e, old := obsolete[c.rfc]
		if _, allowed := e.files[c.file]; allowed {
			e.files[c.file] = true
		} else if old && !strings.HasPrefix(c.file, "registry/") {
			t.Errorf("content/%s:%d: RFC %s is obsolete: cite RFC %s, or enter the file in testdata/rfc_obsolete.txt if it tells history", c.file, c.line, c.rfc, e.by)
		}
	}
	for rfc, e := range obsolete {
		for name, cited := range e.files {
			if !cited {
				t.Errorf("testdata/rfc_obsolete.txt lets %s cite RFC %s, which it does not", name, rfc)
			}
		}
	}
}

// namedSection finds in the title of a section the name that the section is
// about: "max-age", The "wait" Preference, The hit Parameter.
var namedSection = regexp.MustCompile(`^(?:The )?"([a-z][^" =]*)[=" ]|^(?:The )?([A-Za-z-]+) (?:Parameter|Directive|Attribute)$|^([a-z]+(?:-[a-z]+)*)$`)

// TestSectionsOfOneNameAreCitedForIt holds that a line that cites a section
// about one parameter, directive or member also speaks of it: a number that
// exists may still be that of its neighbor.
func TestSectionsOfOneNameAreCitedForIt(t *testing.T) {
	have := sections(t)
	lines := map[string][]string{}
	checked := 0
	for _, c := range citations(t) {
		m := namedSection.FindStringSubmatch(have[c.rfc][c.section])
		if m == nil {
			continue
		}
		if lines[c.file] == nil {
			data, err := fs.ReadFile(files, c.file)
			if err != nil {
				t.Fatal(err)
			}
			lines[c.file] = strings.Split(string(data), "\n")
		}
		line := lines[c.file][c.line-1]
		if strings.HasPrefix(line, "sources:") || strings.HasPrefix(line, "spec:") || strings.HasPrefix(c.file, "registry/") {
			continue // they speak of the whole page, or in sentences with places for names
		}
		checked++
		if name := m[1] + m[2] + m[3]; !strings.Contains(strings.ToLower(line), strings.ToLower(name)) {
			t.Errorf("content/%s:%d: RFC %s, Section %s is about %q, of which the line does not speak", c.file, c.line, c.rfc, c.section, name)
		}
	}
	if checked == 0 {
		t.Error("no section about one name is cited: the pattern finds none")
	}
}
