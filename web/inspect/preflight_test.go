package inspect

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/field"
)

// TestABrowsersDecisions goes through every branch of the Fetch standard's
// preflight and CORS check.
func TestABrowsersDecisions(t *testing.T) {
	const origin = "https://app.example"
	allow := func(more string) string { return "Access-Control-Allow-Origin: " + origin + "\n" + more }
	for _, tt := range []struct {
		name        string
		method      string
		headers     string
		credentials bool
		preflight   string // status and fields
		answer      string
		steps       string
		verdict     string
	}{
		{"a plain GET", "GET", "Accept: text/html", false, "", "200\n" + allow(""), "-needed +sent +readable", "and read the answer"},
		{"a plain GET without permission", "GET", "", false, "", "200", "-needed +sent -readable", "the script sees a network error"},
		{"any origin", "GET", "", false, "", "200\nAccess-Control-Allow-Origin: *", "-needed +sent +readable", "and read the answer"},
		{"any origin with credentials", "GET", "", true, "", "200\nAccess-Control-Allow-Origin: *\nAccess-Control-Allow-Credentials: true", "-needed +sent -readable", "network error"},
		{"credentials", "GET", "", true, "", "200\n" + allow("Access-Control-Allow-Credentials: true"), "-needed +sent +readable +credentials-readable", "and read the answer"},
		{"credentials in the wrong case", "GET", "", true, "", "200\n" + allow("Access-Control-Allow-Credentials: True"), "-needed +sent +readable -credentials-readable", "network error"},
		{"another origin", "GET", "", false, "", "200\nAccess-Control-Allow-Origin: https://other.example", "-needed +sent -readable", "network error"},
		{"an origin with a slash", "GET", "", false, "", "200\nAccess-Control-Allow-Origin: https://app.example/", "-needed +sent -readable", "network error"},
		{"two origins", "GET", "", false, "", "200\n" + allow(allow("")), "-needed +sent -readable", "network error"},
		{"a hidden challenge", "GET", "", false, "", "401\nWWW-Authenticate: Bearer\n" + allow(""), "-needed +sent +readable -challenge", "and read the answer"},
		{"a challenge on show", "GET", "", false, "", "401\nWWW-Authenticate: Bearer\n" + allow("Access-Control-Expose-Headers: www-authenticate"), "-needed +sent +readable +challenge", "and read the answer"},
		{"all on show", "GET", "", false, "", "401\nWWW-Authenticate: Bearer\n" + allow("Access-Control-Expose-Headers: *"), "-needed +sent +readable +challenge", "and read the answer"},
		{"a field", "GET", "X-A: 1", false, "204\n" + allow("Access-Control-Allow-Headers: x-a"), "200\n" + allow(""), "+needed +answered +origin +status +method +field +kept +sent +readable", "and read the answer"},
		{"a field that is not allowed", "GET", "X-A: 1", false, "204\n" + allow(""), "200", "+needed +answered +origin +status +method -field", "stops the request before it is sent"},
		{"any field", "GET", "X-A: 1", false, "204\n" + allow("Access-Control-Allow-Headers: *"), "200\n" + allow(""), "+needed +answered +origin +status +method +field +kept +sent +readable", "and read the answer"},
		{"any field but Authorization", "GET", "Authorization", false, "204\n" + allow("Access-Control-Allow-Headers: *"), "", "+needed +answered +origin +status +method -field", "The asterisk does not cover Authorization"},
		{"Authorization by name", "GET", "Authorization", false, "204\n" + allow("Access-Control-Allow-Headers: *, authorization"), "200\n" + allow(""), "+needed +answered +origin +status +method +field +kept +sent +readable", "and read"},
		{"the asterisk with credentials", "GET", "X-A: 1", true, "204\n" + allow("Access-Control-Allow-Credentials: true\nAccess-Control-Allow-Headers: *"), "", "+needed +answered +origin +credentials +status +method -field", "With credentials, * is only a name"},
		{"a preflight that is challenged", "PUT", "", false, "401\n" + allow("WWW-Authenticate: Bearer"), "", "+needed +answered +origin -status", "must let OPTIONS through"},
		{"a preflight that is redirected", "PUT", "", false, "302\n" + allow("Location: /x"), "", "+needed +answered +origin -status", "does not follow a redirect"},
		{"a preflight without permission", "PUT", "", false, "200", "", "+needed +answered -origin", "stops the request before it is sent"},
		{"a method", "PUT", "", false, "200\n" + allow("Access-Control-Allow-Methods: GET, PUT\nAccess-Control-Max-Age: 600"), "", "+needed +answered +origin +status +method +kept", "may send this request. It was not sent here"},
		{"a method that is not allowed", "DELETE", "", false, "200\n" + allow("Access-Control-Allow-Methods: GET, PUT"), "", "+needed +answered +origin +status -method", "DELETE is not in"},
		{"a method in lower case", "patch", "", false, "200\n" + allow("Access-Control-Allow-Methods: PATCH"), "", "+needed +answered +origin +status -method", "patch is not in"},
		{"JSON", "POST", "Content-Type: application/json", false, "200\n" + allow("Access-Control-Allow-Headers: content-type"), "", "+needed +answered +origin +status +method +field +kept", "may send"},
		{"a form with a colon", "POST", "Content-Type: text/plain; a=b:c", false, "200\n" + allow("Access-Control-Allow-Headers: content-type"), "", "+needed +answered +origin +status +method +field +kept", "may send"},
		{"what a form cannot accept", "GET", "Accept: text/html; a=\"b\"", false, "200\n" + allow(""), "", "+needed +answered +origin +status +method -field", "accept is not in"},
		{"languages", "GET", "Accept-Language: de-DE, en;q=0.5", false, "", "200\n" + allow(""), "-needed +sent +readable", "and read"},
		{"a language with an underline", "GET", "Accept-Language: de_DE", false, "200\n" + allow(""), "", "+needed +answered +origin +status +method -field", "accept-language is not in"},
		{"much that is harmless", "GET", strings.Repeat("Accept: "+strings.Repeat("a", 128)+"\n", 9), false, "200\n" + allow(""), "", "+needed +answered +origin +status +method -field", "accept is not in"},
		{"a range", "GET", "Range: bytes=0-9", false, "", "200\n" + allow(""), "-needed +sent +readable", "and read"},
		{"a range backwards", "GET", "Range: bytes=9-0", false, "200\n" + allow(""), "", "+needed +answered +origin +status +method -field", "range is not in"},
		{"a list that is none", "PUT", "", false, "200\n" + allow("Access-Control-Allow-Methods: GET PUT"), "", "+needed +answered +origin +status -lists", "no list of names"},
		{"a list of fields that is none", "PUT", "", false, "200\n" + allow("Access-Control-Allow-Methods: PUT\nAccess-Control-Allow-Headers: [x]"), "", "+needed +answered +origin +status -lists", "no list of names"},
		{"a redirect", "GET", "", false, "", "302\n" + allow("Location: https://b.example/"), "-needed +sent +readable -final", "may send this request. The answer is a redirect (302) to https://b.example/."},
		{"a redirect without permission", "GET", "", false, "", "302\nLocation: https://b.example/", "-needed +sent -readable", "network error"},
		{"a form", "POST", "Content-Type: text/plain", false, "", "", "-needed", "may send"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				says := tt.answer
				if r.Method == "OPTIONS" {
					if says = tt.preflight; says == "" {
						t.Error("a preflight was sent")
					}
					if r.Header.Get("Access-Control-Request-Method") == "" || r.Header.Get("Origin") != origin || r.Header.Get("Authorization") != "" {
						t.Errorf("the preflight has %v", r.Header)
					}
				} else if says == "" {
					t.Errorf("%s was sent", r.Method)
				}
				lines := strings.Split(strings.TrimSpace(says), "\n")
				for _, l := range lines[1:] {
					name, value, _ := strings.Cut(l, ": ")
					w.Header().Add(name, value)
				}
				var code int
				fmt.Sscan(lines[0], &code)
				w.WriteHeader(code)
			}))
			defer server.Close()
			lib, err := content.Load()
			if err != nil {
				t.Fatal(err)
			}
			var fields field.Section
			if tt.headers != "" {
				name, value, _ := strings.Cut(tt.headers, ": ")
				fields = field.Section{{Name: name, Value: value}}
			}
			asked, err := ReadCORS(origin, tt.method, fields, tt.credentials)
			if err != nil {
				t.Fatal(err)
			}
			var c Config
			c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
			var target Target
			target.Request.URL = server.URL
			r := New(lib, c).Preflight(t.Context(), target, asked)
			var steps []string
			for _, s := range r.Preflight.Steps {
				steps = append(steps, map[bool]string{true: "+", false: "-"}[s.Right]+s.Name)
				if s.Summary == "" || strings.ContainsAny(s.Summary, "{}") {
					t.Errorf("%s: %q", s.Name, s.Summary)
				}
			}
			if got := strings.Join(steps, " "); got != tt.steps || !strings.Contains(r.Verdict, tt.verdict) {
				t.Errorf("%s\nwant %s\n%s", got, tt.steps, r.Verdict)
			}
		})
	}
}

