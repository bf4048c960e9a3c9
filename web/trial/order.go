package trial

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wwwhy/web/field"
)

// order is an answer as it was asked for.
type order struct {
	code             int
	scheme           string // of the challenge, in lower case; empty: Basic, where one is needed
	realm, algorithm string
	delay            time.Duration
	to               string // Location
	times            int    // how often the code is answered before 200; 0: always
	id               string // of the counter
	cors             string // "", "right", "wrong", "any", "challenged"
	etag             string
	modified         time.Time
	trailer, problem bool
	fields           field.Section
	inside           bool // credentials were right
}

// names are the parameters that are read; any other is refused, and one that
// repeats, so that a misspelt one does not pass for a working one.
var names = []string{"scheme", "realm", "algorithm", "delay", "to", "hops", "times", "id", "cors", "etag", "modified", "trailer", "problem", "field"}

// sendable are fields that may be chosen: none of them makes a browser run,
// store or trust anything on behalf of the site.
var sendable = []string{"Accept-Ranges", "Age", "Allow", "Cache-Control", "Content-Disposition", "Content-Language", "Date", "Deprecation", "ETag", "Expires", "Last-Modified", "Link", "Pragma",
	"Proxy-Authenticate", "RateLimit", "RateLimit-Policy", "Retry-After", "Server", "Server-Timing", "Sunset", "Upgrade", "Vary", "Via", "Warning", "WWW-Authenticate", "X-Powered-By", "X-Request-Id"}

// Sendable returns the names of the fields that may be chosen.
func Sendable() []string { return slices.Clone(sendable) }

func (t *Trial) read(q url.Values, code int) (order, error) {
	o := order{code: code, scheme: strings.ToLower(q.Get("scheme")), realm: "wwwhy", id: q.Get("id"), cors: q.Get("cors"), trailer: q.Get("trailer") == "1", problem: q.Get("problem") == "1"}
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(names, name) {
			return o, refuse("Use "+strings.Join(names, ", ")+".", "There is no parameter %q.", short(name))
		}
		if len(q[name]) > 1 && name != "field" {
			return o, refuse("Write it once; field alone may stand several times.", "The parameter %q stands there twice.", name)
		}
	}
	for _, step := range []func(url.Values) error{o.readStatus(t), o.readNumbers, o.readTexts, o.readTo, o.readFields} {
		if err := step(q); err != nil {
			return o, err
		}
	}
	return o, nil
}

// readStatus checks the code and the scheme.
func (o *order) readStatus(t *Trial) func(url.Values) error {
	return func(url.Values) error {
		if s := t.lib.Status(o.code); s == nil && (o.code < 200 || o.code > 599) || o.code < 100 || o.code == 101 {
			return refuse("Use a code from 200 to 599, 100, 102, 103, or one that a vendor made up.", "%d cannot be answered.", o.code)
		}
		if o.scheme != "" && t.lib.Scheme(o.scheme) == nil {
			return refuse("See /schemes for those that are known.", "There is no scheme %q.", short(o.scheme))
		}
		return nil
	}
}

func (o *order) readNumbers(q url.Values) error {
	if v := q.Get("delay"); v != "" {
		seconds, err := strconv.ParseFloat(v, 64)
		if err != nil || !(seconds >= 0 && seconds <= LongestDelay.Seconds()) {
			return refuse(fmt.Sprintf("Write seconds from 0 to %v.", LongestDelay.Seconds()), "delay=%s is no time that we wait.", short(v))
		}
		o.delay = time.Duration(seconds * float64(time.Second))
	}
	if v := q.Get("times"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > mostTimes || o.id == "" || len(o.id) > 64 {
			return refuse(fmt.Sprintf("Write times=1 to %d, and an id of your own of up to 64 letters.", mostTimes), "times=%s with the id %q cannot be counted.", short(v), short(o.id))
		}
		o.times = n
	}
	if v := q.Get("hops"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > MostHops {
			return refuse(fmt.Sprintf("Write hops=0 to %d.", MostHops), "hops=%s is no number of redirects.", short(v))
		}
		if n > 1 {
			o.to = fmt.Sprintf("/try/%d?hops=%d", o.code, n-1)
		}
	}
	return nil
}

// readTexts reads what is sent back in quotes or as it is.
func (o *order) readTexts(q url.Values) error {
	for name, to := range map[string]*string{"realm": &o.realm, "algorithm": &o.algorithm, "etag": &o.etag} {
		v := q.Get(name)
		if v == "" {
			continue
		}
		if len(v) > longestText || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
			return refuse("Use printable ASCII without quotation marks and backslashes.", "%s=%q cannot be sent.", name, short(v))
		}
		*to = v
	}
	if v := q.Get("modified"); v != "" {
		date, ok := field.ParseDate(v)
		if !ok {
			return refuse("Write it as Sun, 06 Nov 1994 08:49:37 GMT.", "modified=%q is no date.", short(v))
		}
		o.modified = date
	}
	if o.cors != "" && !slices.Contains([]string{"right", "wrong", "any", "challenged"}, o.cors) {
		return refuse("Use right, wrong, any or challenged.", "There is no cors=%q.", short(o.cors))
	}
	return nil
}

