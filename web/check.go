package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"wwwhy/templates"
	"wwwhy/web/inspect"
	"wwwhy/web/problem"
	"wwwhy/web/report"
	"wwwhy/web/strict"
	"wwwhy/web/visit"
)

// Bounds of one check on the site. A terminal has others.
const (
	checkMost    = 100
	checkJobs    = 4
	checkTime    = 2 * time.Minute
	checkContent = 1 << 20
)

// checking is what a visitor wants checked, as it was typed.
type checking struct {
	URLs     []string `json:"urls"`
	Method   string   `json:"method"`
	NoFollow bool     `json:"no_follow"`
}

// lines reads addresses, one in each line.
func lines(text string) []string {
	var all []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			all = append(all, l)
		}
	}
	return all
}

// targets checks what was typed. A Problem says what is wrong with it.
func (c checking) targets() ([]inspect.Target, *problem.Problem) {
	switch {
	case len(c.URLs) == 0:
		return nil, problem.BadRequest("There are no addresses to check.", "Give one in each line.").At("urls")
	case len(c.URLs) > checkMost:
		return nil, &problem.Problem{Status: 413, Title: "Too many addresses", Detail: itoa(len(c.URLs)) + " addresses are more than the " + itoa(checkMost) + " of one check.",
			Fix: "Split the list, or use wwwhy check in a terminal, which takes 10,000."}
	case c.Method != "" && !slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, c.Method):
		return nil, problem.BadRequest("The method "+c.Method+" is not asked from here.", "Choose GET, HEAD or OPTIONS; any other works with wwwhy check -X in a terminal.").At("method")
	}
	all := make([]inspect.Target, len(c.URLs))
	for i, u := range c.URLs {
		all[i].Request.URL, all[i].Request.Method, all[i].NoFollow = u, c.Method, c.NoFollow
	}
	return all, nil
}

// rows inspects the targets: each takes a place among all inspections, and the
// whole is one inspection of its client. The rows come as they are done; what
// is not done when the time is over says so. end gives the place back.
func (s *server) rows(w http.ResponseWriter, r *http.Request, targets []inspect.Target) (rows iter.Seq2[int, report.Row], end func(), p *problem.Problem) {
	leave, p := s.many(w.Header(), r, "", len(targets))
	if p != nil {
		return nil, nil, p
	}
	ctx, cancel := context.WithTimeout(r.Context(), checkTime)
	s.log.Info("check", "id", visit.ID(r), "addresses", len(targets))
	return func(yield func(int, report.Row) bool) {
		done := make([]bool, len(targets))
		for i, row := range s.inspector.Many(ctx, targets, inspect.Batch{Jobs: checkJobs, Soonest: true, Place: s.place}) {
			done[i] = true
			if !yield(i, row) {
				return
			}
		}
		for i, t := range targets {
			if !done[i] && !yield(i, report.Row{URL: t.Request.URL, Failure: "canceled", Verdict: "This was not checked: the time for one check was over.", Findings: []string{}}) {
				return
			}
		}
	}, func() { cancel(); leave() }, nil
}

// many lets a client make n inspections as one of its own; they count for a site,
// "" for none. leave gives the client's place back. Each takes its own by place.
func (s *server) many(h http.Header, r *http.Request, site string, n int) (leave func(), p *problem.Problem) {
	if p := s.unwanted(r); p != nil {
		return nil, p
	}
	if p := s.gate.SpendSite(h, r, site, n); p != nil {
		return nil, p
	}
	return s.gate.Check(r)
}

// place waits for a place for one of many inspections.
func (s *server) place(ctx context.Context, t inspect.Target) (leave func()) {
	return s.gate.Wait(ctx, t.Request.URL)
}

// checkPage is the form, and below it the rows as they come.
func (s *server) checkPage(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodPost && r.URL.Query().Has("site") {
		return s.entrancesPage(w, r)
	}
	v := templates.CheckView{Limit: checkMost}
	if r.Method != http.MethodPost { // HEAD is answered as GET is
		v.Text = r.URL.Query().Get("urls")
		return s.render(w, r, http.StatusOK, templates.Check(v))
	}
	r.Body = http.MaxBytesReader(w, r.Body, checkContent)
	if err := r.ParseForm(); err != nil {
		return problem.Unread(err)
	}
	c := checking{URLs: lines(r.PostForm.Get("urls")), Method: r.PostForm.Get("method"), NoFollow: r.PostForm.Get("nofollow") == "1"}
	v.Text, v.Method, v.NoFollow = r.PostForm.Get("urls"), c.Method, c.NoFollow
	if format := r.PostForm.Get("format"); format != "" {
		return s.stream(w, r, c, format)
	}
	w.Header().Set("X-Robots-Tag", "noindex")
	targets, p := c.targets()
	var end func()
	if p == nil {
		v.Rows, end, p = s.rows(w, r, targets)
	}
	if p != nil {
		v.Problem = viewOf(p)
		p.RetryLater(w.Header())
		return s.render(w, r, p.Status, templates.Check(v))
	}
	defer end()
	v.Total, v.Start = len(targets), time.Now()
	v.Rows = counted(v.Rows)
	return s.flow(w, r, templates.Check(v))
}

