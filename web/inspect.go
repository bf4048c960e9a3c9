package web

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"wwwhy/templates"
	"wwwhy/web/inspect"
	"wwwhy/web/report"
	"wwwhy/web/trace"
)

// refusals gives the status of an inspection that was not made.
var refusals = map[string]int{"url": http.StatusBadRequest, "blocked": http.StatusUnprocessableEntity, "busy": http.StatusServiceUnavailable}

// answer is what an inspection that was asked for ended in: a report, or the
// problem why there is none.
type answer struct {
	rep     *report.Report
	problem *Problem
	fields  http.Header // that the answer to whoever asked should have
}

// tell adds the answer's fields to those of a response.
func (a answer) tell(h http.Header) {
	maps.Copy(h, a.fields)
	if a.problem != nil {
		a.problem.retryLater(h)
	}
}

// run is answer for handlers that wait for the whole.
func (s *server) run(w http.ResponseWriter, r *http.Request, a asking) (*report.Report, *Problem) {
	got := s.answer(r, a, nil)
	got.tell(w.Header())
	return got.rep, got.problem
}

// answer answers what was asked: with a report shared by those who ask the same,
// or by an inspection within the bounds of those under way. seen, if not nil, is
// told of each exchange of an inspection that is made for this request.
func (s *server) answer(r *http.Request, a asking, seen func(report.Exchange)) answer {
	if strings.HasPrefix(a.URL, "/try/") {
		a.URL = s.publicURL + a.URL // ours
	}
	t, p := a.target(s.lib)
	if p == nil {
		p = s.unwanted(r)
	}
	if p != nil {
		return answer{problem: p}
	}
	told := make(chan http.Header, 1) // by the inspection, which may outlive this request
	rep, age, p := s.shared.get(r.Context(), a.key(t), func(ctx context.Context) (*report.Report, *Problem) {
		h := http.Header{}
		rep, p := s.inspectSafely(h, r.WithContext(ctx), t, a.Script, seen)
		told <- h
		return rep, p
	})
	got := answer{rep: rep, problem: p}
	select {
	case got.fields = <-told:
	default:
	}
	s.meter.Shared(rep != nil && age > 0)
	if rep != nil && age > 0 {
		aged := *rep
		aged.Age, aged.Keep = int(age.Seconds()), int(s.shared.keep.Seconds())
		got.rep = &aged
	}
	return got
}

// inspectSafely makes an inspection, which may run in a goroutine of its own: a
// panic that nobody catches there would end the whole site, and what a server
// answers may bring one about.
func (s *server) inspectSafely(h http.Header, r *http.Request, t inspect.Target, script askingScript, seen func(report.Exchange)) (rep *report.Report, p *Problem) {
	defer func() {
		if v := recover(); v != nil {
			rep, p = nil, s.broke(requestID(r), v)
		}
	}()
	return s.inspect(h, r, t, script, seen)
}

// inspect makes one inspection, if there is a place for it. What it says of the
// client's rates goes into h.
func (s *server) inspect(h http.Header, r *http.Request, t inspect.Target, script askingScript, seen func(report.Exchange)) (*report.Report, *Problem) {
	var cors inspect.CORS
	if script.Origin != "" {
		var p *Problem
		if cors, p = script.cors(); p != nil {
			return nil, p
		}
	}
	leave, full := s.places.Take(s.keys(r, t)...)
	if full != nil {
		return nil, s.crowded(*full)
	}
	defer leave()
	if p := s.spend(h, r, t.Request.URL); p != nil {
		return nil, p
	}
	var rep report.Report
	if script.Origin != "" {
		rep = s.inspectorFor(t.Request.URL).Preflight(r.Context(), t, cors)
	} else {
		rep = s.inspectorFor(t.Request.URL).URL(r.Context(), t, seen)
	}
	s.measure(r.Context(), rep)
	first := rep.Exchanges[0].Error
	s.log.Info("inspection", "id", requestID(r), "origin", inspect.Host(t.Request.URL), "exchanges", len(rep.Exchanges), "failure", first.Kind)
	if status, refused := refusals[first.Kind]; refused {
		fix := ""
		if len(rep.Findings) > 0 {
			fix = rep.Findings[0].Fix
		}
		return nil, &Problem{Status: status, Title: "That cannot be asked for", Detail: first.Message, Fix: strings.ReplaceAll(fix, "`", "")}
	}
	return &rep, nil
}

