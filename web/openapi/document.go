// Package openapi describes the API of the site for programs: as a document of
// OpenAPI 3.1 and as schemas of JSON. Operations are a table, schemas come from
// the Go types themselves and their words from the comments in the source. It
// serves nothing: web does, and its tests send every example.
package openapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"wwwhy/web/report"
)

// Version is that of the interface: the first number is the one in its paths,
// the second grows with what is added, the third with what is worded anew.
const Version = "1.2.0"

// Config is what the document cannot know by itself.
type Config struct {
	PublicURL string // of the site, without a slash at the end; empty: the document's own
	Types     []Type // what the site reads and writes beside reports
}

// Document is an OpenAPI 3.1 document, as much of it as the site needs. The
// names are those of the specification.
type Document struct {
	OpenAPI      string          `json:"openapi"`
	Info         Info            `json:"info"`
	Dialect      string          `json:"jsonSchemaDialect"`
	Servers      []Server        `json:"servers"`
	Tags         []Tag           `json:"tags"`
	Paths        map[string]Path `json:"paths"`
	Components   Components      `json:"components"`
	Security     []struct{}      `json:"security"` // of operations that say nothing else: none
	ExternalDocs Link            `json:"externalDocs"`
}

// Info says what the interface is.
type Info struct {
	Title       string `json:"title"`
	Summary     string `json:"summary"`
	Description string `json:"description"`
	Version     string `json:"version"`
}

// Server is where the paths begin.
type Server struct {
	URL string `json:"url"`
}

// Link leads to a page for people.
type Link struct {
	Description string `json:"description"`
	URL         string `json:"url"`
}

// Tag is a group of operations.
type Tag struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

// Path holds the operations of one path by method, in lower case.
type Path map[string]PathOperation

// PathOperation is an operation as the document has it.
type PathOperation struct {
	Tags        []string              `json:"tags"`
	Summary     string                `json:"summary"`
	Description string                `json:"description,omitempty"`
	ID          string                `json:"operationId"`
	Parameters  []ParameterObject     `json:"parameters,omitempty"`
	Body        *BodyObject           `json:"requestBody,omitempty"`
	Responses   map[string]Response   `json:"responses"`
	Security    []map[string][]string `json:"security,omitempty"`
	Samples     []Sample              `json:"x-codeSamples,omitempty"`
}

// ParameterObject is a parameter as the document has it.
type ParameterObject struct {
	Name        string             `json:"name"`
	In          string             `json:"in"`
	Description string             `json:"description"`
	Required    bool               `json:"required,omitempty"`
	Schema      *jsonschema.Schema `json:"schema"`
	Example     string             `json:"example,omitempty"`
}

// BodyObject is the content of a request, by media type.
type BodyObject struct {
	Required bool                   `json:"required"`
	Content  map[string]MediaObject `json:"content"`
}

// MediaObject is a content of one media type.
type MediaObject struct {
	Schema   *jsonschema.Schema       `json:"schema,omitempty"`
	Example  any                      `json:"example,omitempty"`
	Examples map[string]ExampleObject `json:"examples,omitempty"`
}

// ExampleObject is a content that works.
type ExampleObject struct {
	Summary string `json:"summary"`
	Value   any    `json:"value"`
}

// Response is an answer: one of its own, or a reference to a shared one.
type Response struct {
	Ref         string                  `json:"$ref,omitempty"`
	Description string                  `json:"description,omitempty"`
	Headers     map[string]HeaderObject `json:"headers,omitempty"`
	Content     map[string]MediaObject  `json:"content,omitempty"`
}

// HeaderObject is a response field, or a reference to a shared one.
type HeaderObject struct {
	Ref         string             `json:"$ref,omitempty"`
	Description string             `json:"description,omitempty"`
	Schema      *jsonschema.Schema `json:"schema,omitempty"`
}

// Sample is an example as a command.
type Sample struct {
	Lang   string `json:"lang"`
	Label  string `json:"label"`
	Source string `json:"source"`
}

// Components are the shared parts.
type Components struct {
	Schemas         map[string]*jsonschema.Schema `json:"schemas"`
	Responses       map[string]Response           `json:"responses"`
	Headers         map[string]HeaderObject       `json:"headers"`
	SecuritySchemes map[string]SecurityScheme     `json:"securitySchemes"`
}

// SecurityScheme is a way to say who one is.
type SecurityScheme struct {
	Type        string `json:"type"`
	Scheme      string `json:"scheme"`
	Description string `json:"description"`
}

// dialect is the schema language that OpenAPI 3.1 and the schemas share.
const dialect = "https://json-schema.org/draft/2020-12/schema"

