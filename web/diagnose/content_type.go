package diagnose

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// contentRulesOfType hold the content against what is said of it. They speak
// where all of the content is at hand.
var contentRulesOfType = []rule{
	{[]string{"json-invalid"}, jsonInvalid, false},
	{[]string{"xml-invalid"}, xmlInvalid, false},
	{[]string{"error-without-content"}, nothingSaid, false},
	{[]string{"problem-status-differs", "problem-not-an-object"}, problemStatus, false},
	{[]string{"content-range-missing", "content-range-unasked"}, contentRange, false},
}

// sampled returns the content where the sample holds all of it. A part that was
// asked for is never all.
func (e *exam) sampled() ([]byte, bool) {
	c := e.resp.Content
	return c.Sample, e.resp.Code != 206 && c.Known == message.Wholly && c.Complete && c.Length > 0 && c.Decoded == int64(len(c.Sample)) && c.Problem == nil
}

// media returns the media type without parameters, in lower case.
func (e *exam) media() string { return mediaOf(e.resp) }

// nothingSaid reports a refusal that says nothing to people (RFC 9110, Sections
// 15.5 and 15.6). Schemes that sign in a connection go through several on the way,
// and nobody sees what a proxy says to CONNECT.
func nothingSaid(e *exam) {
	c, q := e.resp.Content, e.x.Request
	empty := c.Known == message.None || c.Known == message.Wholly && c.Complete && c.Length == 0
	if e.resp.Code < 400 || e.resp.Code > 599 || !empty || c.Problem != nil || q == nil || slices.Contains([]string{"HEAD", "OPTIONS", "CONNECT"}, q.Method) {
		return
	}
	for _, p := range e.schemes() {
		if p.scheme != nil && p.scheme.PerConnection {
			return
		}
	}
	e.report("error-without-content", "code", fmt.Sprint(e.resp.Code))
}

// jsonInvalid reports content that is called JSON and is none (RFC 8259).
func jsonInvalid(e *exam) {
	sample, whole := e.sampled()
	if !whole || !field.IsJSON(e.media()) || json.Valid(bytes.TrimPrefix(sample, []byte("\xef\xbb\xbf"))) {
		return
	}
	looks := ""
	if t := bytes.TrimSpace(sample); len(t) > 0 && t[0] == '<' {
		looks = "HTML"
	}
	e.report("json-invalid", "type", e.media(), "looks", looks)
}

// charset is the parameter of a Content-Type, which may name an encoding that we
// do not read.
var charset = regexp.MustCompile(`(?i);\s*charset\s*=\s*"?([^\s";]+)`)

// nameBeyond is content that may have names which are right and which Go does not
// take: from beyond the fourth edition of XML 1.0, or with two colons.
var nameBeyond = regexp.MustCompile(`[^\x00-\x7f]|:[\w.-]*:`)

// xmlInvalid reports content that is called XML and is not well formed (XML 1.0,
// Section 2.1). One with a DTD may define what we would call unknown; other
// encodings and versions we do not read.
func xmlInvalid(e *exam) {
	sample, whole := e.sampled()
	text := bytes.TrimPrefix(sample, []byte("\xef\xbb\xbf"))
	if !whole || !field.IsXML(e.media()) || !utf8.Valid(text) || bytes.Contains(text, []byte("<!DOCTYPE")) {
		return
	}
	if named := charset.FindStringSubmatch(e.resp.Fields.Get("Content-Type")); named != nil && !slices.Contains([]string{"utf-8", "us-ascii"}, strings.ToLower(named[1])) {
		return
	}
	first, _, _ := bytes.Cut(text, []byte("?>"))
	if lower := bytes.ToLower(first); bytes.HasPrefix(lower, []byte("<?xml")) && (bytes.Contains(lower, []byte("1.1")) || bytes.Contains(lower, []byte("encoding")) && !bytes.Contains(lower, []byte("utf-8"))) {
		return
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	elements := 0
	for {
		token, err := d.Token()
		if _, is := token.(xml.StartElement); is {
			elements++
		}
		if err == io.EOF && elements > 0 {
			return
		}
		if err != nil && strings.Contains(err.Error(), "name") && nameBeyond.Match(text) {
			return
		}
		if err != nil {
			line, _ := d.InputPos()
			e.report("xml-invalid", "type", e.media(), "line", fmt.Sprint(line))
			return
		}
	}
}

// problemStatus reports a problem document that names another status than the
// response has (RFC 9457, Section 3.1.2).
func problemStatus(e *exam) {
	sample, whole := e.sampled()
	if !whole || e.media() != "application/problem+json" {
		return
	}
	var document struct {
		Status json.Number `json:"status"`
	}
	if text := bytes.TrimSpace(bytes.TrimPrefix(sample, []byte("\xef\xbb\xbf"))); json.Valid(text) && text[0] != '{' {
		e.report("problem-not-an-object")
		return
	}
	if json.Unmarshal(sample, &document) == nil && document.Status != "" && document.Status.String() != fmt.Sprint(e.resp.Code) {
		e.report("problem-status-differs", "status", short(document.Status.String()), "code", fmt.Sprint(e.resp.Code))
	}
}

// contentRange reports a part that does not say which it is, and a whole that
// says that it is a part (RFC 9110, Sections 14.4 and 15.3.7). Several parts
// say it inside.
func contentRange(e *exam) {
	has := e.resp.Fields.Has("Content-Range")
	switch {
	case e.resp.Code == 206 && !has && e.media() != "multipart/byteranges":
		e.missing("content-range-missing", "Content-Range")
	case has && e.resp.Code != 206 && e.resp.Code != 416 && e.resp.Code < 400:
		e.each("Content-Range", func(n int, _ string) { e.line("content-range-unasked", n, "code", fmt.Sprint(e.resp.Code)) })
	}
}
