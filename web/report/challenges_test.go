package report

import (
	"strings"
	"testing"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// TestChallengesAreBounded: what a server writes of two or three bytes each is
// told in a hundred, so that a head as long as we take it would be a report of
// megabytes.
func TestChallengesAreBounded(t *testing.T) {
	lib := library(t)
	for value, want := range map[string][3]int{
		"Basic " + strings.Repeat("a=b, ", 5000): {1, mostParams, mostProblems},
		strings.Repeat("Basic, ", 5000):          {mostChallenges, 0, mostChallenges},
	} {
		x := message.Exchange{Response: &message.Response{Code: 401, Fields: field.Section{{Name: "WWW-Authenticate", Value: value}}}}
		all := challenges(lib, x, false)
		var params, problems int
		for _, c := range all {
			params += len(c.Params)
			problems += len(c.Problems)
		}
		if len(all) != want[0] || params != want[1] || problems > want[2] {
			t.Errorf("%.20s…: %d challenges, %d parameters, %d problems, want %v", value, len(all), params, problems, want)
		}
	}
}

// TestAChallengeSaysWhereCredentialsAreToBeHad holds that what a challenge tells
// of it is among what to do, unless another token is no help.
func TestAChallengeSaysWhereCredentialsAreToBeHad(t *testing.T) {
	lib := library(t)
	for _, tt := range []struct{ line, want, not string }{
		{`Bearer realm="https://auth.example/token?x=1",service="registry.example",scope="repository:a:pull repository:b:pull,push"`,
			"The token service is https://auth.example/token?scope=repository%3Aa%3Apull&scope=repository%3Ab%3Apull%2Cpush&service=registry.example&x=1: ", ""},
		{`Bearer realm="/token",service="registry.example"`, "Get an access token", "The token service"},
		{`Bearer realm="javascript:alert(1)",service="x"`, "Get an access token", "javascript:alert"},
		{`Bearer realm="https://auth.example/token"`, "Get an access token", "The token service"},
		{`Bearer resource_metadata="https://api.example/.well-known/oauth-protected-resource"`, "https://api.example/.well-known/oauth-protected-resource names the authorization server.", ""},
		{`Bearer resource_metadata="https://api.example/m", error="invalid_request"`, "another token does not help", "names the authorization server"},
		{`Bearer resource_metadata="https://api.example/m", error="insufficient_scope", scope="a"`, "https://api.example/m names the authorization server.", ""},
		{`DPoP algs="ES256", resource_metadata="https://api.example/m"`, "https://api.example/m names the authorization server.", ""},
		{`Bearer realm="", authorization_uri="https://login.example/authorize"`, "Its authorization server is https://login.example/authorize.", ""},
	} {
		all := challenges(lib, message.Exchange{Response: &message.Response{Code: 401, Fields: field.Section{{Name: "WWW-Authenticate", Value: tt.line}}}}, false)
		if len(all) != 1 || !strings.Contains(all[0].Next, tt.want) || tt.not != "" && strings.Contains(all[0].Next, tt.not) {
			t.Errorf("%s\nwhat to do is %q", tt.line, all[0].Next)
		}
	}
}
