package credentials

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"wwwhy/web/challenge"
	"wwwhy/web/field"
)

// Snippet is a request with credentials as code, its secrets in capitals.
type Snippet struct {
	Tool, Language string // as "Python, requests" and "python"
	Code           string
}

// Snippets returns the request that answers a challenge in several tools, as
// far as they know its scheme. method and address are of the request; where one
// of them is none, there is nothing.
func Snippets(c challenge.Challenge, method, address string) []Snippet {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsFunc(address, misleading) {
		return nil
	}
	if method == "" {
		method = "GET"
	}
	if !field.IsToken(method) {
		return nil
	}
	r := request{method, address}
	switch strings.ToLower(c.Scheme) {
	case "basic":
		return []Snippet{
			{"curl", "sh", "curl" + r.curl() + " -u NAME:PASSWORD " + shell(address)},
			{"HTTPie", "sh", "http -a NAME:PASSWORD " + method + " " + shell(address)},
			{"JavaScript, fetch", "js", r.fetch(`"Basic " + btoa("NAME:PASSWORD")`)},
			{"Go", "go", r.golang(`req.SetBasicAuth("NAME", "PASSWORD")`)},
			{"Python, requests", "python", r.python(`auth=("NAME", "PASSWORD")`, "")},
			{"Java, HttpClient", "java", r.java(`"Basic " + Base64.getEncoder().encodeToString("NAME:PASSWORD".getBytes(StandardCharsets.UTF_8))`)},
			{"C#, HttpClient", "csharp", r.csharp(`new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("NAME:PASSWORD")))`)},
		}
	case "bearer":
		return []Snippet{
			{"curl", "sh", "curl" + r.curl() + " -H 'Authorization: Bearer ACCESS-TOKEN' " + shell(address)},
			{"HTTPie", "sh", "http -A bearer -a ACCESS-TOKEN " + method + " " + shell(address)},
			{"JavaScript, fetch", "js", r.fetch(`"Bearer ACCESS-TOKEN"`)},
			{"Go", "go", r.golang(`req.Header.Set("Authorization", "Bearer ACCESS-TOKEN")`)},
			{"Python, requests", "python", r.python(`headers={"Authorization": "Bearer ACCESS-TOKEN"}`, "")},
			{"Java, HttpClient", "java", r.java(`"Bearer ACCESS-TOKEN"`)},
			{"C#, HttpClient", "csharp", r.csharp(`new AuthenticationHeaderValue("Bearer", "ACCESS-TOKEN")`)},
		}
	case "digest":
		return []Snippet{
			{"curl", "sh", "curl" + r.curl() + " --digest -u NAME:PASSWORD " + shell(address)},
			{"HTTPie", "sh", "http -A digest -a NAME:PASSWORD " + method + " " + shell(address)},
			{"Python, requests", "python", r.python(`auth=HTTPDigestAuth("NAME", "PASSWORD")`, "from requests.auth import HTTPDigestAuth\n")},
		}
	}
	return nil
}

// misleading reports whether a character stands in no address, and would do
// something in the terminal that it is pasted into, or be taken for another.
func misleading(r rune) bool {
	return r == ' ' || r == utf8.RuneError || field.Unseen(r)
}

// request is what every snippet sends.
type request struct{ method, address string }

func (r request) curl() string {
	switch r.method {
	case "GET":
		return ""
	case "HEAD":
		return " -I"
	}
	return " -X " + shell(r.method)
}

func (r request) fetch(authorization string) string {
	return fmt.Sprintf("const response = await fetch(%s, {\n  method: %s,\n  headers: { Authorization: %s },\n});\n", double(r.address), double(r.method), authorization)
}

func (r request) golang(set string) string {
	return fmt.Sprintf("req, err := http.NewRequest(%s, %s, nil)\nif err != nil {\n\treturn err\n}\n%s\nresp, err := http.DefaultClient.Do(req)\n", strconv.Quote(r.method), strconv.Quote(r.address), set)
}

func (r request) python(with, more string) string {
	return fmt.Sprintf("import requests\n%s\nresponse = requests.request(%s, %s, %s)\n", more, double(r.method), double(r.address), with)
}

func (r request) java(authorization string) string {
	return fmt.Sprintf("HttpRequest request = HttpRequest.newBuilder(URI.create(%s))\n    .method(%s, HttpRequest.BodyPublishers.noBody())\n    .header(\"Authorization\", %s)\n    .build();\nHttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());\n",
		double(r.address), double(r.method), authorization)
}

func (r request) csharp(authorization string) string {
	return fmt.Sprintf("using var client = new HttpClient();\nusing var request = new HttpRequestMessage(new HttpMethod(%s), %s);\nrequest.Headers.Authorization = %s;\nusing var response = await client.SendAsync(request);\n", double(r.method), double(r.address), authorization)
}

// shell quotes a word for a POSIX shell, where it needs that.
func shell(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+=,") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// double quotes a text without control characters for JavaScript, Python, Java
// and C#, which agree on it.
func double(s string) string { return `"` + escaped.Replace(s) + `"` }

var escaped = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
