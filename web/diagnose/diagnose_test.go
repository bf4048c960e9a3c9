package diagnose

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/intake"
	"wwwhy/web/message"
)

func library(t testing.TB) *content.Library {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// judged runs the diagnosis over a pasted text.
func judged(t *testing.T, lib *content.Library, text, url string) []Finding {
	t.Helper()
	xs, err := intake.ParseWith(text, intake.Options{URL: url})
	if err != nil {
		t.Fatalf("reading %q: %v", text, err)
	}
	return Run(lib, xs)
}

func ids(fs []Finding) []string {
	var all []string
	for _, f := range fs {
		all = append(all, f.ID)
	}
	return all
}

// severity is the finding's own, or that of its page.
func severity(lib *content.Library, f Finding) content.Severity {
	if f.Severity != content.Unset {
		return f.Severity
	}
	return lib.Finding(f.ID).Severity
}

func TestPagesAndRulesAreOneToOne(t *testing.T) {
	lib := library(t)
	seen := map[string]bool{}
	for _, id := range IDs() {
		if seen[id] {
			t.Errorf("two rules report %s", id)
		}
		seen[id] = true
		if lib.Finding(id) == nil {
			t.Errorf("content/findings/%s.md is missing: a rule reports it", id)
		}
	}
	for _, f := range lib.Findings() {
		if !seen[f.Slug] {
			t.Errorf("%s:1: no rule reports this finding", f.Path())
		}
	}
}

func TestRulesReportOnlyWhatTheyDeclare(t *testing.T) {
	lib := library(t)
	for _, f := range lib.Findings() {
		for _, e := range lib.Examples(&f.Page) {
			xs, err := intake.Parse(e.Text)
			if err != nil {
				continue // told by the next test
			}
			for _, topic := range topics {
				for _, r := range topic {
					exam := newExam(lib, xs, 0)
					r.check(exam)
					for _, found := range exam.found {
						if !slices.Contains(r.ids, found.ID) {
							t.Errorf("the rule of %v reports %s", r.ids, found.ID)
						}
					}
				}
			}
		}
	}
}

func TestExamplesOfFindingsAreTheirTests(t *testing.T) {
	lib := library(t)
	for _, f := range lib.Findings() {
		for _, e := range lib.Examples(&f.Page) {
			if !e.Bad && !e.Good {
				continue
			}
			at := fmt.Sprintf("%s:%d", f.Path(), e.Line)
			found := judged(t, lib, e.Text, "")
			i := slices.Index(ids(found), f.Slug)
			if e.Bad && i < 0 {
				t.Errorf("%s: this is to yield %s, but yields %v", at, f.Slug, ids(found))
				continue
			}
			if e.Bad {
				for _, other := range found {
					if other.ID != f.Slug && severity(lib, other) >= content.Warning {
						t.Errorf("%s: this yields %s besides", at, other.ID)
					}
				}
				for _, s := range []content.Sentence{f.Says, f.Fix} {
					for _, place := range s.Places(false) {
						if found[i].Args[place] == "" {
							t.Errorf("%s: {%s} of %q is not filled: %v", at, place, s, found[i].Args)
						}
					}
				}
				continue
			}
			for _, other := range found {
				if severity(lib, other) >= content.Warning || other.ID == f.Slug {
					t.Errorf("%s: this is right, but yields %s %v", at, other.ID, other.Args)
				}
			}
		}
	}
}

func TestExamplesOfArticlesAreRight(t *testing.T) {
	lib := library(t)
	pages := slices.Concat(lib.Pages(content.KindCode), lib.Pages(content.KindField), lib.Pages(content.KindScheme), lib.Pages(content.KindGuide))
	for _, p := range pages {
		for _, e := range lib.Examples(p) {
			if e.Bad || !strings.Contains(e.Text, "HTTP/1.1 ") || !strings.Contains("\n"+e.Text, "\nHTTP/") {
				continue
			}
			for _, f := range judged(t, lib, e.Text, "") {
				if severity(lib, f) >= content.Warning {
					t.Errorf("%s:%d: an example is to be right, but yields %s %v", p.Path(), e.Line, f.ID, f.Args)
				}
			}
		}
	}
}

func TestCases(t *testing.T) {
	lib := library(t)
	files, err := filepath.Glob("testdata/*.http")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		first, text, _ := strings.Cut(string(data), "\n")
		want, ok := strings.CutPrefix(first, "# want:")
		if !ok {
			t.Errorf("%s:1: a case begins with # want:", file)
			continue
		}
		url := ""
		if second, rest, _ := strings.Cut(text, "\n"); strings.HasPrefix(second, "# url: ") {
			url, text = second[7:], rest
		}
		got := ids(judged(t, lib, text, url))
		wanted := strings.Fields(want)
		slices.Sort(got)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			t.Errorf("%s: got %v, want %v", file, got, wanted)
		}
	}
}