// measure counts an inspection.
func (s *server) measure(ctx context.Context, rep report.Report) {
	x := rep.Last()
	if x == nil {
		return
	}
	s.meter.Inspection(x.Status.Code, x.Error.Kind)
	var phases []trace.Phase
	for _, p := range []struct {
		name string
		ms   float64
	}{{"dns", x.Timing.DNS}, {"connect", x.Timing.Connect}, {"tls", x.Timing.TLS}, {"wait", x.Timing.FirstByte}, {"content", x.Timing.Content}} {
		took := time.Duration(p.ms * float64(time.Millisecond))
		s.meter.Phase(p.name, took)
		phases = append(phases, trace.Phase{Name: p.name, Took: took})
	}
	began, err := time.Parse(time.RFC3339, x.Timing.Start)
	if err != nil { // it is not known
		began = time.Now()
	}
	s.tracer.Inspection(ctx, began, x.Status.Code, x.Error.Kind, phases)
}

// unwanted refuses inspections that nobody asked for: one that an inspection
// itself would start, which could go round in a circle, one that a browser makes
// ahead of a click, and one of a page that could read through us what it cannot
// reach.
func (s *server) unwanted(r *http.Request) *Problem {
	switch {
	case s.internal && s.strange(r):
		return fromElsewhere("This copy may ask addresses of its own network, and does so for its own pages only.")
	case strings.HasPrefix(r.UserAgent(), "wwwhy/"), r.Header.Get("X-Inspected-By") != "":
		return &Problem{Status: 403, Title: "An inspection starts no other", Detail: "This request comes from an inspection.", Fix: "Inspect the address itself."}
	case strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch"):
		return &Problem{Status: 403, Title: "Not ahead of a click", Detail: "A browser asked for this inspection before anybody wanted it.", Fix: "Follow the link to start it."}
	}
	return nil
}

// inspectPage is the form, and below it the report on what was typed.
func (s *server) inspectPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	a := askingOf(q)
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		if err := r.ParseForm(); err != nil {
			return tooLarge(err)
		}
		q, a = r.PostForm, askingOf(r.PostForm)
		a.posted = true
	}
	v := a.view(s.lib)
	if !a.posted {
		v.API = "/api/v1/inspect?" + q.Encode()
	}
	w.Header().Set("Cache-Control", "no-store")
	if !q.Has("url") {
		return s.render(w, r, http.StatusOK, templates.Inspect(v))
	}
	if wantsProblem(r) || terminal(r) {
		rep, p := s.run(w, r, a)
		if p != nil {
			return p
		}
		return s.writeReport(w, r, *rep)
	}
	w.Header().Set("X-Robots-Tag", "noindex")
	return s.inspectLive(w, r, a, v)
}

// explainPage takes a pasted response, from the form or from an address.
func (s *server) explainPage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	leave, p := s.roomForText(r)
	if p != nil {
		return p
	}
	defer leave()
	q := r.URL.Query()
	if r.Method == http.MethodPost {
		// Form coding can make three bytes of one.
		r.Body = http.MaxBytesReader(w, r.Body, 3*inspect.HARLimit+10_000)
		if err := r.ParseForm(); err != nil {
			return tooLarge(err)
		}
		q = r.PostForm
	}
	v := templates.ExplainView{Text: q.Get("text"), URL: q.Get("url"), As: q.Get("as")}
	if r.Method != http.MethodPost && !q.Has("text") {
		return s.render(w, r, http.StatusOK, templates.Explain(v))
	}
	return s.explain(w, r, v)
}

