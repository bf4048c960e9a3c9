// Package diagnose holds the rules: exchanges in, findings out. A rule is a
// small function in the file of its topic; its words, its severity and its
// examples are in content/findings. Rules do no I/O and hold no prose. What
// they do not know they do not judge.
package diagnose

import (
	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// Finding is a judgement about an exchange. Field names the field line it is
// about, if any; Span points into it, or is field.Nowhere where the field is
// missing or the finding is about no line. Severity is content.Unset where the
// finding's page decides. Args fill the places of the page's sentences.
type Finding struct {
	ID       string
	Severity content.Severity
	Exchange int
	Field    string
	Span     field.Span
	Args     map[string]string
}

// Run judges the exchanges, which belong together: an exchange whose cause is
// a redirect follows the one that redirected. Findings come in the order of
// exchanges and of the rules.
func Run(lib *content.Library, xs []message.Exchange) []Finding {
	return run(lib, xs)
}