func TestCorrectResponsesYieldNothingAboveNotice(t *testing.T) {
	lib := library(t)
	files, err := filepath.Glob("testdata/controls/*.http")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d correct responses: %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range judged(t, lib, string(data), "https://www.example.com/") {
			if severity(lib, f) > content.Notice {
				t.Errorf("%s is right, but yields %s %v", file, f.ID, f.Args)
			}
		}
	}
}

func TestRefreshIsRead(t *testing.T) {
	for value, want := range map[string]string{
		"5; url=/a": "5 /a true", "0;URL='https://a.example/'": "0 https://a.example/ true", "3,url=/a": "3 /a true", " 1 ; /a": "1 /a true",
		"5": "  false", "": "  false", "x; url=/a": "  false", "5; url=": "  false", "0.5; url=/a": "0.5 /a true",
	} {
		seconds, to, ok := refresh(value)
		if got := fmt.Sprint(seconds, " ", to, " ", ok); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
	for page, want := range map[string]string{
		`<html><head><META HTTP-EQUIV="Refresh" CONTENT="0; url=/new">`:                 "0; url=/new",
		`<body><meta http-equiv="refresh" content="0; url=/new">`:                       "",
		`<!-- <meta http-equiv="refresh" content="0; url=/new"> --><p>`:                 "",
		`<script>"<meta http-equiv='refresh' content='0; url=/new'>"</script><title>a`:  "",
		`<meta charset="utf-8"><meta http-equiv="refresh" content="9"><title>a</title>`: "9",
	} {
		if got := metaRefresh([]byte(page)); got != want {
			t.Errorf("%s: %q, want %q", page, got, want)
		}
	}
}

func TestFactsOfTheWireAreJudged(t *testing.T) {
	lib := library(t)
	ok := message.Response{Protocol: "HTTP/1.1", Code: 200, Fields: field.Section{{Name: "Date", Value: "Sat, 21 Nov 2026 09:00:00 GMT"}, {Name: "Content-Type", Value: "application/json"}, {Name: "Content-Length", Value: "9"}}}
	page := message.Response{Protocol: "HTTP/1.1", Code: 200, Fields: field.Section{{Name: "Date", Value: "Sat, 21 Nov 2026 09:00:00 GMT"}, {Name: "Content-Type", Value: "text/html; charset=utf-8"}, {Name: "X-Content-Type-Options", Value: "nosniff"},
		{Name: "Content-Security-Policy", Value: "default-src 'self'; frame-ancestors 'none'"}},
		Content: message.Content{Known: message.Wholly, Length: 60, Complete: true, Sample: []byte(`<meta http-equiv="refresh" content="0; url=/new">`)}}
	cut := ok
	cut.Content = message.Content{Known: message.Wholly, Length: 5, Problem: &message.Shortfall{Kind: message.ContentCutShort}}
	for _, tt := range []struct {
		want string
		x    message.Exchange
	}{
		{"content-cut-short", message.Exchange{Fidelity: message.Wire, Response: &cut}},
		{"certificate-not-trusted", message.Exchange{Fidelity: message.Wire, Response: &ok, Peer: &message.Peer{TLS: &message.TLS{Problem: message.Expired}}}},
		{"refresh-redirect", message.Exchange{Fidelity: message.Wire, Response: &page}},
		{"failure-dns", message.Exchange{Failure: &message.Failure{Kind: message.FailureDNS}}},
	} {
		if got := ids(Run(lib, []message.Exchange{tt.x})); !slices.Equal(got, []string{tt.want}) {
			t.Errorf("got %v, want %s", got, tt.want)
		}
	}
	retold := message.Exchange{Response: &message.Response{Code: 200, Fields: field.Section{{Name: "Location", Value: "/a"}, {Name: "Location", Value: "/b"}}}}
	if got := ids(Run(lib, []message.Exchange{retold})); len(got) != 0 {
		t.Errorf("of a retold exchange: %v", got)
	}
}

// TestContentIsHeldAgainstItsType judges what only content shows, and what only
// a URL or a request shows.
func TestContentIsHeldAgainstItsType(t *testing.T) {
	lib := library(t)
	for _, tt := range []struct {
		name, fields, sample, url, request, want string
		code                                     int
	}{
		{"JSON", "Content-Type: application/json", `{"a": 1}`, "", "", "", 200},
		{"JSON with a mark", "Content-Type: application/json", "\xef\xbb\xbf[]", "", "", "", 200},
		{"HTML called JSON", "Content-Type: application/json", "<!doctype html>", "", "", "json-invalid", 502},
		{"a warning before JSON", "Content-Type: application/vnd.api+json", "Warning: x\n{}", "", "", "json-invalid", 200},
		{"a problem", "Content-Type: application/problem+json", `{"status": 403}`, "", "", "", 403},
		{"a problem of another status", "Content-Type: application/problem+json", `{"status": 403}`, "", "", "problem-status-differs", 500},
		{"a 403 for want of credentials", "Content-Type: application/json", `{"detail":"Not authenticated"}`, "", "", "403-instead-of-401", 403},
		{"a 403 for a token that ran out", "Content-Type: application/problem+json", `{"status": 403, "error": "invalid_token"}`, "", "", "403-instead-of-401", 403},
		{"a 403 for want of permission", "Content-Type: application/json", `{"detail":"You do not have permission to perform this action.", "code": 7}`, "", "", "", 403},
		{"a 403 in a list", "Content-Type: application/json", `["invalid_token"]`, "", "", "", 403},
		{"a page with 403", "Content-Type: text/html", `{"detail":"Not authenticated"}`, "", "", "", 403},
		{"a 401 for want of credentials", "Content-Type: application/json\nWWW-Authenticate: Basic realm=\"a\"", `{"detail":"Not authenticated"}`, "", "", "", 401},
		{"a cookie of the host", "Set-Cookie: a=1; Domain=a.example", "", "https://www.a.example/", "", "", 200},
		{"a cookie of another host", "Set-Cookie: a=1; Domain=b.example", "", "https://www.a.example/", "", "cookie-domain-mismatch", 200},
		{"a cookie of a host that ends alike", "Set-Cookie: a=1; Domain=a.example", "", "https://ba.example/", "", "cookie-domain-mismatch", 200},
		{"a session over https", "Set-Cookie: sid=1; HttpOnly", "", "https://a.example/", "", "session-cookie-without-secure", 200},
		{"a session over http", "Set-Cookie: sid=1; HttpOnly", "", "http://a.example/", "", "", 200},
		{"a session that is ended", "Set-Cookie: sid=; Max-Age=0", "", "https://a.example/", "", "", 200},
		{"an origin without Vary", "Access-Control-Allow-Origin: https://b.example", "", "https://a.example/", "https://b.example", "cors-origin-without-vary", 200},
		{"an origin with Vary", "Access-Control-Allow-Origin: https://b.example\nVary: Accept, origin", "", "https://a.example/", "https://b.example", "", 200},
		{"one origin for all", "Access-Control-Allow-Origin: https://b.example", "", "https://a.example/", "", "", 200},
		{"no validator", "Cache-Control: no-cache\nContent-Type: text/plain", strings.Repeat("a", 2000), "", "", "no-cache-without-validator", 200},
		{"a validator", "Cache-Control: no-cache\nContent-Type: text/plain\nETag: \"a\"", strings.Repeat("a", 2000), "", "", "", 200},
		{"as large a cookie as browsers keep", "Set-Cookie: a = " + strings.Repeat("a", 4095) + " ; Path=/", "", "", "", "", 200},
		{"a large cookie", "Set-Cookie: a=" + strings.Repeat("a", 4096), "", "", "", "cookie-too-large", 200},
	} {
		x := message.Exchange{Fidelity: message.Transcribed, Request: &message.Request{Method: "GET", URL: tt.url},
			Response: &message.Response{Code: tt.code, Fields: field.Section{{Name: "Date", Value: "Sat, 21 Nov 2026 09:00:00 GMT"}}}}
		if tt.request != "" {
			x.Request.Fields = field.Section{{Name: "Origin", Value: tt.request}}
		}
		for l := range strings.SplitSeq(tt.fields, "\n") {
			name, value, _ := strings.Cut(l, ": ")
			x.Response.Fields = append(x.Response.Fields, field.Line{Name: name, Value: value})
		}
		if n := int64(len(tt.sample)); n > 0 {
			x.Response.Content = message.Content{Known: message.Wholly, Complete: true, Length: n, Decoded: n, Sample: []byte(tt.sample)}
		}
		if got := strings.Join(ids(Run(lib, []message.Exchange{x})), " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// BenchmarkDiagnose judges a typical response, and one with as many fields as a
// fetcher takes.
func BenchmarkDiagnose(b *testing.B) {
	lib := library(b)
	typical, err := os.ReadFile("testdata/typical.txt")
	if err != nil {
		b.Fatal(err)
	}
	var many strings.Builder
	many.WriteString("HTTP/1.1 200 OK\nDate: Fri, 20 Nov 2026 09:00:00 GMT\nContent-Type: text/html\n")
	for i := range 998 {
		fmt.Fprintf(&many, "X-Field-%d: value %d\n", i, i)
	}
	for name, text := range map[string]string{"25": string(typical), "1000": many.String()} {
		b.Run(name, func(b *testing.B) {
			xs, err := intake.ParseWith(text, intake.Options{URL: "https://www.example.com/"})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				Run(lib, xs)
			}
		})
	}
}

func BenchmarkRun(b *testing.B) {
	lib := library(b)
	xs, err := intake.Parse("HTTP/1.1 401 Unauthorized\nDate: Fri, 20 Nov 2026 09:00:00 GMT\nServer: nginx\nContent-Type: text/html\nWWW-Authenticate: Basic realm=\"x\"\nWWW-Authenticate: Bearer realm=\"x\", error=\"invalid_token\"\nCache-Control: no-store\nVary: Accept\nSet-Cookie: a=b; Path=/; Secure; HttpOnly\n\n")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		Run(lib, xs)
	}
}

// TestTheSameIsSaidAgain: findings come in one order, whoever asks how often.
func TestTheSameIsSaidAgain(t *testing.T) {
	lib := library(t)
	edits := `Cross-Origin-Opener-Policy: same-origin; report-to="a" ¦ Cross-Origin-Embedder-Policy: require-corp; report-to="b" ¦ ` +
		`Cross-Origin-Opener-Policy-Report-Only: same-origin; report-to="c" ¦ Cross-Origin-Embedder-Policy-Report-Only: require-corp; report-to="d"`
	first := Run(lib, []message.Exchange{spoilt(t, "page", edits)})
	if len(first) < 4 {
		t.Fatalf("%v", ids(first))
	}
	for range 20 {
		if again := Run(lib, []message.Exchange{spoilt(t, "page", edits)}); !reflect.DeepEqual(first, again) {
			t.Fatalf("first %v\nthen %v", first, again)
		}
	}
}

// TestQuotesAreCutBetweenCharacters: what is left of a long value is still text.
func TestQuotesAreCutBetweenCharacters(t *testing.T) {
	for _, s := range []string{strings.Repeat("é", 100), "a" + strings.Repeat("é", 100), strings.Repeat("a", 79) + "€€", strings.Repeat("𝄞", 50)} {
		if got := short(s); !utf8.ValidString(got) || len(got) > 80+len("…") || len(got) < 77 {
			t.Errorf("%q", got)
		}
	}
	if got := short(strings.Repeat("\xe9", 100)); got != strings.Repeat("\xe9", 80)+"…" {
		t.Errorf("%q", got) // Latin-1, which others read
	}
}
