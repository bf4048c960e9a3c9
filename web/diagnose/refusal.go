package diagnose

import (
	"encoding/json"

	"wwwhy/content"
)

var refusalRules = []rule{
	{[]string{"403-instead-of-401"}, insteadOf401, false},
}

// messageMembers are where servers put their sentence about an error, the
// likeliest first.
var messageMembers = []string{"error", "detail", "message", "error_description", "title", "msg"}

// insteadOf401 reports a 403 whose content says that credentials are missing or
// do not count (RFC 9110, Section 15.5.2; RFC 6750, Section 3.1). The first may
// be a choice of a site with cookies.
func insteadOf401(e *exam) {
	if e.resp.Code != 403 || !isJSON(e.media()) {
		return
	}
	var document map[string]any
	if json.Unmarshal(e.resp.Content.Sample, &document) != nil { // nor is what was cut short an object
		return
	}
	for _, member := range messageMembers {
		text, _ := document[member].(string)
		means := content.Refusal(text)
		if means == "" {
			continue
		}
		e.report("403-instead-of-401", "message", short(text))
		if means == "token" {
			e.grade(content.Warning)
		}
		return
	}
}
