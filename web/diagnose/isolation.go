package diagnose

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"wwwhy/web/field"
)

// isolationRules judge the values of fields by which a page keeps itself apart
// from others, and where browsers report to.
var isolationRules = []rule{
	{[]string{"isolation-value-unknown"}, isolationValue, false},
	{[]string{"frame-options-unknown"}, frameOptions, false},
	{[]string{"referrer-policy-unknown", "referrer-policy-unsafe"}, referrerPolicy, false},
	{[]string{"permissions-policy-value"}, permissionsPolicy, false},
	{[]string{"clear-site-data-invalid"}, clearSiteData, false},
	{[]string{"report-json-invalid"}, reportJSON, false},
	{[]string{"report-endpoint-undefined", "report-endpoint-not-secure"}, reportEndpoints, false},
	{[]string{"client-hints-over-http"}, hintsOverHTTP, false},
}

// isolationFields take one of a few words each, which their pages name (HTML,
// "Cross-origin opener policies" and "Cross-origin embedder policies"; Fetch,
// "Cross-Origin-Resource-Policy header"). What only reports takes the same words.
var isolationFields = []string{"Cross-Origin-Embedder-Policy", "Cross-Origin-Embedder-Policy-Report-Only", "Cross-Origin-Opener-Policy",
	"Cross-Origin-Opener-Policy-Report-Only", "Cross-Origin-Resource-Policy"}

func isolationValue(e *exam) {
	if e.has("structured-field-invalid") {
		return
	}
	for n, l := range e.resp.Fields {
		if !containsFold(isolationFields, l.Name) {
			continue
		}
		known := e.words(strings.TrimSuffix(strings.ToLower(l.Name), "-report-only"))
		if value, _, _ := strings.Cut(l.Value, ";"); !slices.Contains(known, strings.TrimSpace(value)) {
			e.line("isolation-value-unknown", n, "known", strings.Join(known, ", "))
		}
	}
}

// frameOptions reports a value for which browsers act as if the field were not
// there (HTML, "The X-Frame-Options header").
func frameOptions(e *exam) {
	e.each("X-Frame-Options", func(n int, v string) {
		for _, p := range field.Split("list", n, v) {
			if !containsFold(e.words("X-Frame-Options"), p.Value) {
				e.onceAt("frame-options-unknown", n)
			}
		}
	})
}

// referrerPolicy reports a field without any known value, and one whose last
// known value, which counts, is unsafe-url.
func referrerPolicy(e *exam) {
	line := -1
	e.each("Referrer-Policy", func(n int, _ string) { line = n })
	switch last := e.referrerPolicy(); {
	case line < 0:
	case last == "":
		e.line("referrer-policy-unknown", line)
	case last == "unsafe-url":
		e.line("referrer-policy-unsafe", line)
	}
}

// referrerPolicy returns the last known value, which counts (Referrer Policy,
// Section 11.1).
func (e *exam) referrerPolicy() (last string) {
	policies := e.words("Referrer-Policy")
	for _, p := range field.Split("list", 0, e.resp.Fields.Joined("Referrer-Policy")) {
		if known := strings.ToLower(p.Value); slices.Contains(policies, known) {
			last = known
		}
	}
	return last
}

// permissionsPolicy judges the lists of who may use a feature (Permissions
// Policy, Section 5.2): *, or an inner list of self, src and origins as strings.
func permissionsPolicy(e *exam) {
	for _, name := range []string{"Permissions-Policy", "Permissions-Policy-Report-Only"} {
		e.each(name, func(n int, v string) {
			if e.has("structured-field-invalid") {
				return
			}
			for _, p := range field.Split("dictionary", n, v) {
				if why := e.allowlistFault(p); why != "" {
					e.at("permissions-policy-value", name, p.Span, "feature", short(p.Name), "why", why)
				}
			}
		})
	}
}

func (e *exam) allowlistFault(p field.Part) string {
	raw := e.resp.Fields[p.Span.Line].Value[p.Span.Offset:p.Span.End()]
	_, value, _ := strings.Cut(raw, "=")
	value = strings.TrimSpace(value)
	if !strings.HasPrefix(value, "(") {
		if value = strings.SplitN(value, ";", 2)[0]; value == "*" || value == "self" || value == "src" || strings.HasPrefix(value, `"http`) {
			return ""
		}
		return "its value is neither * nor a list in parentheses"
	}
	for _, member := range p.Parts {
		text := e.resp.Fields[p.Span.Line].Value[member.Span.Offset:member.Span.End()]
		text = strings.SplitN(text, ";", 2)[0]
		switch {
		case member.Name != "" || text == "*" || text == "self" || text == "src" || text == "none":
		case strings.HasPrefix(text, `"`) && strings.Contains(text, "://"):
		case text == `"self"` || text == `"*"` || text == `"src"` || text == `"none"`:
			return strings.Trim(text, `"`) + " stands in quotation marks"
		case strings.HasPrefix(text, `"`):
			return text + " is no origin"
		default:
			return text + " is not known"
		}
	}
	return ""
}

