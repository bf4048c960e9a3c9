// Package explanation reads what a response's content says of the error: the
// explanation of the error situation that a server should send along (RFC 9110,
// Sections 15.5 and 15.6). It knows JSON, XML, HTML and plain text; which members
// mean what, and whose page it is, are content's facts. It holds no opinion of
// what it read, and whoever shows it must take it for a stranger's words.
package explanation

import (
	"bytes"
	"mime"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// Explanation is what a content says. What it does not say is empty. All texts
// but Product and Means are the server's own, with spaces folded and cut at
// limit runes.
type Explanation struct {
	Format  string // problem (RFC 9457), json, xml, html, text
	Title   string
	Text    string // for people
	Code    string // for programs
	Link    string // where more is said
	ID      string // under which the server knows the request
	Product string // what made the page, where its words tell; empty: not known
	Means   string // what that tells; a sentence of ours
}

// Bounds of what is read and of what is given back.
const (
	most  = 16 << 10 // bytes
	limit = 300      // runes of each text
	depth = 4        // of members in members
)

// Read reads the explanation out of an error response. ok is false where there
// is none, or where it says no more than the status does.
func Read(lib *content.Library, r *message.Response) (e Explanation, ok bool) {
	data := bytes.TrimPrefix(r.Content.Sample, []byte("\xef\xbb\xbf"))
	data = data[:min(len(data), most)]
	if r.Code < 400 || len(bytes.TrimSpace(data)) == 0 {
		return Explanation{}, false
	}
	status := phrases{r.Reason}
	if page := lib.Status(r.Code); page != nil {
		status = append(status, page.Phrase)
	}
	e.Format = format(r, data)
	switch e.Format {
	case "problem", "json":
		readJSON(lib, data, &e)
	case "xml":
		readXML(lib, data, &e)
	case "html":
		readHTML(lib, data, status, &e)
	case "text":
		e.Text = firstParagraph(data, status)
	default:
		return Explanation{}, false
	}
	if page, known := lib.ErrorPage(r.Code, data); known {
		e.Product, e.Means = page.Product, page.Means
	}
	e.drop(status)
	return e, e.Text != "" || e.Title != "" || e.Code != "" || e.Product != ""
}

// phrases are what the status itself says.
type phrases []string

// repeatedBy reports whether a text says no more than the status, or nothing.
func (p phrases) repeatedBy(s string) bool {
	s = hyphenless(strings.Trim(bare(s), marks))
	if s == "" || s == "error" || s == "error code" || s == "server error" {
		return true
	}
	return slices.ContainsFunc(p, func(phrase string) bool { return s == hyphenless(phrase) })
}

// hyphenless is a phrase as it is compared: servers write Gateway Time-out, too.
func hyphenless(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "") }

// marks stand around the words of a status.
const marks = " .:-–—!()0123456789"

// numbered is how a text begins that names the code before it says something:
// "HTTP Status 404 – ", "Error 503 ". A number that goes on, such as 404.13,
// tells more than the code.
var numbered = regexp.MustCompile(`(?i)^(?:(?:http|error|status|code)\b[ :]*)*[0-9]{3}(?:[^\pL\pN.]+|$)`)

// bare is a text without the code that it begins with.
func bare(s string) string {
	s = strings.TrimSpace(s)
	return s[len(numbered.FindString(s)):]
}

// drop leaves out what says nothing new: the status again, or one text twice.
func (e *Explanation) drop(status phrases) {
	for _, t := range []*string{&e.Title, &e.Text, &e.Code, &e.Link, &e.ID} {
		*t = folded(*t)
	}
	for _, t := range []*string{&e.Title, &e.Text, &e.Code} {
		if status.repeatedBy(*t) {
			*t = ""
		}
	}
	if begins(e.Text, strings.TrimRight(bare(e.Title), marks)) || ends(e.Title, strings.TrimRight(e.Text, marks)) {
		e.Title = ""
	}
}

// begins reports whether a text begins with another, whatever the case.
func begins(s, with string) bool {
	return len(s) >= len(with) && strings.EqualFold(s[:len(with)], with)
}

// ends reports whether a text ends with another that is not empty, whatever the
// case.
func ends(s, with string) bool {
	return with != "" && len(s) >= len(with) && strings.EqualFold(s[len(s)-len(with):], with)
}

// folded makes one line of a text, and cuts it where it is too long.
func folded(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:limit-1]), " ") + "…"
}

// format is the format of a content that is not blank: as its type says, unless
// the first bytes plainly say otherwise; empty: none that explains anything.
func format(r *message.Response, data []byte) string {
	media, _, _ := mime.ParseMediaType(r.Fields.Get("Content-Type"))
	start := bytes.TrimSpace(data)
	switch {
	case media == "application/problem+json":
		return "problem"
	case field.IsJSON(media), start[0] == '{', bytes.HasPrefix(start, []byte("[{")):
		return "json"
	case media == "text/html", media == "application/xhtml+xml", media == "" && strings.HasPrefix(r.Content.Sniffed, "text/html"):
		return "html"
	case field.IsXML(media), bytes.HasPrefix(start, []byte("<?xml")):
		return "xml"
	case media == "text/plain", media == "" && strings.HasPrefix(r.Content.Sniffed, "text/plain"):
		return "text"
	}
	return ""
}

// firstParagraph returns the first lines that say more than the status, up to an
// empty one.
func firstParagraph(data []byte, status phrases) string {
	var lines []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		switch {
		case len(lines) == 0 && status.repeatedBy(line):
		case line == "":
			return strings.Join(lines, " ")
		default:
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " ")
}
