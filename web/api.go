package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"wwwhy/content"
	"wwwhy/web/encoded"
	"wwwhy/web/report"
)

func itoa(n int) string { return strconv.Itoa(n) }

// mostJSON is how many bytes of JSON are read.
const mostJSON = 600 << 10

// readJSON reads a small JSON object strictly: an unknown key is a mistake that
// its sender wants to know of. Without a Content-Type, JSON is assumed.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if t := r.Header.Get("Content-Type"); t != "" {
		if media, _, err := mime.ParseMediaType(t); err != nil || media != "application/json" {
			w.Header().Set("Accept", "application/json")
			return &Problem{Status: 415, Title: "Not JSON", Detail: "The content is " + strconv.Quote(t) + ".", Fix: "Send application/json."}
		}
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostJSON))
	if err != nil {
		return tooLarge(err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return jsonProblem(data, err, dec.InputOffset())
	}
	if _, err := dec.Token(); err != io.EOF {
		p := badRequest("There is more behind the JSON object.", "Send one object.")
		p.Kind, p.Line, p.Column = "invalid-json", 0, 0
		p.Line, p.Column = placeIn(data, dec.InputOffset())
		return p
	}
	return nil
}

// jsonProblem says what is wrong with JSON, and where.
func jsonProblem(data []byte, err error, read int64) *Problem {
	p := badRequest("The JSON cannot be read: "+strings.TrimPrefix(err.Error(), "json: ")+".", "Send one object with the keys that /openapi.json lists.")
	p.Kind = "invalid-json"
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		read = syntax.Offset
	case errors.As(err, &kind):
		p.Detail = "The key " + strconv.Quote(kind.Field) + " cannot be a JSON " + kind.Value + "."
		p.Place, read = strings.ReplaceAll(kind.Field, ".", "/"), kind.Offset
	case errors.Is(err, io.EOF):
		p.Detail = "There is no content."
	case errors.Is(err, io.ErrUnexpectedEOF):
		read = int64(len(data))
	default:
		if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			p.Place, _ = strconv.Unquote(name)
			p.Detail = "There is no key " + name + " here."
		}
	}
	p.Line, p.Column = placeIn(data, read)
	return p
}

// placeIn turns the number of bytes up to a mistake into line and column.
func placeIn(data []byte, read int64) (line, column int) {
	before := data[:min(max(read, 0), int64(len(data)))]
	return 1 + bytes.Count(before, []byte("\n")), max(1, len(before)-(bytes.LastIndexByte(before, '\n')+1))
}

// pageDocument is a page of the reference for programs.
type pageDocument struct {
	Kind     string             `json:"kind"`
	Slug     string             `json:"slug"`
	Title    string             `json:"title"`
	Href     string             `json:"href"`
	Summary  string             `json:"summary"`
	Reviewed string             `json:"reviewed"`
	Facts    []content.Fact     `json:"facts"`
	Uses     []useDocument      `json:"uses"`
	Names    []content.Constant `json:"constants"`
	Sources  []string           `json:"sources"`
	See      []string           `json:"see"`
	Markdown string             `json:"markdown"`
}

// useDocument is what a product means by a code.
type useDocument struct {
	Product string `json:"product"`
	Phrase  string `json:"phrase"`
	Kind    string `json:"kind"`
	Wire    string `json:"wire"`
	State   string `json:"state"`
	Meaning string `json:"meaning"`
}

func (s *server) pageJSON(p *content.Page) pageDocument {
	d := pageDocument{Kind: string(p.Kind()), Slug: p.Slug, Title: p.Title, Href: p.Href(), Summary: p.Summary, Reviewed: p.Reviewed,
		Facts: append([]content.Fact{}, s.lib.Facts(p)...), Sources: append([]string{}, p.Sources...), See: []string{},
		Uses: []useDocument{}, Names: []content.Constant{}, Markdown: s.lib.Markdown(p)}
	for _, ref := range s.lib.Related(p) {
		d.See = append(d.See, ref.Href)
	}
	if code, err := strconv.Atoi(p.Slug); err == nil && p.Kind() == content.KindCode {
		d.Names = append(d.Names, s.lib.Constants(code)...)
		for _, u := range s.lib.Status(code).Uses {
			d.Uses = append(d.Uses, useDocument{u.Product, u.Phrase, u.Kind, u.Wire, u.State, u.Meaning})
		}
	}
	return d
}

// apiPageOf serves one page of a kind.
func (s *server) apiPageOf(kind string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		page, ok := s.lib.Lookup(kind + ":" + chi.URLParam(r, "name"))
		if !ok {
			return s.nothingAt(r, chi.URLParam(r, "name"))
		}
		return s.servePage(w, r, page, "json")
	}
}

// listed is an entry of a list for programs.
type listed struct {
	Slug    string `json:"slug"`
	Title   string `json:"title"`
	Href    string `json:"href"`
	Summary string `json:"summary"`
}

// codeList is all status codes.
type codeList struct {
	Codes []listed `json:"codes"`
}

// fieldList is all header fields.
type fieldList struct {
	Fields []listed `json:"fields"`
}

// schemeList is all authentication schemes.
type schemeList struct {
	Schemes []listed `json:"schemes"`
}

// findingList is all findings.
type findingList struct {
	Findings []listed `json:"findings"`
}

// guideList is all guides.
type guideList struct {
	Guides []listed `json:"guides"`
}

// results is what a search found, the best first.
type results struct {
	Results []listed `json:"results"`
}

// listOf names the list of a kind.
func listOf(kind content.Kind, all []listed) any {
	switch kind {
	case content.KindCode:
		return codeList{all}
	case content.KindField:
		return fieldList{all}
	case content.KindScheme:
		return schemeList{all}
	case content.KindFinding:
		return findingList{all}
	}
	return guideList{all}
}

// apiList serves the list of all pages of a kind.
func (s *server) apiList(kind content.Kind) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return s.keptJSON(w, r, "api/"+string(kind), func() any {
			all := []listed{}
			for _, p := range s.lib.Pages(kind) {
				all = append(all, listed{p.Slug, p.Title, p.Href(), p.Summary})
			}
			return listOf(kind, all)
		})
	}
}

// apiSearch finds pages. Its answer is the same for everybody, but there are too
// many questions to keep the answers.
func (s *server) apiSearch(w http.ResponseWriter, r *http.Request) error {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	if q == "" || len(q) > 200 {
		return badRequest("There are no words to look for, or more than 200 bytes of them.", "Write them as q, such as /api/v1/search?q=invalid_token.").at("q")
	}
	found := results{[]listed{}}
	for _, h := range s.hits(q, 20) {
		found.Results = append(found.Results, listed{h.Slug, h.Title, h.Href, h.Summary})
	}
	var b bytes.Buffer
	if err := report.WriteJSON(&b, found); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "public, max-age=300")
	encoded.Plain("application/json", b.Bytes()).ServeHTTP(w, r)
	return nil
}
