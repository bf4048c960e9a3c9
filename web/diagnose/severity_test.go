package diagnose

import (
	"strings"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// TestRequirementsDecideHowGraveAFindingIs spoils right responses as
// TestOneDefectYieldsOneFinding does. What a specification allows is not
// reported at all, and what it only advises against is no error.
func TestRequirementsDecideHowGraveAFindingIs(t *testing.T) {
	const none = content.Unset
	lib := library(t)
	for _, tt := range []struct {
		base, edits, id string
		want            content.Severity
	}{
		{"api", "Cache-Control: must-understand, no-store, max-age=60", "cache-control-contradiction", none}, // RFC 9111, Section 5.2.2.3
		{"api", "Cache-Control: no-store, max-age=60", "cache-control-contradiction", content.Notice},
		{"basic", "Cache-Control: public, max-age=0, must-revalidate", "401-in-shared-caches", none}, // never reused without asking
		{"basic", "Cache-Control: public, s-maxage=0, max-age=60", "401-in-shared-caches", none},
		{"basic", "Cache-Control: public, max-age=0, stale-while-revalidate=60", "401-in-shared-caches", content.Warning},
		{"basic", "Cache-Control: public", "401-in-shared-caches", content.Warning},
		{"api", "=HTTP/1.1 412 Precondition Failed ¦ >MOVE; Host: a; Overwrite: F", "status-without-cause", none}, // RFC 4918, Section 9.9.4
		{"api", "=HTTP/1.1 412 Precondition Failed ¦ >PUT; Host: a; If: (<urn:uuid:1>)", "status-without-cause", none},
		{"api", "=HTTP/1.1 412 Precondition Failed ¦ >GET; Host: a; If-Range: \"a\"", "status-without-cause", content.Warning},         // it never leads to 412: RFC 9110, Section 13.1.5
		{"digest", `WWW-Authenticate: Digest realm="a", nonce="b", qop="auth", algorithm=AKAv1-MD5`, "digest-algorithm-unknown", none}, // RFC 3310, Section 3.1
		{"method", "=HTTP/2 426 ¦ -Allow", "426-without-upgrade", none},                                                                // RFC 9113, Section 8.2.2, forbids it
		// Prosody and Netdata name the origin as soon as a request has one, as each of a script's has.
		{"cors", "Access-Control-Allow-Origin: * ¦ >GET; Host: a", "cors-any-origin-with-credentials", content.Notice},
		{"cors", "Access-Control-Allow-Origin: * ¦ >GET; Host: a; Origin: https://app.example", "cors-any-origin-with-credentials", content.Error},
		{"cors", "Access-Control-Allow-Origin: *", "cors-any-origin-with-credentials", content.Error},
		{"moved", "=HTTP/1.1 308 Permanent Redirect ¦ Content-Length: 4 ¦ </new", "content-type-missing", content.Notice}, // Next.js; who follows it never reads it
		{"api", "-Content-Type ¦ <{\"a\": 1}", "content-type-missing", content.Warning},
		{"page", "+Set-Cookie: a=1; Max-Age=3600; Expires=0", "cookie-lifetime-invalid", content.Notice},
		{"page", "+Set-Cookie: a=1; Max-Age=1h; Expires=Fri, 20 Nov 2026 09:00:00 GMT", "cookie-lifetime-invalid", content.Notice},
		{"page", "+Set-Cookie: a=1; Max-Age=1h", "cookie-lifetime-invalid", content.Warning},
		{"page", "+Set-Cookie: a=1; Max-Age=1h; Expires=soon", "cookie-lifetime-invalid", content.Warning},
		{"page", "X-Content-Type-Options: nosniff, nosniff", "nosniff-misspelt", none}, // Fetch, "determine nosniff": the first counts
		{"page", "X-Content-Type-Options: nosniff ¦ +X-Content-Type-Options: sniff", "nosniff-misspelt", none},
		{"page", "X-Content-Type-Options: no-sniff, nosniff", "nosniff-misspelt", content.Warning},
		{"api", "Content-Encoding: br ¦ >GET; Host: a; Accept-Encoding: gzip", "content-coding-unasked", content.Warning}, // a SHOULD: RFC 9110, Section 12.5.3
	} {
		got := severityOf(t, lib, Run(lib, []message.Exchange{spoilt(t, tt.base, tt.edits)}), tt.id)
		if got != tt.want {
			t.Errorf("%s with %s: %s is %v, want %v", tt.base, tt.edits, tt.id, got, tt.want)
		}
	}
}

// severityOf returns how grave the findings of an id are, all alike; Unset: there
// is none.
func severityOf(t *testing.T, lib *content.Library, found []Finding, id string) content.Severity {
	t.Helper()
	of := content.Unset
	for _, f := range found {
		if f.ID != id {
			continue
		}
		if of != content.Unset && severity(lib, f) != of {
			t.Errorf("%s is %v and %v at once", id, of, severity(lib, f))
		}
		of = severity(lib, f)
	}
	return of
}

// A 100 that nobody asked for may be discarded, a 101 may not be sent (RFC
// 9110, Sections 7.8 and 15.2.1).
func TestAnUnasked100IsANotice(t *testing.T) {
	lib := library(t)
	for interim, want := range map[string]content.Severity{"100 Continue": content.Notice, "101 Switching Protocols": content.Warning} {
		text := "GET / HTTP/1.1\nHost: a.example\n\nHTTP/1.1 " + interim + "\n\nHTTP/1.1 200 OK\nDate: Sat, 21 Nov 2026 09:00:00 GMT\nContent-Type: text/plain\n\na"
		if strings.HasPrefix(interim, "101") {
			text = "GET / HTTP/1.1\nHost: a.example\n\nHTTP/1.1 " + interim + "\nUpgrade: websocket\nConnection: upgrade\n\n"
		}
		if got := severityOf(t, lib, judged(t, lib, text, "http://a.example/"), "interim-unasked"); got != want {
			t.Errorf("%s is %v, want %v", interim, got, want)
		}
	}
}

// TestMetadataThatNoChallengeNamesIsOptional holds what is grave where a
// challenge names metadata against what is allowed where none does (RFC 9728,
// Sections 3 and 5.1).
func TestMetadataThatNoChallengeNamesIsOptional(t *testing.T) {
	lib := library(t)
	for challenge, want := range map[string]content.Severity{
		`Bearer realm="a"`: content.Notice,
		`Bearer resource_metadata="https://a.example/.well-known/oauth-protected-resource"`: content.Error,
	} {
		xs := []message.Exchange{
			{Request: &message.Request{Method: "GET", URL: "https://a.example/"}, Response: &message.Response{Code: 401, Fields: field.Section{{Name: "WWW-Authenticate", Value: challenge}}}},
			{Cause: message.Probe, Purpose: message.ResourceMetadata, Request: &message.Request{Method: "GET", URL: "https://a.example/.well-known/oauth-protected-resource"}, Response: &message.Response{Code: 404}},
		}
		if got := severityOf(t, lib, Run(lib, xs), "metadata-unreachable"); got != want {
			t.Errorf("%s: %v, want %v", challenge, got, want)
		}
	}
}

// A bar is in tokens of Laravel, which work, although the grammar of RFC 6750,
// Section 2.1, has none.
func TestATokenWithABarIsNoError(t *testing.T) {
	lib := library(t)
	for token, want := range map[string]content.Severity{"12|abcdef": content.Notice, "12%7Cabcdef": content.Error} {
		found := Token(lib, token, nil, time.Unix(1e9, 0))
		if len(found) != 1 || found[0].ID != "token-not-sendable" || severity(lib, found[0]) != want {
			t.Errorf("%s: %v, want %v", token, found, want)
		}
	}
}

// A 304 to a request that set no condition leaves its client with nothing. Of
// what was exported that is not known.
func TestA304NeedsACondition(t *testing.T) {
	lib := library(t)
	for _, tt := range []struct {
		fidelity message.Fidelity
		sent     string
		want     content.Severity
	}{
		{message.Wire, "Accept", content.Warning},
		{message.Wire, "If-None-Match", content.Unset},
		{message.Wire, "If-Modified-Since", content.Unset},
		{message.Transcribed, "Accept", content.Unset},
	} {
		x := message.Exchange{Fidelity: tt.fidelity, Request: &message.Request{Method: "GET", URL: "https://www.example.com/", Fields: field.Section{{Name: tt.sent, Value: "a"}}},
			Response: &message.Response{Code: 304, Fields: field.Section{{Name: "Date", Value: "Sat, 21 Nov 2026 09:00:00 GMT"}}}}
		if got := severityOf(t, lib, Run(lib, []message.Exchange{x}), "status-without-cause"); got != tt.want {
			t.Errorf("with %s, %v: %v, want %v", tt.sent, tt.fidelity, got, tt.want)
		}
	}
}
