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

// moment words a time of RFC 3339 for people.
func moment(t string) string {
	at, err := time.Parse(time.RFC3339, t)
	if err != nil {
		return t
	}
	return at.UTC().Format("2 January 2006, 15:04 UTC")
}
