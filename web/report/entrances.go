package report

import (
	"fmt"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/diagnose"
)

// Entrances is where the addresses lead by which people come to a site: its name
// with and without www, over http and https.
type Entrances struct {
	Site      string            `json:"site"`      // as asked
	Verdict   string            `json:"verdict"`   // in a few sentences
	Canonical string            `json:"canonical"` // the one address at which all entrances end that answer; empty: there are several, or none answers
	Entrances []Entrance        `json:"entrances"`
	Findings  []EntranceFinding `json:"findings"` // of the comparison, worst first; what an entrance has by itself is in its row
}

// Entrance is the row of one entrance, with its way.
type Entrance struct {
	Row
	Hops []EntranceHop `json:"hops"` // from the entrance to where it ends
	HSTS string        `json:"hsts"` // Strict-Transport-Security of the first answer over https; empty: it has none, or there is no such answer
}

// EntranceHop is an address on the way, and its answer.
type EntranceHop struct {
	URL    string `json:"url"`
	Status int    `json:"status"` // 0: there was no response
}

// EntranceFinding is a judgement about an entrance, held against the others.
type EntranceFinding struct {
	ID        string `json:"id"`
	Severity  string `json:"severity"`
	Topic     string `json:"topic"`
	Title     string `json:"title"`
	Entrances []int  `json:"entrances"` // places of the entrances in the list, from 0; empty: it is about all of them
	Summary   string `json:"summary"`
	Fix       string `json:"fix"`
	Spec      string `json:"spec"`
	Href      string `json:"href"`
}

// Closed reports whether nothing answers at the entrance itself. That is no fault
// in itself: the comparison tells what it means.
func (e Entrance) Closed() bool { return len(e.Hops) == 1 && e.Status == 0 }

// Secure reports whether an answer over https came on the way.
func (e Entrance) Secure() bool {
	return slices.ContainsFunc(e.Hops, func(h EntranceHop) bool { return h.Status > 0 && strings.HasPrefix(h.URL, "https:") })
}

// Again reports whether the inspection of an entrance found the same as that of one
// before it, because both end at the same answer.
func (e Entrances) Again(i int) bool {
	return slices.ContainsFunc(e.Entrances[:i], func(o Entrance) bool {
		return o.FinalURL == e.Entrances[i].FinalURL && slices.Equal(o.Findings, e.Entrances[i].Findings)
	})
}

// Worst returns the gravest severity among the findings of the comparison and of
// each entrance that is open, if any is: error, warning, notice, good or "".
func (e Entrances) Worst() string {
	worst := ""
	consider := func(severity string) {
		if content.ParseSeverity(severity) > content.ParseSeverity(worst) {
			worst = severity
		}
	}
	for _, f := range e.Findings {
		consider(f.Severity)
	}
	for _, one := range e.Entrances {
		if !one.Closed() || e.Failed() {
			consider(one.Worst)
		}
	}
	return worst
}

// Failed reports whether no entrance ended with an answer.
func (e Entrances) Failed() bool {
	return !slices.ContainsFunc(e.Entrances, func(one Entrance) bool { return one.Status > 0 })
}

// NewEntrances words the comparison of the entrances of a site. reports are those
// on each of them.
func NewEntrances(lib *content.Library, site string, all diagnose.Entrances, reports []Report) Entrances {
	out := Entrances{Site: text(site), Canonical: text(all.Canonical()), Entrances: []Entrance{}, Findings: []EntranceFinding{}}
	for i, e := range all {
		out.Entrances = append(out.Entrances, newEntrance(e, reports[i]))
	}
	for _, same := range alike(all.Judge()) {
		out.Findings = append(out.Findings, newEntranceFinding(lib, all, same))
	}
	slices.SortStableFunc(out.Findings, func(a, b EntranceFinding) int {
		return rank(Finding{Severity: b.Severity, Topic: b.Topic}) - rank(Finding{Severity: a.Severity, Topic: a.Topic})
	})
	out.Verdict = out.verdict(all.Ends())
	return out
}

func newEntrance(e diagnose.Entrance, r Report) Entrance {
	out := Entrance{Row: NewRow(e.URL, r), Hops: []EntranceHop{}}
	for _, x := range e.Chain {
		hop := EntranceHop{URL: text(x.Request.URL)}
		if x.Response != nil {
			hop.Status = x.Response.Code
		}
		out.Hops = append(out.Hops, hop)
	}
	out.HSTS = text(e.HSTS())
	return out
}

