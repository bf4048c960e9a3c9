// Package admission says whether a request may have what it asks for now: a place
// among the inspections, the contents and the texts that are under way, a turn to
// search and draw, and its share of the rates. Package limit counts; here are the
// bounds that visitors meet, who is counted under which name, and the sentences
// of a refusal. What is done with a place is no matter of it.
package admission

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"wwwhy/web/limit"
	"wwwhy/web/meter"
	"wwwhy/web/problem"
	"wwwhy/web/visit"
)

// Gate lets requests in as far as there is room, and words why there is none.
type Gate struct {
	Places  *limit.Places
	Turns   *limit.Turns  // nil: all at once
	Limiter limit.Limiter // of Rates; nil: nothing is counted
	Rates   Rates
	Bounds  Bounds
	Pace    Pace // of contents
	Log     *slog.Logger
	Meter   *meter.Meter // nil: nothing is metered
}

// Bounds says how many inspections may be under way at once.
type Bounds struct {
	Outbound  int // of all clients and targets
	PerClient int // of one client
	PerTarget int // of one site, and of one address
}

// Inspection takes a place for an inspection of a target.
func (g *Gate) Inspection(r *http.Request, target string) (leave func(), p *problem.Problem) {
	return g.place(g.all(), g.client(r), g.site(target))
}

// Check takes the place of a client for many inspections, each of which waits for
// a place of its own by Wait.
func (g *Gate) Check(r *http.Request) (leave func(), p *problem.Problem) {
	leave, p = g.place(g.client(r))
	if p == nil && g.Places.Taken(g.all().Name) >= g.Bounds.Outbound {
		leave()
		return nil, g.crowded(g.all())
	}
	return leave, p
}

// Wait waits for a place for one inspection of a check.
func (g *Gate) Wait(ctx context.Context, target string) (leave func()) {
	return g.Places.Wait(ctx, g.all(), g.site(target))
}

// all, client and site are what an inspection is counted under: all together, who
// asks, and whom.
func (g *Gate) all() limit.Key { return limit.Key{Name: "all", Most: g.Bounds.Outbound} }

func (g *Gate) client(r *http.Request) limit.Key {
	return limit.Key{Name: "client " + visit.Client(r), Most: g.Bounds.PerClient}
}

func (g *Gate) site(target string) limit.Key {
	return limit.Key{Name: "site " + siteOf(target), Most: g.Bounds.PerTarget}
}

// place takes a place under all keys, or says which has none.
func (g *Gate) place(keys ...limit.Key) (leave func(), p *problem.Problem) {
	leave, full := g.Places.Take(keys...)
	if full != nil {
		return nil, g.crowded(*full)
	}
	return leave, nil
}

// crowded says which bound is reached. Retry-After goes with it.
func (g *Gate) crowded(full limit.Key) *problem.Problem {
	kind, _, _ := strings.Cut(full.Name, " ")
	g.Meter.Refused("places of " + kind)
	switch kind {
	case "client":
		return &problem.Problem{Status: http.StatusTooManyRequests, Title: "Too many inspections at once", Detail: "Inspections of yours are still under way, as many as one client may have.",
			Fix: "Wait for them, or try again in ten seconds. In a terminal, wwwhy check has no such limit."}
	case "turn":
		return &problem.Problem{Status: http.StatusTooManyRequests, Title: "Too much at once", Detail: "As many requests of yours are waiting as one client may have.", Fix: "Wait for their answers, or try again in ten seconds."}
	case "turns":
		return &problem.Problem{Status: http.StatusServiceUnavailable, Title: "Too many requests at once", Detail: "As many requests are waiting as are answered within a sensible time.", Fix: "Try again in ten seconds. Most articles are there meanwhile."}
	case "texts", "contents", "client's":
		status := http.StatusServiceUnavailable
		if kind == "client's" {
			status = http.StatusTooManyRequests
		}
		return &problem.Problem{Status: status, Title: "Too many large texts at once", Detail: "As many large texts as we read at once are being read.",
			Fix: "Try again in ten seconds, or paste the head of the response alone. In a terminal, wwwhy explain has no such limit."}
	case "site":
		return &problem.Problem{Status: http.StatusServiceUnavailable, Title: "Too many inspections of this site at once", Detail: "As many inspections of this site as we allow are under way, so that it is not troubled.",
			Fix: "Try again in ten seconds. The answer to the same question is shared for a minute."}
	}
	return &problem.Problem{Status: http.StatusServiceUnavailable, Title: "Too many inspections at once", Detail: "All places for inspections are taken at this moment.",
		Fix: "Try again in ten seconds. Articles and pasted responses work meanwhile."}
}
