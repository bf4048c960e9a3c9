package web

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"wwwhy/templates"
	"wwwhy/web/limit"
	"wwwhy/web/openapi"
	"wwwhy/web/report"
)

// Problem is an error that a visitor may see, in sentences: what is wrong and
// what to do. It is the only type whose text leaves the server; anything else
// becomes a 500 with an id that leads to the log.
type Problem struct {
	Status int
	Title  string
	Detail string
	Fix    string
	See    []templates.ListEntry
	After  time.Duration // when to come back, with 429 and 503; 0: in ten seconds
	Kind   string        // slug of an openapi.ProblemType; empty: the one for the status
	Place  string        // the parameter, the key, or with a slash before it the JSON pointer to what is wrong; empty: not known
	Line   int           // in the text that was sent, from 1; 0: not known
	Column int           // in bytes, from 1
}

// at names the parameter, or the key of JSON, that is wrong.
func (p *Problem) at(place string) *Problem {
	p.Place = place
	return p
}

// view is what a page shows of it.
func (p *Problem) view() *templates.Problem {
	return &templates.Problem{Status: p.Status, Title: p.Title, Detail: p.Detail, Fix: p.Fix, See: p.See}
}

// retryLater says when to come back, where that is of use.
func (p *Problem) retryLater(h http.Header) {
	if p.Status != http.StatusServiceUnavailable && p.Status != http.StatusTooManyRequests || h.Get("Retry-After") != "" {
		return
	}
	h.Set("Retry-After", limit.Seconds(cmp.Or(p.After, 10*time.Second)))
}

// Error gives the sentences, for the log.
func (p *Problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Title, p.Detail) }

// handler answers a request or returns the error that answers it.
type handler func(w http.ResponseWriter, r *http.Request) error

// handle makes of a handler's error an answer in the form that the client
// wants: a page, or problem+json (RFC 9457).
func (s *server) handle(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var p *Problem
	if !errors.As(err, &p) {
		if r.Context().Err() != nil {
			breakOff(w) // who asked went away, maybe amid the answer: nobody reads another
			return
		}
		id := requestID(r)
		s.log.Error("request failed", "id", id, "route", chi.RouteContext(r.Context()).RoutePattern(), "error", err.Error())
		p = faultOfOurs(id)
	}
	if v, ok := w.(*visit); ok && v.status != 0 {
		v.broken = true // the answer has begun; most often its client went away
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	p.retryLater(w.Header())
	if wantsProblem(r) {
		s.writeProblem(w, r, p)
		return
	}
	if terminal(r) {
		writeTextProblem(w, p)
		return
	}
	// Not in turn: it is short, and may say that no turn is to be had.
	var b bytes.Buffer
	if err := templates.ProblemPage(*p.view()).Render(s.drawing(r), &b); err != nil {
		s.log.Error("drawing a problem", "error", err.Error())
	}
	sendPage(w, p.Status, b.Bytes())
}

// faultOfOurs is the 500 whose cause the log tells under the number of the request.
func faultOfOurs(id string) *Problem {
	return &Problem{Status: 500, Title: "Something broke here", Detail: "This is a fault of ours, not of your request.",
		Fix: "Try again in a minute. If it stays, report it with the number " + id + "."}
}

// wantsProblem reports whether an error is to be told in JSON: in the API, and
// to clients that ask for JSON rather than for a page.
func wantsProblem(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/api/v1") || strings.HasSuffix(r.URL.Path, ".json") {
		return true
	}
	return negotiate(r, "text/html", "application/json", "application/problem+json") != "text/html"
}

// problemDocument is an error for programs (RFC 9457). Members that are not
// required are there where they are known.
type problemDocument struct {
	Type      string        `json:"type"`                // leads to a page about errors of this kind
	Title     string        `json:"title"`               // the same for every error of this kind
	Status    int           `json:"status"`              // the status of this answer
	Detail    string        `json:"detail"`              // what is wrong with this request
	Fix       string        `json:"fix"`                 // what to do; empty: it is not known
	Href      string        `json:"href"`                // the article on the status
	Request   string        `json:"request"`             // the number of this request in the log of the site
	Parameter string        `json:"parameter,omitempty"` // the parameter of the query that is wrong
	Pointer   string        `json:"pointer,omitempty"`   // the place in the JSON that is wrong (RFC 6901, Section 6)
	Line      int           `json:"line,omitempty"`      // in the content, from 1
	Column    int           `json:"column,omitempty"`    // in bytes, from 1
	See       []problemLink `json:"see,omitempty"`       // pages that may be meant
}