// reportTypes are the types of a report that need another name than their own,
// and those from which all others are reached.
var reportTypes = []Type{
	{Name: "Failure", Of: reflect.TypeFor[report.Error]()},
	{Name: "GrammarProblem", Of: reflect.TypeFor[report.Problem]()},
	{Name: "Report", Of: reflect.TypeFor[report.Report]()},
}

// New returns the document.
func New(c Config) Document {
	d := Document{OpenAPI: "3.1.1", Info: info, Dialect: dialect, Tags: Tags, Servers: []Server{{cmp.Or(c.PublicURL, "/")}},
		ExternalDocs: Link{"The same for people", c.PublicURL + "/api"}, Paths: map[string]Path{}, Security: []struct{}{},
		Components: Components{Schemas: schemas("#/components/schemas/", append(slices.Clone(reportTypes), c.Types...)), Responses: problemResponses(c.PublicURL), Headers: headers,
			SecuritySchemes: map[string]SecurityScheme{"deleteKey": {"http", "bearer", "The delete_key that came when the report was saved. It deletes this one report and nothing else."}}}}
	for _, o := range Operations() {
		if d.Paths[o.Path] == nil {
			d.Paths[o.Path] = Path{}
		}
		d.Paths[o.Path][strings.ToLower(o.Method)] = o.object(c.PublicURL)
	}
	return d
}

// ReportSchema returns the schema of a report by itself.
func ReportSchema(publicURL string) *jsonschema.Schema {
	defs := schemas("#/$defs/", reportTypes)
	return &jsonschema.Schema{Schema: dialect, ID: publicURL + "/schemas/report.json", Title: "Report of wwwhy", Ref: "#/$defs/Report", Defs: defs}
}

// object writes an operation as the document has it.
func (o Operation) object(base string) PathOperation {
	p := PathOperation{Tags: []string{o.Tag}, Summary: o.Summary, Description: o.Description, ID: o.ID, Responses: map[string]Response{}}
	at := cmp.Or(base, "http://127.0.0.1:8080")
	for _, q := range o.Parameters {
		example := ""
		for _, e := range o.Examples {
			example = cmp.Or(example, e.Values[q.Name])
		}
		p.Parameters = append(p.Parameters, ParameterObject{q.Name, q.In, q.Description, q.In == "path" || q.Required, q.schema(), example})
	}
	if len(o.Bodies) > 0 {
		p.Body = &BodyObject{true, map[string]MediaObject{}}
		for _, b := range o.Bodies {
			p.Body.Content[b.Type] = b.object(o.examplesOf(b.Type, at))
		}
	}
	for _, a := range o.Answers {
		p.Responses[a.Status] = a.object()
	}
	for _, status := range o.Problems {
		p.Responses[fmt.Sprint(status)] = Response{Ref: "#/components/responses/" + problemName(status)}
	}
	p.Responses["default"] = Response{Ref: "#/components/responses/Problem"}
	if o.Key {
		p.Security = []map[string][]string{{"deleteKey": {}}}
	}
	for _, e := range o.Examples {
		p.Samples = append(p.Samples, Sample{"Shell", e.Summary, e.Curl(o, at)})
	}
	return p
}

// examplesOf gives the contents of the examples that have this media type.
func (o Operation) examplesOf(mediaType, base string) map[string]ExampleObject {
	all := map[string]ExampleObject{}
	for i, e := range o.Examples {
		if e.Type != mediaType {
			continue
		}
		var value any = e.Content(base)
		if mediaType == "application/json" {
			value = json.RawMessage(e.Content(base))
		}
		all[fmt.Sprintf("%s%d", o.ID, i+1)] = ExampleObject{e.Summary, value}
	}
	return all
}

func (m Media) object(examples map[string]ExampleObject) MediaObject {
	out := MediaObject{Examples: examples}
	switch {
	case m.Schema != "":
		out.Schema = &jsonschema.Schema{Ref: "#/components/schemas/" + m.Schema}
	case strings.HasSuffix(m.Type, "+json"):
		out.Schema = &jsonschema.Schema{Type: "object"} // a format of others, with a schema of its own
	case m.Binary:
		// Bytes of a media type by themselves have no schema.
	default:
		out.Schema = &jsonschema.Schema{Type: "string"}
	}
	return out
}

func (a Answer) object() Response {
	r := Response{Description: a.Description}
	for _, name := range a.Fields {
		if r.Headers == nil {
			r.Headers = map[string]HeaderObject{}
		}
		r.Headers[name] = HeaderObject{Ref: "#/components/headers/" + name}
	}
	for _, m := range a.Media {
		if r.Content == nil {
			r.Content = map[string]MediaObject{}
		}
		r.Content[m.Type] = m.object(nil)
	}
	return r
}

// JSON writes the document or a schema, its keys in the order of the types.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("writing the description of the API: %w", err)
	}
	return b.Bytes(), nil
}
