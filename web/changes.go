package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"wwwhy/templates"
	"wwwhy/web/problem"
	"wwwhy/web/report"
)

// comparand is one side of a comparison of reports.
type comparand struct {
	Name  string         // for people
	Href  string         // of the saved report, or of a new inspection
	Saved bool           // a saved report, so its secrets are gone
	rep   *report.Report // as it came
}

// savedAddress finds the id in the address of a saved report, of this site or
// without one.
var savedAddress = regexp.MustCompile(`^(?:https?://[^/]+)?/r/([A-Za-z0-9_-]{22,64})(?:\.[a-z]+)?$`)

// comparand reads one side: the address of a saved report, or an address that is
// inspected now.
func (s *server) comparand(w http.ResponseWriter, r *http.Request, typed string) (comparand, error) {
	typed = strings.TrimSpace(typed)
	if m := savedAddress.FindStringSubmatch(typed); m != nil && (strings.HasPrefix(typed, "/") || strings.HasPrefix(typed, s.publicURL+"/")) {
		d, rec, err := s.load(r, m[1])
		if err != nil {
			return comparand{}, err
		}
		return comparand{Name: "the report saved on " + rec.Created.UTC().Format("2 January 2006, 15:04 UTC"), Href: "/r/" + m[1], Saved: true, rep: &d.Report}, nil
	}
	if typed == "" {
		return comparand{}, problem.BadRequest("One side of the comparison is missing.", "Give left and right: each the address of a saved report, or one to inspect now.")
	}
	rep, p := s.run(w, r, asking{URL: typed})
	if p != nil {
		return comparand{}, p
	}
	return comparand{Name: "the answer of now", Href: "/inspect?url=" + url.QueryEscape(typed), rep: rep}, nil
}

// changesDocument is what is different between two reports.
type changesDocument struct {
	Left    string          `json:"left"`  // path of the saved report, or of a new inspection
	Right   string          `json:"right"` // the same of the other side
	Changes []report.Change `json:"changes"`
}

// changes tells what is different between two reports, in words.
func (s *server) changes(w http.ResponseWriter, r *http.Request) error {
	h, q := w.Header(), r.URL.Query()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	left, err := s.comparand(w, r, q.Get("left"))
	if err != nil {
		return err
	}
	right, err := s.comparand(w, r, q.Get("right"))
	if err != nil {
		return err
	}
	// What is hidden on one side would differ from what is not on the other.
	for _, side := range []*comparand{&left, &right} {
		if !side.Saved && (left.Saved || right.Saved) {
			redacted := s.inspector.Redacted(*side.rep)
			side.rep = &redacted
		}
	}
	all := report.Changes(*left.rep, *right.rep)
	if strings.HasPrefix(r.URL.Path, "/api/") || negotiate(r, "text/html", "application/json") != "text/html" {
		h.Set("Content-Type", "application/json")
		return report.WriteJSON(w, changesDocument{left.Href, right.Href, all})
	}
	h.Add("Vary", "Accept")
	v := templates.ChangesView{Left: [2]string{left.Name, left.Href}, Right: [2]string{right.Name, right.Href}, LeftVerdict: left.rep.Verdict, RightVerdict: right.rep.Verdict}
	for _, c := range all {
		if c.Expected {
			v.Expected = append(v.Expected, c)
		} else {
			v.Changes = append(v.Changes, c)
		}
	}
	return s.render(w, r, http.StatusOK, templates.Changes(v))
}
