package inspect

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/diagnose"
	"wwwhy/web/fetch"
	"wwwhy/web/field"
	"wwwhy/web/message"
	"wwwhy/web/report"
)

// CORS is a request that a script of another origin wants to make.
type CORS = diagnose.CORS

// forbidden are fields that a script cannot set (Fetch, "forbidden
// request-header").
var forbidden = []string{"accept-charset", "accept-encoding", "access-control-request-headers", "access-control-request-method", "connection", "content-length",
	"cookie", "cookie2", "date", "dnt", "expect", "host", "keep-alive", "origin", "referer", "set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "via"}

// ReadCORS checks what somebody asks a preflight for. The error is a sentence
// that says what to do.
func ReadCORS(origin, method string, fields field.Section, credentials bool) (CORS, error) {
	if origin == "null" { // a sandboxed frame, or a page from a file
		return readCORS(CORS{Origin: origin, Method: method, Fields: fields, Credentials: credentials})
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Scheme == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return CORS{}, fmt.Errorf("%q is no origin: write scheme and host, such as https://app.example, or null", origin)
	}
	host := strings.ToLower(u.Host)
	if p := map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]; p != "" {
		host = strings.TrimSuffix(host, ":"+p) // a browser leaves it out of Origin
	}
	return readCORS(CORS{Origin: strings.ToLower(u.Scheme) + "://" + host, Method: method, Fields: fields, Credentials: credentials})
}

// readCORS checks method and fields.
func readCORS(c CORS) (CORS, error) {
	method := c.Method
	if c.Method == "" {
		c.Method = "GET"
	}
	// A browser writes these in upper case, and no others (Fetch, "normalize").
	if upper := strings.ToUpper(c.Method); slices.Contains([]string{"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"}, upper) {
		c.Method = upper
	}
	if !field.IsToken(c.Method) || diagnose.ForbiddenMethod(c.Method) {
		return CORS{}, fmt.Errorf("a script cannot send the method %q", method)
	}
	for _, l := range c.Fields {
		name := strings.ToLower(l.Name)
		if slices.Contains(forbidden, name) || strings.HasPrefix(name, "sec-") || strings.HasPrefix(name, "proxy-") {
			return CORS{}, fmt.Errorf("a script cannot set the field %s: the browser does", l.Name)
		}
	}
	return c, nil
}

// Preflight asks as a browser would for a script of another origin, and says
// what the browser decides at each step. The request itself is sent only where
// it changes nothing (GET and HEAD), without credentials.
func (in *Inspector) Preflight(ctx context.Context, t Target, c CORS) report.Report {
	address := Complete(t.Request.URL)
	ctx, cancel := context.WithTimeout(ctx, in.deadline)
	defer cancel()
	o := fetch.Options{NoFollow: true, Dialed: new(int), Protocol: t.Options.Protocol, Family: t.Family, Resolve: t.Resolve}
	before := []diagnose.Step{c.Needed()}
	var xs []message.Exchange
	allowed := true
	if before[0].Right {
		x := in.fetcher.Fetch(ctx, c.Preflight(address), o, nil)[0]
		xs = append(xs, x)
		steps := c.Allowed(x)
		before = append(before, steps...)
		allowed = steps[len(steps)-1].Right
	}
	var after []diagnose.Step
	if allowed && (c.Method == "GET" || c.Method == "HEAD") {
		req := message.Request{Method: c.Method, URL: address, Fields: append(field.Section{{Name: "Origin", Value: c.Origin}}, harmless(c.Fields)...)}
		x := in.fetcher.Fetch(ctx, req, o, nil)[0]
		if len(xs) > 0 {
			x.Cause, x.Purpose = message.Probe, message.CrossOrigin
		}
		xs = append(xs, x)
		after = c.Readable(x)
	}
	r := in.judge(xs, "")
	r.Preflight = report.NewPreflight(in.lib, c, before, after)
	r.Verdict = r.Preflight.Verdict
	return r
}

// harmless returns the fields that have a value and carry no credentials.
func harmless(fields field.Section) field.Section {
	return slices.DeleteFunc(slices.Clone(fields), func(l field.Line) bool { return l.Value == "" || content.SecretField(l.Name) })
}
