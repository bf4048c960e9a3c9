package content

import "strings"

// LoginPath reports whether the path of an address is that of a page for signing
// in, by the custom of many sites (registry/login_paths.csv).
func (lib *Library) LoginPath(path string) bool {
	for part := range strings.SplitSeq(strings.ToLower(path), "/") {
		if lib.row("login_paths.csv", "part", strings.TrimSuffix(part, ".php")) != nil {
			return true
		}
	}
	return false
}
