package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors says on which floor each package stands: it may import only packages
// of lower floors. A package that is not listed is an error, so that a new one
// is a decision.
var floors = map[string]int{
	"content": 1, "static": 1, "web/field": 1, "web/encoded": 1, "web/limit": 1, "web/card": 1, "web/trace": 1, "web/listen": 1, "web/meter": 1, "web/archive": 1, "web/fetch/fetchtest": 1,
	"web/challenge": 2, "web/message": 2, "web/kept": 2, "web/visit": 2,
	"web/diagnose": 3, "web/explanation": 3, "web/fetch": 3, "web/intake": 3, "web/credentials": 3,
	"web/report": 4,
	"web/trial":  4, "web/inspect": 5, "templates": 5, "web/openapi": 5, "web/operator": 5,
	"web/agent": 6, "web/problem": 6,
	"web/strict": 7, "web/admission": 7,
	"web":       8,
	"cmd/wwwhy": 9,
}

// doors says who alone may import a package.
var doors = map[string][]string{
	"web/fetch":       {"web/inspect"},
	"web/intake":      {"web/inspect"},
	"web/diagnose":    {"web/inspect", "web/report"},
	"web/explanation": {"web/report"},
	"web/agent":       {"web", "cmd/wwwhy"},
	"web/openapi":     {"web", "web/problem", "web/strict"},
	"web/admission":   {"web", "cmd/wwwhy"},
	"web/kept":        {"web"},
	"web/problem":     {"web", "web/admission", "web/strict"},
	"web/strict":      {"web"},
	"web/visit":       {"web", "web/admission"},
	"web/operator":    {"cmd/wwwhy"},
	"templates":       {"web"},
	"web":             {"cmd/wwwhy"},
}

// TestFloorsAndDoorsHold reads the imports of every source file itself: what
// the go command lists may come from a cache.
func TestFloorsAndDoorsHold(t *testing.T) {
	root := "../.."
	files := 0
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		files++
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		holds(t, p, filepath.ToSlash(rel))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("only %d files were read", files)
	}
}

func holds(t *testing.T, file, rel string) {
	from := path.Dir(rel)
	floor, ok := floors[from]
	if !ok {
		t.Errorf("%s: the package %s stands on no floor: enter it in floors", rel, from)
		return
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	for _, i := range f.Imports {
		name, err := strconv.Unquote(i.Path.Value)
		to, ours := strings.CutPrefix(name, "wwwhy/")
		if err != nil || !ours {
			continue
		}
		if floors[to] >= floor {
			t.Errorf("%s: %s on floor %d imports %s on floor %d", rel, from, floor, to, floors[to])
		}
		if only, closed := doors[to]; closed && !slices.Contains(only, from) {
			t.Errorf("%s: %s imports %s, which is open to %s only", rel, from, to, strings.Join(only, ", "))
		}
	}
}

// TestTheTopLevelIsFixed keeps the root to what the design allows.
func TestTheTopLevelIsFixed(t *testing.T) {
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"go.mod", "go.sum", "README.md", "cmd", "content", "web", "templates", "static", "Dockerfile"}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
	}
}
