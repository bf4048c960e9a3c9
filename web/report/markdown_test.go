package report

import (
	"strings"
	"testing"
)

// TestWordsFromOutsideNameNobody: in a ticket, a realm must not call a person, and
// code stays as it is.
func TestWordsFromOutsideNameNobody(t *testing.T) {
	for in, want := range map[string]string{
		"for “@octocat”":                  "for “@&#8203;octocat”",
		"see https://a.example/a":         "see https://a.example/a",
		"as in #12, [a](b) and <b>":       `as in #&#8203;12, \[a\](b) and &lt;b>`,
		"The parameter `error_uri` is *":  "The parameter `error_uri` is \\*",
		"Send `https://a.example/@b` now": "Send `https://a.example/@b` now",
		"An odd ` of theirs @x":           "An odd ' of theirs @&#8203;x",
	} {
		if got := escapeMarkdown(in); got != want {
			t.Errorf("%s is written as %s, want %s", in, got, want)
		}
	}
	lib := library(t)
	r := New(lib, nil, nil)
	r.Verdict = "It asks for “@octocat”."
	var b strings.Builder
	if err := writeMarkdown(&b, r); err != nil || strings.Contains(b.String(), "@octocat") {
		t.Errorf("%v\n%s", err, b.String())
	}
}