// counted numbers rows as they come, from 1.
func counted(rows iter.Seq2[int, report.Row]) iter.Seq2[int, report.Row] {
	return func(yield func(int, report.Row) bool) {
		n := 0
		for _, row := range rows {
			if n++; !yield(n, row) {
				return
			}
		}
	}
}

// flow sends a page piece by piece, as it is drawn.
func (s *server) flow(w http.ResponseWriter, r *http.Request, c templ.Component) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would keep the rows back
	f := newFlowing(w)
	w.WriteHeader(http.StatusOK)
	if err := c.Render(s.drawing(r), f); err != nil {
		s.log.Info("a page broke off", "id", visit.ID(r), "error", err.Error())
	}
	return nil
}

// flowing is a response that lasts for as long as a check may take.
type flowing struct {
	http.ResponseWriter
	c *http.ResponseController
}

func newFlowing(w http.ResponseWriter) flowing {
	f := flowing{w, http.NewResponseController(w)}
	_ = f.c.SetWriteDeadline(time.Now().Add(checkTime + 30*time.Second)) // where it cannot be set, there is none
	return f
}

// Flush sends what was written so far.
func (f flowing) Flush() { _ = f.c.Flush() } // an error shows at the next write

// checkTypes are the media types of lists to be checked.
const checkTypes = "application/json, text/plain, text/uri-list"

// apiCheck is the check for programs: JSON, or a text with one address in each
// line.
func (s *server) apiCheck(w http.ResponseWriter, r *http.Request) error {
	if err := strict.Uncoded(w, r, checkTypes); err != nil {
		return err
	}
	var c checking
	switch media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media {
	case "application/json":
		if err := strict.JSON(w, r, &c); err != nil {
			return err
		}
	case "text/plain", "text/uri-list":
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, checkContent))
		if err != nil {
			return problem.Unread(err)
		}
		c.URLs, c.Method = lines(string(data)), r.URL.Query().Get("method")
	default:
		w.Header().Set("Accept", checkTypes)
		return &problem.Problem{Status: 415, Title: "Not a type that is read here", Detail: "Content-Type does not say that the content is a list: it is " + strconv.Quote(media) + ".", Fix: "Send application/json, or text/plain with one address in each line."}
	}
	format := r.URL.Query().Get("format")
	if format == "" && negotiate(r, "application/x-ndjson", "text/csv") == "text/csv" {
		format = "csv"
	}
	return s.stream(w, r, c, format)
}

// stream answers with the rows as they come: lines of JSON, or CSV.
func (s *server) stream(w http.ResponseWriter, r *http.Request, c checking, format string) error {
	if format != "" && format != "ndjson" && format != "csv" {
		return problem.BadRequest("There is no format named "+format+".", "Choose ndjson or csv.").At("format")
	}
	targets, p := c.targets()
	if p != nil {
		return p
	}
	rows, end, p := s.rows(w, r, targets)
	if p != nil {
		return p
	}
	defer end()
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	h.Add("Vary", "Accept")
	f := newFlowing(w)
	if format == "csv" {
		h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
		h.Set("Content-Disposition", `attachment; filename="check.csv"`)
		out := csv.NewWriter(f)
		_ = out.Write(report.CSVHeading)
		out.Flush()
		for _, row := range rows {
			if row.WriteCSV(f) != nil {
				return nil // the client went away
			}
			f.Flush()
		}
		return nil
	}
	h.Set("Content-Type", "application/x-ndjson")
	w.WriteHeader(http.StatusOK)
	f.Flush() // so that the client knows at once that it is being served
	for i, row := range rows {
		data, err := json.Marshal(indexed{i, row})
		if err != nil {
			return err
		}
		if _, err := f.Write(append(report.EscapeJSON(data), '\n')); err != nil {
			return nil // the client went away
		}
		f.Flush()
	}
	return nil
}

// indexed is a row with the place of its address in the question.
type indexed struct {
	Index int `json:"index"`
	report.Row
}
