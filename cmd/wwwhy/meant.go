package main

import (
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

var (
	codeWord = regexp.MustCompile(`^[1-9][0-9]{2}(\.[0-9]{1,3})?$`) // as IIS has it, too
	// hostWord is a name with a dot, an address, or localhost, with what may
	// follow: a port, a path, a query.
	hostWord = regexp.MustCompile(`^(?i:localhost|[\pL\pN-]+(\.[\pL\pN_-]+)+\.?|\[[0-9a-f:.%]+\])(:[0-9]+)?([/?#].*)?$`)
)

// meant adds the subcommand that was left out: inspect before an address,
// explain before a file and where a response comes on standard input, lookup
// before a code and other words.
func meant(args []string, model *kong.Application, terminal bool) []string {
	if len(args) == 0 {
		if terminal {
			return []string{"--help"}
		}
		return []string{"explain"}
	}
	first := args[0]
	with := func(command string) []string { return append([]string{command}, args...) }
	switch {
	case first == "-", strings.HasPrefix(first, "-") && !terminal && !ours(first, model):
		return with("explain")
	case first == "", strings.HasPrefix(first, "-"), nearCommand(first, model):
		return args
	case codeWord.MatchString(first):
		return with("lookup")
	case strings.Contains(first, "://"), strings.HasPrefix(first, "//"):
		return with("inspect")
	case fileWord(first):
		return with("explain")
	case hostWord.MatchString(first), addressWord(first):
		return with("inspect")
	}
	return with("lookup")
}

// fileWord reports whether a word names a file: one that is there, or by the way
// it is written. Hosts have no names that end so.
func fileWord(s string) bool {
	for _, begin := range []string{"/", "./", "../"} {
		if strings.HasPrefix(s, begin) {
			return true
		}
	}
	if strings.EqualFold(filepath.Ext(s), ".har") {
		return true
	}
	info, err := os.Stat(s)
	return err == nil && !info.IsDir()
}

// addressWord reports whether a word is an IPv6 address without its brackets.
func addressWord(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is6()
}

// nearCommand reports whether a word is a subcommand, or nearly one: the parser
// then says which.
func nearCommand(s string, model *kong.Application) bool {
	return slices.ContainsFunc(model.Children, func(c *kong.Node) bool {
		// A slip of the pen; many pages have names as short as pin and man.
		return s == c.Name || len(s) > 4 && edits(strings.ToLower(s), c.Name) <= 2
	})
}

// edits counts the letters that are put in, left out or changed between a and b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// ours reports whether a flag is of the program itself.
func ours(flag string, model *kong.Application) bool {
	for _, f := range model.Flags {
		if flag == "--"+f.Name || f.Short != 0 && flag == "-"+string(f.Short) {
			return true
		}
	}
	return false
}
