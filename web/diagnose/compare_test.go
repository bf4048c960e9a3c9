package diagnose

import (
	"slices"
	"testing"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

func TestTheOtherSchemeIsJudged(t *testing.T) {
	lib := library(t)
	answer := func(code int, challenge string) *message.Response {
		r := &message.Response{Protocol: "HTTP/1.1", Code: code, Fields: field.Section{{Name: "Date", Value: "Sat, 21 Nov 2026 09:00:00 GMT"}, {Name: "Cache-Control", Value: "no-store"}}}
		if challenge != "" {
			r.Fields = append(r.Fields, field.Line{Name: "WWW-Authenticate", Value: challenge})
		}
		return r
	}
	aged := func(r *message.Response, pairs ...string) *message.Response {
		for i := 0; i < len(pairs); i += 2 {
			r.Fields = append(r.Fields, field.Line{Name: pairs[i], Value: pairs[i+1]})
		}
		return r
	}
	asked := func(r *message.Response) message.Exchange {
		return message.Exchange{Cause: message.Asked, Fidelity: message.Wire, Request: &message.Request{Method: "GET", URL: "https://a.example/x"}, Response: r}
	}
	over := func(p message.Purpose, url string, r *message.Response) message.Exchange {
		return message.Exchange{Cause: message.Probe, Purpose: p, Fidelity: message.Wire, Request: &message.Request{Method: "GET", URL: url}, Response: r}
	}
	basic := answer(401, `Basic realm="x"`)
	for _, tt := range []struct {
		name  string
		probe message.Exchange
		want  []string
	}{
		{"http asks", over(message.OtherScheme, "http://a.example/x", basic), []string{"http-asks-for-credentials"}},
		{"http redirects", over(message.OtherScheme, "http://a.example/x", &message.Response{Code: 301, Fields: field.Section{{Name: "Location", Value: "https://a.example/x"}}}), nil},
		{"http lets in", over(message.OtherScheme, "http://a.example/x", answer(200, "")), []string{"http-lets-in"}},
		{"http is closed", message.Exchange{Cause: message.Probe, Purpose: message.OtherScheme, Request: &message.Request{URL: "http://a.example/x"}, Failure: &message.Failure{Kind: message.FailureRefused}}, nil},
		{"another version agrees", over(message.OtherVersion, "https://a.example/x", basic), nil},
		{"another version disagrees", over(message.OtherVersion, "https://a.example/x", answer(403, "")), []string{"answers-disagree"}},
		{"another version is misdirected", over(message.OtherVersion, "https://a.example/x", answer(421, "")), nil},
		{"we asked too often", over(message.OtherVersion, "https://a.example/x", &message.Response{Code: 429, Fields: field.Section{{Name: "Retry-After", Value: "1"}}}), nil},
		{"a cache refuses", over(message.WithBearer, "https://a.example/x", aged(answer(401, `Basic realm="x"`), "Age", "7")), []string{"refusal-from-cache"}},
		{"a cache that tells credentials apart", over(message.WithBearer, "https://a.example/x", aged(answer(401, `Basic realm="x"`), "Age", "7", "Vary", "Accept, authorization")), nil},
		{"a cache of nginx refuses", over(message.WithBearer, "https://a.example/x", aged(answer(401, `Basic realm="x"`), "X-Cache-Status", "HIT")), []string{"refusal-from-cache"}},
		{"a cache that tells it the standard way", over(message.WithBasic, "https://a.example/x", aged(answer(403, ""), "Cache-Status", `"Edge"; hit; ttl=30`)), []string{"refusal-from-cache"}},
		{"a chain of caches", over(message.WithBearer, "https://a.example/x", aged(answer(401, `Basic realm="x"`), "X-Cache", "MISS, HIT from edge")), []string{"refusal-from-cache"}},
		{"a cache that asked the server", over(message.WithBearer, "https://a.example/x", aged(answer(401, `Basic realm="x"`), "X-Cache-Status", "MISS", "Cache-Status", "Edge; fwd=miss; key=hit", "X-Cache", "Error from cloudfront")), nil},
		{"a fresh refusal", over(message.WithBearer, "https://a.example/x", aged(answer(401, `Basic realm="x"`), "Age", "0")), nil},
		{"another version loses the challenge", over(message.OtherVersion, "https://a.example/x", answer(401, "")), []string{"challenge-dropped"}},
	} {
		var got []string
		for _, f := range Run(lib, []message.Exchange{asked(basic), tt.probe}) {
			if f.Exchange == 1 {
				got = append(got, f.ID)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestComparisonsAreFew(t *testing.T) {
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2"} {
		x := message.Exchange{Request: &message.Request{Method: "GET", URL: "https://a.example/"}, Response: &message.Response{Protocol: protocol, Code: 401}}
		all := Comparisons([]message.Exchange{x})
		if len(all) != 6 {
			t.Errorf("%d comparisons", len(all))
		}
		if last := all[len(all)-1]; last.Purpose != message.OtherVersion || (last.Protocol == "2") != (protocol == "HTTP/1.1") {
			t.Errorf("%+v", last)
		}
	}
	if Comparisons(nil) != nil {
		t.Error("comparisons with nothing")
	}
}

// TestATypeThatIsWrittenOddlyIsStillOne: a parameter that comes twice with two values, for which
// package mime gives nothing, is no other type in another coding.
func TestATypeThatIsWrittenOddlyIsStillOne(t *testing.T) {
	lib := library(t)
	for _, value := range []string{"text/html; charset=utf-8", "Text/HTML;charset=utf-8;charset=latin1", "text/html; charset", "text/html; =x"} {
		answer := func(p message.Purpose) message.Exchange {
			x := message.Exchange{Cause: message.Asked, Fidelity: message.Wire, Request: &message.Request{Method: "GET", URL: "https://a.example/x"},
				Response: &message.Response{Protocol: "HTTP/1.1", Code: 200, Fields: field.Section{{Name: "Content-Type", Value: value}}}}
			if p != "" {
				x.Cause, x.Purpose = message.Probe, p
			}
			return x
		}
		for _, f := range Run(lib, []message.Exchange{answer(""), answer(message.WithGzip)}) {
			if f.Exchange == 1 {
				t.Errorf("%s: %s %v", value, f.ID, f.Args)
			}
		}
	}
}

// TestMadeUpCredentialsAreNew holds those of two inspections apart, which a cache
// may do, too.
func TestMadeUpCredentialsAreNew(t *testing.T) {
	asked := []message.Exchange{{Cause: message.Asked, Request: &message.Request{Method: "GET", URL: "https://a.example/"}, Response: &message.Response{Code: 401}}}
	seen := map[string]bool{}
	for range 2 {
		for _, w := range Comparisons(asked) {
			if v := w.Fields.Get("Authorization"); v != "" && seen[v] {
				t.Errorf("%s is sent twice", v)
			} else if v != "" {
				seen[v] = true
			}
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d made-up credentials, want 4: %v", len(seen), seen)
	}
}

// TestARefusalWithASuccessLetsNobodyIn: Apt-Cacher NG answers “200 Not Authorized”
// to credentials of another scheme, GraphQL tells its errors in the content.
func TestARefusalWithASuccessLetsNobodyIn(t *testing.T) {
	lib := library(t)
	answer := func(code int, reason, media, content string) *message.Response {
		return &message.Response{Protocol: "HTTP/1.1", Code: code, Reason: reason, Fields: field.Section{{Name: "Content-Type", Value: media}},
			Content: message.Content{Known: message.Wholly, Length: int64(len(content)), Sample: []byte(content)}}
	}
	for _, tt := range []struct {
		name          string
		asked, answer *message.Response
		want          bool
	}{
		{"let in", answer(401, "Unauthorized", "text/plain", "no"), answer(200, "OK", "text/plain", "yes"), true},
		{"let in over HTTP/2", answer(401, "", "text/plain", "no"), answer(200, "", "text/plain", "yes"), true},
		{"let in without a word", answer(401, "", "text/plain", ""), answer(200, "", "text/plain", ""), true},
		{"the same reason", answer(401, "Not Authorized", "text/plain", "no"), answer(200, "Not Authorized", "text/plain", "log in first"), false},
		{"the same content", answer(401, "Unauthorized", "text/plain", "no"), answer(200, "OK", "text/plain", "no"), false},
		{"GraphQL", answer(401, "Unauthorized", "application/json", `{"errors":[{"message":"no token"}]}`), answer(200, "OK", "application/json", `{"errors":[{"message":"bad token"}]}`), false},
	} {
		sent := &message.Request{Method: "GET", URL: "https://a.example/x", Fields: field.Section{{Name: "Authorization", Value: "Bearer x"}}}
		found := Run(lib, []message.Exchange{
			{Cause: message.Asked, Fidelity: message.Wire, Request: &message.Request{Method: "GET", URL: "https://a.example/x"}, Response: tt.asked},
			{Cause: message.Probe, Purpose: message.WithBearer, Fidelity: message.Wire, Request: sent, Response: tt.answer}})
		if got := slices.ContainsFunc(found, func(f Finding) bool { return f.ID == "any-credentials-accepted" }); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
