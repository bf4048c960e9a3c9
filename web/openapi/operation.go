package openapi

import (
	"net/url"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// Operation is one method of one path: what it takes and what it answers.
type Operation struct {
	ID, Method, Path string
	Tag              string // of Tags
	Summary          string
	Description      string
	Parameters       []Parameter
	Bodies           []Media
	Answers          []Answer
	Problems         []int // the statuses of errors
	Key              bool  // the delete key of a report is needed
	Examples         []Example
}

// Parameter is one of the path, the query or the fields of a request. Without
// Type it is a string.
type Parameter struct {
	Name, In, Description string
	Type                  string
	Required              bool
	Values                []string // all that it can be; nil: any
}

// schema is never shared, so that the document may be changed.
func (p Parameter) schema() *jsonschema.Schema {
	s := &jsonschema.Schema{Type: p.Type}
	if p.Type == "" {
		s.Type = "string"
	}
	for _, v := range p.Values {
		s.Enum = append(s.Enum, v)
	}
	return s
}

// Media is a content: of the schema of that name, or text, or bytes.
type Media struct {
	Type, Schema string
	Binary       bool
}

// Answer is what an operation answers where nothing is wrong.
type Answer struct {
	Status      string
	Description string
	Media       []Media
	Fields      []string // names of the shared fields
}

// Example is a request that works on every site of this kind: it asks the site
// itself, not somebody else's. REPORT_ID and DELETE_KEY stand for what came when
// a report was saved.
type Example struct {
	Summary string
	Values  map[string]string // of parameters
	Type    string            // of the content
	Body    string
}

// Placeholders in examples for what only the reader knows.
const (
	ReportID  = "REPORT_ID"
	DeleteKey = "DELETE_KEY"
)

// Content gives the content of an example for a site.
func (e Example) Content(base string) string { return strings.ReplaceAll(e.Body, "{site}", base) }

// Target gives the path and the query of an example.
func (e Example) Target(o Operation) string {
	path, query := o.Path, url.Values{}
	for _, p := range o.Parameters {
		v, ok := e.Values[p.Name]
		switch {
		case !ok:
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(v))
		case p.In == "query":
			query.Set(p.Name, v)
		}
	}
	if len(query) == 0 {
		return path
	}
	// These may stand in a query as they are (RFC 3986, Section 3.4), and are
	// easier to read so.
	return path + "?" + strings.NewReplacer("%2F", "/", "%3A", ":", "%3F", "?", "%3D", "=").Replace(query.Encode())
}

// Fields gives the fields of an example, as pairs of name and value.
func (e Example) Fields(o Operation) [][2]string {
	var all [][2]string
	if e.Type != "" {
		all = append(all, [2]string{"Content-Type", e.Type})
	}
	for _, p := range o.Parameters {
		if v, ok := e.Values[p.Name]; ok && p.In == "header" {
			all = append(all, [2]string{p.Name, v})
		}
	}
	if o.Key {
		all = append(all, [2]string{"Authorization", "Bearer " + DeleteKey})
	}
	return all
}

// Curl writes an example as a command for a shell, a line for each part of it.
func (e Example) Curl(o Operation, base string) string {
	parts := []string{quoted(base + e.Target(o))}
	for _, f := range e.Fields(o) {
		parts = append(parts, "-H "+quoted(f[0]+": "+f[1]))
	}
	if e.Body != "" {
		parts = append(parts, "--data-binary "+quoted(e.Content(base)))
	}
	command := "curl -s "
	if strings.HasPrefix(o.Path, "/try/") {
		command = "curl -si "
	}
	if o.Method != "GET" && e.Body == "" {
		command += "-X " + o.Method + " "
	}
	return command + strings.Join(parts, " \\\n  ")
}

// quoted puts a word between single quotes, in which a shell changes nothing.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