// readTo reads where a redirect leads: to the site itself only.
func (o *order) readTo(q url.Values) error {
	v := q.Get("to")
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(v, "/") || strings.HasPrefix(v, "//") || strings.ContainsAny(v, "\\\r\n\x00") || len(v) > longestText {
		return refuse("Write a path of this site, such as /401.", "to=%q leads off this site.", short(v))
	}
	for _, part := range []string{"/inspect", "/check", "/explain", "/ask", "/api"} {
		if u.Path == part || strings.HasPrefix(u.Path, part+"/") {
			return refuse("Write the path of a page of the reference, such as /401, or of /try.", "to=%q would make the site ask itself.", short(v))
		}
	}
	o.to = u.String()
	return nil
}

func (o *order) readFields(q url.Values) error {
	all := q["field"]
	if len(all) > mostFields {
		return refuse(fmt.Sprintf("Choose up to %d fields.", mostFields), "%d fields are too many.", len(all))
	}
	for _, v := range all {
		name, value, ok := strings.Cut(v, ":")
		value = strings.TrimSpace(value)
		known := slices.IndexFunc(sendable, func(s string) bool { return strings.EqualFold(s, strings.TrimSpace(name)) })
		if !ok || known < 0 || len(value) > longestText || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
			return refuse("Choose among "+strings.Join(sendable, ", ")+", with a value of printable ASCII.", "The field %q cannot be chosen.", short(v))
		}
		o.fields = append(o.fields, field.Line{Name: sendable[known], Value: value})
	}
	return nil
}

// needed sets the fields that the status must or should have.
func (o *order) needed(h http.Header, r *http.Request) {
	set := func(name, value string) {
		if h.Get(name) == "" {
			h.Set(name, value)
		}
	}
	switch {
	case o.to != "" && o.code >= 300 && o.code < 400 || slices.Contains([]int{301, 302, 303, 307, 308}, o.code):
		if o.to == "" {
			o.to = "/try/200"
		}
		set("Location", o.to)
	case o.code == 201:
		set("Location", "/try/200")
	case o.code == 405:
		set("Allow", strings.Join(slices.DeleteFunc([]string{"GET", "POST", "PUT"}, func(m string) bool { return m == r.Method }), ", "))
	case o.code == 426:
		set("Upgrade", "websocket")
		set("Connection", "upgrade")
	case o.code == 429 || o.code == 503:
		set("Retry-After", "2")
	case o.code == 451:
		set("Link", `<https://www.rfc-editor.org/>; rel="blocked-by"`)
	}
	if o.problem {
		set("Content-Type", "application/problem+json")
	}
	if o.etag != "" {
		set("ETag", `"`+o.etag+`"`)
		h.Set("Cache-Control", "no-cache")
	}
	if !o.modified.IsZero() {
		set("Last-Modified", o.modified.UTC().Format(http.TimeFormat))
		h.Set("Cache-Control", "no-cache")
	}
}

// conditional reports whether the client has what would be sent (RFC 9110,
// Section 13.2.2).
func (o *order) conditional(h http.Header, r *http.Request) bool {
	if o.code != 200 || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if tags := r.Header.Get("If-None-Match"); tags != "" && o.etag != "" {
		for _, p := range field.Split("etags", 0, tags) {
			if p.Value == "*" || strings.TrimPrefix(p.Value, "W/") == h.Get("ETag") {
				return true
			}
		}
		return false
	}
	since, ok := field.ParseDate(r.Header.Get("If-Modified-Since"))
	return ok && !o.modified.IsZero() && !o.modified.After(since)
}

// whole is what a part is taken of.
const whole = "0123456789abcdefghijklmnopqrstuvwxyz"

// part returns the first ten bytes, or those that Range asks for; a range beyond
// the end makes it 416 (RFC 9110, Sections 14.1.2 and 15.5.17).
func (o *order) part(h http.Header, r *http.Request) string {
	from, to := int64(0), int64(9)
	const end = int64(len(whole))
	spec, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes=")
	before, behind, _ := strings.Cut(spec, "-")
	first, isFirst := field.Integer(before)
	last, isLast := field.Integer(behind)
	switch {
	case !ok: // all of it may be sent, but a part was asked for in the address
	case isFirst && (behind == "" || isLast && last >= first):
		from, to = first, end-1
		if isLast {
			to = min(last, to)
		}
	case before == "" && isLast: // so many at the end
		from, to = max(end-last, 0), end-1
	}
	if from >= end || o.code == http.StatusRequestedRangeNotSatisfiable {
		o.code = http.StatusRequestedRangeNotSatisfiable
		h.Set("Content-Range", fmt.Sprintf("bytes */%d", end))
		return "There is no such part.\n"
	}
	h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, end))
	return whole[from : to+1]
}

func short(s string) string { return field.Beginning(s, 60) }
