package openapi

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/shell"
)

// TestTheDocumentIsTheSameEachTime matters to its ETag, and to those that keep
// it in a repository.
func TestTheDocumentIsTheSameEachTime(t *testing.T) {
	write := func() []byte {
		data, err := JSON(New(Config{PublicURL: "https://a.example"}))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if first := write(); !bytes.Equal(first, write()) || !json.Valid(first) {
		t.Error("the document changes by itself")
	}
}

// inner, outer and asked are types as reflector may meet them.
type (
	inner struct {
		Names []string `json:"names"`
	}
	outer struct {
		inner
		Count  int              `json:"count"`
		Ratio  float64          `json:"ratio,omitempty"`
		Raw    []byte           `json:"raw"`
		More   []inner          `json:"more"`
		Words  map[string]bool  `json:"words"`
		Hidden string           `json:"-"`
		own    string           //lint:ignore U1000 no schema shows it
		Nested map[string]inner `json:"nested"`
	}
	asked struct {
		Of inner `json:"of"`
	}
)

func TestSchemasOfTypes(t *testing.T) {
	for _, tt := range []struct {
		name string
		of   []Type
		want string
	}{
		{"an answer", []Type{{Name: "Outer", Of: reflect.TypeFor[outer]()}}, `{
			"Inner": {"type": "object", "required": ["names"], "properties": {"names": {"type": "array", "items": {"type": "string"}}}},
			"Outer": {"type": "object", "required": ["names", "count", "raw", "more", "words", "nested"], "properties": {
				"names": {"type": "array", "items": {"type": "string"}}, "count": {"type": "integer"}, "ratio": {"type": "number"}, "raw": {"type": "string", "contentEncoding": "base64"},
				"more": {"type": "array", "items": {"$ref": "#/$defs/Inner"}}, "words": {"type": "object", "additionalProperties": {"type": "boolean"}},
				"nested": {"type": "object", "additionalProperties": {"$ref": "#/$defs/Inner"}}}}}`},
		{"a request", []Type{{Name: "Asked", Of: reflect.TypeFor[asked](), Request: true, Needs: []string{"of"}}}, `{
			"Asked": {"type": "object", "required": ["of"], "additionalProperties": false, "properties": {"of": {"$ref": "#/$defs/Inner"}}},
			"Inner": {"type": "object", "additionalProperties": false, "properties": {"names": {"type": "array", "items": {"type": "string"}}}}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data, err := json.Marshal(schemas("#/$defs/", tt.of))
			if err != nil {
				t.Fatal(err)
			}
			var got, want any
			if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(withoutWords(data), &got); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s", data)
			}
		})
	}
}

// withoutWords drops descriptions, of which the names of test types have some.
func withoutWords(data []byte) []byte {
	var v any
	if json.Unmarshal(data, &v) != nil {
		return data
	}
	var drop func(any)
	drop = func(v any) {
		if m, ok := v.(map[string]any); ok {
			if _, ok := m["description"].(string); ok {
				delete(m, "description")
			}
			for _, e := range m {
				drop(e)
			}
		}
	}
	drop(v)
	out, err := json.Marshal(v)
	if err != nil {
		return data
	}
	return out
}

// TestCommandsAreQuoted reads a command as a shell does.
func TestCommandsAreQuoted(t *testing.T) {
	o := Operation{Method: "POST", Path: "/a/{id}", Parameters: []Parameter{{Name: "id", In: "path"}, {Name: "q", In: "query"}, {Name: "X", In: "header"}}}
	e := Example{Values: map[string]string{"id": "a b", "q": "it's $HOME & more?x=1", "X": "`id`"}, Type: "text/plain", Body: "{site} isn't\n\\ \"this\"\n"}
	got, err := shell.Fields(e.Curl(o, "https://a.example"), func(string) string { return "EXPANDED" })
	want := []string{"curl", "-s", "https://a.example/a/a%20b?q=it%27s+%24HOME+%26+more?x=1", "-H", "Content-Type: text/plain", "-H", "X: `id`", "--data-binary", "https://a.example isn't\n\\ \"this\"\n"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q %v", got, err)
	}
}

func TestProblemsAreOfTheirStatus(t *testing.T) {
	for _, tt := range []struct {
		slug   string
		status int
		want   string
	}{{"", 400, "invalid-request"}, {"invalid-json", 400, "invalid-json"}, {"nope", 404, "not-found"}, {"", 418, ""}} {
		if got, ok := ProblemOf(tt.slug, tt.status); got.Slug != tt.want || ok != (tt.want != "") {
			t.Errorf("%q, %d: %+v", tt.slug, tt.status, got)
		}
	}
	seen := map[string]bool{}
	for _, p := range Problems {
		if seen[p.Slug] || strings.ToLower(p.Slug) != p.Slug || p.Title == "" || p.Meaning == "" || p.Do == "" {
			t.Errorf("%+v", p)
		}
		seen[p.Slug] = true
	}
}
