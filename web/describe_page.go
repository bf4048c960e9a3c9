package web

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/jsonschema-go/jsonschema"

	"wwwhy/templates"
	"wwwhy/web/openapi"
)

// apiPage shows the description of the API to people.
func (s *server) apiPage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Link", descriptions)
	return s.keptPage(w, r, "/api", func() templ.Component { return templates.API(s.apiView()) })
}

// apiView is the document as a page shows it.
func (s *server) apiView() templates.APIView {
	d := openapi.New(openapi.Config{PublicURL: s.publicURL, Types: interfaceTypes})
	v := templates.APIView{Base: s.publicURL, Version: d.Info.Version, About: d.Info.Description}
	for _, tag := range d.Tags {
		g := templates.APIGroup{Name: tag.Name, About: tag.Description}
		for _, o := range openapi.Operations() {
			if o.Tag == tag.Name {
				g.Operations = append(g.Operations, apiOperation(o, d.Paths[o.Path][strings.ToLower(o.Method)]))
			}
		}
		v.Groups = append(v.Groups, g)
	}
	for _, p := range openapi.Problems {
		v.Problems = append(v.Problems, apiProblem(p))
	}
	names := slices.SortedFunc(maps.Keys(d.Components.Schemas), func(a, b string) int {
		// The report is what most come for.
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
	})
	for _, name := range names {
		v.Schemas = append(v.Schemas, apiSchema(name, d.Components.Schemas[name]))
	}
	return v
}

func rank(name string) int {
	if name == "Report" {
		return 0
	}
	return 1
}

// apiOperation shows an operation, with the commands of the document.
func apiOperation(o openapi.Operation, p openapi.PathOperation) templates.APIOperation {
	out := templates.APIOperation{ID: o.ID, Method: o.Method, Path: o.Path, Summary: o.Summary, About: o.Description, Key: o.Key, Bodies: apiMedia(o.Bodies)}
	for _, c := range p.Samples {
		out.Commands = append(out.Commands, templates.APICommand{Summary: c.Label, Text: c.Source})
	}
	for _, q := range p.Parameters {
		row := apiRow(q.Name, q.Schema)
		row.About, row.Required = q.Description, q.Required
		row.Kind.Word += " in the " + map[string]string{"query": "query", "path": "path", "header": "fields"}[q.In]
		out.Parameters = append(out.Parameters, row)
	}
	for _, a := range o.Answers {
		out.Answers = append(out.Answers, templates.APIAnswer{Status: a.Status, About: a.Description, Media: apiMedia(a.Media), Fields: a.Fields})
	}
	for _, status := range o.Problems {
		if t, ok := openapi.ProblemOf("", status); ok {
			out.Problems = append(out.Problems, apiProblem(t))
		}
	}
	return out
}

func apiProblem(p openapi.ProblemType) templates.APIProblem {
	return templates.APIProblem{Slug: p.Slug, Status: p.Status, Title: p.Title, About: p.Meaning, Fix: p.Do}
}

func apiMedia(all []openapi.Media) []templates.APIMedia {
	var out []templates.APIMedia
	for _, m := range all {
		out = append(out, templates.APIMedia{Type: m.Type, Schema: m.Schema})
	}
	return out
}

// apiSchema shows a schema, its properties in their order.
func apiSchema(name string, s *jsonschema.Schema) templates.APISchema {
	out := templates.APISchema{Name: name, About: s.Description, Strict: s.AdditionalProperties != nil}
	for _, key := range s.PropertyOrder {
		row := apiRow(key, s.Properties[key])
		row.Required = out.Strict && slices.Contains(s.Required, key)
		out.Rows = append(out.Rows, row)
	}
	return out
}

// apiRow shows a property, or a parameter by its schema.
func apiRow(name string, s *jsonschema.Schema) templates.APIRow {
	row := templates.APIRow{Name: name, About: s.Description, Kind: apiKind(s)}
	for _, v := range s.Enum {
		if text, ok := v.(string); ok {
			row.Values = append(row.Values, text)
		}
	}
	return row
}

func apiKind(s *jsonschema.Schema) templates.APIKind {
	switch {
	case s.Ref != "":
		return templates.APIKind{Schema: s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]}
	case s.Items != nil:
		of := apiKind(s.Items)
		return templates.APIKind{Word: strings.TrimSpace("list of " + of.Word), Schema: of.Schema}
	case s.ContentEncoding != "":
		return templates.APIKind{Word: s.Type + " in " + s.ContentEncoding}
	}
	return templates.APIKind{Word: s.Type}
}
