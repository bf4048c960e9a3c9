package intake

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// UnmarshalJSON keeps the first fields and passes over the others.
func (f *harFields) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	t, err := d.Token()
	if err != nil || t == nil { // null
		return err
	}
	if t != json.Delim('[') {
		return &json.UnmarshalTypeError{Value: fmt.Sprint(t), Field: "headers", Type: reflect.TypeFor[harFields]()}
	}
	for d.More() && len(*f) < mostFields {
		var l struct{ Name, Value string }
		if err := d.Decode(&l); err != nil {
			return err
		}
		*f = append(*f, l)
	}
	return nil
}

// readHAR makes exchanges of the chosen entry and of the redirects that led to
// it. The chosen one is the last.
func readHAR(text string, chosen int) ([]message.Exchange, error) {
	all, err := Entries(text)
	if err != nil {
		return nil, err
	}
	if chosen == 0 {
		chosen = Chosen(all)
	}
	if chosen < 1 || chosen > len(all) {
		return nil, &Error{Text: fmt.Sprintf("There is no entry %d: the file has %d that can be explained.", chosen, len(all)), Remedy: "Choose one of them."}
	}
	keep := chain(all, chosen)
	var xs []message.Exchange
	var none error
	err = eachEntry(text, func(i int, e *harEntry) bool {
		switch {
		case !keep[i]:
			return true
		case e.Response.code() == 0:
			none = e.noResponse(i)
			return false
		}
		xs = append(xs, e.exchange())
		return i < chosen
	})
	if err == nil {
		err = none
	}
	if len(xs) > 0 {
		xs[len(xs)-1].Again = again(all, all[chosen-1].sent)
	}
	return xs, err
}

// again counts the requests with certain credentials that a server refused after it
// had refused them once. What was under way then, as when a page asks for many
// things at once, is not counted; and nothing is, where they were let in later.
func again(all []Entry, sent string) int {
	if sent == "" {
		return 0
	}
	var refused time.Time // since then the client could have known
	for _, e := range all {
		if end := e.start.Add(time.Duration(e.Time * float64(time.Millisecond))); e.sent == sent && e.Status == 401 && !e.start.IsZero() && e.Time >= 0 && (refused.IsZero() || end.Before(refused)) {
			refused = end
		}
	}
	n := 0
	for _, e := range all {
		switch {
		case refused.IsZero() || e.sent != sent || e.start.Before(refused):
		case e.Status == 401:
			n++
		case e.Status >= 200 && e.Status < 300:
			return 0
		}
	}
	return n
}

// noResponse says why an entry cannot be explained.
func (e *harEntry) noResponse(i int) error {
	why := "No response came for entry %d."
	if e.Response.Error != "" {
		why = "No response came for entry %d: the browser says " + strings.ReplaceAll(e.Response.Error, "%", "%%") + "."
	}
	return &Error{Text: fmt.Sprintf(why, i), Remedy: "Choose another entry."}
}

// chain returns the numbers of the chosen entry and of the redirects before it.
func chain(all []Entry, chosen int) map[int]bool {
	keep := map[int]bool{chosen: true}
	to := all[chosen-1].URL
	for i := chosen - 2; i >= 0 && len(keep) <= mostHops; i-- {
		e := all[i]
		if e.Status < 300 || e.Status > 399 || e.redirect == "" || !leadsTo(e, to) {
			continue
		}
		keep[e.Index], to = true, e.URL
	}
	return keep
}

// leadsTo reports whether the redirect of an entry leads to a URL. Browsers
// write it absolute or as Location has it; the fragment is never sent.
func leadsTo(e Entry, to string) bool {
	base, err := url.Parse(e.URL)
	if err != nil {
		return false
	}
	target, err := base.Parse(e.redirect)
	if err != nil {
		return false
	}
	target.Fragment, target.RawFragment = "", ""
	to, _, _ = strings.Cut(to, "#")
	return target.String() == to
}

// summary says of the entry what a list shows.
func (e *harEntry) summary(i int) Entry {
	s := Entry{Index: i, Method: e.Request.Method, URL: e.Request.URL, Status: e.Response.code(), MediaType: e.Response.Content.MimeType, Time: e.Time, redirect: e.Response.RedirectURL}
	if s.MediaType == "x-unknown" { // Chrome's word for none
		s.MediaType = ""
	}
	if !(s.Time >= 0) {
		s.Time = -1
	}
	s.start, _ = time.Parse(time.RFC3339, e.StartedDateTime) // where it cannot be read, it is not known
	for _, f := range e.Request.Headers {
		if !strings.EqualFold(f.Name, "Authorization") || f.Value == "" {
			continue
		}
		if u, err := url.Parse(s.URL); err == nil {
			s.sent = u.Scheme + "://" + u.Host + " " + f.Value
		}
	}
	for _, f := range e.Response.Headers {
		switch {
		case strings.EqualFold(f.Name, "WWW-Authenticate"), strings.EqualFold(f.Name, "Proxy-Authenticate"):
			s.challenged = true
		case strings.EqualFold(f.Name, "Location") && s.redirect == "":
			s.redirect = f.Value
		}
	}
	return s
}

