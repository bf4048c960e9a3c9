package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"wwwhy/templates"
	"wwwhy/web/inspect"
	"wwwhy/web/report"
)

// asking is what a visitor asks of the inspector, as it was typed.
type asking struct {
	URL      string `json:"url"`
	Method   string `json:"method"`
	HTTP     string `json:"http"` // "1.1", "2", "" for either
	NoFollow bool   `json:"no_follow"`
}

func askingOf(q url.Values) asking {
	return asking{URL: q.Get("url"), Method: strings.ToUpper(q.Get("method")), HTTP: q.Get("http"), NoFollow: q.Get("nofollow") == "1"}
}

// target checks what was typed. A Problem says what is wrong with it.
func (a asking) target() (inspect.Target, *Problem) {
	var t inspect.Target
	switch {
	case strings.TrimSpace(a.URL) == "":
		return t, badRequest("There is no address to inspect.", "Type one, such as https://www.example.com/.")
	case a.Method != "" && a.Method != "GET" && a.Method != "HEAD" && a.Method != "OPTIONS":
		return t, badRequest("The method "+a.Method+" is not asked from here.", "Choose GET, HEAD or OPTIONS; any other works with wwwhy inspect -X in a terminal.")
	case a.HTTP != "" && a.HTTP != "1.1" && a.HTTP != "2":
		return t, badRequest("There is no choice of HTTP/"+a.HTTP+" here.", "Choose 1.1 or 2, or leave it to the server.")
	}
	t.Request.URL, t.Request.Method = a.URL, a.Method
	t.NoFollow, t.Options.Protocol = a.NoFollow, a.HTTP
	return t, nil
}

// refusals gives the status of an inspection that was not made.
var refusals = map[string]int{"url": http.StatusBadRequest, "blocked": http.StatusUnprocessableEntity}

// run makes an inspection within the bound of those under way. The Problem is
// set where none was made.
func (s *server) run(w http.ResponseWriter, r *http.Request, a asking) (*report.Report, *Problem) {
	t, p := a.target()
	if p != nil {
		return nil, p
	}
	if p := unwanted(r); p != nil {
		return nil, p
	}
	select {
	case s.outbound <- struct{}{}:
		defer func() { <-s.outbound }()
	default:
		w.Header().Set("Retry-After", "10")
		return nil, &Problem{Status: 503, Title: "Too many inspections at once", Detail: "All places for inspections are taken at this moment.",
			Fix: "Try again in ten seconds. Articles and pasted responses work meanwhile."}
	}
	rep := s.inspector.URL(r.Context(), t, nil)
	first := rep.Exchanges[0].Error
	s.log.Info("inspection", "id", requestID(r), "origin", inspect.Host(a.URL), "exchanges", len(rep.Exchanges), "failure", first.Kind)
	if status, refused := refusals[first.Kind]; refused {
		fix := ""
		if len(rep.Findings) > 0 {
			fix = rep.Findings[0].Fix
		}
		return nil, &Problem{Status: status, Title: "That cannot be asked for", Detail: first.Message, Fix: strings.ReplaceAll(fix, "`", "")}
	}
	return &rep, nil
}

