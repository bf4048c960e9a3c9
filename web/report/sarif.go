package report

import (
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
)

// SARIF 2.1.0, as much of it as a report fills.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool    sarifTool     `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name  string      `json:"name"`
		Rules []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string    `json:"id"`
		Short sarifText `json:"shortDescription"`
		Help  sarifText `json:"help"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		Level     string          `json:"level"`
		Kind      string          `json:"kind"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifLogical struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
	}
)

// sarifLevels gives level and kind of a result for our severities. Something
// good is a check that passed, and SARIF wants the level none for it.
var sarifLevels = map[string][2]string{
	"error": {"error", "fail"}, "warning": {"warning", "fail"}, "notice": {"note", "fail"}, "good": {"none", "pass"},
}

// uriReference makes an address that was typed or received fit where SARIF wants
// a URI (section 3.4.3): bytes that no URI may have are percent-encoded.
func uriReference(s string) string {
	if _, err := url.Parse(s); err != nil {
		s = strings.ReplaceAll(s, "%", "%25")
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func writeSARIF(w io.Writer, r Report) error {
	run := sarifRun{Tool: sarifTool{sarifDriver{Name: "wwwhy", Rules: []sarifRule{}}}, Results: []sarifResult{}}
	for _, f := range r.Findings {
		if !slices.ContainsFunc(run.Tool.Driver.Rules, func(rule sarifRule) bool { return rule.ID == f.ID }) {
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{f.ID, sarifText{f.Title}, sarifText{f.Fix + " (" + f.Spec + ")"}})
		}
		level := sarifLevels[f.Severity]
		result := sarifResult{RuleID: f.ID, Level: level[0], Kind: level[1], Message: sarifText{f.Summary + " " + f.Fix}, Locations: []sarifLocation{}}
		var at sarifLocation
		if f.Exchange < len(r.Exchanges) && r.Exchanges[f.Exchange].URL != "" {
			at.Physical = &sarifPhysical{sarifArtifact{uriReference(r.Exchanges[f.Exchange].URL)}}
		}
		if f.Field != "" {
			at.Logical = []sarifLogical{{f.Field, "member"}}
		}
		if at.Physical != nil || at.Logical != nil {
			result.Locations = append(result.Locations, at)
		}
		run.Results = append(run.Results, result)
	}
	return WriteJSON(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}
