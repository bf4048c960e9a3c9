package diagnose

import (
	"maps"

	"wwwhy/web/field"
)

var failureRules = []rule{{failureIDs, failed, true}}

// failed reports what ended the exchange below HTTP.
func failed(e *exam) {
	if f := e.x.Failure; f != nil {
		e.found = append(e.found, Finding{ID: "failure-" + string(f.Kind), Exchange: e.index, Span: field.Nowhere, Args: maps.Clone(f.Args)})
	}
}
