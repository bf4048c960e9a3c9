package diagnose

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/field"
)

var refusalRules = []rule{
	{[]string{"403-instead-of-401"}, insteadOf401, false},
}

// insteadOf401 reports a 403 whose content says that credentials are missing or
// do not count (RFC 9110, Section 15.5.2; RFC 6750, Section 3.1). The first may
// be a choice of a site with cookies.
func insteadOf401(e *exam) {
	if e.resp.Code != 403 || !field.IsJSON(e.media()) {
		return
	}
	var document map[string]any
	if json.Unmarshal(e.resp.Content.Sample, &document) != nil { // nor is what was cut short an object
		return
	}
	for _, s := range e.sentences("", document, 0) {
		means := content.Refusal(s.text)
		if means == "" {
			continue
		}
		e.report("403-instead-of-401", "message", short(s.text))
		if means == "token" {
			e.grade(content.Warning)
		}
		return
	}
}

// sentence is what a member of a document says of an error, in words.
type sentence struct {
	text        string
	rank, depth int
}

// deepest is how many objects and lists a sentence may stand in.
const deepest = 4

// sentences returns what a value of a document says, the likeliest first: which
// members say something is content's knowledge. Of a list only the first element
// is about this error.
func (e *exam) sentences(name string, value any, depth int) []sentence {
	var all []sentence
	switch v := value.(type) {
	case string:
		switch role, rank, _ := e.lib.ErrorMember(name); role {
		case "text", "title", "either":
			all = append(all, sentence{v, rank, depth})
		}
	case map[string]any:
		for key, inner := range v {
			if depth < deepest {
				all = append(all, e.sentences(key, inner, depth+1)...)
			}
		}
	case []any:
		if len(v) > 0 && depth < deepest {
			all = append(all, e.sentences(name, v[0], depth+1)...)
		}
	}
	slices.SortFunc(all, func(a, b sentence) int {
		return cmp.Or(a.rank-b.rank, a.depth-b.depth, strings.Compare(a.text, b.text))
	})
	return all
}
