package web

import (
	"net/http"
	"time"

	"wwwhy/templates"
	"wwwhy/web/report"
)

// liveAfter is how long an inspection may take before its page is sent piece by
// piece. Most are done by then, and are sent whole, with their own status.
const liveAfter = 300 * time.Millisecond

// inspectLive inspects and draws the page: whole where the answer comes soon,
// else with each exchange as it ends, and the report when all have. Whoever
// leaves ends the work.
func (s *server) inspectLive(w http.ResponseWriter, r *http.Request, a asking, v templates.InspectView) error {
	hops := make(chan report.Exchange, 64)
	done := make(chan answer, 1)
	go func() {
		done <- s.answer(r, a, func(x report.Exchange) {
			select {
			case hops <- x:
			default: // nobody needs to see so many
			}
		})
	}()
	soon := time.NewTimer(liveAfter)
	defer soon.Stop()
	select {
	case got := <-done:
		return s.inspected(w, r, v, got)
	case <-soon.C:
	}
	var got answer
	v.Live = &templates.LiveView{Limit: s.deadline, Hops: func(yield func(report.Exchange) bool) {
		for {
			select {
			case x := <-hops:
				if !yield(x) {
					got = <-done
					return
				}
			case got = <-done:
				for len(hops) > 0 && yield(<-hops) {
				}
				return
			}
		}
	}, Result: func() (*report.Report, *templates.Problem) {
		if got.problem != nil {
			return nil, viewOf(got.problem)
		}
		return got.rep, nil
	}}
	v.Durable = s.archive.Durable()
	return s.flow(w, r, templates.Inspect(v))
}

// inspected draws the page of an inspection that is done.
func (s *server) inspected(w http.ResponseWriter, r *http.Request, v templates.InspectView, got answer) error {
	got.tell(w.Header())
	status := http.StatusOK
	if got.problem != nil {
		v.Problem, status = viewOf(got.problem), got.problem.Status
	}
	v.Report, v.Durable = got.rep, s.archive.Durable()
	return s.render(w, r, status, templates.Inspect(v))
}
