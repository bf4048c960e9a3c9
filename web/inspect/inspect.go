// Package inspect is the one door to the engine: a URL or a pasted text in, a
// report out. Every surface calls it, so that all say the same. It knows
// nothing of how an answer is served or drawn.
package inspect

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/diagnose"
	"wwwhy/web/fetch"
	"wwwhy/web/field"
	"wwwhy/web/limit"
	"wwwhy/web/message"
	"wwwhy/web/report"
)

// Config bounds the inspections. The zero value asks public addresses only.
type Config struct {
	fetch.Config
	Turns *limit.Turns // in which reports are made; nil: all at once
}

// Target is what is to be inspected.
type Target struct {
	message.Request
	fetch.Options
	Agent    string // name of a client whose fields are sent; empty: our own
	Token    string // that was refused, to be held against the response; it is not sent
	Probe    bool   // compare with the answers to up to six more requests
	Checks   bool   // see what the resource offers, with up to nine more requests
	Discover bool   // look for metadata of OAuth even where no challenge names it
}

// addAgent adds the fields of the target's client, where the request has none
// of these names. It reports whether the client is known.
func (in *Inspector) addAgent(t *Target) bool {
	if t.Agent == "" {
		return true
	}
	agent, ok := in.lib.Agent(t.Agent)
	var fields field.Section
	for _, f := range agent.Fields {
		if !t.Request.Fields.Has(f.Name) {
			fields = append(fields, field.Line{Name: f.Name, Value: f.Value})
		}
	}
	t.Request.Fields = append(fields, t.Request.Fields...)
	return ok
}

// Inspector makes reports. It is safe for concurrent use.
type Inspector struct {
	lib      *content.Library
	fetcher  *fetch.Fetcher
	deadline time.Duration // of an inspection with all that belongs to it
	turns    *limit.Turns
}

// New returns an inspector that words its reports from lib.
func New(lib *content.Library, c Config) *Inspector {
	if c.Deadline == 0 {
		c.Deadline = 10 * time.Second
	}
	return &Inspector{lib, fetch.New(c.Config), c.Deadline, c.Turns}
}

// URL fetches the target and explains what came. It never fails: what went
// wrong is in the report. seen, if not nil, is told of each exchange as it
// ends, from the calling goroutine.
func (in *Inspector) URL(ctx context.Context, t Target, seen func(report.Exchange)) report.Report {
	t.Request.URL = Complete(t.Request.URL)
	if t.Request.Method == "" {
		t.Request.Method = "GET"
	}
	in.addAgent(&t)
	var told func(message.Exchange)
	if seen != nil {
		told = func(x message.Exchange) { seen(report.NewExchange(in.lib, x)) }
	}
	ctx, cancel := context.WithTimeout(ctx, in.deadline)
	defer cancel()
	t.Dialed = new(int) // by all that belongs to this inspection
	xs := in.fetcher.Fetch(ctx, t.Request, t.Options, told)
	if t.Probe {
		xs = in.compare(ctx, xs, t, told)
	}
	if t.Checks {
		xs = in.check(ctx, xs, t, told)
	}
	if !t.Patient {
		xs = in.discover(ctx, xs, t, told)
	}
	return in.judge(xs, t.Token)
}

// Token explains a token alone, without a response that it could be held
// against.
func (in *Inspector) Token(token string) report.Report { return in.judge(nil, token) }

// judge makes the report when it is its turn.
func (in *Inspector) judge(xs []message.Exchange, token string) (r report.Report) {
	_ = in.turns.Do(context.Background(), func() { r = report.New(in.lib, xs, in.find(xs, token)) }) // whose context never ends
	return r
}

// find judges exchanges. A token is judged, not sent, and is not in what is found.
func (in *Inspector) find(xs []message.Exchange, token string) []diagnose.Finding {
	findings := diagnose.Run(in.lib, xs)
	if token == "" {
		return append(findings, diagnose.SentToken(in.lib, xs)...)
	}
	return append(findings, diagnose.Token(in.lib, token, xs, time.Now())...)
}

// Complete puts https:// before an address that was typed without a scheme, as
// a browser's address bar does. Anything that has a scheme is left alone.
func Complete(typed string) string {
	typed = strings.TrimSpace(typed)
	if typed == "" || strings.Contains(typed, "://") {
		return typed
	}
	if strings.HasPrefix(typed, "//") {
		return "https:" + typed
	}
	if a, err := netip.ParseAddr(typed); err == nil && a.Is6() {
		return "https://[" + strings.Replace(typed, "%", "%25", 1) + "]"
	}
	// host:port has no scheme either, but mailto:x and javascript:x do.
	if before, after, ok := strings.Cut(typed, ":"); ok && !strings.ContainsAny(before, "/.?#[") && before != "localhost" {
		port, _, _ := strings.Cut(after, "/")
		if strings.Trim(port, "0123456789") != "" || port == "" {
			return typed
		}
	}
	return "https://" + typed
}

// CheckMethod says in a sentence what is wrong with a method that somebody typed;
// nil: nothing is. An empty one is not known, or left to us.
func CheckMethod(method string) error {
	if method != "" && !field.IsToken(method) {
		return fmt.Errorf("%q is no method. Write one such as GET, or leave it out where it is not known", method)
	}
	return nil
}

// Secret reports whether a request field by its name carries credentials, which
// go to the asked origin only and to no log.
func Secret(name string) bool { return content.SecretField(name) }

// Host returns the host of a typed address, for logs that must not hold more.
func Host(typed string) string {
	u, err := url.Parse(Complete(typed))
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
