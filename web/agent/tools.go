package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/inspect"
	"wwwhy/web/report"
)

// Bounds of what is asked. What is answered is bounded in bounded.go.
const (
	longestName  = 200
	longestURL   = 8 << 10
	longestValue = 8 << 10
	mostFields   = 50
	longestBody  = 64 << 10
	mostHits     = 8
)

type lookupInput struct {
	Name string `json:"name" jsonschema:"a code (401), a field (www-authenticate), a scheme (bearer), a finding (401-without-challenge), or words to search for; where names collide, with the kind before: scheme:basic"`
}

func (t *tools) lookup(_ context.Context, _ *mcp.CallToolRequest, in lookupInput) (*mcp.CallToolResult, any, error) {
	name := strings.TrimSpace(in.Name)
	if name == "" || len(name) > longestName {
		return nil, nil, fmt.Errorf("name must have 1 to %d bytes: give a code, a field, a scheme, a finding or a few words", longestName)
	}
	if page, ok := t.Library.Lookup(name); ok {
		return words(t.page(page)), nil, nil
	}
	hits := t.Library.Search(name, mostHits)
	if len(hits) == 0 {
		return nil, nil, fmt.Errorf("there is no page on %q. Try a code such as 401, a field such as www-authenticate, or other words", report.Visible(name))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "There is no page named `%s`. These may be meant; call lookup again with one of the names.\n\n", strings.ReplaceAll(report.Visible(name), "`", "'"))
	for _, h := range hits {
		fmt.Fprintf(&b, "- `%s:%s` (%s): %s\n", h.Kind.One(), h.Slug, h.Title, h.Words())
	}
	return words(b.String()), nil, nil
}

// page is the article whole, or its beginning, with where it is.
func (t *tools) page(p *content.Page) string {
	at := ""
	if t.PublicURL != "" {
		at = "\nThis page: " + t.PublicURL + p.Href() + "\n"
	}
	return shortened(t.Library.Document(p), mostArticle) + at
}

type explainInput struct {
	Response string   `json:"response" jsonschema:"the response as text: status line and fields, with or without content; output of curl -i or -v; a HAR; what DevTools copies"`
	URL      string   `json:"url,omitempty" jsonschema:"the address that it came from, if known"`
	Method   string   `json:"method,omitempty" jsonschema:"the method of the request, if known"`
	Fields   []string `json:"request_fields,omitempty" jsonschema:"fields of the request, each as Name: value"`
}

func (t *tools) explain(ctx context.Context, _ *mcp.CallToolRequest, in explainInput) (*mcp.CallToolResult, any, error) {
	fields, err := fieldsOf(in.Fields)
	if err == nil {
		err = inspect.CheckMethod(in.Method)
	}
	switch {
	case err != nil:
		return nil, nil, err
	case len(in.URL) > longestURL:
		return nil, nil, fmt.Errorf("the URL has more than %d bytes; leave its query out", longestURL)
	}
	r, err := t.Inspector.Text(ctx, in.Response, inspect.Pasted{URL: in.URL, Method: in.Method, Fields: fields})
	if err != nil {
		return nil, nil, err
	}
	return answer(r)
}

type inspectInput struct {
	URL      string   `json:"url" jsonschema:"the address; https:// is assumed where it has no scheme"`
	Method   string   `json:"method,omitempty" jsonschema:"GET where it is left out, POST with a body"`
	Fields   []string `json:"fields,omitempty" jsonschema:"fields of the request, each as Name: value"`
	Body     string   `json:"body,omitempty" jsonschema:"content of the request"`
	Agent    string   `json:"agent,omitempty" jsonschema:"ask as another client: browser, phone, googlebot or curl"`
	HTTP     string   `json:"http,omitempty" jsonschema:"only this version of HTTP: 1.0, 1.1, 2 or 3"`
	IP       int      `json:"ip,omitempty" jsonschema:"only this version of IP: 4 or 6"`
	NoFollow bool     `json:"no_follow,omitempty" jsonschema:"do not follow redirects"`
	Cookies  bool     `json:"cookies,omitempty" jsonschema:"keep cookies from one redirect to the next, as a browser does"`
	Discover bool     `json:"discover,omitempty" jsonschema:"look for metadata of OAuth even where no challenge names it; up to 8 more requests"`
	Probe    bool     `json:"probe,omitempty" jsonschema:"compare with made-up credentials, HEAD, OPTIONS, the other scheme and version; up to 6 more requests"`
	Checks   bool     `json:"checks,omitempty" jsonschema:"check compression, conditional requests, ranges, an error page and http; up to 9 more requests"`
}