// clearSiteData judges the list of strings (Clear Site Data, Section 3.1).
func clearSiteData(e *exam) {
	e.each("Clear-Site-Data", func(n int, v string) {
		if strings.TrimSpace(v) == "" {
			e.line("clear-site-data-invalid", n)
		}
		for _, p := range field.Split("list", n, v) {
			if !slices.Contains(e.words("Clear-Site-Data"), p.Value) {
				e.at("clear-site-data-invalid", "Clear-Site-Data", p.Span, "member", short(p.Value))
			}
		}
	})
}

// reportGroup is one object of Report-To, and the members of NEL that are
// checked (Reporting API of 2018; Network Error Logging, "NEL response header").
type reportGroup struct {
	Group     string          `json:"group"`
	MaxAge    *float64        `json:"max_age"`
	Endpoints json.RawMessage `json:"endpoints"`
	ReportTo  string          `json:"report_to"`
	Success   *float64        `json:"success_fraction"`
	Failure   *float64        `json:"failure_fraction"`
}

func reportJSON(e *exam) {
	for _, name := range []string{"Report-To", "NEL"} {
		e.each(name, func(n int, v string) {
			if why := reportFault(name, v); why != "" {
				e.line("report-json-invalid", n, "why", why)
			}
		})
	}
}

// reportFault reads one value, which is a JSON array less its brackets.
func reportFault(name, v string) string {
	var all []reportGroup
	if err := json.Unmarshal([]byte("["+v+"]"), &all); err != nil {
		return "it is no JSON of the right shape"
	}
	for _, g := range all {
		switch {
		case g.MaxAge == nil:
			return "max_age is missing"
		case *g.MaxAge < 0:
			return "max_age is below zero"
		case name == "Report-To" && *g.MaxAge > 0 && len(g.Endpoints) == 0:
			return "endpoints is missing"
		case name == "NEL" && *g.MaxAge > 0 && g.ReportTo == "":
			return "report_to is missing"
		case outside(g.Success) || outside(g.Failure):
			return "a fraction lies outside of 0 to 1"
		}
	}
	return ""
}

func outside(f *float64) bool { return f != nil && (*f < 0 || *f > 1) }

// reportEndpoints reports endpoints that are named and defined nowhere, and
// those that browsers do not send to because they are not https (Reporting API,
// Section 3.3).
func reportEndpoints(e *exam) {
	defined := e.reportNames()
	named := func(n int, name string) {
		if name != "" && !slices.Contains(defined, name) {
			e.line("report-endpoint-undefined", n, "name", short(name))
		}
	}
	e.each("NEL", func(n int, v string) {
		var g reportGroup
		if json.Unmarshal([]byte(v), &g) == nil {
			named(n, g.ReportTo)
		}
	})
	for _, f := range []string{"Content-Security-Policy", "Content-Security-Policy-Report-Only"} {
		for _, p := range e.policies(f) {
			if names := p.directives["report-to"]; len(names) > 0 {
				named(p.line, names[0])
			}
		}
	}
	for _, f := range isolationFields {
		e.each(f, func(n int, v string) {
			for _, p := range field.Split("item", n, v) {
				for _, q := range p.Parts {
					if q.Name == "report-to" {
						named(n, q.Value)
					}
				}
			}
		})
	}
}

// reportNames returns the endpoints that the response defines.
func (e *exam) reportNames() []string {
	var names []string
	e.each("Reporting-Endpoints", func(n int, v string) {
		for _, p := range field.Split("dictionary", n, v) {
			names = append(names, p.Name)
			if u, err := url.Parse(p.Value); err != nil || u.Scheme == "http" && crossesInPlain(u) {
				e.at("report-endpoint-not-secure", "Reporting-Endpoints", p.Span, "name", short(p.Name), "url", short(p.Value))
			}
		}
	})
	e.each("Report-To", func(_ int, v string) {
		var all []reportGroup
		if json.Unmarshal([]byte("["+v+"]"), &all) != nil {
			return
		}
		for _, g := range all {
			if g.Group == "" {
				g.Group = "default"
			}
			names = append(names, g.Group)
		}
	})
	return names
}

// hintsOverHTTP reports a wish that browsers ignore over http (RFC 8942, Section
// 3.1, and Client Hints Infrastructure).
func hintsOverHTTP(e *exam) {
	if e.plainHTTP() {
		e.each("Accept-CH", func(n int, _ string) { e.line("client-hints-over-http", n) })
	}
}
