package problem

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// TestADocumentNamesThePlace: a parameter where the query has it, a pointer into
// the JSON that was sent.
func TestADocumentNamesThePlace(t *testing.T) {
	for _, c := range []struct{ method, target, media, place, parameter, pointer string }{
		{"GET", "/?url=x", "", "url", "url", ""},
		{"POST", "/", "application/json", "url", "", "#/url"},
		{"POST", "/", "application/json; charset=utf-8", "a/b~c", "", "#/a~1b~0c"},
		{"POST", "/", "", "url", "", "#/url"},
		{"POST", "/?url=x", "application/json", "url", "url", ""},
		{"POST", "/", "text/plain", "format", "format", ""},
		{"POST", "/", "application/json", "/fields/0/a~1b", "", "#/fields/0/a~1b"},
		{"GET", "/", "", "", "", ""},
	} {
		r := httptest.NewRequest(c.method, c.target, nil)
		r.Header.Set("Content-Type", c.media)
		d := BadRequest("It is wrong.", "Mend it.").At(c.place).Document(r, "https://why.example", "ID")
		if d.Parameter != c.parameter || d.Pointer != c.pointer || d.Request != "ID" || d.Type != "https://why.example/api#problem-invalid-request" || d.Href != "/400" {
			t.Errorf("%s %s of %s at %q: %+v", c.method, c.target, c.media, c.place, d)
		}
	}
	if d := (&Problem{Status: 418}).Document(httptest.NewRequest("GET", "/", nil), "", ""); d.Type != "about:blank" || d.Title == "" {
		t.Errorf("a status without a type of its own: %+v", d)
	}
}

// TestTextCannotSteerATerminal: what is wrong may repeat what was sent.
func TestTextCannotSteerATerminal(t *testing.T) {
	w := httptest.NewRecorder()
	p := BadRequest("There is no \x1b[31mpage.", "Look here.")
	p.See = []Link{{Title: "All codes", Href: "/codes"}}
	p.WriteText(w)
	if body := w.Body.String(); strings.Contains(body, "\x1b") || !strings.HasPrefix(body, "400 ") || !strings.Contains(body, "Look here.\n  /codes  All codes\n") {
		t.Errorf("%q", body)
	}
}

// TestOnlyWhatPassesIsToBeRepeated: a client that comes back must have a chance.
func TestOnlyWhatPassesIsToBeRepeated(t *testing.T) {
	for status, want := range map[int]string{400: "", 429: "10", 500: "", 503: "10"} {
		w := httptest.NewRecorder()
		(&Problem{Status: status}).RetryLater(w.Header())
		if got := w.Header().Get("Retry-After"); got != want {
			t.Errorf("%d: Retry-After %q, want %q", status, got, want)
		}
	}
}
