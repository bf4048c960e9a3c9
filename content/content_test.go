package content

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// library returns the built-in content, or fails the test.
func library(t testing.TB) *Library {
	t.Helper()
	lib, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func TestContentIsRight(t *testing.T) {
	for _, err := range library(t).Check() {
		t.Error(err)
	}
}

func TestEveryRegisteredCodeHasItsArticle(t *testing.T) {
	lib := library(t)
	for _, s := range lib.Statuses() {
		if !s.Written() {
			t.Errorf("content/codes/%03d.md is missing: every code of the registry has an article", s.Code)
		}
	}
}

func TestGRPCClientsTakeErrorsFor(t *testing.T) {
	lib := library(t)
	for code, want := range map[int]string{200: "", 304: "", 404: "UNIMPLEMENTED (12)", 429: "UNAVAILABLE (14)", 409: "UNKNOWN (2)", 500: "UNKNOWN (2)"} {
		if got := lib.TakenFor(code); got != want {
			t.Errorf("TakenFor(%d) is %q, want %q", code, got, want)
		}
	}
}

// fixture returns a small library of its own, so that these tests do not
// depend on the articles. Files in extra are added or replaced.
func fixture(t *testing.T, extra map[string]string) *Library {
	t.Helper()
	fsys := fstest.MapFS{}
	root := "testdata/library"
	err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		name, _ := filepath.Rel(root, p)
		fsys[filepath.ToSlash(name)] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range extra {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	lib, err := LoadFS(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func TestTheFixtureIsRight(t *testing.T) {
	for _, err := range fixture(t, nil).Check() {
		t.Error(err)
	}
}

func TestMistakesAreReportedWithFileAndLine(t *testing.T) {
	front := "summary: A sentence.\nreviewed: 2026-11-20\nsources: [\"RFC 9110\"]\n"
	finding := "title: T\nseverity: error\ntopic: auth\nspec: RFC 9110, Section 1\nsays: A sentence.\n"
	examples := "```http bad\nHTTP/1.1 401 Unauthorized\n```\n\n```http good\nHTTP/1.1 401 Unauthorized\n```\n"
	for _, tt := range []struct {
		name, file, text, want string
	}{
		{"an unknown key", "codes/401.md", "---\n" + front + "colour: red\n---\n", "content/codes/401.md:5: field colour not found"},
		{"a repeated key", "codes/401.md", "---\n" + front + "retry: a\nretry: b\n---\n", `content/codes/401.md:6: mapping key "retry" already defined`},
		{"a missing summary", "codes/401.md", "---\nreviewed: 2026-11-20\nsources: [\"RFC 9110\"]\n---\n", "content/codes/401.md:1: the summary has 0 characters"},
		{"a date that is none", "codes/401.md", "---\nsummary: S.\nreviewed: soon\nsources: [\"RFC 9110\"]\n---\n", `content/codes/401.md:3: reviewed is "soon"`},
		{"no front matter", "codes/401.md", "Hello\n", "content/codes/401.md:1: a page begins with its front matter"},
		{"front matter that is not closed", "codes/401.md", "---\nsummary: S.\n", "content/codes/401.md:1: the front matter is not closed"},
		{"a dead link", "codes/401.md", "---\n" + front + "---\n\nSee [[404]] and\n[[X-Nope]].\n", "content/codes/401.md:8: the link [[X-Nope]] leads to no page"},
		{"a dead anchor", "codes/401.md", "---\n" + front + "---\n\nSee [[404#nope]].\n", "content/codes/401.md:7: the link [[404#nope]] leads to no heading"},
		{"a dead path", "codes/401.md", "---\n" + front + "---\n\nSee [it](/fields/x-nope).\n", "content/codes/401.md:7: the link to /fields/x-nope leads to no page"},
		{"a dead see", "codes/401.md", "---\n" + front + "see: [\"X-Nope\"]\n---\n", `content/codes/401.md:5: see names "X-Nope"`},
		{"a code that nobody defines", "codes/477.md", "---\n" + front + "---\n", "content/codes/477.md:1: IANA does not register 477"},
		{"an example that contradicts the registry", "codes/401.md", "---\n" + front + "---\n\n```http\nHTTP/1.1 401 Authorization Required\n```\n", "content/codes/401.md:8: the example says 401 Authorization Required, but the registry says Unauthorized"},
		{"an example with a code that nobody defines", "codes/401.md", "---\n" + front + "---\n\n```http\nHTTP/1.1 477 Nope\n```\n", "content/codes/401.md:8: the example has the code 477"},
		{"a source that is not the registry's", "codes/401.md", "---\nsummary: S.\nreviewed: 2026-11-20\nsources: [\"RFC 7617\"]\n---\n", "content/codes/401.md:4: the registry gives RFC 9110, Section 15.5.2 for 401"},
		{"a required finding without a page", "codes/401.md", "---\n" + front + "requires: [{field: WWW-Authenticate, finding: nope}]\n---\n", "content/codes/401.md:5: requires names the finding nope, which has no page"},
		{"a usual field that nobody knows", "codes/401.md", "---\n" + front + "usual: [X-Nope]\n---\n", "content/codes/401.md:5: usual names the field X-Nope"},
		{"a field to answer that nobody knows", "codes/401.md", "---\n" + front + "answers: [X-Nope]\n---\n", "content/codes/401.md:5: answers names the field X-Nope"},
		{"a field to demand that nobody knows", "codes/401.md", "---\n" + front + "demands: [X-Nope]\n---\n", "content/codes/401.md:5: demands names the field X-Nope"},
		{"a field to repeat that nobody knows", "codes/401.md", "---\n" + front + "repeats: [X-Nope]\n---\n", "content/codes/401.md:5: repeats names the field X-Nope"},
		{"a fence that is not closed", "codes/401.md", "---\n" + front + "---\n\n```http\nHTTP/1.1 401 Unauthorized\n", "content/codes/401.md:6: a fenced block is not closed"},
		{"a heading of the first level", "codes/401.md", "---\n" + front + "---\n\n# Title\n", "content/codes/401.md:7: a heading of the first level"},
		{"a table that there is not", "codes/401.md", "---\n" + front + "---\n\n{{nonsense}}\n", "content/codes/401.md:7: there is no table {{nonsense}}"},
		{"a field without syntax", "fields/date.md", "---\n" + front + "in: response\n---\n", "content/fields/date.md:1: a field needs syntax and in"},
		{"a field nobody owns", "fields/x-mine.md", "---\n" + front + "in: response\nsyntax: text\n---\n", "content/fields/x-mine.md:1: IANA does not register the field"},
		{"a field of the wrong syntax", "fields/accept-ch.md", "---\n" + front + "in: response\nsyntax: tokens\n---\n", `content/fields/accept-ch.md:6: syntax is "tokens", but the registry says that the field is structured: want sf-list`},
		{"a part of no kind", "fields/date.md", "---\n" + front + "in: response\nsyntax: date\nparts: [{name: a, summary: S., kind: sauce}]\n---\n", `content/fields/date.md:7: parts is "sauce": want one of parameter, source`},
		{"a part that takes no value but some", "fields/date.md", "---\n" + front + "in: response\nsyntax: date\nparts: [{name: a, summary: S., bare: true, values: [b]}]\n---\n", "content/fields/date.md:7: the part a takes no value and is limited to some"},
		{"a scheme that the registry lacks", "schemes/nope.md", "---\n" + front + "asks: A.\nnext: N.\n---\n", "content/schemes/nope.md:1: the scheme nope is not in registry/auth_schemes.csv"},
		{"a place that is no parameter", "schemes/basic.md", "---\n" + front + "asks: For {relm}.\nnext: N.\n---\n", "content/schemes/basic.md:5: asks has the place {relm}"},
		{"a severity that is none", "findings/x.md", "---\n" + strings.Replace(finding, "error", "fatal", 1) + "---\n" + examples, `content/findings/x.md:3: severity is "fatal"`},
		{"a finding whose sentence has places only", "findings/x.md", "---\n" + strings.Replace(finding, "A sentence", "The age is {days} days", 1) + "---\n" + examples, "content/findings/x.md:6: says has places: a finding then needs a summary"},
		{"a summary that repeats the sentence", "findings/x.md", "---\n" + finding + "summary: Another.\n---\n" + examples, "content/findings/x.md:7: says has no places, so it is the summary"},
		{"a finding without examples", "findings/x.md", "---\n" + finding + "---\n", "a finding needs an http bad and an http good block"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			errs := fixture(t, map[string]string{tt.file: tt.text}).Check()
			if all := errors.Join(errs...); all == nil || !strings.Contains(all.Error(), tt.want) {
				t.Errorf("Check says\n%v\nwant %s", all, tt.want)
			}
		})
	}
}

func TestSentencesFillTheirPlaces(t *testing.T) {
	for _, tt := range []struct {
		in   Sentence
		args map[string]string
		want string
	}{
		{"It wants a password[ for “{realm}”].", map[string]string{"realm": "x"}, "It wants a password for “x”."},
		{"It wants a password[ for “{realm}”].", nil, "It wants a password."},
		{"It wants a password[ for “{realm}”].", map[string]string{"realm": ""}, "It wants a password."},
		{"{a} and {b}", map[string]string{"a": "1", "b": "{c}"}, "1 and {c}"},
		{"{a}", nil, "{a}"},
		{"a {not a place} b [x", nil, "a {not a place} b [x"},
		{"[{a}[", map[string]string{"a": "1"}, "[{a}["},
	} {
		if got := tt.in.With(tt.args); got != tt.want {
			t.Errorf("%q.With(%v) = %q, want %q", tt.in, tt.args, got, tt.want)
		}
	}
}

// TestNamesOfSchemesLeadToSchemes holds what is a field and a scheme by name to
// what people mean, and the articles on signing in to it.
func TestNamesOfSchemesLeadToSchemes(t *testing.T) {
	lib := library(t)
	for name, want := range map[string]string{"digest": "/schemes/digest", "Negotiate": "/schemes/negotiate", "field:Digest": "/fields/digest", "Cookie": "/fields/cookie", "scheme:DPoP": "/schemes/dpop"} {
		if page, ok := lib.Lookup(name); !ok || page.Href() != want {
			t.Errorf("%s leads to %v, want %s", name, page.Href(), want)
		}
	}
	signIn := lib.Status(401).Page
	for _, scheme := range []string{"basic", "digest", "negotiate", "bearer", "dpop"} {
		if !strings.Contains(lib.Markdown(&signIn), "(/schemes/"+scheme+")") {
			t.Errorf("the article on 401 has no link to /schemes/%s", scheme)
		}
	}
	for _, p := range append(lib.Pages(KindScheme), lib.Pages(KindGuide)...) {
		for _, wrong := range []string{"(/fields/negotiate)", "(/fields/digest)"} {
			if strings.Contains(lib.Markdown(p), wrong) {
				t.Errorf("%s: %s is a field that nobody uses", p.File(), wrong)
			}
		}
	}
}
