package content

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var commentOfSlashes = regexp.MustCompile(`(?m)^\s*//.*$`)

// goPackages are those that blocks name without an import, by the name in code,
// where that is not enough with what they take of it.
var goPackages = map[string]string{
	"base64": "encoding/base64", "bytes": "bytes", "context": "context", "errors": "errors", "fmt": "fmt", "hash": "hash", "hex": "encoding/hex",
	"http": "net/http", "httputil": "net/http/httputil", "io": "io", "json": "encoding/json", "log": "log", "mime": "mime", "net": "net", "os": "os",
	"rand": "crypto/rand", "rand.N": "math/rand/v2", "sha256": "crypto/sha256", "slices": "slices", "sql": "database/sql", "strconv": "strconv", "strings": "strings",
	"subtle": "crypto/subtle", "sync": "sync", "time": "time", "tls": "crypto/tls", "url": "net/url",
}

// checkGo parses the blocks, holds them against gofmt, and checks their types
// where they use the standard library. What a block does not declare is its
// reader's: names that are unknown, and what follows from them, are no fault.
func checkGo(t *testing.T, _ string, all []snippet) []error {
	packages := importer.Default()
	errs := make([]error, len(all))
	for i, s := range all { // the importer is not for several at a time
		errs[i] = goFault(s.code, packages)
	}
	return errs
}

func goFault(code string, packages types.Importer) error {
	source, body := goFile(code)
	formatted, err := format.Source([]byte(source))
	if err != nil {
		return err
	}
	if string(formatted) != source {
		return fmt.Errorf("gofmt writes it otherwise:\n%s", formatted)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "snippet.go", source, 0)
	if err != nil {
		return err
	}
	if len(file.Imports) == 0 {
		lines := strings.SplitAfterN(source, "\n", 2)
		if file, err = parser.ParseFile(fset, "snippet.go", lines[0]+goImports(file)+lines[1], 0); err != nil {
			return err
		}
	}
	var faults []error
	config := types.Config{Importer: packages, Error: func(err error) {
		if text := err.Error(); !readersOwn.MatchString(text) && !(body && returned.MatchString(text)) {
			faults = append(faults, err)
		}
	}}
	_, _ = config.Check("snippet", fset, []*ast.File{file}, nil)
	return errors.Join(faults...)
}

var (
	readersOwn = regexp.MustCompile(`undefined: \w+$|declared and not used`)
	returned   = regexp.MustCompile(`(too many|not enough) return values|missing return`)
)

// goFile makes a file of a block: a file, declarations, or statements.
func goFile(code string) (source string, body bool) {
	if strings.HasPrefix(code, "package ") {
		return code, false
	}
	if declarations := "package snippet\n\n" + code; parses(declarations) {
		return declarations, false
	}
	var b strings.Builder
	b.WriteString("package snippet\n\nfunc _(w http.ResponseWriter, r *http.Request) {\n")
	for line := range strings.Lines(code) {
		if strings.TrimSpace(line) != "" {
			b.WriteByte('\t')
		}
		b.WriteString(line)
	}
	return b.String() + "}\n", true
}

func parses(source string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", source, 0)
	return err == nil
}

// goImports writes imports of the packages that a file uses and does not import.
func goImports(file *ast.File) string {
	var paths []string
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Obj == nil {
				path := cmp.Or(goPackages[x.Name+"."+s.Sel.Name], goPackages[x.Name])
				if path != "" && !slices.Contains(paths, path) {
					paths = append(paths, path)
				}
			}
		}
		return true
	})
	var b strings.Builder
	for _, path := range paths {
		fmt.Fprintf(&b, "import %q; ", path)
	}
	return b.String()
}
