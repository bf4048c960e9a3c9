package diagnose

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// checkRules hold the answers to checks against the answer that was asked for.
var checkRules = []rule{
	{[]string{"compression-saves", "compression-larger", "compression-missing"}, compression, false},
	{[]string{"coding-without-vary", "vary-inconsistent", "etag-same-across-codings", "coding-changes-answer"}, negotiated, false},
	{[]string{"validation-works", "validation-ignored", "etag-unchanged"}, validation, false},
	{[]string{"304-lacks-fields"}, fieldsOf304, false},
	{[]string{"range-works", "range-ignored", "range-wrong", "206-lacks-fields"}, ranges, false},
	{[]string{"head-differs"}, headDiffers, false},
	{[]string{"soft-404", "error-page-unprotected"}, errorPage, false},
	{[]string{"http-leads-to-https", "http-not-redirected"}, httpLeads, false},
}

// firstBytes is the part that a check asks for.
const firstBytes = 100

// madeUpPath is an address at which there is nothing.
const madeUpPath = "/wwwhy-asks-for-what-is-not-there"

// Checks returns the requests that show what a resource offers. Only an answer
// of 200 to GET is checked, and only one that was asked for without
// credentials: without them the answers would be others, and they are not sent
// more often than the visitor asked.
func Checks(xs []message.Exchange) []Wanted {
	asked := lastAsked(xs)
	if asked == nil || asked.Response == nil || asked.Response.Code != 200 || asked.Request.Method != "GET" ||
		asked.Request.Fields.Has("Authorization") || asked.Request.Fields.Has("Cookie") {
		return nil
	}
	address := asked.Request.URL
	with := func(p message.Purpose, pairs ...string) Wanted {
		w := Wanted{URL: address, Method: "GET", Purpose: p}
		for i := 0; i+1 < len(pairs); i += 2 {
			w.Fields = append(w.Fields, field.Line{Name: pairs[i], Value: pairs[i+1]})
		}
		return w
	}
	all := []Wanted{with(message.WithGzip, "Accept-Encoding", "gzip"), with(message.WithBrotli, "Accept-Encoding", "br"), with(message.WithZstd, "Accept-Encoding", "zstd")}
	if tag := asked.Response.Fields.Get("ETag"); tag != "" {
		all = append(all, with(message.WithETag, "If-None-Match", tag))
	}
	if date := asked.Response.Fields.Get("Last-Modified"); date != "" {
		all = append(all, with(message.WithModified, "If-Modified-Since", date))
	}
	all = append(all, with(message.WithRange, "Accept-Encoding", "identity", "Range", fmt.Sprintf("bytes=0-%d", firstBytes-1)),
		Wanted{URL: address, Method: "HEAD", Purpose: message.WithHEAD})
	u, err := url.Parse(address)
	if err != nil {
		return all
	}
	missing := url.URL{Scheme: u.Scheme, Host: u.Host, Path: madeUpPath}
	all = append(all, Wanted{URL: missing.String(), Method: "GET", Purpose: message.Missing})
	if u.Scheme == "https" && u.Port() == "" {
		plain := *u
		plain.Scheme = "http"
		all = append(all, Wanted{URL: plain.String(), Method: "GET", Purpose: message.OtherScheme})
	}
	return slices.DeleteFunc(all, func(w Wanted) bool { return alreadyMade(xs, w) })
}

// alreadyMade reports whether a comparison was made already.
func alreadyMade(xs []message.Exchange, w Wanted) bool {
	return slices.ContainsFunc(xs, func(x message.Exchange) bool { return x.Cause == message.Probe && x.Purpose == w.Purpose })
}

// checked returns the answer that was asked for, if it is 200 and the exchange on
// the table checks it for one of the purposes.
func (e *exam) checked(purposes ...message.Purpose) (*message.Response, bool) {
	asked, ok := e.compared(purposes...)
	return asked, ok && asked.Code == 200 && lastAsked(e.all).Request.Method == "GET"
}

// codedBy are the purposes that ask for a coding.
var codedBy = map[message.Purpose]string{message.WithGzip: "gzip", message.WithBrotli: "br", message.WithZstd: "zstd"}

// worth is how many bytes are worth the trouble of compressing: what fits into
// one packet arrives no sooner.
const worth = 1400

// compresses reports whether contents of a type become smaller by compression.
func compresses(media string) bool {
	return strings.HasPrefix(media, "text/") || field.IsJSON(media) || field.IsXML(media) || media == "application/javascript" || media == "application/wasm"
}

