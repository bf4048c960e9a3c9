package templates

import (
	"fmt"
	"strings"

	"wwwhy/web/report"
)

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

// purposeWords says what a probe was for.
func purposeWords(purpose string) string {
	return map[string]string{"resource-metadata": "for the metadata of the resource", "server-metadata": "for the metadata of the authorization server",
		"token-request": "for a token without signing in", "cross-origin": "as a script of the other origin would", "without-credentials": "without credentials", "with-bearer": "with a made-up token",
		"with-basic": "with a made-up user", "with-head": "with HEAD", "with-options": "with OPTIONS", "other-scheme": "over the other scheme", "other-version": "over the other version of HTTP",
		"with-gzip": "taking gzip only", "with-br": "taking Brotli only", "with-zstd": "taking Zstandard only", "if-none-match": "with If-None-Match", "if-modified-since": "with If-Modified-Since",
		"with-range": "for the first bytes only", "made-up-path": "for an address at which there is nothing"}[purpose]
}

func contentWords(c report.Content) string {
	switch c.Known {
	case "none":
		return "none"
	case "unknown":
		return ""
	}
	var words []string
	words = append(words, bytesWords(c.Length))
	if c.Encoding != "" && c.Decoded >= 0 {
		words = append(words, fmt.Sprintf("%s as sent, %s decoded", shown(c.Encoding), bytesWords(c.Decoded)))
	}
	if c.Type != "" {
		words = append(words, shown(c.Type))
	}
	if c.Known == "partly" {
		words = append(words, "read in part")
	}
	return strings.Join(words, ", ")
}

func bytesWords(n int64) string {
	switch {
	case n == 1:
		return "1 byte"
	case n < 10_000:
		return fmt.Sprintf("%d bytes", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	}
	return fmt.Sprintf("%d MB", n/1_000_000)
}

// segment is a piece of a value: bare, or one that has an explanation.
type segment struct {
	text   string
	note   string // the explanation, or the message of a problem
	number int    // of the explanation in the list below the value
	bad    bool
}

// segments cuts a value at its parts. Parts lie in order; an inner part that
// has an explanation of its own is left to the list below the value.
func segments(value string, parts []report.Part) []segment {
	var all []segment
	at, number := 0, -1
	for _, p := range parts {
		if p.Summary != "" {
			number++
		}
		if p.Offset < at || p.Offset+p.Length > len(value) {
			continue
		}
		if p.Offset > at {
			all = append(all, segment{text: value[at:p.Offset]})
		}
		at = p.Offset + p.Length
		all = append(all, segment{text: value[p.Offset:at], note: p.Summary, number: number})
	}
	if at < len(value) {
		all = append(all, segment{text: value[at:]})
	}
	return all
}

// problemSegments cuts a field line's value at the problems of a challenge.
func problemSegments(value string, problems []report.Problem) []segment {
	var parts []report.Part
	for _, p := range problems {
		parts = append(parts, report.Part{Offset: p.Offset, Length: p.Length, Summary: p.Message})
	}
	all := segments(value, parts)
	for i := range all {
		all[i].bad = all[i].note != ""
	}
	return all
}

// explained returns the parts that have something to say.
func explained(parts []report.Part) []report.Part {
	var all []report.Part
	for _, p := range parts {
		if p.Summary != "" {
			all = append(all, p)
		}
	}
	return all
}

// phase is a bar of the waterfall: where it begins and how long it is, in
// steps of a fortieth of the whole, for which the style sheet has classes.
type phase struct {
	name, class string
	ms          float64
	from, width int
}

// phases lays the phases of an exchange on one line of forty steps.
func phases(t report.Timing) []phase {
	all := []phase{{name: "Name lookup", class: "dns", ms: t.DNS}, {name: "Connect", class: "connect", ms: t.Connect}, {name: "TLS", class: "tls", ms: t.TLS},
		{name: "Wait", class: "wait", ms: t.FirstByte}, {name: "Content", class: "content", ms: t.Content}}
	sum := 0.0
	for _, p := range all {
		sum += p.ms
	}
	var out []phase
	before := 0.0
	for _, p := range all {
		if p.ms > 0 && sum > 0 {
			p.from, p.width = steps(before, p.ms, sum)
			out = append(out, p)
		}
		before += p.ms
	}
	return out
}

// steps places a stretch of time on a line of forty steps: the step at which it
// begins, and how many it takes, at least one.
func steps(before, length, whole float64) (from, width int) {
	from = min(int(before/whole*40), 39)
	return from, min(max(1, int(length/whole*40+0.5)), 40-from)
}

func milliseconds(v float64) string {
	if v > 0 && v < 10 {
		return fmt.Sprintf("%.1f ms", v)
	}
	return fmt.Sprintf("%.0f ms", v)
}

// role is what an exchange is to its report.
type role int

const (
	theAnswer role = iota // the one that the verdict is about
	onTheWay              // a redirect to it
	probed                // a request that the inspection added
)

func roleOf(r report.Report, i int) role {
	switch {
	case r.Exchanges[i].Cause == "probe":
		return probed
	case &r.Exchanges[i] == r.Last():
		return theAnswer
	}
	return onTheWay
}
