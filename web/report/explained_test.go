package report

import (
	"strings"
	"testing"

	"wwwhy/web/diagnose"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// TestCodesWithoutWordsAreExplained: a code that comes alone is said to be the
// content's, and what it means, on every surface.
func TestCodesWithoutWordsAreExplained(t *testing.T) {
	lib := library(t)
	answer := func(challenge, content string) Report {
		fields := field.Section{{Name: "Content-Type", Value: "application/json"}}
		if challenge != "" {
			fields = append(fields, field.Line{Name: "WWW-Authenticate", Value: challenge})
		}
		xs := []message.Exchange{{Response: &message.Response{Protocol: "HTTP/1.1", Code: 401, Fields: fields, Content: message.Content{Known: message.Wholly, Length: int64(len(content)), Sample: []byte(content)}}}}
		return New(lib, xs, diagnose.Run(lib, xs))
	}
	for _, c := range []struct{ challenge, content, means string }{
		{`Bearer realm="x"`, `{"error": "invalid_token"}`, "The token is expired, revoked"},
		{`Bearer realm="x"`, `{"error": "invalid_request"}`, "The request"},
		{"", `{"error": "invalid_client"}`, "The client itself was not recognized"},
		{"", `{"error": "use_dpop_nonce"}`, "nonce"},
		{"", `{"error": "no_such_code"}`, ""},
	} {
		r := answer(c.challenge, c.content)
		e := r.Exchanges[0].Content.Explanation
		if e.Code == "" || (e.Means == "") != (c.means == "") || !strings.Contains(e.Means, c.means) {
			t.Errorf("%s: %q means %q, want %q", c.content, e.Code, e.Means, c.means)
		}
		for _, form := range []string{"text", "markdown"} {
			if got := string(written(t, form, r)); !strings.Contains(got, "Its content says:\n") {
				t.Errorf("%s: the %s does not say where the code was:\n%s", c.content, form, got)
			}
		}
		if kept := e.Reserved(); (kept.Code == "") != (c.means == "") || kept.Means != e.Means {
			t.Errorf("%s: %+v is kept", c.content, kept)
		}
	}
	if e := answer(`Bearer realm="x"`, `{"error": "invalid_token", "error_description": "Token of Ada expired"}`).Exchanges[0].Content.Explanation; e.Means != "" || e.Reserved().Code != "" {
		t.Errorf("words of the server beside a code: %+v", e)
	}
}

// TestCodesOfOAuthAreExplainedBesideWords: servers describe them in words that
// tell no more, such as "grant request is invalid".
func TestCodesOfOAuthAreExplainedBesideWords(t *testing.T) {
	lib := library(t)
	for content, want := range map[string]string{
		`{"error": "invalid_grant", "error_description": "grant request is invalid"}`:                  "The code or the refresh token",
		`{"error": "invalid_client", "error_description": "client authentication failed"}`:             "The client itself",
		`{"error": "invalid_request", "error_description": "missing required parameter 'grant_type'"}`: "",
		`{"error": "no_such_code", "error_description": "no"}`:                                         "",
	} {
		e := newExplanation(lib, &message.Response{Code: 400, Fields: field.Section{{Name: "Content-Type", Value: "application/json"}}, Content: message.Content{Sample: []byte(content)}}, nil, true)
		if (e.Means == "") != (want == "") || !strings.HasPrefix(e.Means, want) {
			t.Errorf("%s means %q, want %q", content, e.Means, want)
		}
	}
}
