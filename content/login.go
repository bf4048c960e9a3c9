package content

import "strings"

// LoginPath reports whether the path of an address is that of a page for signing
// in, by the custom of many sites (registry/login_paths.csv).
func (lib *Library) LoginPath(path string) bool {
	rows, _ := lib.table("login_paths.csv") // where it cannot be read, no path is known
	for part := range strings.SplitSeq(strings.ToLower(path), "/") {
		part = strings.TrimSuffix(part, ".php")
		for _, r := range rows {
			if r["part"] == part {
				return true
			}
		}
	}
	return false
}