// explain draws the page for pasted responses with what is said of this one.
func (s *server) explain(w http.ResponseWriter, r *http.Request, v templates.ExplainView) error {
	w.Header().Set("X-Robots-Tag", "noindex")
	kind, p := kindOf(v.As, v.Text)
	if p != nil {
		return p
	}
	rep, err := s.inspector.Text(v.Text, inspect.Pasted{URL: v.URL, As: kind})
	status := http.StatusOK
	if err != nil {
		p := textProblem(err)
		v.Problem, status = p.view(), p.Status
	} else {
		v.Report, v.Durable = &rep, s.archive.Durable()
	}
	if v.Text != "" {
		v.As, v.Taken = string(kind), kind.Label()
		for _, k := range inspect.TextKinds() {
			v.Kinds = append(v.Kinds, [2]string{string(k), k.Label()})
		}
	}
	if kind == inspect.TextHAR && err == nil {
		// The file is not sent back: the entry that was explained is.
		explained, others := entriesOf(v.Text)
		v.Text, v.Entries = cmp.Or(explained, v.Text), others
	}
	return s.render(w, r, status, templates.Explain(v))
}

// kindOf is the kind that somebody says a text is or, where nobody does, that it
// looks like. A text too long for its kind is refused.
func kindOf(as, text string) (inspect.TextKind, *Problem) {
	kind := inspect.TextKind(as)
	if as == "" {
		kind = inspect.Recognize(text)
	} else if !slices.Contains(inspect.TextKinds(), kind) {
		var names []string
		for _, k := range inspect.TextKinds() {
			names = append(names, string(k))
		}
		return "", badRequest("There is no kind of text named "+as+".", "Leave out as, or choose one of "+strings.Join(names, ", ")+".").at("as")
	}
	if len(text) > inspect.TextLimit && kind != inspect.TextHAR {
		return "", &Problem{Status: 413, Title: "Too much text", Detail: "The text is longer than " + itoa(inspect.TextLimit>>10) + " kB.", Fix: "Leave out the content: the head is what matters."}
	}
	return kind, nil
}

// textProblem words why a text could not be read.
func textProblem(err error) *Problem {
	var e *inspect.TextError
	if errors.As(err, &e) {
		p := badRequest(e.Text, e.Remedy)
		p.Kind, p.Line, p.Column = "unreadable-text", e.Line, e.Column
		if e.Line > 0 {
			p.Detail = "In line " + itoa(e.Line) + ", column " + itoa(e.Column) + ": " + e.Text
		}
		return p
	}
	p := badRequest("The text could not be read.", "Paste the head of a response.")
	p.Kind = "unreadable-text"
	return p
}

func tooLarge(err error) *Problem {
	var limit *http.MaxBytesError
	if errors.As(err, &limit) {
		return &Problem{Status: 413, Title: "Too much text", Detail: "More than " + itoa(int(limit.Limit>>10)) + " kB are not read at once.", Fix: "Send less: the head of a response is what matters, and a list can be split."}
	}
	return badRequest("The form could not be read.", "Send it again.")
}

// apiInspect is the inspector for programs.
func (s *server) apiInspect(w http.ResponseWriter, r *http.Request) error {
	if p := formatKnown(r); p != nil {
		return p // before anybody is asked
	}
	a := askingOf(r.URL.Query())
	if r.Method == http.MethodPost {
		if err := readJSON(w, r, &a); err != nil {
			return err
		}
		a.posted = true
	}
	rep, p := s.run(w, r, a)
	if p != nil {
		return p
	}
	return s.writeReport(w, r, *rep)
}

