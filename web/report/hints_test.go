package report

import (
	"strings"
	"testing"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

func TestHints(t *testing.T) {
	lib := library(t)
	for _, tt := range []struct {
		name, fields, content, sent string
		code                        int
		want                        []string // beginnings of because, and send
	}{
		{"nothing", "", "", "", 401, []string{"The answer gives no sign|"}},
		{"a challenge", "WWW-Authenticate: Basic realm=a", "Log in", "", 401, nil},
		{"an empty challenge", "WWW-Authenticate:", "", "", 401, []string{"The answer gives no sign|"}},
		{"another code", "", `{"error": "API key missing"}`, "", 403, nil},
		{"a field in words", "Content-Type: application/json", `{"message": "Missing X-API-Key header"}`, "", 401, []string{"The content names the field X-API-Key.|X-API-Key: KEY"}},
		{"a key in words", "Content-Type: application/json", `{"message": "No API key found in request"}`, "", 401, []string{"The content speaks of a key (API key).|"}},
		{"a token in words", "Content-Type: application/json", `{"error": "jwt malformed"}`, "", 401, []string{"The content speaks of a token (jwt).|Authorization: Bearer ACCESS-TOKEN"}},
		{"the field in words", "Content-Type: application/json", `{"error": "Authorization header is missing"}`, "", 401, []string{"The content names the field Authorization.|Authorization: Bearer ACCESS-TOKEN"}},
		{"refused", "Content-Type: application/json", `{"error": "jwt malformed"}`, "Authorization: Bearer x", 401, []string{"The request carried Authorization and was refused all the same.|"}},
		{"CORS", "Access-Control-Allow-Headers: Content-Type, Authorization, X-Api-Key, X-CSRF-Token", "", "", 401,
			[]string{"Scripts of other origins may send X-Api-Key|X-Api-Key: KEY", "Scripts of other origins may send Authorization|Authorization: Bearer ACCESS-TOKEN"}},
		{"a token against forgery", "Access-Control-Allow-Headers: X-CSRF-Token", "", "", 401, []string{"The answer gives no sign|"}},
		{"Vary", "Vary: Accept, Cookie", "", "", 401, []string{"Answers differ by Cookie|"}},
		{"wrong ones", "Content-Type: application/json", `{"message": "Bad credentials"}`, "", 401, []string{"The content takes credentials for wrong (Bad credentials).|"}},
		{"a renamed challenge", "x-amzn-Remapped-WWW-Authenticate: Basic realm=a", "", "", 401, []string{"Amazon API Gateway renamed the challenge of the server behind it: Basic,|"}},
		{"a gateway", "x-amzn-ErrorType: UnauthorizedException", `{"message":"Unauthorized"}`, "", 401, []string{"Amazon API Gateway refused it (UnauthorizedException)|"}},
		{"a page to sign in", "Content-Type: text/html", `<title>Login</title><input type="password">`, "", 401, []string{"The page has a field for a password.|"}},
		{"a form", "Content-Type: text/html", `<form><input class=a TYPE='password'></form>`, "", 401, []string{"The page has a field for a password.|"}},
		{"a place", "Location: /login", "", "", 401, []string{"The field Location names an address.|"}},
		{"signing in, told twice", "Content-Type: application/json\nVary: Cookie", `{"message": "You must be logged in to see this"}`, "", 401, []string{"The content speaks of signing in (logged in).|"}},
		{"three at most", "Content-Type: application/json\nVary: Cookie, Authorization\nLocation: /login\nAccess-Control-Allow-Headers: token", `{"message": "API key or session needed"}`, "", 401,
			[]string{"The content speaks of a key (API key).|", "The content speaks of signing in (session).|", "Scripts of other origins may send token|token: KEY"}},
		{"a proxy", "WWW-Authenticate: Basic realm=a", "", "", 407, []string{"The proxy gives no sign|"}},
		{"a proxy that refuses", "", "", "Proxy-Authorization: Basic x", 407, []string{"The request carried Proxy-Authorization|"}},
		{"another's text", "Content-Type: application/json", `{"message": "catalogins obsessions monkeys"}`, "", 401, []string{"The answer gives no sign|"}},
	} {
		x := message.Exchange{Fidelity: message.Wire, Request: &message.Request{Method: "GET", URL: "https://a.example/", Fields: section(tt.sent)},
			Response: &message.Response{Code: tt.code, Reason: "Unauthorized", Fields: section(tt.fields), Content: message.Content{Known: message.Wholly, Sample: []byte(tt.content)}}}
		var got []string
		for _, h := range NewExchange(lib, x).Hints {
			got = append(got, h.Because+"|"+h.Send)
			if h.Next == "" || strings.ContainsAny(h.Because+h.Next, "[]") {
				t.Errorf("%s: %+v", tt.name, h)
			}
		}
		if !beginAs(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// beginAs holds what hints rest on, by its beginning, and what they send.
func beginAs(got, want []string) bool {
	for i, g := range got {
		if i == len(want) {
			return false
		}
		because, send, _ := strings.Cut(g, "|")
		begins, sends, _ := strings.Cut(want[i], "|")
		if !strings.HasPrefix(because, begins) || send != sends {
			return false
		}
	}
	return len(got) == len(want)
}

// section reads field lines.
func section(lines string) (s field.Section) {
	for line := range strings.Lines(lines) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		s = append(s, field.Line{Name: name, Value: strings.TrimSpace(value)})
	}
	return s
}