// code returns the status, or 0 where it is none.
func (r *harResponse) code() int {
	if r.Status < 100 || r.Status > 999 || r.Status != math.Trunc(r.Status) {
		return 0
	}
	return int(r.Status)
}

// exchange makes an exchange of the entry.
func (e *harEntry) exchange() message.Exchange {
	x := message.Exchange{
		Request: &message.Request{Method: e.Request.Method, URL: e.Request.URL, Protocol: protocolName(e.Request.HTTPVersion), Fields: e.Request.Headers.section()},
		Response: &message.Response{Protocol: protocolName(e.Response.HTTPVersion), Code: e.Response.code(), Reason: e.Response.StatusText,
			Fields: e.Response.Headers.section(), Content: e.Response.content()},
		Timing: e.timing(),
	}
	if e.ServerIP != "" {
		x.Peer = &message.Peer{Address: e.address()}
	}
	return x
}

// address joins the server's address with the port of the URL.
func (e *harEntry) address() string {
	ip := strings.Trim(e.ServerIP, "[]")
	u, err := url.Parse(e.Request.URL)
	switch {
	case err != nil:
		return ip
	case u.Port() != "":
		return net.JoinHostPort(ip, u.Port())
	case u.Scheme == "http":
		return net.JoinHostPort(ip, "80")
	}
	return net.JoinHostPort(ip, "443")
}

// section makes field lines. Control data of HTTP/2 and HTTP/3, which Chrome
// lists as fields, is left out. Older versions of Chrome join fields of one name
// with a line break.
func (f harFields) section() field.Section {
	var s field.Section
	for _, l := range f {
		if strings.HasPrefix(l.Name, ":") {
			continue
		}
		for value := range strings.SplitSeq(l.Value, "\n") {
			if len(s) < mostFields {
				s = append(s, field.Line{Name: l.Name, Value: strings.Trim(value, " \t\r")})
			}
		}
	}
	return s
}

// content says what the entry tells of the content: its text after all content
// codings were undone, often cut or left out.
func (r *harResponse) content() message.Content {
	text := []byte(r.Content.Text)
	if strings.EqualFold(r.Content.Encoding, "base64") {
		decoded, err := base64.StdEncoding.DecodeString(r.Content.Text)
		if err != nil {
			return message.Content{}
		}
		text = decoded
	}
	size, sent := sizeOf(r.Content.Size), int64(-1)
	if r.BodySize != nil {
		sent = sizeOf(*r.BodySize)
	}
	switch {
	case len(text) > 0:
		c := message.Content{Known: message.Partly, Length: max(sent, 0), Decoded: max(size, int64(len(text))), Sniffed: http.DetectContentType(text), Sample: text[:min(len(text), sampleLimit)]}
		if sent <= 0 { // not known, or from a cache
			c.Length = c.Decoded
		}
		if size == int64(len(c.Sample)) {
			c.Known, c.Complete = message.Wholly, true
		}
		return c
	case code204(r.code()) || size == 0 && sent == 0 && r.Content.MimeType != "x-unknown":
		return message.Content{Known: message.None, Complete: true}
	}
	return message.Content{}
}

// withoutHead takes the size of the head off that of the content, which Firefox
// counts together.
func (r *harResponse) withoutHead() {
	if r.BodySize != nil && r.HeadersSize > 0 && *r.BodySize >= r.HeadersSize {
		*r.BodySize -= r.HeadersSize
	}
}

// code204 reports whether a status never comes with content (RFC 9110, Section
// 6.4.1).
func code204(code int) bool { return code == 204 || code == 304 }

// sizeOf returns a size in bytes, or -1 where it is not known.
func sizeOf(f float64) int64 {
	if !(f >= 0 && f < 1<<53) {
		return -1
	}
	return int64(f)
}

// timing takes over the phases that HAR tells. Its "connect" holds "ssl".
func (e *harEntry) timing() message.Timing {
	t := message.Timing{DNS: phase(e.Timings.DNS), TLS: phase(e.Timings.SSL), FirstByte: phase(e.Timings.Wait), Content: phase(e.Timings.Receive), Total: phase(&e.Time)}
	t.Connect = max(phase(e.Timings.Connect)-t.TLS, 0)
	if start, err := time.Parse(time.RFC3339, e.StartedDateTime); err == nil {
		t.Start = start
	}
	return t
}

// phase makes a duration of milliseconds; what is not known or no time is 0.
func phase(ms *float64) time.Duration {
	if ms == nil || !(*ms > 0 && *ms < 24*60*60*1000) {
		return 0
	}
	return time.Duration(*ms * float64(time.Millisecond))
}

// protocolName writes a version as the engine does: browsers write "h2",
// "http/2.0" and "HTTP/2" for the same.
func protocolName(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	switch s {
	case "H2", "H2C", "HTTP/2", "HTTP/2.0":
		return "HTTP/2"
	case "H3", "H3-29", "HTTP/3", "HTTP/3.0", "QUIC":
		return "HTTP/3"
	}
	if _, _, _, ok := statusLine(s + " 200"); ok {
		return s
	}
	return ""
}
