package diagnose

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// entranceIDs are what a comparison of entrances can report.
var entranceIDs = []string{"entrance-without-redirect", "entrance-detour", "entrance-by-http", "entrance-temporary", "entrance-path-lost", "entrance-without-hsts",
	"entrance-certificate", "entrance-closed", "entrance-status-differs", "entrances-apart", "entrances-same-page", "entrances-without-https",
	"entrances-agree", "entrances-lead-to-https", "entrances-with-hsts", "entrances-keep-path"}

// Judge compares the entrances with each other. What is wrong with one of them by
// itself is found by Run. Exchange of a finding is the number of an
// entrance, or -1 where it is about all.
func (all Entrances) Judge() []Finding {
	j := &entrancesExam{all: all, differs: map[string]bool{}}
	for i, e := range all {
		j.at = i
		j.certificate(e)
		j.closed(e)
		j.plain(e)
		j.way(e)
		j.pathLost(e)
		j.hsts(e)
		j.status(e)
	}
	j.at = -1
	j.together()
	return j.found
}

// entrancesExam gathers findings about entrances.
type entrancesExam struct {
	all     Entrances
	at      int
	differs map[string]bool // host and status of which it was told that they differ
	deep    bool            // an address below an entrance was asked for, and led to the other origin
	found   []Finding
}

func (j *entrancesExam) has(id string) bool {
	return slices.ContainsFunc(j.found, func(f Finding) bool { return f.ID == id })
}

func (j *entrancesExam) report(id string, pairs ...string) {
	args := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i]] = short(pairs[i+1])
	}
	j.found = append(j.found, Finding{ID: id, Exchange: j.at, Span: field.Nowhere, Args: args})
}

// certificate reports a certificate at which browsers stop, where another of the
// site is trusted: where none is, this may be how it is meant, and each inspection
// tells it.
func (j *entrancesExam) certificate(e Entrance) {
	x, bad := e.distrusted()
	trusted := slices.ContainsFunc(j.all, func(o Entrance) bool {
		return slices.ContainsFunc(o.Chain, func(x message.Exchange) bool { return x.Peer != nil && x.Peer.TLS != nil && x.Peer.TLS.Verified })
	})
	if bad && trusted {
		j.report("entrance-certificate", "url", e.URL, "host", hostIn(x.Request.URL), "reason", string(x.Peer.TLS.Problem))
	}
}

// ours are failures that tell of this inspection, not of the site.
var ours = []message.Kind{message.FailureURL, message.FailureBlocked, message.FailureBusy, message.FailureCanceled}

// closed reports an entrance without an answer where its name, or the site, is to
// be had otherwise. That nothing answers over http is no loss where https does.
func (j *entrancesExam) closed(e Entrance) {
	if e.entered() || e.Chain[0].Failure == nil || slices.Contains(ours, e.Chain[0].Failure.Kind) {
		return
	}
	same := slices.ContainsFunc(j.all, func(o Entrance) bool { return o.host() == e.host() && o.URL != e.URL && o.entered() })
	secure := slices.ContainsFunc(j.all, func(o Entrance) bool { return o.scheme() == "https" && o.entered() })
	switch {
	case same && (e.scheme() == "http" || !secure):
	case same:
		j.report("entrance-closed", "where", e.URL)
	case e.scheme() == "https" && j.all.Answering() > 0: // told once for the name
		j.report("entrance-closed", "where", e.host())
	}
}

// twin returns the entrance of a name over https.
func (j *entrancesExam) twin(host string) (Entrance, bool) {
	for _, o := range j.all {
		if o.scheme() == "https" && o.host() == host {
			return o, true
		}
	}
	return Entrance{}, false
}

// plain reports an entrance that leaves its visitors on http, though the same is
// to be had over https (RFC 6797, Section 7.2). An error over http is a refusal,
// which is as good; so is what browsers could not reach over https.
func (j *entrancesExam) plain(e Entrance) {
	secure, ok := j.twin(hostIn(e.end()))
	if !ok || e.scheme() != "http" || schemeIn(e.end()) != "http" || onThisMachine(e.host()) {
		return
	}
	if _, bad := secure.distrusted(); bad || schemeIn(secure.end()) != "https" {
		return
	}
	if good := func(code int) bool { return code/100 == 2 || code == 401 }; good(e.code()) && good(secure.code()) {
		j.report("entrance-without-redirect", "url", e.URL, "end", secure.end())
	}
}