// unwanted refuses inspections that nobody asked for: one that an inspection
// itself would start, which could go round in a circle, and one that a browser
// makes ahead of a click.
func unwanted(r *http.Request) *Problem {
	switch {
	case strings.HasPrefix(r.UserAgent(), "wwwhy/"):
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
	v := templates.InspectView{URL: a.URL, Method: a.Method, HTTP: a.HTTP, NoFollow: a.NoFollow, API: "/api/v1/inspect?" + q.Encode()}
	w.Header().Set("Cache-Control", "no-store")
	if !q.Has("url") {
		return s.render(w, r, http.StatusOK, templates.Inspect(v))
	}
	if wantsProblem(r) || terminal(r) {
		return s.apiInspect(w, r)
	}
	w.Header().Set("X-Robots-Tag", "noindex")
	status := http.StatusOK
	rep, p := s.run(w, r, a)
	if p != nil {
		problem := templates.Problem(*p)
		v.Problem, status = &problem, p.Status
	}
	v.Report = rep
	return s.render(w, r, status, templates.Inspect(v))
}

// explainPage takes a pasted response, from the form or from an address.
func (s *server) explainPage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	v := templates.ExplainView{Text: r.URL.Query().Get("text"), URL: r.URL.Query().Get("url")}
	if r.Method == http.MethodPost {
		// Form coding can make three bytes of one.
		r.Body = http.MaxBytesReader(w, r.Body, 3*inspect.TextLimit+10_000)
		if err := r.ParseForm(); err != nil {
			return tooLarge(err)
		}
		v.Text, v.URL = r.PostForm.Get("text"), r.PostForm.Get("url")
	}
	if r.Method == http.MethodGet && !r.URL.Query().Has("text") {
		return s.render(w, r, http.StatusOK, templates.Explain(v))
	}
	rep, err := s.inspector.Text(v.Text, inspect.Pasted{URL: v.URL})
	status := http.StatusOK
	if err != nil {
		p := textProblem(err)
		problem := templates.Problem(*p)
		v.Problem, status = &problem, p.Status
	} else {
		v.Report = &rep
	}
	return s.render(w, r, status, templates.Explain(v))
}

// textProblem words why a text could not be read.
func textProblem(err error) *Problem {
	var e *inspect.TextError
	if errors.As(err, &e) {
		p := badRequest(e.Text, e.Remedy)
		if e.Line > 0 {
			p.Detail = "In line " + itoa(e.Line) + ", column " + itoa(e.Column) + ": " + e.Text
		}
		return p
	}
	return badRequest("The text could not be read.", "Paste the head of a response.")
}

func tooLarge(err error) *Problem {
	var limit *http.MaxBytesError
	if errors.As(err, &limit) {
		return &Problem{Status: 413, Title: "Too much text", Detail: "More than 256 kB cannot be explained at once.", Fix: "Leave out the content: the head is what matters."}
	}
	return badRequest("The form could not be read.", "Send it again.")
}

// apiInspect is the inspector for programs.
func (s *server) apiInspect(w http.ResponseWriter, r *http.Request) error {
	a := askingOf(r.URL.Query())
	if r.Method == http.MethodPost {
		if err := readJSON(w, r, &a); err != nil {
			return err
		}
	}
	rep, p := s.run(w, r, a)
	if p != nil {
		return p
	}
	return writeReport(w, r, *rep)
}

// apiExplain takes a response as text, or as a JSON object with text and url.
func (s *server) apiExplain(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Text   string `json:"text"`
		URL    string `json:"url"`
		Method string `json:"method"`
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch media {
	case "application/json":
		if err := readJSON(w, r, &in); err != nil {
			return err
		}
	case "text/plain", "message/http", "application/http", "application/octet-stream", "":
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, inspect.TextLimit+1))
		if err != nil {
			return tooLarge(err)
		}
		in.Text, in.URL = string(data), r.URL.Query().Get("url")
	default:
		w.Header().Set("Accept", "text/plain, application/json")
		return &Problem{Status: 415, Title: "Not a type that is read here", Detail: "The content is " + media + ".", Fix: "Send text/plain or application/json."}
	}
	rep, err := s.inspector.Text(in.Text, inspect.Pasted{URL: in.URL, Method: in.Method})
	if err != nil {
		return textProblem(err)
	}
	return writeReport(w, r, rep)
}

// writeReport writes a report in the form that the request prefers.
func writeReport(w http.ResponseWriter, r *http.Request, rep report.Report) error {
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
		return badRequest("There is no format named "+name+".", "Choose json, text, markdown or sarif.")
	}
	h := w.Header()
	h.Set("Content-Type", f.MediaType)
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept")
	return f.Write(w, rep)
}
