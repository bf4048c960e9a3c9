package diagnose

import (
	"encoding/json"
	"regexp"
)

var graphqlRules = []rule{
	{[]string{"graphql-errors"}, graphqlErrors, false},
}

// graphqlErrors reports a success whose content is what GraphQL answers where
// something went wrong: no other members than its own, and errors with a message
// each (GraphQL, "Response Format" and "Errors").
func graphqlErrors(e *exam) {
	if e.resp.Code < 200 || e.resp.Code > 299 || !isJSON(e.media()) {
		return
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(e.resp.Content.Sample, &members) != nil || members["errors"] == nil { // nor is what was cut short an object
		return
	}
	for name := range members {
		if name != "errors" && name != "data" && name != "extensions" {
			return
		}
	}
	var errors []struct {
		Message    *string
		Extensions struct{ Code any }
	}
	if json.Unmarshal(members["errors"], &errors) != nil || len(errors) == 0 || errors[0].Message == nil {
		return
	}
	code, _ := errors[0].Extensions.Code.(string)
	e.report("graphql-errors", "error", errorName.FindString(code))
}

// errorName is a code as servers of GraphQL write it. The message beside it is
// for the developer, and may tell of people.
var errorName = regexp.MustCompile(`^[A-Z][A-Z_]{2,60}$`)
