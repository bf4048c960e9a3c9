package agent

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"wwwhy/web/report"
)

// Bounds of what is answered, in bytes: a model has to read it.
const (
	mostArticle  = 40 << 10
	mostMarkdown = 32 << 10
	mostJSON     = 96 << 10
)

// Bounds of the lists of a report.
const (
	mostExchanges = 30
	mostLines     = 100 // of one exchange
	mostFindings  = 60
	longestText   = 2000 // of one value
)

// reportSchema tells what is in the structured answer: the report of the API
// at /api, of which clients mostly want these.
var reportSchema = &jsonschema.Schema{
	Type: "object", Required: []string{"verdict", "exchanges", "findings", "omitted"},
	Properties: map[string]*jsonschema.Schema{
		"verdict":   {Type: "string", Description: "what happened, in one or two sentences"},
		"exchanges": {Type: "array", Description: "requests with what came back, in order: cause, url, method, status, fields, challenges and more", Items: &jsonschema.Schema{Type: "object"}},
		"findings": {Type: "array", Description: "what is wrong or good, worst first", Items: &jsonschema.Schema{Type: "object", Required: []string{"id", "severity", "summary", "fix"},
			Properties: map[string]*jsonschema.Schema{"id": {Type: "string", Description: "a name for lookup"}, "severity": {Enum: []any{"error", "warning", "notice", "good"}},
				"summary": {Type: "string"}, "fix": {Type: "string"}, "spec": {Type: "string"}}}},
		"omitted": {Type: "string", Description: "what was left out to keep the answer short; empty: only raw bytes and certificates of issuers"},
	},
}

// bounded is a report in which what takes much room and says little is left
// out. Its JSON is the report's with one more key.
type bounded struct {
	report.Report
	Omitted string `json:"omitted"`
}

// answer is the report as Markdown and as JSON.
func answer(r report.Report) (*mcp.CallToolResult, any, error) {
	var b strings.Builder
	f, _ := report.FormatNamed("markdown")
	if err := f.Write(&b, r); err != nil {
		return nil, nil, fmt.Errorf("writing the report: %w", err)
	}
	out := words(shortened(b.String(), mostMarkdown))
	data, err := shortJSON(r)
	if err != nil {
		return nil, nil, fmt.Errorf("writing the report: %w", err)
	}
	// Set here rather than returned: the SDK would decode and encode it anew, and
	// lose the escapes of characters that cannot be seen.
	out.StructuredContent = json.RawMessage(data)
	return out, nil, nil
}

// shortJSON writes the report in at most mostJSON bytes, however much came: if
// shorter lists do not suffice, the fields go, then all but the findings.
func shortJSON(r report.Report) ([]byte, error) {
	b := bound(r)
	for _, cut := range []func(){
		func() {},
		func() { b.unexplained(); b.Omitted = "values and explanations of fields" },
		func() { b.Exchanges = []report.Exchange{}; b.Omitted = "all exchanges" },
		func() {
			b.Findings = b.Findings[:min(len(b.Findings), 10)]
			b.Omitted = "all exchanges, all but ten findings"
		},
	} {
		cut()
		data, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		if data = report.EscapeJSON(data); len(data) <= mostJSON {
			return data, nil
		}
	}
	return json.Marshal(bounded{report.Report{Verdict: shortened(r.Verdict, longestText), Exchanges: []report.Exchange{}, Findings: []report.Finding{}}, "all but the verdict"})
}

// bound copies the report without raw bytes, issuers' certificates and code
// for each tool, and shortens lists and values.
func bound(r report.Report) *bounded {
	b := &bounded{Report: r}
	var left []string
	if n := len(r.Exchanges) - mostExchanges; n > 0 {
		left = append(left, fmt.Sprintf("%d exchanges", n))
	}
	if n := len(r.Findings) - mostFindings; n > 0 {
		left = append(left, fmt.Sprintf("%d findings", n))
	}
	b.Findings = append([]report.Finding{}, first(r.Findings, mostFindings)...)
	b.Exchanges = append([]report.Exchange{}, first(r.Exchanges, mostExchanges)...)
	lines := 0
	for i := range b.Exchanges {
		x := &b.Exchanges[i]
		lines += max(0, len(x.Fields)-mostLines)
		x.Head, x.Raw = []byte{}, ""
		x.TLS.Certificates = first(x.TLS.Certificates, 1)
		x.Interim, x.Trailers = first(x.Interim, 10), first(x.Trailers, mostLines)
		x.Fields = append([]report.Field{}, first(x.Fields, mostLines)...)
		for n := range x.Fields {
			x.Fields[n].Value = shortened(x.Fields[n].Value, longestText)
			x.Fields[n].Parts = []report.Part{}
		}
		x.Challenges = append([]report.Challenge{}, first(x.Challenges, mostLines)...)
		for n := range x.Challenges {
			x.Challenges[n].Snippets, x.Challenges[n].Clients = []report.Snippet{}, []report.Client{}
		}
	}
	if lines > 0 {
		left = append(left, fmt.Sprintf("%d field lines", lines))
	}
	b.Omitted = strings.Join(left, ", ")
	return b
}

// unexplained drops what came beside status and challenges.
func (b *bounded) unexplained() {
	for i := range b.Exchanges {
		x := &b.Exchanges[i]
		x.Fields, x.Trailers, x.Interim, x.Request.Fields = []report.Field{}, []report.Line{}, []report.Interim{}, []report.Line{}
		x.Challenges = first(x.Challenges, 10)
	}
}

func first[T any](all []T, n int) []T { return all[:min(len(all), n):min(len(all), n)] }

// shortened cuts a text to a number of bytes, at the end of a line where one is
// near, and says so.
func shortened(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := s[:most]
	for len(cut) > 0 && !utf8.RuneStart(s[len(cut)]) {
		cut = cut[:len(cut)-1]
	}
	if at := strings.LastIndexByte(cut, '\n'); at > most/2 {
		cut = cut[:at]
	}
	left := len(s) - len(cut)
	if strings.Count("\n"+cut, "\n```")%2 == 1 {
		cut += "\n```" // or what follows would be code
	}
	return fmt.Sprintf("%s\n\n… %d more bytes are left out here.\n", cut, left)
}
