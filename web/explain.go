package web

import (
	"cmp"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"wwwhy/templates"
	"wwwhy/web/field"
	"wwwhy/web/inspect"
	"wwwhy/web/problem"
	"wwwhy/web/strict"
)

// explainPage takes a pasted response, from the form or from an address.
func (s *server) explainPage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	leave, p := s.gate.Text(r)
	if p != nil {
		return p
	}
	defer leave()
	q, p := strict.Query(r)
	if p != nil {
		return p
	}
	if r.Method == http.MethodPost {
		// Form coding can make three bytes of one.
		r.Body = http.MaxBytesReader(w, r.Body, 3*inspect.HARLimit+10_000)
		if err := r.ParseForm(); err != nil {
			return problem.Unread(err)
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
	rep, err := s.text(r, v.Text, inspect.Pasted{URL: v.URL, As: kind})
	status := http.StatusOK
	switch {
	case errors.As(err, &p):
		v.Problem, status = viewOf(p), p.Status
	case err != nil:
		return err
	default:
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
func kindOf(as, text string) (inspect.TextKind, *problem.Problem) {
	kind := inspect.TextKind(as)
	if as == "" {
		kind = inspect.Recognize(text)
	} else if !slices.Contains(inspect.TextKinds(), kind) {
		var names []string
		for _, k := range inspect.TextKinds() {
			names = append(names, string(k))
		}
		return "", problem.BadRequest("There is no kind of text named "+as+".", "Leave out as, or choose one of "+strings.Join(names, ", ")+".").At("as")
	}
	if len(text) > inspect.TextLimit && kind != inspect.TextHAR {
		return "", &problem.Problem{Status: 413, Title: "Too much text", Detail: "The text is longer than " + itoa(inspect.TextLimit>>10) + " kB.", Fix: "Leave out the content: the head is what matters."}
	}
	return kind, nil
}

// textProblem words why a text could not be read.
func textProblem(err error) *problem.Problem {
	var e *inspect.TextError
	if errors.As(err, &e) {
		p := problem.BadRequest(e.Text, e.Remedy)
		p.Kind, p.Line, p.Column = "unreadable-text", e.Line, e.Column
		if e.Line > 0 {
			p.Detail = "In line " + itoa(e.Line) + ", column " + itoa(e.Column) + ": " + e.Text
		}
		return p
	}
	p := problem.BadRequest("The text could not be read.", "Paste the head of a response.")
	p.Kind = "unreadable-text"
	return p
}

// pasted is a text to be explained.
type pasted struct {
	Text   string `json:"text"`
	URL    string `json:"url"`    // where it came from; empty: not known
	Method string `json:"method"` // of the request; empty: not known
	As     string `json:"as"`     // kind of the text; empty: recognized
	Entry  int    `json:"entry"`  // of a HAR file, from 1; 0: the first that failed
}

// toldWrong says what is wrong with what is told besides a text; nil: nothing is.
func toldWrong(method string, entry int) *problem.Problem {
	switch {
	case entry < 0:
		return problem.BadRequest("“"+itoa(entry)+"” is no entry of a HAR file.", "Write its place in the file, from 1, or leave it out.").At("entry")
	case method != "" && !field.IsToken(method):
		return problem.BadRequest("“"+method+"” is no method.", "Write one such as GET, or leave it out where it is not known.").At("method")
	}
	return nil
}

// explainTypes are the media types of texts to be explained.
const explainTypes = "text/plain, application/json, application/har+json, message/http, application/http, application/octet-stream"

// apiExplain takes a response as text, or as a JSON object with text and url.
func (s *server) apiExplain(w http.ResponseWriter, r *http.Request) error {
	if p := formatKnown(r); p != nil {
		return p
	}
	leave, p := s.gate.Text(r)
	if p != nil {
		return p
	}
	defer leave()
	if err := strict.Uncoded(w, r, explainTypes); err != nil {
		return err
	}
	var in pasted
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch media {
	case "application/json":
		if err := strict.JSON(w, r, &in); err != nil {
			return err
		}
	case "text/plain", "message/http", "application/http", "application/har+json", "application/octet-stream", "":
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, inspect.HARLimit+1))
		if err != nil {
			return problem.Unread(err)
		}
		q := r.URL.Query()
		in.Text, in.URL, in.Method, in.As = string(data), q.Get("url"), q.Get("method"), q.Get("as")
		if in.Entry, err = strconv.Atoi(cmp.Or(q.Get("entry"), "0")); err != nil {
			return problem.BadRequest("“"+q.Get("entry")+"” is no entry of a HAR file.", "Write its place in the file, from 1, or leave it out.").At("entry")
		}
	default:
		w.Header().Set("Accept", explainTypes)
		return &problem.Problem{Status: 415, Title: "Not a type that is read here", Detail: "The content is " + media + ".", Fix: "Send text/plain or application/json."}
	}
	if p := toldWrong(in.Method, in.Entry); p != nil {
		return p
	}
	kind, p := kindOf(in.As, in.Text)
	if p != nil {
		return p
	}
	rep, err := s.text(r, in.Text, inspect.Pasted{URL: in.URL, Method: in.Method, As: kind, Entry: in.Entry})
	if err != nil {
		return err
	}
	return s.writeReport(w, r, rep)
}

// entriesShown is how many entries of a HAR file are offered beside the one that
// is explained.
const entriesShown = 60

// entriesOf returns the entry of a HAR file that is explained where nobody
// chose, as a file of its own, and lists the others to choose from, those that
// failed first. Both are empty where the text is no whole file.
func entriesOf(text string) (explained string, others []templates.HAREntry) {
	all, chosen, err := inspect.HAREntries(text)
	if err != nil {
		return "", nil
	}
	parts, err := inspect.ReadHARParts(text)
	if err != nil {
		return "", nil
	}
	explained, _ = parts.Part(chosen)
	slices.SortStableFunc(all, func(a, b inspect.HAREntry) int { return failed(b) - failed(a) })
	for _, e := range all {
		if e.Index == chosen || len(others) == entriesShown {
			continue
		}
		part, err := parts.Part(e.Index)
		if err != nil || len(part) > 64<<10 {
			continue
		}
		others = append(others, templates.HAREntry{Number: strconv.Itoa(e.Index), Code: e.Status, Line: strings.TrimSpace(e.Method + " " + e.URL), Text: part})
	}
	return explained, others
}

// failed orders entries: those that a server refused, those that failed, others.
func failed(e inspect.HAREntry) int {
	switch {
	case e.Status >= 400:
		return 2
	case e.Status == 0:
		return 1
	}
	return 0
}
