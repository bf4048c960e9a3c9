package content

// HostOfAll says why a host in a policy lets anybody's scripts in: it serves
// files that strangers choose (registry/csp_hosts.csv).
func (lib *Library) HostOfAll(host string) (why string, ok bool) {
	rows, err := lib.table("csp_hosts.csv")
	if err != nil {
		return "", false
	}
	for _, r := range rows {
		if r["host"] == host {
			return r["why"], true
		}
	}
	return "", false
}
