package report

import (
	"strings"
	"testing"

	"wwwhy/web/diagnose"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

func TestWhatFollowsFromAnotherStandsUnderIt(t *testing.T) {
	lib := library(t)
	xs := []message.Exchange{page("https://www.example.com/", "Date: Sat, 21 Nov 2026 09:00:00 GMT\nX-Content-Type-Options: nosniff\nStrict-Transport-Security: max-age=3600; preload", "<p>")}
	r := New(lib, xs, diagnose.Run(lib, xs))
	got := ""
	for _, f := range r.Findings {
		got += f.ID + "<" + f.Under + " "
	}
	if want := "hsts-preload-incomplete< hsts-short<hsts-preload-incomplete csp-missing< framing-not-forbidden<csp-missing "; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	text, markdown := string(written(t, "text", r)), string(written(t, "markdown", r))
	if !strings.Contains(text, "from this follows: notice: ") || !strings.Contains(markdown, "\n  - **notice**") {
		t.Errorf("text or Markdown does not fold:\n%s\n%s", text, markdown)
	}
}

func TestCirclesEnd(t *testing.T) {
	lib := library(t)
	all := []Finding{{ID: "hsts-short"}, {ID: "hsts-preload-incomplete"}, {ID: "hsts-over-http"}, {ID: "no such finding"}}
	if got := folded(lib, all); len(got) != 4 || got[0].ID != "hsts-over-http" || got[1].Under != "hsts-over-http" || got[2].Under != "hsts-over-http" {
		t.Errorf("%+v", got)
	}
}

// TestQuotesInSentencesAreText: a value that is cut inside a character must not
// turn into others.
func TestQuotesInSentencesAreText(t *testing.T) {
	lib := library(t)
	x := message.Exchange{Fidelity: message.Wire, Response: &message.Response{Protocol: "HTTP/1.1", Code: 401,
		Fields: field.Section{{Name: "WWW-Authenticate", Value: `Basic realm="a"b` + strings.Repeat("ж", 300)}}}}
	r := New(lib, []message.Exchange{x}, diagnose.Run(lib, []message.Exchange{x}))
	if text := string(written(t, "text", r)); !strings.Contains(text, "ж…") || strings.ContainsAny(text, "ÐÂ\ufffd") {
		t.Errorf("a character is cut:\n%s", text)
	}
}
