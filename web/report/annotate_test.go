package report

import (
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/field"
)

func TestFieldsThatNobodyKnowsSaySo(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Contet-Type":       "Content-Type may be meant.",
		"X-Mine":            "clients ignore fields that they do not know (RFC 9110, Section 5.1).",
		"X-Amz-Meta-Colour": "Amazon Web Services: one of",
		"X-NextJS-Cache":    "Next.js: whether",
		"X-RateLimit-Used":  "How much of a quota",
	} {
		got := annotate(lib, field.Section{{Name: name, Value: "1"}}, false)[0].Summary
		if !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q in it", name, got, want)
		}
	}
}

func TestValuesOfStructuredFieldsAreExplained(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	f := annotate(lib, field.Section{{Name: "Deprecation", Value: "@1688169599"}}, false)[0]
	if len(f.Parts) != 1 || f.Parts[0].Summary != "Friday, 30 June 2023, 23:59:59 UTC" {
		t.Errorf("Deprecation: %+v", f.Parts)
	}
	f = annotate(lib, field.Section{{Name: "Origin-Agent-Cluster", Value: " ?1"}}, false)[0]
	if len(f.Parts) != 1 || f.Parts[0].Summary == "" {
		t.Errorf("Origin-Agent-Cluster: %+v", f.Parts)
	}
}

// TestPiecesAreBounded holds what a server may have us write about one value.
func TestPiecesAreBounded(t *testing.T) {
	lib := library(t)
	for name, value := range map[string]string{"WWW-Authenticate": strings.Repeat("a,", 5000), "Vary": strings.Repeat("a,", 5000), "Cache-Control": strings.Repeat("max-age=1,", 5000)} {
		if got := len(annotate(lib, field.Section{{Name: name, Value: value}}, false)[0].Parts); got != mostParts {
			t.Errorf("%s: %d pieces, want %d", name, got, mostParts)
		}
	}
}
