package report

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wwwhy/content"
	"wwwhy/web/challenge"
	"wwwhy/web/credentials"
	"wwwhy/web/diagnose"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// mostChallenges is how many challenges of one response are explained: far more
// than anybody answers, few enough to be read.
const mostChallenges = 100

// mostProblems is how many problems of one challenge are told, likewise.
const mostProblems = 100

// mostParams is how many parameters of one challenge are explained, likewise.
const mostParams = 100

// challenges takes apart the challenges of a response, those for the origin
// before those for a proxy. anonymous: the request is known to have carried no
// credentials.
func challenges(lib *content.Library, x message.Exchange, anonymous bool) []Challenge {
	all := []Challenge{}
	for _, name := range []string{"WWW-Authenticate", "Proxy-Authenticate"} {
		numbers, values := x.Response.Fields.Lines(name)
		for _, c := range challenge.Parse(values) {
			if c.Span.Line < 0 || c.Span.Line >= len(values) || len(all) == mostChallenges {
				continue
			}
			w := challengeWords{lib: lib, x: x, c: c, name: name, scheme: lib.Scheme(c.Scheme), numbers: numbers, values: values, anonymous: anonymous}
			all = append(all, w.challenge())
		}
	}
	return all
}

// challengeWords joins one challenge with what is known of its scheme.
type challengeWords struct {
	lib     *content.Library
	x       message.Exchange
	c       challenge.Challenge
	name    string // the field
	scheme  *content.Scheme
	numbers []int    // of the field's lines in the section
	values  []string // of the field's lines

	anonymous bool // the request carried no credentials
}

func (w challengeWords) challenge() Challenge {
	c := w.c
	out := Challenge{Field: w.name, Line: w.numbers[c.Span.Line], Scheme: text(c.Scheme), Token68: text(c.Token68), Params: []Param{}, Decoded: []Param{}, Snippets: []Snippet{}, Flow: []Message{},
		Problems: []Problem{}, Clients: []Client{}, Received: text(cut(w.values[c.Span.Line], c.Span))}
	for _, p := range c.Params[:min(len(c.Params), mostParams)] {
		out.Params = append(out.Params, Param{text(p.Name), text(p.Value), paramSummary(w.scheme, p, w.anonymous)})
	}
	if w.scheme != nil {
		for _, f := range challenge.Decode(c) {
			known, _ := w.scheme.CodedAs(f.Name)
			out.Decoded = append(out.Decoded, Param{f.Name, text(shortened(f.Value)), known.Summary.With(map[string]string{"value": quotable(shortened(f.Value))})})
		}
	}
	w.words(&out)
	if q := w.x.Request; q != nil && w.name == "WWW-Authenticate" {
		for _, s := range credentials.Snippets(c, q.Method, q.URL) {
			out.Snippets = append(out.Snippets, Snippet{s.Tool, s.Language, s.Code})
		}
	}
	corrected := ""
	if len(c.Problems) > 0 {
		corrected = quotable(shortened(c.String()))
	}
	for _, p := range c.Problems[:min(len(c.Problems), mostProblems)] {
		out.Problems = append(out.Problems, w.problem(p, corrected))
	}
	if right, changed := w.requoted(); (len(c.Problems) > 0 || changed) && c.Scheme != "" {
		out.Corrected = text(right.String())
	}
	return out
}

// requoted returns the challenge with its values quoted as the scheme's page
// says, and whether that changed anything.
func (w challengeWords) requoted() (challenge.Challenge, bool) {
	c, changed := w.c, false
	if w.scheme == nil {
		return c, false
	}
	c.Params = slices.Clone(c.Params)
	for i, p := range c.Params {
		known, _ := w.scheme.Param(p.Name)
		quoted := p.Quoted && !(known.Quoting == "token" && field.IsToken(p.Value)) || known.Quoting == "quoted"
		if quoted != p.Quoted && p.Value != "" {
			c.Params[i].Quoted, changed = quoted, true
		}
	}
	return c, changed
}