// way reports detours on the way to the one address: more redirects than needed,
// http where https should come first, and redirects that last for this time only.
func (j *entrancesExam) way(e Entrance) {
	if !e.answers() || len(e.Chain) < 2 {
		return
	}
	home := j.all.home(e)
	arrives, temporary, again := arrival(e.Chain, home), "", ""
	for i, x := range e.Chain[:arrives] {
		to := e.Chain[i+1].Request.URL
		if schemeIn(x.Request.URL) == "http" && schemeIn(to) == "http" && hostIn(x.Request.URL) != hostIn(to) {
			again = to
		}
		if code := x.Response.Code; temporary == "" && code != 301 && code != 308 && sameBelow(x.Request.URL, to) {
			temporary = strconv.Itoa(code)
		}
	}
	secure := schemeIn(home) == "https"
	// From http to https of the same name and from there to the other name is what
	// HSTS wants, so that browsers learn of it for both.
	needed := 1
	if e.scheme() == "http" && secure && hostIn(home) != e.host() {
		needed = 2
	}
	switch {
	case again != "" && secure:
		j.report("entrance-by-http", "url", e.URL, "to", again)
	case arrives > needed:
		j.report("entrance-detour", "url", e.URL, "count", strconv.Itoa(arrives), "end", e.Chain[arrives].Request.URL, "needed", map[int]string{1: "one would do", 2: "two would do"}[needed])
	}
	if temporary != "" {
		j.report("entrance-temporary", "url", e.URL, "code", temporary)
	}
}

// pathLost reports an entrance that leads to the other origin whatever below it
// was asked for.
func (j *entrancesExam) pathLost(e Entrance) {
	from, to, ok := j.all.below(e)
	if !ok {
		return
	}
	j.deep = true
	home := "/"
	if len(e.Deep) > 0 {
		u, err := url.Parse(e.Chain[arrival(e.Chain, j.all.home(e))].Request.URL)
		if err != nil {
			return
		}
		home = cmp.Or(u.Path, "/")
	}
	if what := lost(from, to, home); what != "" {
		j.report("entrance-path-lost", "url", from.String(), "to", to.String(), "what", what)
	}
}

// lost tells what of an address a redirect dropped. What stands somewhere in the
// new address is not lost: below /en/, or as the way back from a sign-in. One that
// leads to another page than home may know where the page moved.
func lost(from, to *url.URL, home string) string {
	path, query := strings.Trim(from.Path, "/"), from.RawQuery
	all := to.Path + "?" + to.RawQuery
	if decoded, err := url.QueryUnescape(to.RawQuery); err == nil {
		all += " " + decoded
	}
	switch kept := strings.Contains(all, path); {
	case !kept && cmp.Or(to.Path, "/") != home, kept && strings.Contains(all, query):
		return ""
	case kept:
		return "query"
	case query == "" || strings.Contains(all, query):
		return "path"
	}
	return "path and query"
}

// hsts reports a name whose first answer over https does not ask for https next
// time, while another name of the site does, and does not include this one.
func (j *entrancesExam) hsts(e Entrance) {
	if e.scheme() != "https" || !e.entered() || asksForHTTPS(e.Chain[0].Response) {
		return
	}
	if _, bad := e.distrusted(); bad {
		return // with such a certificate it would not count (RFC 6797, Section 8.1)
	}
	for _, o := range j.all {
		if o.scheme() != "https" || o.host() == e.host() || !o.entered() {
			continue
		}
		value := o.Chain[0].Response.Fields.Get("Strict-Transport-Security")
		below := strings.HasSuffix(e.host(), "."+o.host()) && strings.Contains(strings.ToLower(value), "includesubdomains")
		if asksForHTTPS(o.Chain[0].Response) && !below {
			j.report("entrance-without-hsts", "url", e.URL, "other", o.URL, "host", e.host())
			return
		}
	}
}

