package content

// HostOfAll says why a host in a policy lets anybody's scripts in: it serves
// files that strangers choose (registry/csp_hosts.csv).
func (lib *Library) HostOfAll(host string) (why string, ok bool) {
	r := lib.row("csp_hosts.csv", "host", host)
	return r["why"], r != nil
}
