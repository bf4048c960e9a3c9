package templates

import (
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"wwwhy/web/report"
)

const explainExample = "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer realm=\"api\", error=\"invalid_token\""

func (v InspectView) title() string {
	if v.URL == "" {
		return "Inspect a URL"
	}
	return "Inspection of " + shown(v.URL)
}

// describedBy leads from an input to the box that says what is wrong with it.
func describedBy(p *Problem) templ.Attributes {
	if p == nil {
		return nil
	}
	return templ.Attributes{"aria-describedby": "problem"}
}

// quoted makes a sentence that holds text from outside safe to be read as
// Markdown: what our own sentences set in backquotes stays code, all other
// marks are plain characters.
func quoted(sentence string) string {
	pieces := strings.Split(shown(sentence), "`")
	if len(pieces)%2 == 0 { // an odd backquote came from outside
		pieces = []string{strings.ReplaceAll(shown(sentence), "`", "'")}
	}
	for i := 0; i < len(pieces); i += 2 {
		pieces[i] = markdownMarks.Replace(pieces[i])
	}
	return strings.Join(pieces, "`")
}

var markdownMarks = strings.NewReplacer(`\`, `\\`, "<", `\<`, ">", `\>`, "[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`, "#", `\#`, "|", `\|`,
	"!", `\!`, "&", `\&`, "~", `\~`, "\n", " ")

func exchangeTitle(x report.Exchange) string {
	title := strings.TrimSpace(shown(x.Method) + " " + shown(x.URL))
	if title == "" {
		return "The response"
	}
	return title
}

func statusLine(x report.Exchange) string {
	return strings.Join(strings.Fields(shown(x.Protocol)+" "+code3(x.Status.Code)+" "+shown(x.Status.Reason)), " ")
}

// requestText shows the request that was sent, credentials hidden.
func requestText(x report.Exchange) string {
	var b strings.Builder
	b.WriteString(shown(x.Request.Method) + " " + shown(x.Request.URL) + "\n")
	for _, l := range x.Request.Fields {
		value := shown(l.Value)
		if n := strings.ToLower(l.Name); n == "authorization" || n == "cookie" || n == "proxy-authorization" {
			value = "(not shown)"
		}
		b.WriteString(shown(l.Name) + ": " + value + "\n")
	}
	return b.String()
}

func certificateNames(c report.Certificate) string {
	if len(c.Names) == 0 {
		return "no name"
	}
	if len(c.Names) > 6 {
		return shown(strings.Join(c.Names[:6], ", ")) + " and more"
	}
	return shown(strings.Join(c.Names, ", "))
}

// resolution says what the name system told besides the address that answered.
func resolution(d report.DNS) string {
	var facts []string
	if d.Canonical != "" {
		facts = append(facts, "the name leads to "+shown(d.Canonical))
	}
	if len(d.Addresses) > 1 {
		facts = append(facts, fmt.Sprintf("it has %d addresses: %s", len(d.Addresses), strings.Join(d.Addresses, ", ")))
	}
	if len(d.Tried) > 1 {
		facts = append(facts, "tried in this order: "+strings.Join(d.Tried, ", "))
	}
	return strings.Join(facts, "; ")
}

// chosen reports whether anything but the address was asked for.
func (v InspectView) chosen() bool {
	return v.Method != "" && v.Method != "GET" || v.HTTP != "" || v.IP != "" || v.Agent != "" || v.Fields != "" || v.Origin != "" || v.NoFollow || v.Cookies || v.Discover || v.Probe
}

// stateWords names the state of a step for those who do not see its color.
func stateWords(state string) string {
	return map[string]string{"right": "in order", "wrong": "a client stops here", "open": "still to be asked"}[state]
}

// purposeWords says what a probe was for.
func purposeWords(purpose string) string {
	return map[string]string{"resource-metadata": "for the metadata of the resource", "server-metadata": "for the metadata of the authorization server",
		"token-request": "for a token without signing in", "cross-origin": "as a script of the other origin would", "without-credentials": "without credentials", "with-bearer": "with a made-up token",
		"with-basic": "with a made-up user", "with-head": "with HEAD", "with-options": "with OPTIONS", "other-scheme": "over the other scheme", "other-version": "over the other version of HTTP",
		"with-gzip": "taking gzip only", "with-br": "taking Brotli only", "with-zstd": "taking Zstandard only", "if-none-match": "with If-None-Match", "if-modified-since": "with If-Modified-Since",
		"with-range": "for the first bytes only", "made-up-path": "for an address at which there is nothing"}[purpose]
}

func yesOrNo(right bool) string {
	if right {
		return "yes"
	}
	return "no"
}

func rightOrWrong(right bool) string {
	if right {
		return "right"
	}
	return "wrong"
}

// following returns the findings that are folded under number i.
func following(r report.Report, i int) []report.Finding {
	end := i + 1
	for end < len(r.Findings) && r.Findings[end].Under == r.Findings[i].ID {
		end++
	}
	return r.Findings[i+1 : end]
}

func follows(n int) string {
	if n == 1 {
		return "One more finding follows from this."
	}
	return fmt.Sprintf("%d more findings follow from this.", n)
}

// probes counts the requests that the inspection added by itself.
func probes(r report.Report) int {
	n := 0
	for _, x := range r.Exchanges {
		if x.Cause == "probe" {
			n++
		}
	}
	return n
}

func probesWords(n int) string {
	if n == 1 {
		return "One more request that the inspection made"
	}
	return fmt.Sprintf("%d more requests that the inspection made", n)
}

// severityTally is how many findings have a severity.
type severityTally struct{ severity, words string }

// tallies counts the findings that stand by themselves, worst first.
func tallies(r report.Report) []severityTally {
	counts := map[string]int{}
	for _, f := range r.Findings {
		if f.Under == "" {
			counts[f.Severity]++
		}
	}
	var all []severityTally
	for _, severity := range []string{"error", "warning", "notice", "good"} {
		n, words := counts[severity], map[string]string{"error": "error", "warning": "warning", "notice": "notice", "good": "good sign"}[severity]
		if n == 0 {
			continue
		}
		if n > 1 {
			words += "s"
		}
		all = append(all, severityTally{severity, fmt.Sprintf("%d %s", n, words)})
	}
	return all
}

// hop is an exchange that was made for the visitor, not by the inspector for
// itself, with its place on the line of time of all of them.
type hop struct {
	x                   report.Exchange
	number, from, width int
}

func (h hop) number1() string { return fmt.Sprint(h.number + 1) }

// hopsOf lays the hops one behind the other: that is how they were made.
func hopsOf(r report.Report) []hop {
	var all []hop
	whole, before := 0.0, 0.0
	for i, x := range r.Exchanges {
		if x.Cause != "probe" {
			all = append(all, hop{x: x, number: i})
			whole += x.Timing.Total
		}
	}
	for i := range all {
		if whole > 0 {
			all[i].from, all[i].width = steps(before, all[i].x.Timing.Total, whole)
		}
		before += all[i].x.Timing.Total
	}
	return all
}