// status reports an entrance that ends with another status than most, once for
// each host. An error over http, where https has none, is a refusal, and 429 is
// about our own requests.
func (j *entrancesExam) status(e Entrance) {
	usual := j.usual()
	code := e.code()
	switch {
	case code == 0 || usual.code() == 0 || code == usual.code() || code == http429 || usual.code() == http429:
		return
	case e.scheme() == "http" && code >= 400 && code != 401 && usual.code() < 400:
		return
	}
	secure, _ := j.twin(e.host())
	key := hostIn(e.end()) + " " + strconv.Itoa(code)
	if e.scheme() == "http" && secure.URL != "" && secure.code() == code || j.differs[key] {
		return // told of https, or of an entrance before
	}
	j.differs[key] = true
	meaning := ""
	if code == 401 {
		meaning = "it asks for credentials, and the other does not"
	} else if usual.code() == 401 {
		meaning = "it asks for no credentials, and the other does"
	}
	j.report("entrance-status-differs", "url", e.URL, "code", strconv.Itoa(code), "other", usual.URL, "usual", strconv.Itoa(usual.code()), "meaning", meaning)
}

const http429 = 429 // Too Many Requests

// usual is an entrance with the status of most; of two that are as frequent, the
// one of the first entrance over https.
func (j *entrancesExam) usual() Entrance {
	count := map[int]int{}
	for _, e := range j.all {
		count[e.code()]++
	}
	var best Entrance
	for _, e := range append(slices.DeleteFunc(slices.Clone(j.all), func(e Entrance) bool { return e.scheme() != "https" }), j.all...) {
		if e.code() > 0 && (len(best.Chain) == 0 || count[e.code()] > count[best.code()]) {
			best = e
		}
	}
	if len(best.Chain) == 0 {
		return j.all[0]
	}
	return best
}

// together judges all entrances at once: whether they lead to one address, and
// what holds for each.
func (j *entrancesExam) together() {
	ends := j.all.Ends()
	if len(ends) == 0 {
		return
	}
	if !slices.ContainsFunc(j.all, func(e Entrance) bool { return e.scheme() == "https" && e.entered() }) {
		j.report("entrances-without-https", "end", ends[0])
	}
	if n := j.all.Answering(); n > 1 && len(ends) == 1 {
		j.report("entrances-agree", "count", strconv.Itoa(n), "end", ends[0])
	}
	switch hosts := j.byHost(); {
	case len(hosts) < 2 || oneCanonical(hosts):
	case samePage(hosts):
		j.report("entrances-same-page", "first", hosts[0].end(), "second", hosts[1].end())
	case !j.has("entrance-status-differs"):
		j.report("entrances-apart", "first", hosts[0].end(), "second", hosts[1].end())
	}
	j.secure()
	if j.deep && !j.has("entrance-path-lost") {
		j.report("entrances-keep-path")
	}
}

// secure tells that https is enforced where people come over http, and that it is
// asked for next time wherever they come over https.
func (j *entrancesExam) secure() {
	led, left, asks, silent := 0, 0, 0, 0
	for _, e := range j.all {
		_, bad := e.distrusted()
		switch {
		case e.scheme() == "http" && schemeIn(e.end()) == "https" && !bad:
			led++
		case e.scheme() == "http" && e.answers() && e.code() < 400, e.scheme() == "http" && e.code() == 401, bad:
			left++
		case e.scheme() == "https" && e.entered() && asksForHTTPS(e.Chain[0].Response):
			asks++
		case e.scheme() == "https" && e.entered():
			silent++
		}
	}
	if led > 0 && left == 0 {
		j.report("entrances-lead-to-https")
	}
	if asks > 0 && silent == 0 && left == 0 {
		j.report("entrances-with-hsts")
	}
}

// byHost lists the entrances by which the names are reached in the end, one for
// each host. That http and https of one name differ is told of that over http.
func (j *entrancesExam) byHost() Entrances {
	var hosts Entrances
	for _, end := range j.all.Ends() {
		if !slices.ContainsFunc(hosts, func(o Entrance) bool { return hostIn(o.end()) == hostIn(end) }) {
			hosts = append(hosts, j.all[slices.IndexFunc(j.all, func(e Entrance) bool { return e.end() == end })])
		}
	}
	return hosts
}
