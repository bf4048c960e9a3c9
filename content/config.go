package content

import (
	"fmt"
	"strconv"
	"strings"
)

// servers are those for which a finding's page shows how to send a field or not
// to send it: the name of the code's language, its title, and the two lines.
var servers = []struct {
	language, title string
	send            func(name, value string) string
	drop            func(name string) string
}{
	{"nginx", "nginx", func(n, v string) string { return "add_header " + n + " " + quotedBy(v, `\"`) + " always;" }, func(n string) string { return "proxy_hide_header " + n + ";" }},
	{"apache", "Apache", func(n, v string) string {
		return "Header always set " + n + " " + quotedBy(strings.ReplaceAll(v, "%", "%%"), `\"`)
	}, func(n string) string { return "Header always unset " + n }},
	{"caddy", "Caddy", func(n, v string) string { return "header " + n + " " + rawQuoted(v) }, func(n string) string { return "header -" + n }},
	{"js", "Express", func(n, v string) string { return "res.set(" + strconv.Quote(n) + ", " + strconv.Quote(v) + ");" }, func(n string) string { return "res.removeHeader(" + strconv.Quote(n) + ");" }},
	{"go", "Go", func(n, v string) string { return "w.Header().Set(" + strconv.Quote(n) + ", " + rawQuoted(v) + ")" }, func(n string) string { return "w.Header().Del(" + strconv.Quote(n) + ")" }},
}

func quotedBy(v, quote string) string { return `"` + strings.ReplaceAll(v, `"`, quote) + `"` }

// rawQuoted quotes as Go and Caddy do: with backticks where that spares escapes.
func rawQuoted(v string) string {
	if strings.Contains(v, `"`) && !strings.Contains(v, "`") {
		return "`" + v + "`"
	}
	return strconv.Quote(v)
}

// configFor shows how servers send what a finding's page says they should, and
// leave out what it says they should not.
func (lib *Library) configFor(p *Page) string {
	f := lib.Finding(p.Slug)
	if p.kind != KindFinding || f == nil || len(f.Sends)+len(f.Drops) == 0 {
		return ""
	}
	var b strings.Builder
	for _, s := range servers {
		fmt.Fprintf(&b, "```%s title=%q\n", s.language, s.title)
		for _, line := range f.Sends {
			name, value, _ := strings.Cut(line, ": ")
			b.WriteString(s.send(name, value) + "\n")
		}
		for _, name := range f.Drops {
			b.WriteString(s.drop(name) + "\n")
		}
		b.WriteString("```\n\n")
	}
	return b.String()
}

// appendConfig adds the code of servers to a finding's page that did not place
// it: how to send a field, or how to set a cookie.
func (lib *Library) appendConfig(p *Page, out *strings.Builder, placed map[string]bool) {
	if p.kind != KindFinding || placed["config"] || placed["cookie"] {
		return
	}
	if code := lib.configFor(p); code != "" {
		placed["config"] = true
		fmt.Fprintf(out, "## On your server {#server}\n\n%s", code)
		return
	}
	if f := lib.Finding(p.Slug); f != nil && f.Topic == "cookies" {
		placed["cookie"] = true
		fmt.Fprintf(out, "## In your code {#code}\n\n%s\n", cookieCode)
	}
}

// cookieCode sets a cookie that has nothing to be found.
const cookieCode = "```js title=\"Express\"\n" +
	"res.cookie(\"sid\", value, { path: \"/\", maxAge: 3600_000, secure: true, httpOnly: true, sameSite: \"lax\" });\n```\n\n" +
	"```go title=\"Go\"\n" +
	"http.SetCookie(w, &http.Cookie{Name: \"sid\", Value: value, Path: \"/\", MaxAge: 3600, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})\n```\n\n" +
	"```python title=\"Django\"\n" +
	"response.set_cookie(\"sid\", value, path=\"/\", max_age=3600, secure=True, httponly=True, samesite=\"Lax\")\n```\n\n" +
	"```php title=\"PHP\"\n" +
	"setcookie(\"sid\", $value, [\"path\" => \"/\", \"expires\" => time() + 3600, \"secure\" => true, \"httponly\" => true, \"samesite\" => \"Lax\"]);\n```\n\n" +
	"```nginx title=\"nginx\"\n" +
	"proxy_cookie_flags sid secure httponly samesite=lax;   # adds to what the application sets; nginx 1.19.3\n```\n"
