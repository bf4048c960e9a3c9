package report

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wwwhy/web/diagnose"
	"wwwhy/web/field"
)

// snippetNames are what SnippetAs knows.
var snippetNames = []string{"curl", "httpie", "wget", "fetch", "go", "python", "powershell"}

// snippets returns a request as code in several tools: the fields as given, and
// nothing hidden. A tool that cannot send this request is left out; where the
// request is none, all are.
func snippets(q Request, content []byte) []Snippet {
	all := []Snippet{}
	for _, name := range snippetNames {
		if s, err := SnippetAs(name, q, content); err == nil {
			all = append(all, s)
		}
	}
	return all
}

// SnippetAs returns a request as code in the tool of that name. The error says
// in a sentence what that tool, or any, cannot send.
func SnippetAs(name string, q Request, content []byte) (Snippet, error) {
	r, err := newSent(q, content)
	if err != nil {
		return Snippet{}, err
	}
	if strings.Contains(r.content, "\x00") && slices.Contains([]string{"curl", "httpie", "wget"}, name) {
		return Snippet{}, errors.New("a shell cannot hand over content with a NUL: write it to a file, and give that to the tool")
	}
	if l, ok := r.controlled(); ok && (name == "fetch" || name == "go") {
		return Snippet{}, fmt.Errorf("%s refuses control characters, as in the field %s", map[string]string{"fetch": "fetch of Node.js", "go": "the client of Go"}[name], l.Name)
	}
	switch name {
	case "curl":
		return Snippet{"curl", "sh", r.curl()}, nil
	case "httpie":
		code, err := r.httpie()
		return Snippet{"HTTPie", "sh", code}, err
	case "wget":
		code, err := r.wget()
		return Snippet{"wget", "sh", code}, err
	case "fetch":
		code, err := r.fetch()
		return Snippet{"JavaScript, fetch", "js", code}, err
	case "go":
		return Snippet{"Go", "go", r.golang()}, nil
	case "python":
		return Snippet{"Python, requests", "python", r.python()}, nil
	case "powershell":
		code, err := r.powershell()
		return Snippet{"PowerShell", "powershell", code}, err
	}
	return Snippet{}, fmt.Errorf("there is no snippet for %q: choose %s", name, listed(snippetNames))
}

// sent is a request that can be sent.
type sent struct {
	method, url string
	fields      []Line
	content     string
}

func newSent(q Request, content []byte) (sent, error) {
	u, err := url.Parse(q.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return sent{}, errors.New("only an http or https address can be asked")
	}
	r := sent{method: q.Method, content: string(content), fields: q.Fields}
	if r.method == "" {
		r.method = "GET"
	}
	if !field.IsToken(r.method) {
		return sent{}, fmt.Errorf("%q is no method", Visible(r.method))
	}
	for _, l := range q.Fields {
		if !field.IsToken(l.Name) || strings.ContainsAny(l.Value, "\r\n\x00") {
			return sent{}, fmt.Errorf("the field %q cannot be sent: its name must be a token, its value one line", Visible(l.Name))
		}
	}
	r.url = u.Scheme + "://" + u.Host + encodedTarget(u)
	if u.User != nil {
		r.url = u.Scheme + "://" + u.User.String() + "@" + u.Host + encodedTarget(u)
	}
	return r, nil
}

