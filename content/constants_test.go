package content

import (
	"go/ast"
	"go/build"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// TestConstantsAreThoseOfTheToolchains holds language_constants.csv against the
// Go, Node, Python, Java and Ruby of this machine, each skipped where it is
// missing. What is compared is what the table claims, not what it lacks: a name
// of the table that the toolchain gives another code is an error whatever the
// version; a name of the table that the toolchain does not have is an error only
// where the toolchain is of the version line (such as 20 or 3.11) that the table
// was made from. Names that only the toolchain has are logged: another version
// may add them.
func TestConstantsAreThoseOfTheToolchains(t *testing.T) {
	for _, tt := range []struct {
		name   string
		column string
		prefix string // of the names in the table, which the toolchain does not print
		line   string // pattern of the version line in language_constants_versions.csv
		read   func(t *testing.T) (version string, codes map[string]int)
	}{
		{"Go", "go_net_http", "http.", `Go (\d+\.\d+)`, goConstants},
		{"Node", "node_http_STATUS_CODES_phrase", "", `Node\.js (\d+)`, nodePhrases},
		{"Python 3.11", "python_http_HTTPStatus_3_11", "HTTPStatus.", `CPython (\d+\.\d+)`, pythonNames},
		{"Python 3.13", "python_http_HTTPStatus", "HTTPStatus.", `CPython (\d+\.\d+)`, pythonNames},
		{"Java", "java_HttpURLConnection", "HttpURLConnection.", `OpenJDK (\d+)`, javaConstants},
		{"Ruby", "ruby_net_http_class", "Net::", `Ruby (\d+\.\d+)`, rubyClasses},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			version, have := tt.read(t)
			if len(have) < 30 {
				t.Fatalf("the toolchain names %d codes: the reading of them is broken", len(have))
			}
			same := madeFrom(t, tt.column, tt.line) == version
			known := map[string]bool{}
			for code, names := range constantsOf(t, tt.column, tt.prefix) {
				for _, name := range names {
					known[name] = true
					switch got, ok := have[name]; {
					case ok && got != code:
						t.Errorf("the table gives %s to %d, the toolchain (%s) to %d", name, code, version, got)
					case !ok && same:
						t.Errorf("the table gives %s to %d, but the toolchain (%s) has no such name", name, code, version)
					case !ok:
						t.Logf("%s (%d) is not in version %s, which the table was not made from", name, code, version)
					}
				}
			}
			for name, code := range have {
				if !known[name] {
					t.Logf("version %s also has %s (%d)", version, name, code)
				}
			}
		})
	}
}

// constantsOf returns a column's names by code, without their common prefix and
// remarks such as "(deprecated)".
func constantsOf(t *testing.T, column, prefix string) map[int][]string {
	t.Helper()
	rows, err := readTable(files, "language_constants.csv")
	if err != nil {
		t.Fatal(err)
	}
	all := map[int][]string{}
	for _, r := range rows {
		code, err := strconv.Atoi(r["code"])
		if err != nil {
			t.Fatal(err)
		}
		for name := range strings.SplitSeq(r[column], "|") {
			name, _, _ = strings.Cut(name, " (")
			if name = strings.TrimPrefix(strings.TrimSpace(name), prefix); name != "" {
				all[code] = append(all[code], name)
			}
		}
	}
	return all
}

// madeFrom returns the version line that a column of the table was made from.
func madeFrom(t *testing.T, column, pattern string) string {
	t.Helper()
	rows, err := readTable(files, "language_constants_versions.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(r["version_verified"]); r["column"] == column && m != nil {
			return m[1]
		}
	}
	t.Fatalf("language_constants_versions.csv does not say which version %s is from", column)
	return ""
}

// goConstants reads the constants of net/http from the source of the Go that
// runs the test. The file that declares them imports nothing.
func goConstants(t *testing.T) (string, map[string]int) {
	pkg, err := build.Import("net/http", "", build.FindOnly)
	if err != nil {
		t.Skip(err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, filepath.Join(pkg.Dir, "status.go"), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Skip(err)
	}
	conf := types.Config{Importer: importer.Default()}
	checked, err := conf.Check("net/http", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]int{}
	for _, name := range checked.Scope().Names() {
		if c, ok := checked.Scope().Lookup(name).(*types.Const); ok && c.Exported() {
			code, _ := constant.Int64Val(c.Val())
			codes[name] = int(code)
		}
	}
	version := strings.TrimPrefix(runtime.Version(), "go")
	if parts := strings.SplitN(version, ".", 3); len(parts) > 1 {
		version = parts[0] + "." + parts[1]
	}
	return version, codes
}

// run returns what a program prints, line by line, and skips the test where the
// machine lacks the program.
func run(t *testing.T, program string, args ...string) []string {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed", program)
	}
	out, err := exec.CommandContext(t.Context(), program, args...).Output()
	if err != nil {
		t.Skipf("%s does not run here: %v", program, err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// versioned reads a first line with the version and then lines of code and name.
func versioned(t *testing.T, lines []string) (string, map[string]int) {
	t.Helper()
	codes := map[string]int{}
	for _, l := range lines[1:] {
		number, name, _ := strings.Cut(l, " ")
		code, err := strconv.Atoi(number)
		if err != nil {
			t.Fatalf("the line %q begins with no code", l)
		}
		codes[strings.TrimSpace(name)] = code
	}
	return lines[0], codes
}

func nodePhrases(t *testing.T) (string, map[string]int) {
	return versioned(t, run(t, "node", "-e", `console.log(process.versions.node.split(".")[0]);
for (const [code, phrase] of Object.entries(require("http").STATUS_CODES)) console.log(code, phrase)`))
}

func pythonNames(t *testing.T) (string, map[string]int) {
	return versioned(t, run(t, "python3", "-c", `import sys, http
print("%d.%d" % sys.version_info[:2])
for name, s in http.HTTPStatus.__members__.items(): print(int(s), name)`))
}

func rubyClasses(t *testing.T) (string, map[string]int) {
	return versioned(t, run(t, "ruby", "-rnet/http", "-e", `puts RUBY_VERSION[/\d+\.\d+/]
Net::HTTPResponse::CODE_TO_OBJ.each { |code, c| puts "#{code} #{c.name.sub("Net::", "")}" }`))
}

var javaConstant = regexp.MustCompile(`static final int (HTTP_\w+) = (\d+);`)

func javaConstants(t *testing.T) (string, map[string]int) {
	version, _, _ := strings.Cut(run(t, "javap", "-version")[0], ".")
	codes := map[string]int{}
	for _, l := range run(t, "javap", "-constants", "java.net.HttpURLConnection") {
		if m := javaConstant.FindStringSubmatch(l); m != nil {
			codes[m[1]], _ = strconv.Atoi(m[2])
		}
	}
	return version, codes
}
