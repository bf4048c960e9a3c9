package problem

import (
	"fmt"
	"mime"
	"net/http"
	"strings"

	"wwwhy/web/openapi"
	"wwwhy/web/report"
)

// Document is an error for programs (RFC 9457). Members that are not
// required are there where they are known.
type Document struct {
	Type      string `json:"type"`                // leads to a page about errors of this kind
	Title     string `json:"title"`               // the same for every error of this kind
	Status    int    `json:"status"`              // the status of this answer
	Detail    string `json:"detail"`              // what is wrong with this request
	Fix       string `json:"fix"`                 // what to do; empty: it is not known
	Href      string `json:"href"`                // the article on the status
	Request   string `json:"request"`             // the number of this request in the log of the site
	Parameter string `json:"parameter,omitempty"` // the parameter of the query that is wrong
	Pointer   string `json:"pointer,omitempty"`   // the place in the JSON that is wrong (RFC 6901, Section 6)
	Line      int    `json:"line,omitempty"`      // in the content, from 1
	Column    int    `json:"column,omitempty"`    // in bytes, from 1
	See       []Link `json:"see,omitempty"`       // pages that may be meant
}

// Document is the problem of a request, which the log knows under id, as
// programs read it. publicURL is where visitors reach the site.
func (p *Problem) Document(r *http.Request, publicURL, id string) Document {
	// Where no type is known, about:blank says that the status alone tells it,
	// with the phrase as the title (RFC 9457, Section 4.2.1).
	d := Document{Type: "about:blank", Title: http.StatusText(p.Status), Status: p.Status, Detail: p.Detail, Fix: p.Fix, Href: fmt.Sprintf("/%03d", p.Status),
		Request: id, Line: p.Line, Column: p.Column, See: p.See}
	if t, ok := openapi.ProblemOf(p.Kind, p.Status); ok {
		d.Type, d.Title = publicURL+"/api#problem-"+t.Slug, t.Title
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case p.Place == "":
	case strings.HasPrefix(p.Place, "/"):
		d.Pointer = "#" + p.Place
	case r.Method == http.MethodPost && (media == "application/json" || media == "") && !r.URL.Query().Has(p.Place):
		d.Pointer = "#/" + Token(p.Place)
	default:
		d.Parameter = p.Place
	}
	return d
}

// WriteJSON answers a request with the problem as a document.
func (p *Problem) WriteJSON(w http.ResponseWriter, r *http.Request, publicURL, id string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Add("Vary", "Accept")
	w.WriteHeader(p.Status)
	_ = report.WriteJSON(w, p.Document(r, publicURL, id)) // a client that went away needs no answer
}

// WriteText answers people at a terminal with the problem.
func (p *Problem) WriteText(w http.ResponseWriter) {
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

// escaped writes the letters of JSON pointers that mean something else there.
var escaped = strings.NewReplacer("~", "~0", "/", "~1")

// Token writes a key as a reference token of a JSON pointer (RFC 6901, Section 3).
func Token(key string) string { return escaped.Replace(key) }