// encodedTarget writes path and query with what no URL may hold as escapes, since tools
// differ in what they make of it.
func encodedTarget(u *url.URL) string {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.ForceQuery || u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	var b strings.Builder
	for _, c := range []byte(path) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (r sent) has(name string) bool {
	return slices.ContainsFunc(r.fields, func(l Line) bool { return strings.EqualFold(l.Name, name) })
}

// controlled returns the first field with a control character.
func (r sent) controlled() (Line, bool) {
	for _, l := range r.fields {
		if strings.ContainsFunc(l.Value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
			return l, true
		}
	}
	return Line{}, false
}

// dotted reports whether the path has segments that tools resolve by
// themselves.
func (r sent) dotted() bool {
	path, _, _ := strings.Cut(r.url, "?")
	return strings.Contains(path+"/", "/../") || strings.Contains(path+"/", "/./")
}

// combined returns the fields with those of one name on one line, which means
// the same (RFC 9110, Section 5.3; for Cookie, RFC 9113, Section 8.2.3).
func (r sent) combined() []Line {
	var all []Line
	for _, l := range r.fields {
		i := slices.IndexFunc(all, func(o Line) bool { return strings.EqualFold(o.Name, l.Name) })
		switch {
		case i < 0:
			all = append(all, l)
		case strings.EqualFold(l.Name, "Cookie"):
			all[i].Value += "; " + l.Value
		default:
			all[i].Value += ", " + l.Value
		}
	}
	return all
}

func (r sent) curl() string {
	b := words{"curl"}
	switch {
	case r.method == "HEAD" && r.content == "":
		b.add("--head")
	case r.method == "GET" && r.content == "" || r.method == "POST" && r.content != "":
	default:
		b.add("-X", r.method)
	}
	if strings.ContainsAny(r.url, "[]{}") {
		b.add("--globoff")
	}
	if r.dotted() {
		b.add("--path-as-is")
	}
	for _, l := range r.fields {
		if l.Value == "" {
			b.add("-H", l.Name+";") // with a colon curl would leave it out
		} else {
			b.add("-H", l.Name+": "+l.Value)
		}
	}
	if r.content != "" {
		if !r.has("Content-Type") {
			b.add("-H", "Content-Type:") // or it would say that it is a form
		}
		b.add("--data-raw", r.content)
	}
	b.add(r.url)
	return b.String()
}

// special are the characters that HTTPie reads in the items of a request.
const special = ":;=@"

func (r sent) httpie() (string, error) {
	b := words{"http", "--ignore-stdin"}
	if r.dotted() {
		b.add("--path-as-is")
	}
	if r.content != "" {
		if !utf8.ValidString(r.content) {
			return "", errors.New("HTTPie takes content from the command line as text: this is none")
		}
		b.add("--raw=" + r.content)
	}
	b.add(r.method, r.url)
	for _, l := range r.fields {
		switch {
		case l.Value == "":
			b.add(l.Name + ";")
			continue
		case slices.ContainsFunc([]rune(special), func(c rune) bool { return strings.Contains(l.Value, `\`+string(c)) }):
			return "", fmt.Errorf("HTTPie cannot send the field %s: it takes a backslash before one of %s for its own", l.Name, special)
		}
		value := l.Value
		if strings.TrimFunc(value, func(c rune) bool { return unicode.IsSpace(c) || c >= 0x1c && c <= 0x1f }) != value {
			return "", fmt.Errorf("HTTPie trims the field %s: it takes what is at the edge of its value for a space", l.Name)
		}
		if strings.IndexByte(special, value[0]) >= 0 {
			value = `\` + value // or it would belong to the colon before it
		}
		b.add(l.Name + ":" + value)
	}
	if r.content != "" && !r.has("Content-Type") {
		b.add("Content-Type:") // or it would say that it is JSON
	}
	return b.String(), nil
}

func (r sent) wget() (string, error) {
	if r.dotted() {
		return "", errors.New("wget resolves the dots in the path by itself, so it cannot send this address")
	}
	b := words{"wget", "-q", "-S", "-O", "-", "--content-on-error"}
	if r.method != "GET" || r.content != "" {
		b.add("--method=" + r.method)
	}
	for _, l := range r.combined() {
		b.add("--header=" + l.Name + ": " + l.Value)
	}
	if r.content != "" {
		b.add("--body-data=" + r.content)
	}
	b.add(r.url)
	return b.String(), nil
}

// words is a command.
type words []string

func (w *words) add(more ...string) { *w = append(*w, more...) }

// String quotes the words for a POSIX shell.
func (w words) String() string {
	quoted := make([]string, len(w))
	for i, one := range w {
		quoted[i] = shellWord(one)
	}
	return strings.Join(quoted, " ") + "\n"
}

func (r sent) fetch() (string, error) {
	switch {
	case r.content != "" && (r.method == "GET" || r.method == "HEAD"):
		return "", errors.New("fetch sends no content with " + r.method)
	case diagnose.ForbiddenMethod(r.method):
		return "", errors.New("fetch does not send the method " + r.method)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "const response = await fetch(%s, {\n  method: %s,\n", scriptString(r.url, false), scriptString(r.method, false))
	if len(r.fields) > 0 {
		b.WriteString("  headers: [\n")
		for _, l := range r.fields {
			fmt.Fprintf(&b, "    [%s, %s],\n", scriptString(l.Name, false), byteString(l.Value))
		}
		b.WriteString("  ],\n")
	}
	switch {
	case r.content == "":
	case utf8.ValidString(r.content):
		fmt.Fprintf(&b, "  body: new TextEncoder().encode(%s),\n", scriptString(r.content, false))
	default:
		fmt.Fprintf(&b, "  body: Uint8Array.from(%s, (c) => c.charCodeAt(0)),\n", byteString(r.content))
	}
	b.WriteString("});\nconsole.log(response.status, await response.text());\n")
	return b.String(), nil
}

func (r sent) golang() string {
	var b strings.Builder
	body := "nil"
	if r.content != "" {
		body = "strings.NewReader(" + strconv.Quote(r.content) + ")"
	}
	fmt.Fprintf(&b, "req, err := http.NewRequest(%s, %s, %s)\nif err != nil {\n\treturn err\n}\n", strconv.Quote(r.method), strconv.Quote(r.url), body)
	for _, l := range r.fields {
		if strings.EqualFold(l.Name, "Host") {
			fmt.Fprintf(&b, "req.Host = %s\n", strconv.Quote(l.Value))
		} else {
			fmt.Fprintf(&b, "req.Header.Add(%s, %s)\n", strconv.Quote(l.Name), strconv.Quote(l.Value))
		}
	}
	b.WriteString("resp, err := http.DefaultClient.Do(req)\nif err != nil {\n\treturn err\n}\ndefer resp.Body.Close()\n")
	return b.String()
}

func (r sent) python() string {
	var b strings.Builder
	fmt.Fprintf(&b, "import requests\n\nresponse = requests.request(\n    %s,\n    %s,\n", scriptString(r.method, true), scriptString(r.url, true))
	if len(r.fields) > 0 {
		b.WriteString("    headers={\n")
		for _, l := range r.combined() {
			prefix := ""
			if strings.ContainsFunc(l.Value, func(c rune) bool { return c >= 0x7f || c < 0x20 }) {
				prefix = "b" // of a text it would take Latin-1
			}
			fmt.Fprintf(&b, "        %s: %s%s,\n", scriptString(l.Name, true), prefix, byteLiteral(l.Value))
		}
		b.WriteString("    },\n")
	}
	if r.content != "" {
		fmt.Fprintf(&b, "    data=b%s,\n", byteLiteral(r.content))
	}
	b.WriteString(")\nprint(response.status_code, response.text)\n")
	return b.String()
}

// methods are those that Invoke-WebRequest names.
var methods = []string{"DELETE", "GET", "HEAD", "MERGE", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}

func (r sent) powershell() (string, error) {
	if !utf8.ValidString(r.content) || slices.ContainsFunc(r.fields, func(l Line) bool { return !utf8.ValidString(l.Value) }) {
		return "", errors.New("PowerShell has texts, not bytes: this is no text")
	}
	var b strings.Builder
	b.WriteString("Invoke-WebRequest -SkipHttpErrorCheck -SkipHeaderValidation")
	if slices.Contains(methods, r.method) {
		b.WriteString(" -Method " + r.method)
	} else {
		b.WriteString(" -CustomMethod " + powerShell(r.method))
	}
	b.WriteString(" -Uri " + powerShell(r.url))
	var fields []string
	for _, l := range r.combined() {
		if strings.EqualFold(l.Name, "Content-Type") {
			b.WriteString(" -ContentType " + powerShell(l.Value))
		} else {
			fields = append(fields, powerShell(l.Name)+" = "+powerShell(l.Value))
		}
	}
	if len(fields) > 0 {
		b.WriteString(" -Headers @{ " + strings.Join(fields, "; ") + " }")
	}
	if r.content != "" {
		b.WriteString(" -Body ([Text.Encoding]::UTF8.GetBytes(" + powerShell(r.content) + "))")
	}
	return b.String() + "\n", nil
}