// compression tells what a coding saves, and where none is offered though it
// would.
func compression(e *exam) {
	asked, ok := e.checked(message.WithGzip, message.WithBrotli, message.WithZstd)
	c := e.resp.Content
	coding := codedBy[e.x.Purpose]
	switch {
	case !ok || e.resp.Code != 200 || !c.Complete || c.Problem != nil:
	case strings.EqualFold(e.resp.Fields.Joined("Content-Encoding"), coding) && c.Length < c.Decoded:
		e.report("compression-saves", "coding", coding, "bytes", fmt.Sprint(c.Length), "whole", fmt.Sprint(c.Decoded), "percent", fmt.Sprint(100-100*c.Length/c.Decoded))
	case strings.EqualFold(e.resp.Fields.Joined("Content-Encoding"), coding) && c.Length > c.Decoded:
		e.report("compression-larger", "coding", coding, "bytes", fmt.Sprint(c.Length), "whole", fmt.Sprint(c.Decoded))
	case coding == "gzip" && len(c.Codings) == 0 && len(asked.Content.Codings) == 0 && c.Decoded >= worth && compresses(e.media()):
		e.report("compression-missing", "bytes", fmt.Sprint(c.Decoded), "type", e.media())
	}
}

// negotiated reports a resource that answers by the coding that is asked for
// without telling caches so (RFC 9110, Sections 8.8.3.3 and 12.5.5).
func negotiated(e *exam) {
	asked, ok := e.checked(message.WithGzip, message.WithBrotli, message.WithZstd)
	if !ok {
		return
	}
	coding, other := strings.ToLower(e.resp.Fields.Joined("Content-Encoding")), strings.ToLower(asked.Fields.Joined("Content-Encoding"))
	if e.resp.Code != asked.Code && e.resp.Code != 406 && e.resp.Code != 429 && e.resp.Code < 500 || e.media() != mediaOf(asked) && e.resp.Code == asked.Code {
		e.report("coding-changes-answer", "accepted", codedBy[e.x.Purpose], "code", fmt.Sprint(e.resp.Code), "type", e.media(), "asked", fmt.Sprint(asked.Code), "other", mediaOf(asked))
		return
	}
	if coding == other || e.resp.Code != 200 || e.seenBefore(coding) {
		return
	}
	tag := e.resp.Fields.Get("ETag")
	if tag != "" && tag == asked.Fields.Get("ETag") && !strings.HasPrefix(tag, "W/") {
		e.line("etag-same-across-codings", lineOf(e.resp, "ETag"), "one", orPlain(coding), "other", orPlain(other))
	}
	here, there := variesOn(e.resp, "Accept-Encoding"), variesOn(asked, "Accept-Encoding")
	private := e.directive("no-store") || e.directive("private")
	switch {
	case private:
	case !here && !there:
		e.missing("coding-without-vary", "Vary", "coding", orPlain(coding), "other", orPlain(other))
	case here != there:
		e.missing("vary-inconsistent", "Vary", "with", orPlain(map[bool]string{true: coding, false: other}[here]), "without", orPlain(map[bool]string{true: other, false: coding}[here]))
	}
}

// seenBefore reports whether an earlier check of a coding got the same one: what
// it showed is not told again.
func (e *exam) seenBefore(coding string) bool {
	return slices.ContainsFunc(e.all[:e.index], func(x message.Exchange) bool {
		return codedBy[x.Purpose] != "" && x.Response != nil && strings.EqualFold(x.Response.Fields.Joined("Content-Encoding"), coding)
	})
}

func orPlain(coding string) string {
	if coding == "" {
		return "no coding"
	}
	return coding
}

func mediaOf(r *message.Response) string {
	media, _, _ := strings.Cut(r.Fields.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(media))
}

func variesOn(r *message.Response, name string) bool {
	for _, p := range field.Split("list", 0, r.Fields.Joined("Vary")) {
		if p.Value == "*" || strings.EqualFold(p.Value, name) {
			return true
		}
	}
	return false
}

func lineOf(r *message.Response, name string) int {
	for n := range r.Fields.Values(name) {
		return n
	}
	return 0
}

// validation tells whether a client that has the content is told so instead of
// being sent it again (RFC 9110, Sections 13.1.2 and 13.1.3).
func validation(e *exam) {
	asked, ok := e.checked(message.WithETag, message.WithModified)
	if !ok {
		return
	}
	condition, validator := "If-None-Match", "ETag"
	if e.x.Purpose == message.WithModified {
		condition, validator = "If-Modified-Since", "Last-Modified"
	}
	value := asked.Fields.Get(validator)
	same := e.resp.Content.SHA256 != nil && bytes.Equal(e.resp.Content.SHA256, asked.Content.SHA256)
	switch {
	case e.resp.Code == 304:
		e.report("validation-works", "condition", condition)
	case e.resp.Code != 200 || e.resp.Fields.Get(validator) != value:
	case same:
		e.report("validation-ignored", "condition", condition, "validator", validator, "bytes", fmt.Sprint(e.resp.Content.Length))
	case validator == "ETag" && !strings.HasPrefix(value, "W/") && e.resp.Content.SHA256 != nil && asked.Content.SHA256 != nil && e.resp.Fields.Joined("Content-Encoding") == asked.Fields.Joined("Content-Encoding"):
		e.line("etag-unchanged", lineOf(e.resp, "ETag"))
	}
}

// fieldsOf304 reports what a 304 must repeat of the 200 (RFC 9110, Section
// 15.4.5).
func fieldsOf304(e *exam) {
	asked, ok := e.checked(message.WithETag, message.WithModified)
	if !ok || e.resp.Code != 304 {
		return
	}
	if lacking := e.unrepeated(asked); len(lacking) > 0 {
		e.report("304-lacks-fields", "fields", strings.Join(lacking, ", "))
	}
}

