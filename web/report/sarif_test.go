package report

import (
	"bytes"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"wwwhy/web/diagnose"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// sarifSchema is the part of SARIF's schema that a report uses.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	file, err := os.Open("testdata/sarif-2.1.0-part.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	document, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("sarif.json", document); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("sarif.json")
}

func TestSARIFIsValid(t *testing.T) {
	lib, schema := library(t), sarifSchema(t)
	evil := exchange()
	evil.Request.URL = "http://a.example/\x1b %zz\"<>"
	evil.Response.Fields = append(evil.Response.Fields, field.Line{Name: "X\xff", Value: "\x00"})
	for name, xs := range map[string][]message.Exchange{
		"a 401": {exchange()}, "nothing": nil, "a discovery": probed(), "hostile bytes": {evil},
		"no address": {{Response: &message.Response{Code: 401}}},
	} {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(written(t, "sarif", New(lib, xs, diagnose.Run(lib, xs)))))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(document); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(`{"version": "2.1.0", "runs": [{"tool": {"driver": {}}}]}`)))
	if err != nil || schema.Validate(bad) == nil {
		t.Errorf("a driver without a name is taken: %v", err)
	}
}
