package report

import (
	"encoding/hex"
	"math"
	"slices"
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/diagnose"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// New joins exchanges and findings with their words.
func New(lib *content.Library, xs []message.Exchange, fs []diagnose.Finding) Report {
	r := Report{Preflight: Preflight{Steps: []PreflightStep{}}, Exchanges: make([]Exchange, 0, len(xs)), Findings: make([]Finding, 0, len(fs)), facts: xs}
	for _, x := range xs {
		r.Exchanges = append(r.Exchanges, NewExchange(lib, x))
	}
	for _, f := range fs {
		r.Findings = append(r.Findings, newFinding(lib, xs, f))
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return rank(b) - rank(a)
	})
	r.Findings = folded(lib, r.Findings)
	r.Discovery = discovered(lib, xs, r.Findings)
	r.Observatory = newObservatory(lib, xs)
	r.Verdict = verdict(lib, &r)
	return r
}

// rank orders findings: severity first, then the topics that explain most.
func rank(f Finding) int {
	return int(content.ParseSeverity(f.Severity))*100 - slices.Index(content.Topics, f.Topic)
}

// NewExchange words one exchange, for pages that show exchanges as they come.
func NewExchange(lib *content.Library, x message.Exchange) Exchange {
	out := Exchange{Cause: string(x.Cause), Purpose: string(x.Purpose), Fidelity: x.Fidelity.String(), Fields: []Field{}, Challenges: []Challenge{}, Picked: []Pick{}, Hints: []Hint{}, Caching: Caching{Steps: []string{}},
		Interim: []Interim{}, Trailers: []Line{}, Head: []byte{},
		Content: Content{Length: -1, Decoded: -1, Known: "unknown"}, Request: Request{Fields: []Line{}},
		TLS: TLS{Certificates: []Certificate{}}, Snippets: []Snippet{}, DNS: DNS{Addresses: []string{}, Tried: []string{}}}
	if q := x.Request; q != nil {
		out.URL, out.Method, out.Protocol = q.URL, q.Method, q.Protocol
		out.Request = Request{q.Method, q.URL, masked(q.Fields)}
		if x.Cause == message.Asked {
			out.Snippets = snippets(out.Request, nil)
		}
	}
	if p := x.Peer; p != nil {
		out.Remote = p.Address
		out.DNS = DNS{Addresses: append([]string{}, p.Resolved...), Tried: append([]string{}, p.Tried...), Canonical: text(p.Canonical)}
		out.TLS = newTLS(lib, p)
	}
	for _, i := range x.Interim {
		out.Interim = append(out.Interim, Interim{i.Code, text(i.Reason), lines(i.Fields)})
	}
	if resp := x.Response; resp != nil {
		anonymous := x.WithoutCredentials()
		if resp.Protocol != "" {
			out.Protocol = resp.Protocol
		}
		out.Status = newStatus(lib, resp)
		out.Fields = annotate(lib, resp.Fields, anonymous)
		out.Challenges = challenges(lib, x, anonymous)
		out.Picked = picked(lib, out.Challenges)
		out.Trailers = lines(resp.Trailers)
		out.Content = newContent(lib, resp, out.Challenges, anonymous)
		out.Hints = hints(lib, x, out)
		out.Caching = newCaching(lib, x)
		out.Head = append(out.Head, resp.Head...)
		out.Raw = raw(resp)
	}
	out.Timing = newTiming(x.Timing)
	if f := x.Failure; f != nil {
		out.Error = newError(lib, f)
	}
	return out
}

func lines(s field.Section) []Line {
	all := make([]Line, len(s))
	for i, l := range s {
		all[i] = Line{text(l.Name), text(l.Value)}
	}
	return all
}

// masked shows the lines of a request without the credentials in them: a report
// is shown, sent and kept, and they are not needed to read it.
func masked(s field.Section) []Line {
	all := lines(s)
	for i, l := range all {
		switch strings.ToLower(l.Name) {
		case "authorization", "proxy-authorization":
			scheme, _, more := strings.Cut(l.Value, " ")
			if !more {
				scheme = ""
			}
			all[i].Value = strings.TrimSpace(scheme + " [hidden]")
		default:
			if content.SecretField(l.Name) {
				all[i].Value = "[hidden]"
			}
		}
	}
	return all
}

func newStatus(lib *content.Library, r *message.Response) Status {
	s := Status{Code: r.Code, Reason: text(r.Reason)}
	if page := lib.Status(r.Code); page != nil && r.Code > 0 {
		s.Phrase, s.Summary, s.Href, s.Class = page.Phrase, page.Summary, page.Href(), page.Class()
		for _, q := range page.Requires {
			if q.Without != "" && !r.Fields.Has(q.Field) {
				s.Summary = q.Without
			}
		}
	} else if r.Code > 0 {
		s.Summary = "Nobody that we know of defines this code. A client treats it by its class (RFC 9110, Section 15)."
	}
	return s
}

func newContent(lib *content.Library, r *message.Response, posed []Challenge, anonymous bool) Content {
	c := r.Content
	out := Content{Length: -1, Decoded: -1, Type: text(r.Fields.Get("Content-Type")), Encoding: strings.Join(c.Codings, ", "),
		Sniffed: c.Sniffed, Charset: text(c.Charset), SHA256: hex.EncodeToString(c.SHA256), Known: knowledge(c.Known)}
	if c.Known != message.Unknown {
		out.Length, out.Decoded = c.Length, c.Decoded
	}
	out.Explanation = newExplanation(lib, r, posed, anonymous)
	if c.Problem != nil {
		if page := lib.Finding("content-" + string(c.Problem.Kind)); page != nil {
			out.Problem = page.Says.With(sayable(lib, c.Problem.Args))
		}
	}
	return out
}