func (t *tools) inspect(ctx context.Context, _ *mcp.CallToolRequest, in inspectInput) (*mcp.CallToolResult, any, error) {
	target, err := t.target(in)
	if err != nil {
		return nil, nil, err
	}
	if t.Admit != nil {
		leave, err := t.Admit(ctx, t.request, target)
		if err != nil {
			return nil, nil, err
		}
		if leave != nil {
			defer leave()
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-t.ended:
			cancel()
		case <-done:
		}
	}()
	r := t.Inspector.URL(ctx, target, nil)
	if first := r.Exchanges[0].Error; first.Kind == "url" {
		return nil, nil, fmt.Errorf("%s", first.Message)
	}
	return answer(r)
}

// safe are the methods that change nothing (RFC 9110, Section 9.2.1) and that
// somebody asks a stranger's server with.
var safe = []string{"GET", "HEAD", "OPTIONS"}

// target checks what was asked for. The error is a sentence that says what to do.
func (t *tools) target(in inspectInput) (inspect.Target, error) {
	var out inspect.Target
	if in.Method == "" && in.Body != "" {
		in.Method = "POST"
	}
	_, known := t.Library.Agent(in.Agent)
	switch {
	case strings.TrimSpace(in.URL) == "" || len(in.URL) > longestURL:
		return out, fmt.Errorf("url must have 1 to %d bytes, such as https://www.example.com/", longestURL)
	case inspect.CheckMethod(in.Method) != nil:
		return out, inspect.CheckMethod(in.Method)
	case t.Safe && in.Method != "" && !slices.Contains(safe, in.Method):
		return out, fmt.Errorf("%s is not asked from here: use %s, or run wwwhy inspect -X in a terminal", in.Method, strings.Join(safe, ", "))
	case t.Safe && in.Body != "":
		return out, errors.New("no content is sent from here: leave out body, or run wwwhy inspect -d in a terminal")
	case len(in.Body) > longestBody:
		return out, fmt.Errorf("the body has more than %d bytes; a shorter one will do to see the answer", longestBody)
	case in.Agent != "" && !known:
		return out, fmt.Errorf("there is no client named %q: use browser, phone, googlebot or curl", report.Visible(in.Agent))
	case !slices.Contains([]string{"", "1.0", "1.1", "2", "3"}, in.HTTP):
		return out, fmt.Errorf("there is no HTTP/%s: use 1.0, 1.1, 2 or 3", report.Visible(in.HTTP))
	case !slices.Contains([]int{0, 4, 6}, in.IP):
		return out, fmt.Errorf("there is no IPv%d: use 4 or 6", in.IP)
	}
	var err error
	out.Request.URL, out.Request.Method, out.Agent = in.URL, in.Method, in.Agent
	if in.Body != "" {
		out.Request.Content.Sample = []byte(in.Body)
	}
	out.Options.Protocol, out.Family = in.HTTP, in.IP
	out.NoFollow, out.Cookies, out.Discover, out.Probe, out.Checks = in.NoFollow, in.Cookies, in.Discover, in.Probe, in.Checks
	out.Request.Fields, err = fieldsOf(in.Fields)
	return out, err
}

// fieldsOf reads fields written as "Name: value".
func fieldsOf(all []string) (field.Section, error) {
	if len(all) > mostFields {
		return nil, fmt.Errorf("more than %d fields are too many for one request", mostFields)
	}
	var s field.Section
	for _, l := range all {
		name, value, ok := strings.Cut(l, ":")
		if !ok || !field.IsToken(name) || strings.ContainsAny(value, "\r\n\x00") || len(value) > longestValue {
			return nil, fmt.Errorf("a field cannot be sent: write each as Name: value, in one line of at most %d bytes", longestValue)
		}
		s = append(s, field.Line{Name: name, Value: strings.TrimSpace(value)})
	}
	return s, nil
}

// words is a result of Markdown alone.
func words(markdown string) *mcp.CallToolResult {
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: markdown}}}
}