// pasted is a text to be explained.
type pasted struct {
	Text   string `json:"text"`
	URL    string `json:"url"`    // where it came from; empty: not known
	Method string `json:"method"` // of the request; empty: not known
	As     string `json:"as"`     // kind of the text; empty: recognized
	Entry  int    `json:"entry"`  // of a HAR file, from 1; 0: the first that failed
}

// apiExplain takes a response as text, or as a JSON object with text and url.
func (s *server) apiExplain(w http.ResponseWriter, r *http.Request) error {
	if p := formatKnown(r); p != nil {
		return p
	}
	leave, p := s.roomForText(r)
	if p != nil {
		return p
	}
	defer leave()
	var in pasted
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch media {
	case "application/json":
		if err := readJSON(w, r, &in); err != nil {
			return err
		}
	case "text/plain", "message/http", "application/http", "application/har+json", "application/octet-stream", "":
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, inspect.HARLimit+1))
		if err != nil {
			return tooLarge(err)
		}
		q := r.URL.Query()
		in.Text, in.URL, in.Method, in.As = string(data), q.Get("url"), q.Get("method"), q.Get("as")
		if in.Entry, err = strconv.Atoi(cmp.Or(q.Get("entry"), "0")); err != nil || in.Entry < 0 {
			return badRequest("“"+q.Get("entry")+"” is no entry of a HAR file.", "Write its place in the file, from 1, or leave it out.").at("entry")
		}
	default:
		w.Header().Set("Accept", "text/plain, application/json, message/http, application/http, application/octet-stream")
		return &Problem{Status: 415, Title: "Not a type that is read here", Detail: "The content is " + media + ".", Fix: "Send text/plain or application/json."}
	}
	kind, p := kindOf(in.As, in.Text)
	if p != nil {
		return p
	}
	rep, err := s.inspector.Text(in.Text, inspect.Pasted{URL: in.URL, Method: in.Method, As: kind, Entry: in.Entry})
	if err != nil {
		return textProblem(err)
	}
	return s.writeReport(w, r, rep)
}

// formatKnown refuses a form of a report that there is not.
func formatKnown(r *http.Request) *Problem {
	name := r.URL.Query().Get("format")
	if _, ok := report.FormatNamed(name); name == "" || ok {
		return nil
	}
	return badRequest("There is no format named "+name+".", "Choose json, text, markdown or sarif.").at("format")
}

// writeReport writes a report in the form that the request prefers.
func (s *server) writeReport(w http.ResponseWriter, r *http.Request, rep report.Report) error {
	if p := formatKnown(r); p != nil {
		return p
	}
	name := r.URL.Query().Get("format")
	if name == "" && terminal(r) && !strings.HasPrefix(r.URL.Path, "/api/") {
		name = "text"
	}
	if name == "" {
		media := negotiate(r, "application/json", "text/plain", "text/markdown", "application/sarif+json")
		for _, f := range report.Formats {
			if strings.HasPrefix(f.MediaType, media) {
				name = f.Name
			}
		}
	}
	f, ok := report.FormatNamed(name)
	if !ok {
		return fmt.Errorf("there is no form %q of a report", name)
	}
	h := w.Header()
	if f.Name == "json" {
		h.Add("Link", `</schemas/report.json>; rel="describedby"`)
	}
	h.Set("Content-Type", f.MediaType)
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept")
	return s.writeForm(w, r, f, rep)
}

// writeForm writes a report in a form; text for a terminal has styles if they
// are asked for.
func (s *server) writeForm(w io.Writer, r *http.Request, f report.Format, rep report.Report) error {
	var b bytes.Buffer
	err := s.inTurn(func() error {
		if f.Name == "text" && colored(r) && !strings.HasPrefix(r.URL.Path, "/api/") {
			return report.WriteText(&b, rep, report.TextOptions{Color: true})
		}
		return f.Write(&b, rep)
	})
	if err == nil {
		_, _ = w.Write(b.Bytes()) // a client that went away needs no answer
	}
	return err
}
