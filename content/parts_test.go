package content

import (
	"slices"
	"testing"
)

// TestPartsSayWhatRulesGoBy holds the front matter that rules read: a word that is
// taken out of a page would make them report right answers.
func TestPartsSayWhatRulesGoBy(t *testing.T) {
	lib, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"Clear-Site-Data":              {`"cookies"`, `"storage"`, `"cache"`, `"executionContexts"`, `"clientHints"`, `"prefetchCache"`, `"prerenderCache"`, `"*"`},
		"Content-Disposition":          {"attachment", "inline", "form-data"},
		"Cross-Origin-Embedder-Policy": {"require-corp", "credentialless", "unsafe-none"},
		"Cross-Origin-Opener-Policy":   {"same-origin", "same-origin-allow-popups", "noopener-allow-popups", "unsafe-none"},
		"Cross-Origin-Resource-Policy": {"same-origin", "same-site", "cross-origin"},
		"X-Frame-Options":              {"DENY", "SAMEORIGIN", "ALLOWALL"},
	} {
		if got := lib.Field(name).Words(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, f := range lib.Fields() {
		for _, p := range f.Parts {
			if words := f.Words(); slices.Contains(words, p.Name) != (p.Kind == "") {
				t.Errorf("%s: the part %s is of kind %q, and the words are %q", f.Name, p.Name, p.Kind, words)
			}
		}
	}
	for _, c := range []struct{ field, bare, valued, request, obsolete string }{
		{"Cache-Control", "no-store", "no-cache", "min-fresh", "post-check"},
		{"Content-Security-Policy", "", "default-src", "", "referrer"},
		{"Set-Cookie", "", "Max-Age", "", "Comment"},
	} {
		f := lib.Field(c.field)
		bare, _ := f.Part(c.bare)
		valued, _ := f.Part(c.valued)
		request, _ := f.Part(c.request)
		obsolete, _ := f.Part(c.obsolete)
		if c.bare != "" && !bare.Bare || valued.Bare || valued.State != "" || c.request != "" && request.In != "request" || obsolete.State != "obsolete" {
			t.Errorf("%s: %+v %+v %+v %+v", c.field, bare, valued, request, obsolete)
		}
	}
	if sites, _ := lib.Field("Set-Cookie").Part("samesite"); !slices.Equal(sites.Values, []string{"Strict", "Lax", "None"}) {
		t.Errorf("SameSite: %q", sites.Values)
	}
}
