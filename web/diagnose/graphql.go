package diagnose

import (
	"bytes"
	"encoding/json"
	"regexp"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

var graphqlRules = []rule{
	{[]string{"graphql-errors"}, graphqlErrors, false},
}

// graphqlErrors reports a success whose content tells of an error.
func graphqlErrors(e *exam) {
	if code, ok := graphqlError(e.resp); ok && e.resp.Code >= 200 && e.resp.Code <= 299 {
		e.report("graphql-errors", "error", errorName.FindString(code))
	}
}

// graphqlError returns the code of the first error in a content, where that is
// what GraphQL answers when something went wrong: no other members than its own,
// and errors with a message each (GraphQL, "Response Format" and "Errors").
func graphqlError(r *message.Response) (code string, ok bool) {
	var members map[string]json.RawMessage
	if !field.IsJSON(mediaOf(r)) || !bytes.Contains(r.Content.Sample, []byte(`"errors"`)) || json.Unmarshal(r.Content.Sample, &members) != nil || members["errors"] == nil { // nor is what was cut short an object
		return "", false
	}
	for name := range members {
		if name != "errors" && name != "data" && name != "extensions" {
			return "", false
		}
	}
	var errors []struct {
		Message    *string
		Extensions struct{ Code any }
	}
	if json.Unmarshal(members["errors"], &errors) != nil || len(errors) == 0 || errors[0].Message == nil {
		return "", false
	}
	code, _ = errors[0].Extensions.Code.(string)
	return code, true
}

// errorName is a code as servers of GraphQL write it. The message beside it is
// for the developer, and may tell of people.
var errorName = regexp.MustCompile(`^[A-Z][A-Z_]{2,60}$`)