// unrepeated returns the fields of the whole answer that the one on the table has
// to repeat, by the page of its status, and lacks.
func (e *exam) unrepeated(whole *message.Response) []string {
	page := e.lib.Status(e.resp.Code)
	if page == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(page.Repeats), func(name string) bool {
		return !whole.Fields.Has(name) || e.resp.Fields.Has(name)
	})
}

// ranges judges the answer to a request for the first bytes (RFC 9110, Sections
// 14.2 and 15.3.7).
func ranges(e *exam) {
	asked, ok := e.checked(message.WithRange)
	if !ok {
		return
	}
	offered := strings.Contains(strings.ToLower(asked.Fields.Joined("Accept-Ranges")), "bytes")
	if e.resp.Code == 200 && offered && asked.Content.Decoded > firstBytes {
		e.report("range-ignored")
	}
	if e.resp.Code != 206 || e.media() == "multipart/byteranges" {
		return
	}
	for i := range e.all {
		if r := e.all[i].Response; r != nil && r != e.resp && r.Code == 200 && e.all[i].Request.URL == e.x.Request.URL && len(r.Content.Codings) == 0 && r.Content.Known != message.None && e.all[i].Request.Method == "GET" {
			e.part(r)
			return
		}
	}
}

// part holds the bytes of a part against those of the whole, where both are of
// the same state: the validator says so.
func (e *exam) part(whole *message.Response) {
	if lacking := e.unrepeated(whole); len(lacking) > 0 {
		e.report("206-lacks-fields", "fields", strings.Join(lacking, ", "))
	}
	part, sample := e.resp.Content.Sample, whole.Content.Sample
	_, total, _ := strings.Cut(e.resp.Fields.Get("Content-Range"), "/")
	length, known := field.Integer(total)
	switch {
	case !sameState(whole, e.resp) || len(e.resp.Content.Codings) > 0 || !e.resp.Content.Complete || len(part) > len(sample) && !whole.Content.Complete:
	case len(part) > len(sample) || !bytes.Equal(part, sample[:len(part)]):
		e.report("range-wrong", "why", "its bytes are not those at the beginning of the whole")
	case known && whole.Content.Complete && length != whole.Content.Length:
		e.report("range-wrong", "why", fmt.Sprintf("Content-Range says that the whole has %d bytes, but it has %d", length, whole.Content.Length))
	default:
		e.report("range-works")
	}
}

// sameState reports whether two answers are about the same state of a resource,
// as far as their validators say.
func sameState(a, b *message.Response) bool {
	tag, modified := b.Fields.Get("ETag"), b.Fields.Get("Last-Modified")
	return tag != "" && tag == a.Fields.Get("ETag") || tag == "" && modified != "" && modified == a.Fields.Get("Last-Modified")
}

// headDiffers reports fields that HEAD tells otherwise than GET (RFC 9110,
// Section 9.3.2). A field may be missing where it is known only once the
// content is made.
func headDiffers(e *exam) {
	asked, ok := e.checked(message.WithHEAD)
	if !ok || e.resp.Code != 200 || e.resp.Fields.Joined("Content-Encoding") != asked.Fields.Joined("Content-Encoding") {
		return
	}
	for _, name := range []string{"Content-Type", "Content-Length", "ETag"} {
		head, get := e.resp.Fields.Get(name), asked.Fields.Get(name)
		if head == "" || get == "" || head == get || name == "Content-Length" && !sameState(asked, e.resp) {
			continue
		}
		e.line("head-differs", lineOf(e.resp, name), "name", name, "get", short(get))
		return
	}
}

// protections are the fields that pages need whatever their status.
var protections = []string{"Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options"}

// errorPage judges the answer to an address at which there is nothing.
func errorPage(e *exam) {
	asked, ok := e.checked(message.Missing)
	if !ok {
		return
	}
	if e.resp.Code == 200 && e.html() {
		e.report("soft-404", "url", short(e.x.Request.URL))
		return
	}
	var lacking []string
	for _, name := range protections {
		if asked.Fields.Has(name) && !e.resp.Fields.Has(name) {
			lacking = append(lacking, name)
		}
	}
	if e.resp.Code >= 400 && e.html() && len(lacking) > 0 {
		e.report("error-page-unprotected", "code", fmt.Sprint(e.resp.Code), "fields", strings.Join(lacking, ", "))
	}
}

// httpLeads tells whether http leads to https.
func httpLeads(e *exam) {
	_, ok := e.checked(message.OtherScheme)
	if !ok || e.url == nil || e.url.Scheme != "http" || !e.plainHTTP() {
		return
	}
	u, err := url.Parse(e.resp.Fields.Get("Location"))
	switch {
	case follows(e.resp.Code) && err == nil && u.Scheme == "https":
		e.report("http-leads-to-https")
	case e.resp.Code == 200:
		e.report("http-not-redirected", "url", short(e.x.Request.URL))
	}
}