func knowledge(k message.Knowledge) string {
	return [...]string{"unknown", "none", "partly", "wholly"}[k]
}

func newTiming(t message.Timing) Timing {
	out := Timing{DNS: ms(t.DNS), Connect: ms(t.Connect), TLS: ms(t.TLS), FirstByte: ms(t.FirstByte), Content: ms(t.Content), Total: ms(t.Total)}
	if !t.Start.IsZero() {
		out.Start = t.Start.UTC().Format(time.RFC3339)
	}
	return out
}

// ms gives milliseconds with two decimals: more than the network can mean.
func ms(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Millisecond)*100) / 100
}

func newTLS(lib *content.Library, p *message.Peer) TLS {
	out := TLS{ALPN: p.ALPN, Certificates: []Certificate{}}
	if p.TLS == nil {
		return out
	}
	out.Version, out.Cipher, out.Verified = p.TLS.Version, p.TLS.Cipher, p.TLS.Verified
	out.Error = lib.CertificateProblem(string(p.TLS.Problem))
	for _, c := range p.TLS.Certificates {
		out.Certificates = append(out.Certificates, Certificate{text(c.Subject), text(c.Issuer), append([]string{}, c.Names...),
			c.NotBefore.UTC().Format(time.RFC3339), c.NotAfter.UTC().Format(time.RFC3339), c.Key})
	}
	return out
}

func newError(lib *content.Library, f *message.Failure) Error {
	id := "failure-" + string(f.Kind)
	out := Error{Kind: string(f.Kind), Message: f.Error()}
	if page := lib.Finding(id); page != nil {
		out.Message, out.Href = page.Says.With(sayable(lib, f.Args)), page.Href()
	}
	return out
}

// folded puts findings that follow from another of the same exchange behind that
// one: whoever mends the first has mended them, too. A text may hold thousands of
// exchanges, so that each finding is held against those of its own only.
func folded(lib *content.Library, all []Finding) []Finding {
	beside := map[int][]int{} // numbers of findings, by exchange
	for i, f := range all {
		beside[f.Exchange] = append(beside[f.Exchange], i)
	}
	roots := make([]int, len(all))
	under := map[int][]int{} // numbers of those that follow, by what they follow from
	for i, f := range all {
		roots[i] = i
		for range beside[f.Exchange] { // a circle, which content must not have, ends
			next := parent(lib, all, beside[f.Exchange], roots[i])
			if next < 0 {
				break
			}
			roots[i] = next
		}
		if roots[i] != i {
			under[roots[i]] = append(under[roots[i]], i)
		}
	}
	out := make([]Finding, 0, len(all))
	for i := range all {
		if roots[i] != i {
			continue
		}
		out = append(out, all[i])
		for _, j := range under[i] {
			f := all[j]
			f.Under = all[i].ID
			out = append(out, f)
		}
	}
	return out
}

// parent returns the number of a finding, among those of its exchange, from which
// number i follows; -1: it stands by itself.
func parent(lib *content.Library, all []Finding, beside []int, i int) int {
	page := lib.Finding(all[i].ID)
	if page == nil || len(page.Follows) == 0 {
		return -1
	}
	for _, j := range beside {
		if slices.Contains(page.Follows, all[j].ID) {
			return j
		}
	}
	return -1
}

func newFinding(lib *content.Library, xs []message.Exchange, f diagnose.Finding) Finding {
	out := Finding{ID: f.ID, Exchange: f.Exchange, Field: text(f.Field), Line: -1}
	if value, ok := lineAt(xs, f); ok {
		_, at := legible(value)
		out.Line, out.Offset = f.Span.Line, at(f.Span.Offset)
		out.Length = at(f.Span.End()) - out.Offset
	}
	severity := f.Severity
	if page := lib.Finding(f.ID); page != nil {
		args := sayable(lib, f.Args)
		if severity == content.Unset {
			severity = page.Severity
		}
		out.Topic, out.Title, out.Spec, out.Href = page.Topic, page.Title, page.Spec, page.Href()
		out.Summary, out.Fix = page.Says.With(args), page.Fix.With(args)
	}
	out.Severity = severity.String()
	return out
}

// sayable makes the arguments of a sentence safe, and words the reason for which
// a certificate is not trusted and the code with which a server ended a stream.
func sayable(lib *content.Library, args map[string]string) map[string]string {
	out := make(map[string]string, len(args))
	for k, v := range args {
		out[k] = quotable(v)
	}
	if why := lib.CertificateProblem(args["reason"]); why != "" {
		out["why"] = strings.TrimSuffix(strings.Replace(why, "The certificate", "it", 1), ".")
	}
	if e, ok := lib.ProtocolError(args["protocol"], args["code"]); ok {
		out["code"], out["meaning"] = e.Name, e.Meaning
	}
	return out
}

// lineAt returns the value of the field line that a finding points at.
func lineAt(xs []message.Exchange, f diagnose.Finding) (string, bool) {
	if f.Field == "" || f.Exchange < 0 || f.Exchange >= len(xs) || xs[f.Exchange].Response == nil {
		return "", false
	}
	fields := xs[f.Exchange].Response.Fields
	if f.Span.Line < 0 || f.Span.Line >= len(fields) {
		return "", false
	}
	return fields[f.Span.Line].Value, true
}