// problemLink is a page that may be meant.
type problemLink struct {
	Title string `json:"title"`
	Href  string `json:"href"`
}

func (s *server) problemDocument(r *http.Request, p *Problem) problemDocument {
	// Where no type is known, about:blank says that the status alone tells it,
	// with the phrase as the title (RFC 9457, Section 4.2.1).
	d := problemDocument{Type: "about:blank", Title: http.StatusText(p.Status), Status: p.Status, Detail: p.Detail, Fix: p.Fix, Href: fmt.Sprintf("/%03d", p.Status),
		Request: requestID(r), Line: p.Line, Column: p.Column}
	if t, ok := openapi.ProblemOf(p.Kind, p.Status); ok {
		d.Type, d.Title = s.publicURL+"/api#problem-"+t.Slug, t.Title
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case p.Place == "":
	case strings.HasPrefix(p.Place, "/"):
		d.Pointer = "#" + p.Place
	case r.Method == http.MethodPost && (media == "application/json" || media == "") && !r.URL.Query().Has(p.Place):
		d.Pointer = "#/" + pointed.Replace(p.Place)
	default:
		d.Parameter = p.Place
	}
	for _, e := range p.See {
		d.See = append(d.See, problemLink{e.Title, e.Href})
	}
	return d
}

func (s *server) writeProblem(w http.ResponseWriter, r *http.Request, p *Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Add("Vary", "Accept")
	w.WriteHeader(p.Status)
	_ = report.WriteJSON(w, s.problemDocument(r, p)) // a client that went away needs no answer
}

// writeTextProblem tells an error to people at a terminal.
func writeTextProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Add("Vary", "Accept, User-Agent")
	w.WriteHeader(p.Status)
	fmt.Fprintf(w, "%d %s\n\n%s\n", p.Status, p.Title, report.Visible(p.Detail))
	if p.Fix != "" {
		fmt.Fprintln(w, p.Fix)
	}
	for _, see := range p.See {
		fmt.Fprintf(w, "  %s  %s\n", see.Href, see.Title)
	}
}

func badRequest(detail, fix string) *Problem {
	return &Problem{Status: 400, Title: "That cannot be asked for", Detail: detail, Fix: fix}
}

// notFound answers what no route takes: names of pages without their folder,
// such as /www-authenticate and /codes/401, lead to the page, all others to a
// 404 with pages that may be meant.
func (s *server) notFound(w http.ResponseWriter, r *http.Request) error {
	if to, ok := moved(s.lib, r.URL.Path); ok && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		redirect(w, to, http.StatusMovedPermanently)
		return nil
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	for _, folder := range []string{"codes/", "status/", "http/"} {
		name = strings.TrimPrefix(name, folder)
	}
	if page, ok := s.lib.Lookup(name); ok && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		redirect(w, page.Href(), http.StatusMovedPermanently)
		return nil
	}
	return s.nothingAt(r, r.URL.Path)
}

// nothingAt is the 404 for a name that nothing has, with suggestions.
func (s *server) nothingAt(r *http.Request, name string) *Problem {
	words := strings.Join(strings.FieldsFunc(strings.TrimPrefix(name, "/api/v1/"), func(c rune) bool { return c == '/' || c == '.' || c == '-' || c == '_' }), " ")
	p := &Problem{Status: 404, Title: "Nothing is here", Detail: "There is no page at " + r.URL.Path + ".",
		Fix: "Check the spelling, or search the reference from the box at the top."}
	if strings.HasPrefix(r.URL.Path, "/api/") {
		p.Detail, p.Fix = "The API has nothing at "+r.URL.Path+".", "Check the spelling. /openapi.json lists all that there is, and /api/v1/search?q= finds pages."
	}
	hits, err := s.hits(r, words, 6)
	if err != nil {
		s.log.Debug("no suggestions", "error", err.Error()) // the answer is of use without them
	}
	for _, h := range hits {
		p.See = append(p.See, templates.ListEntry{Title: h.Title, Href: h.Href, Summary: h.Summary})
	}
	if len(p.See) == 0 {
		p.See = []templates.ListEntry{{Title: "All status codes", Href: "/codes"}, {Title: "All header fields", Href: "/fields"}, {Title: "Inspect a URL", Href: "/inspect"}}
	}
	return p
}
