package web

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"wwwhy/templates"
	"wwwhy/web/inspect"
	"wwwhy/web/problem"
	"wwwhy/web/report"
	"wwwhy/web/strict"
	"wwwhy/web/trace"
	"wwwhy/web/visit"
)

// refusals gives the status of an inspection that was not made.
var refusals = map[string]int{"url": http.StatusBadRequest, "blocked": http.StatusUnprocessableEntity, "busy": http.StatusServiceUnavailable}

// answer is what an inspection that was asked for ended in: a report, or the
// problem why there is none.
type answer struct {
	rep     *report.Report
	problem *problem.Problem
	fields  http.Header // that the answer to whoever asked should have
}

// tell adds the answer's fields to those of a response.
func (a answer) tell(h http.Header) {
	maps.Copy(h, a.fields)
	if a.problem != nil {
		a.problem.RetryLater(h)
	}
}

// run is answer for handlers that wait for the whole.
func (s *server) run(w http.ResponseWriter, r *http.Request, a asking) (*report.Report, *problem.Problem) {
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
	rep, age, p := s.shared.get(r.Context(), a.key(t), func(ctx context.Context) (*report.Report, *problem.Problem) {
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
func (s *server) inspectSafely(h http.Header, r *http.Request, t inspect.Target, script askingScript, seen func(report.Exchange)) (rep *report.Report, p *problem.Problem) {
	defer func() {
		if v := recover(); v != nil {
			rep, p = nil, s.broke(visit.ID(r), v)
		}
	}()
	return s.inspect(h, r, t, script, seen)
}

// inspect makes one inspection, if there is a place for it. What it says of the
// client's rates goes into h.
func (s *server) inspect(h http.Header, r *http.Request, t inspect.Target, script askingScript, seen func(report.Exchange)) (*report.Report, *problem.Problem) {
	var cors inspect.CORS
	if script.Origin != "" {
		var p *problem.Problem
		if cors, p = script.cors(); p != nil {
			return nil, p
		}
	}
	leave, p := s.gate.Inspection(r, t.Request.URL)
	if p != nil {
		return nil, p
	}
	defer leave()
	if p := s.gate.Spend(h, r, t.Request.URL); p != nil {
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
	s.log.Info("inspection", "id", visit.ID(r), "origin", inspect.Host(t.Request.URL), "exchanges", len(rep.Exchanges), "failure", first.Kind)
	if status, refused := refusals[first.Kind]; refused {
		fix := ""
		if len(rep.Findings) > 0 {
			fix = rep.Findings[0].Fix
		}
		return nil, &problem.Problem{Status: status, Title: "That cannot be asked for", Detail: first.Message, Fix: strings.ReplaceAll(fix, "`", "")}
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
func (s *server) unwanted(r *http.Request) *problem.Problem {
	switch {
	case s.internal && s.origin.Strange(r):
		return fromElsewhere("This copy may ask addresses of its own network, and does so for its own pages only.")
	case strings.HasPrefix(r.UserAgent(), "wwwhy/"), r.Header.Get("X-Inspected-By") != "":
		return &problem.Problem{Status: 403, Title: "An inspection starts no other", Detail: "This request comes from an inspection.", Fix: "Inspect the address itself."}
	case strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch"):
		return &problem.Problem{Status: 403, Title: "Not ahead of a click", Detail: "A browser asked for this inspection before anybody wanted it.", Fix: "Follow the link to start it."}
	}
	return nil
}

// inspectPage is the form, and below it the report on what was typed.
func (s *server) inspectPage(w http.ResponseWriter, r *http.Request) error {
	q, p := strict.Query(r)
	if p != nil {
		return p
	}
	a := askingOf(q)
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		if err := r.ParseForm(); err != nil {
			return problem.Unread(err)
		}
		q, a = r.PostForm, askingOf(r.PostForm)
		a.posted = true
	}
	v := a.view(s.lib)
	if !a.posted {
		v.API = "/api/v1/inspect?" + s.takes["GET /api/v1/inspect"].Of(q).Encode()
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

// apiInspect is the inspector for programs.
func (s *server) apiInspect(w http.ResponseWriter, r *http.Request) error {
	if p := formatKnown(r); p != nil {
		return p // before anybody is asked
	}
	var a asking
	if r.Method == http.MethodPost {
		if err := strict.JSON(w, r, &a); err != nil {
			return err
		}
		a.posted = true
	} else {
		a = askingOf(r.URL.Query())
	}
	rep, p := s.run(w, r, a)
	if p != nil {
		return p
	}
	return s.writeReport(w, r, *rep)
}

// formatKnown refuses a form of a report that there is not.
func formatKnown(r *http.Request) *problem.Problem {
	name := r.URL.Query().Get("format")
	if _, ok := report.FormatNamed(name); name == "" || ok {
		return nil
	}
	return problem.BadRequest("There is no format named "+name+".", "Choose json, text, markdown or sarif.").At("format")
}

// writeReport writes a report in the form that the request prefers.
func (s *server) writeReport(w http.ResponseWriter, r *http.Request, rep report.Report) error {
	f, err := formOf(r)
	if err != nil {
		return err
	}
	tellForm(w.Header(), f)
	w.Header().Set("Content-Type", f.MediaType)
	w.Header().Set("Cache-Control", "no-store")
	data, err := s.drawForm(r, f, rep)
	if err == nil {
		_, _ = w.Write(data) // a client that went away needs no answer
	}
	return err
}

// formOf is the form of a report that a request prefers.
func formOf(r *http.Request) (report.Format, error) {
	if p := formatKnown(r); p != nil {
		return report.Format{}, p
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
		return f, fmt.Errorf("there is no form %q of a report", name)
	}
	return f, nil
}

// tellForm sets what goes with a report whose form was negotiated.
func tellForm(h http.Header, f report.Format) {
	if f.Name == "json" {
		h.Add("Link", `</schemas/report.json>; rel="describedby"`)
	}
	h.Add("Vary", "Accept")
}

// drawForm draws a report in a form; text for a terminal has styles if they are
// asked for.
func (s *server) drawForm(r *http.Request, f report.Format, rep report.Report) ([]byte, error) {
	var b bytes.Buffer
	err := s.gate.InTurn(r, func() error {
		if f.Name == "text" && colored(r) && !strings.HasPrefix(r.URL.Path, "/api/") {
			return report.WriteText(&b, rep, report.TextOptions{Color: true})
		}
		return f.Write(&b, rep)
	})
	return b.Bytes(), err
}
