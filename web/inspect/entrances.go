package inspect

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"

	"wwwhy/web/diagnose"
	"wwwhy/web/fetch"
	"wwwhy/web/message"
	"wwwhy/web/report"
)

// Site is a site with the addresses by which people come to it.
type Site struct {
	Name      string   // as typed
	Addresses []string // http before https, the bare name before www
	path      string   // with the query: what was asked for below each; "/": nothing
}

// deepPath is an address below an entrance at which there is nothing.
const deepPath = "/wwwhy-asks-for-what-is-not-there?from=wwwhy"

// ReadSite reads the name of a site, or an address of it, whose path and query
// are then asked for at each entrance. The error is a sentence that says what to
// do.
func ReadSite(typed string) (Site, error) {
	u, err := url.Parse(Complete(typed))
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return Site{}, fmt.Errorf("%q is no site: write its name, such as example.com", typed)
	case u.User != nil:
		return Site{}, errors.New("a site is asked without user name and password: leave them out of the address")
	case u.Port() != "" && u.Port() != "80" && u.Port() != "443":
		return Site{}, fmt.Errorf("the entrances of a site are at the ports 80 and 443: leave out :%s, or check the addresses one by one", u.Port())
	}
	s := Site{Name: strings.TrimSpace(typed), path: u.RequestURI()}
	for _, host := range namesOf(strings.ToLower(u.Hostname())) {
		for _, scheme := range []string{"http", "https"} {
			s.Addresses = append(s.Addresses, scheme+"://"+host+s.path)
		}
	}
	return s, nil
}

// namesOf is a name with and without www, where people type both: that holds for
// names that somebody can register, and for one that has www already. It does not
// for an address, for a name below another, nor for one in somebody's domain for
// everybody, such as a page at a host of pages.
func namesOf(host string) []string {
	if a, err := netip.ParseAddr(host); err == nil {
		if a.Is6() {
			host = "[" + host + "]"
		}
		return []string{host}
	}
	if bare, ok := strings.CutPrefix(host, "www."); ok && strings.Contains(bare, ".") {
		return []string{bare, host}
	}
	own, err := publicsuffix.EffectiveTLDPlusOne(host)
	suffix, icann := publicsuffix.PublicSuffix(host)
	if err != nil || own != host || !icann && strings.Contains(suffix, ".") {
		return []string{host}
	}
	return []string{host, "www." + host}
}

// Entrances asks all entrances of a site at once and compares them. Where one
// leads elsewhere, and no page was asked for, it also asks for an address below
// it, to see whether path and query are kept. place waits for a place before each
// entrance is asked, as in Batch; it may be nil. t says how they are asked.
func (in *Inspector) Entrances(ctx context.Context, s Site, t Target, place func(context.Context, Target) (leave func())) report.Entrances {
	v := &visit{in: in, ctx: ctx, site: s, how: t, place: place}
	all := make(diagnose.Entrances, len(s.Addresses))
	reports := make([]report.Report, len(s.Addresses))
	v.each(func(i int) { all[i], reports[i] = v.enter(s.Addresses[i]) })
	if s.path == "/" {
		elsewhere := make([]bool, len(all))
		for i := range all { // before any goes on: it takes all to tell
			elsewhere[i] = all.LeadsElsewhere(i)
		}
		v.each(func(i int) {
			if elsewhere[i] {
				all[i].Deep = v.fetch(strings.TrimSuffix(s.Addresses[i], "/") + deepPath)
			}
		})
	}
	var r report.Entrances
	_ = in.turns.Do(context.Background(), func() { r = report.NewEntrances(in.lib, s.Name, all, reports) }) // whose context never ends
	return r
}

// visit is the work of one call of Entrances.
type visit struct {
	in    *Inspector
	ctx   context.Context
	site  Site
	how   Target
	place func(context.Context, Target) (leave func())
}

// each does something for all entrances at once. A panic is raised again in the
// goroutine of the caller, who may catch it there.
func (v *visit) each(do func(i int)) {
	var work sync.WaitGroup
	faults := make(chan string, len(v.site.Addresses))
	for i := range v.site.Addresses {
		work.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					faults <- fmt.Sprintf("%v\n%s", p, debug.Stack())
				}
			}()
			do(i)
		})
	}
	work.Wait()
	select {
	case fault := <-faults:
		panic(fault)
	default:
	}
}

// enter inspects one entrance.
func (v *visit) enter(address string) (diagnose.Entrance, report.Report) {
	xs := v.fetch(address)
	return diagnose.Entrance{URL: address, Chain: xs}, v.in.judge(xs, "")
}

// fetch asks for an address and follows its redirects, when there is a place.
func (v *visit) fetch(address string) []message.Exchange {
	t := v.how
	t.Request.URL = address
	if t.Request.Method == "" {
		t.Request.Method = "GET"
	}
	v.in.addAgent(&t)
	if v.place != nil {
		leave := v.place(v.ctx, t)
		if leave == nil {
			return []message.Exchange{{Cause: message.Asked, Fidelity: message.Wire, Request: &t.Request, Failure: &message.Failure{Kind: message.FailureCanceled, Args: map[string]string{}}}}
		}
		defer leave()
	}
	return v.in.fetcher.Fetch(v.ctx, t.Request, fetch.Options{Patient: true, Cookies: t.Cookies, Protocol: t.Options.Protocol, Family: t.Family, Resolve: t.Resolve}, nil)
}
