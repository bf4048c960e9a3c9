package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"mvdan.cc/sh/v3/shell"

	"wwwhy/content"
	"wwwhy/web/inspect"
	"wwwhy/web/openapi"
	"wwwhy/web/problem"
)

// described is the document that a site serves, with its schemas compiled.
type described struct {
	base     string
	document openapi.Document
	compiler *jsonschema.Compiler
}

// describe fetches the document of a site.
func describe(t *testing.T, base string) *described {
	t.Helper()
	resp, body := do(t, "GET", base+"/openapi.json", "")
	if resp.StatusCode != 200 || resp.Header.Get("ETag") == "" || resp.Header.Get("Cache-Control") == "" || resp.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	d := &described{base: base, compiler: jsonschema.NewCompiler()}
	if err := json.Unmarshal([]byte(body), &d.document); err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.compiler.AddResource("openapi.json", value); err != nil {
		t.Fatal(err)
	}
	return d
}

// valid holds JSON against a schema of the document.
func (d *described) valid(t *testing.T, name, body string) {
	t.Helper()
	schema, err := d.compiler.Compile("openapi.json#/components/schemas/" + name)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		t.Errorf("no JSON: %v\n%.300s", err, body)
	} else if err := schema.Validate(value); err != nil {
		t.Errorf("not as %s: %v\n%.600s", name, err, body)
	}
}

// TestTheDocumentIsValid holds it against the schema of OpenAPI 3.1, which the
// OpenAPI Initiative publishes under the Apache License 2.0, and its own schemas
// against that of JSON Schema.
func TestTheDocumentIsValid(t *testing.T) {
	base, _ := site(t)
	d := describe(t, base)
	file, err := os.Open("openapi/testdata/oas-3.1.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	of, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("oas.json", of); err != nil {
		t.Fatal(err)
	}
	_, body := do(t, "GET", base+"/openapi.json", "")
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.MustCompile("oas.json").Validate(value); err != nil {
		t.Error(err)
	}
	for name, s := range d.document.Components.Schemas {
		for key, p := range s.Properties {
			if p.Description == "" && p.Ref == "" && (p.Items == nil || p.Items.Ref == "") {
				t.Errorf("nothing says what %s.%s is", name, key)
			}
		}
		if s.Description == "" {
			t.Errorf("nothing says what %s is", name)
		}
		if _, err := d.compiler.Compile("openapi.json#/components/schemas/" + name); err != nil {
			t.Errorf("the schema %s: %v", name, err)
		}
	}
	if d.document.Servers[0].URL != base || d.document.Info.Version != openapi.Version {
		t.Errorf("%+v %+v", d.document.Servers, d.document.Info)
	}
	for _, bad := range []string{strings.Replace(body, `"3.1.1"`, `"3.0.0"`, 1), strings.Replace(body, `"in": "query"`, `"in": "body"`, 1)} {
		if value, err := jsonschema.UnmarshalJSON(strings.NewReader(bad)); err != nil || c.MustCompile("oas.json").Validate(value) == nil {
			t.Errorf("a wrong document is taken: %v", err)
		}
	}
}

// TestEveryReferenceOfTheDocumentResolves looks up each $ref.
func TestEveryReferenceOfTheDocumentResolves(t *testing.T) {
	base, _ := site(t)
	_, body := do(t, "GET", base+"/openapi.json", "")
	var document any
	if err := json.Unmarshal([]byte(body), &document); err != nil {
		t.Fatal(err)
	}
	n := 0
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				n++
				at := document
				for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
					at = at.(map[string]any)[step]
				}
				if at == nil {
					t.Errorf("%s is not there", ref)
				}
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(document)
	if n < 50 {
		t.Errorf("only %d references", n)
	}
}