func TestWhatNoScriptCanAskIsRefused(t *testing.T) {
	for _, tt := range []struct{ origin, method, field, want string }{
		{"app.example", "GET", "", "is no origin"},
		{"https://app.example/path", "GET", "", "is no origin"},
		{"null:", "GET", "", "is no origin"},
		{"https://app.example", "CONNECT", "", "cannot send the method"},
		{"https://app.example", "GE T", "", "cannot send the method"},
		{"https://app.example", "GET", "Cookie", "cannot set the field Cookie"},
		{"https://app.example", "GET", "Sec-Fetch-Mode", "cannot set the field"},
	} {
		var fields field.Section
		if tt.field != "" {
			fields = field.Section{{Name: tt.field}}
		}
		if _, err := ReadCORS(tt.origin, tt.method, fields, false); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v", tt, err)
		}
	}
}

func TestThePreflightIsWrittenAsABrowserDoes(t *testing.T) {
	c, err := ReadCORS("HTTPS://App.example:443", "put", field.Section{{Name: "X-B"}, {Name: "Authorization"}, {Name: "x-b"}, {Name: "Accept", Value: "*/*"}}, true)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(c.Preflight("https://a.example/").Fields)
	if got != "[{Origin https://app.example} {Access-Control-Request-Method PUT} {Access-Control-Request-Headers authorization,x-b}]" {
		t.Error(got)
	}
}
