package admission

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"wwwhy/web/inspect"
	"wwwhy/web/limit"
	"wwwhy/web/problem"
	"wwwhy/web/visit"
)

// Rates says how much may be asked in which time. A quota of 0 does not count.
type Rates struct {
	Burst  int // inspections of one client in 15 seconds
	Client int // inspections of one client in an hour; a check counts as one
	Site   int // inspections of one site in an hour, whoever asks
	Saves  int // reports that one client saves in an hour
}

// clientRates are the rates of inspections that a client is told of.
func (r Rates) clientRates() []limit.Rate {
	var all []limit.Rate
	if r.Burst > 0 {
		all = append(all, limit.Rate{Name: "burst", Quota: r.Burst, Per: 15 * time.Second, Strict: true})
	}
	if r.Client > 0 {
		all = append(all, hourly("hour", r.Client))
	}
	return all
}

// hourly is a rate that no hour sees exceeded: half of it at once, and the rest
// one by one.
func hourly(name string, quota int) limit.Rate {
	return limit.Rate{Name: name, Quota: quota, Per: time.Hour, Burst: (quota + 1) / 2, Strict: true}
}

// Spend counts an inspection of a target, or refuses it.
func (g *Gate) Spend(h http.Header, r *http.Request, target string) *problem.Problem {
	return g.SpendSite(h, r, target, 1)
}

// SpendSite counts an inspection of the client and n of a target's site, or
// refuses it. The client's own rates are told in the fields h of the answer; the
// target's is not, since others use it up, too. Without a target, none is counted.
func (g *Gate) SpendSite(h http.Header, r *http.Request, target string, n int) *problem.Problem {
	var takes []limit.Take
	for _, rate := range g.Rates.clientRates() {
		takes = append(takes, limit.Take{Key: "client " + visit.Client(r), Rate: rate, N: 1})
	}
	own := len(takes)
	if g.Rates.Site > 0 && target != "" {
		rate := hourly("site", g.Rates.Site)
		takes = append(takes, limit.Take{Key: "site " + siteOf(target), Rate: rate, N: min(n, rate.Burst)})
	}
	return g.take(h, r, takes, own)
}

// SpendSave counts a report that is saved, or refuses it.
func (g *Gate) SpendSave(h http.Header, r *http.Request) *problem.Problem {
	if g.Rates.Saves <= 0 {
		return nil
	}
	return g.take(h, r, []limit.Take{{Key: "client " + visit.Client(r), Rate: hourly("saves", g.Rates.Saves), N: 1}}, 1)
}

// take takes what a request needs, or says why it may not. The first own takes
// are the client's, which the answer tells of.
func (g *Gate) take(h http.Header, r *http.Request, takes []limit.Take, own int) *problem.Problem {
	if g.Limiter == nil || len(takes) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	a, err := g.Limiter.Take(ctx, takes...)
	if err != nil {
		// The limits' store answers from memory where it cannot be reached, so
		// this is a request that ended, which is no fault, or one of ours.
		if r.Context().Err() == nil {
			g.Log.Error("counting a request", "id", visit.ID(r), "error", err.Error())
		}
		return &problem.Problem{Status: http.StatusServiceUnavailable, Title: "Not counted", Detail: "The request could not be counted, and none is made uncounted.", Fix: "Try again in a few seconds.", After: 5 * time.Second}
	}
	if policy, left := limit.Fields(a.Grants[:own]); policy != "" {
		h.Set("RateLimit-Policy", policy)
		h.Set("RateLimit", left)
	}
	refused := a.Refused()
	if refused == nil {
		return nil
	}
	g.Meter.Refused("rate " + refused.Rate.Name)
	wait := "Try again in " + waitWords(refused.RetryAfter) + "."
	if refused.Rate.Name == "site" {
		return &problem.Problem{Status: http.StatusServiceUnavailable, Title: "This site was inspected often", After: refused.RetryAfter,
			Detail: fmt.Sprintf("We ask one site %d times in an hour at most, whoever wants to know, so that it is not troubled.", refused.Rate.Quota), Fix: wait + " Or paste its answer: that has no limit."}
	}
	return &problem.Problem{Status: http.StatusTooManyRequests, Title: "Too many in a short time", After: refused.RetryAfter,
		Detail: fmt.Sprintf("One client may do this %d times in %s.", refused.Rate.Quota, waitWords(refused.Rate.Per)), Fix: wait + " In a terminal, wwwhy inspect has no such limit."}
}

// waitWords writes a time for people, rounded up.
func waitWords(d time.Duration) string {
	n, unit := int((d+time.Second-1)/time.Second), "second"
	if n > 120 {
		n, unit = (n+59)/60, "minute"
	}
	if n <= 1 {
		return "a " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// siteOf names the site of a typed address: its registrable domain, or its host
// where it has none.
func siteOf(typed string) string {
	u, err := url.Parse(inspect.Complete(typed))
	if err != nil {
		return "unknown"
	}
	name := strings.ToLower(u.Hostname())
	if site, err := publicsuffix.EffectiveTLDPlusOne(name); err == nil {
		return site
	}
	return name
}
