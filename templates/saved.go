package templates

import (
	"strings"
	"time"

	"wwwhy/web/report"
)

// againURL is the address that a saved report can be compared with as it is now:
// empty where the report has none, or where a part of it was redacted.
func againURL(r *report.Report) string {
	if r == nil || len(r.Exchanges) == 0 || strings.Contains(r.Exchanges[0].URL, "REDACTED") {
		return ""
	}
	return shown(r.Exchanges[0].URL)
}

// again are the form's fields that lead to the same inspection.
func (v InspectView) again() [][2]string {
	flag := func(on bool) string {
		if on {
			return "1"
		}
		return ""
	}
	return [][2]string{{"url", v.URL}, {"method", v.Method}, {"http", v.HTTP}, {"ip", v.IP}, {"agent", v.Agent}, {"fields", v.Fields}, {"nofollow", flag(v.NoFollow)}, {"cookies", flag(v.Cookies)},
		{"probe", flag(v.Probe)}, {"checks", flag(v.Checks)}, {"discover", flag(v.Discover)}, {"origin", v.Origin}, {"script-method", v.ScriptMethod}, {"script-headers", v.ScriptHeaders}, {"script-credentials", flag(v.ScriptCredentials)}}
}

// moment words a time of RFC 3339 for people.
func moment(t string) string {
	at, err := time.Parse(time.RFC3339, t)
	if err != nil {
		return t
	}
	return at.UTC().Format("2 January 2006, 15:04 UTC")
}