// alike gathers the findings that say the same of several entrances.
func alike(all []diagnose.Finding) [][]diagnose.Finding {
	of := func(f diagnose.Finding) string {
		return strings.Join([]string{f.ID, f.Args["code"], f.Args["usual"], f.Args["what"], f.Args["count"], f.Args["reason"], f.Args["host"]}, "\n")
	}
	var out [][]diagnose.Finding
	for _, f := range all {
		i := slices.IndexFunc(out, func(same []diagnose.Finding) bool { return of(same[0]) == of(f) && f.ID != "entrance-closed" })
		if i < 0 {
			out = append(out, nil)
			i = len(out) - 1
		}
		out[i] = append(out[i], f)
	}
	return out
}

// newEntranceFinding words a finding that is the same for one or more entrances.
// An entrance that gave no answer tells why.
func newEntranceFinding(lib *content.Library, all diagnose.Entrances, same []diagnose.Finding) EntranceFinding {
	first := same[0]
	out := EntranceFinding{ID: first.ID, Entrances: []int{}}
	var others []string
	for i, f := range same {
		if f.Exchange >= 0 {
			out.Entrances = append(out.Entrances, f.Exchange)
		}
		if i > 0 {
			others = append(others, "`"+quotable(f.Args["url"])+"`")
		}
	}
	if first.Exchange >= 0 {
		if failure := all[first.Exchange].Chain[0].Failure; failure != nil {
			first.Args["failure"] = newError(lib, failure).Message
		}
	}
	page := lib.Finding(first.ID)
	if page == nil {
		return out // the tests of diagnose see to it that there is one
	}
	args := sayable(lib, first.Args)
	out.Severity, out.Topic, out.Title, out.Spec, out.Href = page.Severity.String(), page.Topic, page.Title, page.Spec, page.Href()
	out.Summary, out.Fix = page.Says.With(args), page.Fix.With(args)
	if others != nil {
		out.Summary += " The same holds for " + listed(others) + "."
	}
	return out
}

// verdict says whether all lead to one address, and how; then which do not
// answer, and how much there is to mend.
func (e Entrances) verdict(ends []string) string {
	for i, end := range ends {
		ends[i] = "`" + quotable(end) + "`"
	}
	answering := e.answering()
	of := fmt.Sprintf("the %d entrances", len(e.Entrances))
	switch {
	case len(ends) == 0:
		return fmt.Sprintf("No entrance of %s leads to an answer. %s", quotable(e.Site), e.Entrances[0].Verdict)
	case len(ends) > 1:
		return fmt.Sprintf("The entrances of %s lead to %d addresses: %s.", quotable(e.Site), len(ends), listed(ends)) + e.silent() + e.mend()
	}
	s := fmt.Sprintf("All %d entrances of %s lead", answering, quotable(e.Site))
	switch {
	case answering == 1:
		s = fmt.Sprintf("One of %s of %s answers and leads", of, quotable(e.Site))
	case answering < len(e.Entrances):
		s = fmt.Sprintf("%d of %s of %s answer and lead", answering, of, quotable(e.Site))
	}
	return s + fmt.Sprintf(" to %s%s. ", ends[0], e.most()) + e.status() + e.silent() + e.mend()
}

func (e Entrances) answering() int {
	n := 0
	for _, one := range e.Entrances {
		if one.Status > 0 {
			n++
		}
	}
	return n
}

// most tells the greatest number of redirects.
func (e Entrances) most() string {
	n := 0
	for _, one := range e.Entrances {
		if one.Status > 0 {
			n = max(n, len(one.Hops)-1)
		}
	}
	switch n {
	case 0:
		return ", without a redirect"
	case 1:
		return ", in one redirect at most"
	}
	return fmt.Sprintf(", in %d redirects at most", n)
}

// status tells what is answered there.
func (e Entrances) status() string {
	var codes []string
	for _, one := range e.Entrances {
		if code := fmt.Sprint(one.Status); one.Status > 0 && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	if len(codes) == 1 {
		return "The answer there is " + codes[0] + "."
	}
	return "The answers there are " + listed(codes) + "."
}

// silent lists the entrances that end without an answer.
func (e Entrances) silent() string {
	var all []string
	for _, one := range e.Entrances {
		if one.Status == 0 {
			all = append(all, "`"+quotable(one.URL)+"`")
		}
	}
	if len(all) == 0 {
		return ""
	}
	return " Without an answer: " + listed(all) + "."
}

// mend counts the errors and warnings of the comparison.
func (e Entrances) mend() string {
	n := map[string]int{}
	for _, f := range e.Findings {
		n[f.Severity]++
	}
	return strings.Replace(foundWords(n), "The inspection", "The comparison", 1)
}
