package diagnose

import (
	"maps"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

var contentRules = []rule{{kindIDs("content-", message.ShortfallKinds()), shortOfEnd, false}}

// shortOfEnd reports why a content was not read or decoded to its end.
func shortOfEnd(e *exam) {
	if p := e.resp.Content.Problem; p != nil {
		e.found = append(e.found, Finding{ID: "content-" + string(p.Kind), Exchange: e.index, Span: field.Nowhere, Args: maps.Clone(p.Args)})
	}
}
