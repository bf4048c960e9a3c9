package diagnose

import (
	"slices"
	"strings"

	"wwwhy/content"
)

// words returns what stands by itself in the values of a field, by its page: the
// words of a list, the directives, the attributes.
func (e *exam) words(name string) []string {
	if page := e.lib.Field(name); page != nil {
		return page.Words()
	}
	return nil
}

// word returns what the page of a field says of a word in its values.
func (e *exam) word(name, word string) content.Part {
	if page := e.lib.Field(name); page != nil {
		p, _ := page.Part(word)
		return p
	}
	return content.Part{}
}

// containsFold reports whether a word is among others, in whatever case.
func containsFold(all []string, word string) bool {
	return slices.ContainsFunc(all, func(s string) bool { return strings.EqualFold(s, word) })
}
