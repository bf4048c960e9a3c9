package strict

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"wwwhy/web/problem"
)

// question has members of every kind that an object of the API has.
type question struct {
	named
	Follow bool     `json:"follow"`
	Names  []string `json:"names"`
	Fields []named  `json:"fields"`
	Script struct {
		Entry int `json:"entry"`
	} `json:"script"`
	Typed string `json:"-"`
}

type named struct {
	Name string `json:"name"`
}

// TestJSONIsReadStrictly sends what encoding/json would take in silence.
func TestJSONIsReadStrictly(t *testing.T) {
	for content, want := range map[string]struct{ place, detail string }{
		`{"name": "a", "follow": true, "names": ["b"], "fields": [{"name": "c"}], "script": {"entry": 1}}`: {},
		"\ufeff{\"name\": null}":                            {},
		`{"naem": "a"}`:                                     {"/naem", `"name" may be meant`},
		`{"Name": "a"}`:                                     {"/Name", `"name" may be meant`},
		`{"typed": "a"}`:                                    {"/typed", `no key "typed"`},
		`{"name": "a", "name": "b"}`:                        {"/name", "stands there twice"},
		`{"fields": [{"name": "a"}, {"name": 1}]}`:          {"/fields/1/name", "cannot be this JSON number"},
		`{"script": {"entry": 1.5}}`:                        {"/script/entry", "cannot be this JSON number"},
		`{"script": {"entry": 99999999999999999999999999}}`: {"/script/entry", "cannot be this JSON number"},
		`{"name": "a"} {}`:                                  {"", "more behind"},
		"{\"name\": \"\xff\"}":                              {"", "not UTF-8"},
		`[]`:                                                {"", "JSON array"},
	} {
		var q question
		err := JSON(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader(content)), &q)
		var p *problem.Problem
		switch {
		case want.detail == "":
			if err != nil {
				t.Errorf("%q: %v", content, err)
			}
		case !errors.As(err, &p) || p.Status != 400 || p.Kind != "invalid-json" || p.Place != want.place || !strings.Contains(p.Detail, want.detail):
			t.Errorf("%q: %+v", content, err)
		}
	}
}

// FuzzJSON reads any content as a question: it is read, or there is a problem
// that says where.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"name": "x"}`, `{"name": 1}`, "{\n\"nope\": []}", `{"fields": [{"name": {}}]}`, `{} {}`, "", "{", `{"script": {"entry": [1]}}`, "\xff", "null"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, content string) {
		var q question
		err := JSON(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader(content)), &q)
		var p *problem.Problem
		if err != nil && (!errors.As(err, &p) || p.Status != 400 && p.Status != 413 || p.Status == 400 && (p.Line < 1 || p.Column < 1)) {
			t.Errorf("%q: %v", content, err)
		}
	})
}
