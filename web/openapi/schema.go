package openapi

import (
	"reflect"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// Type is a Go type whose JSON is part of the API, under the name that its
// schema has. A Request is read strictly: it has no key but those of the schema
// and needs none but those that Needs lists. Any other type is written by the
// site, always with all of its keys but those marked omitempty.
type Type struct {
	Name    string
	Of      reflect.Type
	Request bool
	Needs   []string
}

// reflector turns Go types into schemas of draft 2020-12 that refer to each
// other by name.
type reflector struct {
	prefix string // of a reference, such as "#/$defs/"
	named  map[reflect.Type]Type
	out    map[string]*jsonschema.Schema
}

// schemas returns the schemas of the types and of all struct types that they
// hold, by name.
func schemas(prefix string, types []Type) map[string]*jsonschema.Schema {
	r := reflector{prefix, map[reflect.Type]Type{}, map[string]*jsonschema.Schema{}}
	for _, t := range types {
		r.named[t.Of] = t
	}
	for _, t := range types {
		r.of(t.Of, t.Request)
	}
	return r.out
}

// of returns the schema of a type: a reference where it is a struct. A list is
// never null, since the site writes [] for an empty one.
func (r *reflector) of(t reflect.Type, request bool) *jsonschema.Schema {
	switch t.Kind() {
	case reflect.String:
		return &jsonschema.Schema{Type: "string"}
	case reflect.Bool:
		return &jsonschema.Schema{Type: "boolean"}
	case reflect.Float32, reflect.Float64:
		return &jsonschema.Schema{Type: "number"}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return &jsonschema.Schema{Type: "string", ContentEncoding: "base64"}
		}
		return &jsonschema.Schema{Type: "array", Items: r.of(t.Elem(), request)}
	case reflect.Map:
		return &jsonschema.Schema{Type: "object", AdditionalProperties: r.of(t.Elem(), request)}
	case reflect.Struct:
		return r.reference(t, request)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &jsonschema.Schema{Type: "integer"}
	}
	return &jsonschema.Schema{} // anything: no type of ours comes here
}

func (r *reflector) reference(t reflect.Type, request bool) *jsonschema.Schema {
	known, ok := r.named[t]
	if !ok {
		known = Type{Name: strings.ToUpper(t.Name()[:1]) + t.Name()[1:], Of: t, Request: request}
		r.named[t] = known
	}
	if r.out[known.Name] == nil {
		s := &jsonschema.Schema{Type: "object", Description: described[goName(t)], Properties: map[string]*jsonschema.Schema{}}
		r.out[known.Name] = s
		r.fill(s, known, t)
		if known.Request {
			s.Required = known.Needs
			s.AdditionalProperties = &jsonschema.Schema{Not: &jsonschema.Schema{}}
		}
	}
	return &jsonschema.Schema{Ref: r.prefix + known.Name}
}

// fill adds a property for each field of a struct that JSON shows. Those of an
// embedded struct stand beside its own.
func (r *reflector) fill(s *jsonschema.Schema, known Type, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			r.fill(s, known, f.Type)
			continue
		case !f.IsExported() || name == "-":
			continue
		}
		p := r.of(f.Type, known.Request)
		p.Description = describe(goName(t), known.Name, name)
		if values := enums[known.Name+"."+name]; values != nil {
			for _, v := range values {
				p.Enum = append(p.Enum, v)
			}
		}
		s.Properties[name] = p
		s.PropertyOrder = append(s.PropertyOrder, name)
		if !known.Request && !strings.Contains(options, "omitempty") {
			s.Required = append(s.Required, name)
		}
	}
}

// goName names a type as its source does: package and name.
func goName(t reflect.Type) string { return t.String() }

// enums are the values that a string can have, by schema and property. A list
// is given only where the set is closed for this version of the API.
var enums = map[string][]string{
	"Finding.severity":  {"error", "warning", "notice", "good"},
	"Exchange.cause":    {"asked", "redirect", "probe"},
	"Exchange.fidelity": {"retold", "transcribed", "wire"},
	"Content.known":     {"unknown", "none", "partly", "wholly"},
	"Step.state":        {"right", "wrong", "open"},
	"Question.method":   {"", "GET", "HEAD", "OPTIONS"},
	"Question.http":     {"", "1.0", "1.1", "2", "3"},
	"Question.ip":       {"", "4", "6"},
	"Checking.method":   {"", "GET", "HEAD", "OPTIONS"},
	"Row.worst":         {"", "error", "warning", "notice", "good"},
	"Page.kind":         {"codes", "fields", "schemes", "findings", "guides"},
}