// TestTheDocumentHasEveryRoute compares it with the routes below /api/v1, both
// ways.
func TestTheDocumentHasEveryRoute(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	h := New(Config{Library: lib, Inspector: inspect.New(lib, inspect.Config{}), Log: slog.New(slog.DiscardHandler)})
	d := openapi.New(openapi.Config{Types: interfaceTypes})
	routes := map[string]bool{}
	if err := chi.Walk(h.(*server).router.(chi.Routes), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if strings.HasPrefix(route, "/api/v1") {
			routes[method+" "+route] = true
			if _, ok := d.Paths[route][strings.ToLower(method)]; !ok {
				t.Errorf("the document lacks %s %s", method, route)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for path, p := range d.Paths {
		for method, o := range p {
			if strings.HasPrefix(path, "/api/v1") && !routes[strings.ToUpper(method)+" "+path] {
				t.Errorf("no route is %s %s", method, path)
			}
			if ids[o.ID] || o.ID == "" || len(o.Samples) == 0 {
				t.Errorf("%s %s: the id %q stands twice, or there is no example", method, path, o.ID)
			}
			ids[o.ID] = true
		}
	}
}

// saveOne saves a report and returns what stands for the placeholders.
func saveOne(t *testing.T, base string) *strings.Replacer {
	t.Helper()
	_, body := do(t, "POST", base+"/api/v1/reports", `{"text": "HTTP/1.1 204 No Content\n"}`, "Content-Type", "application/json")
	var got receipt
	if err := json.Unmarshal([]byte(body), &got); err != nil || got.ID == "" {
		t.Fatalf("%v %s", err, body)
	}
	return strings.NewReplacer(openapi.ReportID, got.ID, openapi.DeleteKey, got.DeleteKey)
}

// TestEveryExampleWorks sends each and holds its answer against the document.
func TestEveryExampleWorks(t *testing.T) {
	base := sites(t)["open"]
	d := describe(t, base)
	for _, o := range openapi.Operations() {
		for _, e := range o.Examples {
			t.Run(o.ID+"/"+e.Summary, func(t *testing.T) {
				known := saveOne(t, base)
				fields := []string{"Accept", "application/json, */*;q=0.1"}
				for _, f := range e.Fields(o) {
					fields = append(fields, f[0], known.Replace(f[1]))
				}
				for _, b := range o.Bodies {
					if b.Type == e.Type && b.Schema != "" {
						d.valid(t, b.Schema, e.Content(base))
					}
				}
				resp, body := do(t, o.Method, base+known.Replace(e.Target(o)), e.Content(base), fields...)
				d.answers(t, o, resp, body)
				if resp.StatusCode >= 400 && o.ID != "try" {
					t.Errorf("%d %s", resp.StatusCode, body)
				}
			})
		}
	}
}

// answers holds an answer against what the document says of the operation.
func (d *described) answers(t *testing.T, o openapi.Operation, resp *http.Response, body string) {
	t.Helper()
	status := fmt.Sprint(resp.StatusCode)
	if slices.Contains(o.Problems, resp.StatusCode) {
		d.problem(t, resp, body)
		return
	}
	i := slices.IndexFunc(o.Answers, func(a openapi.Answer) bool { return a.Status == status })
	if i < 0 {
		t.Errorf("the document does not know the status: %s %s", status, body)
		return
	}
	for _, name := range o.Answers[i].Fields {
		if resp.Header.Get(name) == "" {
			t.Errorf("the field %s is missing", name)
		}
	}
	media, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	for _, m := range o.Answers[i].Media {
		if m.Type != media {
			continue
		}
		if media == "application/x-ndjson" {
			for l := range strings.Lines(body) {
				d.valid(t, m.Schema, l)
			}
		} else if m.Schema != "" {
			d.valid(t, m.Schema, body)
		}
		return
	}
	if len(o.Answers[i].Media) > 0 || body != "" {
		t.Errorf("the document does not know the media type %q", media)
	}
}

// problem holds an error against its schema and the fields that its status needs.
func (d *described) problem(t *testing.T, resp *http.Response, body string) {
	t.Helper()
	if resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d is %s", resp.StatusCode, resp.Header.Get("Content-Type"))
		return
	}
	d.valid(t, "Problem", body)
	var p problem.Document
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatal(err)
	}
	if p.Status != resp.StatusCode || p.Detail == "" || p.Fix == "" || p.Request == "" || !strings.HasPrefix(p.Type, d.base+"/api#problem-") {
		t.Errorf("%+v", p)
	}
	name := map[int]string{401: "WWW-Authenticate", 405: "Allow", 415: "Accept", 429: "Retry-After", 503: "Retry-After"}[resp.StatusCode]
	if name != "" && resp.Header.Get(name) == "" {
		t.Errorf("%d without %s", resp.StatusCode, name)
	}
}

// TestMethodsOfTheAPI asks each path for a method that it does not have and for
// those that it has.
func TestMethodsOfTheAPI(t *testing.T) {
	base, _ := site(t)
	d := describe(t, base)
	for path, p := range d.document.Paths {
		if !strings.HasPrefix(path, "/api/v1") {
			continue
		}
		address := base + strings.NewReplacer("{name}", "401", "{id}", "nope").Replace(path)
		resp, body := do(t, "PATCH", address, "")
		if resp.StatusCode != 405 {
			t.Errorf("PATCH %s: %d", path, resp.StatusCode)
		}
		d.problem(t, resp, body)
		options, _ := do(t, "OPTIONS", address, "", "Origin", "https://app.example", "Access-Control-Request-Method", "GET")
		for method := range p {
			method = strings.ToUpper(method)
			if !slices.Contains(strings.Split(resp.Header.Get("Allow"), ", "), method) || !slices.Contains(strings.Split(options.Header.Get("Access-Control-Allow-Methods"), ", "), method) {
				t.Errorf("%s %s: Allow %q, Access-Control-Allow-Methods %q", method, path, resp.Header.Get("Allow"), options.Header.Get("Access-Control-Allow-Methods"))
			}
		}
		if options.StatusCode != 204 || options.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(options.Header.Get("Access-Control-Allow-Headers"), "Authorization") {
			t.Errorf("OPTIONS %s: %d %v", path, options.StatusCode, options.Header)
		}
		if link := resp.Header.Get("Link"); !strings.Contains(link, `</openapi.json>; rel="service-desc"`) || !strings.Contains(link, `</api>; rel="service-doc"`) {
			t.Errorf("%s: Link %q", path, link)
		}
	}
	first, _ := do(t, "GET", base+"/api/v1/codes", "")
	exposed := first.Header.Get("Access-Control-Expose-Headers")
	for name := range d.document.Components.Headers {
		// Scripts may read these without asking (the Fetch standard's safelisted response fields).
		if name != "Cache-Control" && name != "Last-Modified" && !slices.Contains(strings.Split(exposed, ", "), name) {
			t.Errorf("scripts cannot read %s", name)
		}
	}
	for _, method := range []string{"GET", "OPTIONS"} {
		resp, body := do(t, method, base+"/api/v1/nope", "")
		if resp.StatusCode != 404 {
			t.Errorf("%s of nothing: %d", method, resp.StatusCode)
		}
		d.problem(t, resp, body)
	}
}

// TestNothingIsNotAcceptable asks for a type that nothing has.
func TestNothingIsNotAcceptable(t *testing.T) {
	base, _ := site(t)
	for _, path := range []string{"/api/v1/inspect?url=/try/200", "/api/v1/codes", "/api/v1/codes/401", "/api/v1/search?q=401", "/openapi.json", "/401"} {
		if resp, _ := do(t, "GET", base+path, "", "Accept", "image/x-none"); resp.StatusCode != 200 {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}

// TestReadsOfTheAPIAreConditional sends each ETag back.
func TestReadsOfTheAPIAreConditional(t *testing.T) {
	base, _ := site(t)
	known := saveOne(t, base)
	addresses := []string{base + "/openapi.json", base + "/schemas/report.json", base + "/api", base + "/.well-known/api-catalog"}
	for _, o := range openapi.Operations() {
		if o.Method == "GET" && slices.ContainsFunc(o.Answers, func(a openapi.Answer) bool { return a.Status == "304" }) {
			addresses = append(addresses, base+known.Replace(o.Examples[0].Target(o)))
		}
	}
	if len(addresses) < 20 {
		t.Errorf("only %d addresses", len(addresses))
	}
	for _, address := range addresses {
		first, _ := do(t, "GET", address, "", "Accept", "application/json", "Accept-Encoding", "br")
		tag := first.Header.Get("ETag")
		second, body := do(t, "GET", address, "", "Accept", "application/json", "Accept-Encoding", "br", "If-None-Match", `"other", `+tag)
		if tag == "" || second.StatusCode != 304 || second.Header.Get("ETag") != tag || body != "" || first.Header.Get("Cache-Control") == "" {
			t.Errorf("%s: ETag %s, then %d %s", address, tag, second.StatusCode, body)
		}
		head, body := do(t, "HEAD", address, "", "Accept", "application/json", "Accept-Encoding", "br")
		if head.StatusCode != 200 || body != "" || head.Header.Get("ETag") != tag {
			t.Errorf("HEAD %s: %d", address, head.StatusCode)
		}
	}
}

// TestReportsObeyTheirSchema reads reports of many kinds with the schema that the
// site serves.
func TestReportsObeyTheirSchema(t *testing.T) {
	base, _ := site(t)
	resp, body := do(t, "GET", base+"/schemas/report.json", "")
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/schema+json" || resp.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(base+"/schemas/report.json", value); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(base + "/schemas/report.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"/try/401?scheme=digest", "/try/401?scheme=bearer&probe=1", "/try/302?hops=3", "/try/103", "/try/200?trailer=1%26etag=x", "/try/407", "http://127.0.0.1:1/",
		"/try/401?scheme=bearer&discover=1", "/try/401?cors=challenged&origin=https://app.example", "/try/200&checks=1"} {
		resp, body := do(t, "GET", base+"/api/v1/inspect?url="+target, "")
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		if err != nil || resp.StatusCode != 200 {
			t.Errorf("%s: %d %v", target, resp.StatusCode, err)
		} else if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", target, err)
		}
		if !strings.Contains(strings.Join(resp.Header.Values("Link"), ", "), `</schemas/report.json>; rel="describedby"`) {
			t.Errorf("%s: Link %v", target, resp.Header.Values("Link"))
		}
	}
	bad, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"verdict": "", "exchanges": null, "findings": []}`))
	if err != nil || schema.Validate(bad) == nil {
		t.Errorf("a report without lists is taken: %v", err)
	}
}

// TestCommandsOfTheDocumentRun runs each command with curl, as a reader would.
func TestCommandsOfTheDocumentRun(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("CI needs curl")
		}
		t.Skip("there is no curl here")
	}
	base, _ := site(t)
	d := describe(t, base)
	for path, p := range d.document.Paths {
		for method, o := range p {
			for _, sample := range o.Samples {
				known := saveOne(t, base)
				words, err := shell.Fields(known.Replace(sample.Source), func(string) string { return "" })
				if err != nil || words[0] != "curl" {
					t.Errorf("%s: %v", sample.Source, err)
					continue
				}
				var out, wrong bytes.Buffer
				cmd := exec.CommandContext(t.Context(), curl, append([]string{"--noproxy", "*", "--max-time", "60", "-w", "%{stderr}%{http_code}"}, words[1:]...)...)
				cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &wrong, time.Second
				err = cmd.Run()
				status, _ := strconv.Atoi(wrong.String())
				if want := o.Responses[wrong.String()]; err != nil || want.Ref != "" || status < 200 || path != "/try/{code}" && status >= 300 {
					t.Errorf("%s %s: %s: %v %s\n%.300s", method, path, sample.Source, err, wrong.String(), out.String())
				}
			}
		}
	}
}