// words adds what the scheme's page says of this challenge.
func (w challengeWords) words(out *Challenge) {
	if w.scheme == nil {
		out.Summary = "The server names the scheme “" + quotable(w.c.Scheme) + "”, which is not registered and not known to us."
		out.Next = "Look in the documentation of this server for what it expects: no general client knows this scheme."
		if w.c.Scheme == "" {
			out.Summary = "This is no challenge: it names no scheme, so a client cannot tell what the server wants."
			out.Next = "Nothing can be sent until the server names a scheme."
		}
		return
	}
	args := w.args(quotable)
	out.Summary, out.Next, out.Href = w.scheme.Asks.With(args), w.scheme.Next.With(args), w.scheme.Href()
	if r := w.x.Response; r != nil && r.Code < 400 && w.c.Token68 != "" && w.scheme.Ends != "" {
		out.Summary, out.Next = w.scheme.Ends.With(args), "Nothing is left to do."
		return
	}
	mended := false
	if e, ok := errorCode(w.scheme, w.c.Get("error"), w.anonymous); ok {
		out.Summary += " " + e.Means
		if e.Next != "" {
			out.Next = e.Next
		}
		mended = e.Status == 400
	}
	if from := strings.TrimSpace(w.scheme.From.With(args)); from != "" && !mended {
		out.Next += " " + from
	}
	credentials := credentialsField(w.name)
	if w.scheme.Reply != "" {
		out.Send = credentials + ": " + w.scheme.Reply.With(w.args(inQuotes))
	}
	out.Flow = w.flow(credentials)
	for _, s := range w.scheme.Clients {
		out.Clients = append(out.Clients, Client{s.Client, s.Does})
	}
}

// challengeField names the field in which a refusal says which credentials would
// do; empty: the code is not about credentials (RFC 9110, Sections 11.6 and 11.7).
func challengeField(code int) string {
	switch code {
	case 401:
		return "WWW-Authenticate"
	case 407:
		return "Proxy-Authenticate"
	}
	return ""
}

// credentialsField names the request field that answers challenges of a field.
func credentialsField(challenges string) string {
	if challenges == "Proxy-Authenticate" {
		return "Proxy-Authorization"
	}
	return "Authorization"
}

// errorCode returns what a scheme's error code means. Of credentials that were not
// sent it can mean nothing, and nothing else is to be done than without it.
func errorCode(scheme *content.Scheme, code string, anonymous bool) (content.ErrorCode, bool) {
	e, ok := scheme.Error(code)
	if ok && anonymous && scheme.Unsent != "" {
		e.Means, e.Next = scheme.Unsent.With(map[string]string{"error": code}), ""
	}
	return e, ok
}

// flow is the way from the request to the answer, drawn beside the challenge. A
// challenge beside an answer that is no refusal needs none.
func (w challengeWords) flow(credentials string) []Message {
	all := []Message{}
	if w.x.Response == nil || w.x.Response.Code < 400 {
		return all
	}
	args := map[string]string{"status": strconv.Itoa(w.x.Response.Code), "scheme": w.scheme.Name, "field": credentials}
	for _, s := range w.lib.Flow(w.scheme) {
		all = append(all, Message{s.From, s.To, s.Text.With(args)})
	}
	return all
}

// args, made safe by the given function, fills the places of a scheme's sentences from the challenge. The first
// of repeated parameters is the effective one. What a place stands for but the
// challenge does not give is left empty, so that no {place} is ever shown.
func (w challengeWords) args(safe func(string) string) map[string]string {
	args := map[string]string{"uri": "/", "method": "GET"}
	for _, p := range w.scheme.Params {
		args[strings.ToLower(p.Name)] = ""
	}
	if q := w.x.Request; q != nil {
		if u, err := url.Parse(q.URL); err == nil && u.Path != "" {
			args["uri"] = safe(u.RequestURI())
		}
		if q.Method != "" {
			args["method"] = safe(q.Method)
		}
	}
	for _, p := range slices.Backward(w.c.Params) {
		args[strings.ToLower(p.Name)] = safe(p.Value)
	}
	args["token-service"] = safe(diagnose.TokenService(w.c))
	return args
}

var escapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// inQuotes makes a value what stands between the quotation marks of a
// quoted-string (RFC 9110, Section 5.6.4).
func inQuotes(value string) string {
	return escapes.Replace(Visible(value))
}

func (w challengeWords) problem(p challenge.Problem, corrected string) Problem {
	line := min(max(p.Span.Line, 0), len(w.values)-1)
	_, at := legible(w.values[line])
	from, to := at(p.Span.Offset), at(p.Span.End())
	out := Problem{Kind: string(p.Kind), Offset: from, Length: to - from, Message: string(p.Kind)}
	if page := w.lib.Finding("challenge-" + string(p.Kind)); page != nil {
		prm, _ := w.c.ParamAt(p.Span)
		out.Message = page.Says.With(map[string]string{"scheme": quotable(w.c.Scheme), "name": quotable(prm.Name),
			"text": quotable(shortened(cut(w.values[line], p.Span))), "corrected": corrected, "field": w.name})
		out.Severity, out.Href = page.Severity.String(), page.Href()
	}
	return out
}

// cut returns the text of a span, or what of it lies inside the value.
func cut(value string, s field.Span) string {
	from := min(max(s.Offset, 0), len(value))
	return value[from:min(max(s.End(), from), len(value))]
}

// shortened keeps quoted text short enough for a sentence.
func shortened(s string) string { return field.Beginning(s, 60) }
