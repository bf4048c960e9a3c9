package explanation

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

func library(t testing.TB) *content.Library {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// answer is a response as it stands in testdata: code, media type, content.
func answer(code int, media, content string) *message.Response {
	r := &message.Response{Code: code, Content: message.Content{Sample: []byte(content)}}
	if media != "" {
		r.Fields = field.Section{{Name: "Content-Type", Value: media}}
	}
	return r
}

// TestReal reads what real servers send: testdata/real.txt has, for each, a line
// with the code and the media type, the content, and after "-->" what is to be
// read out of it.
func TestReal(t *testing.T) {
	lib := library(t)
	data, err := os.ReadFile("testdata/real.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := strings.Split(string(data), "\n==== ")
	if len(cases) < 20 {
		t.Fatalf("there are only %d cases", len(cases))
	}
	products := map[string]bool{}
	for _, c := range cases[1:] {
		head, rest, _ := strings.Cut(c, "\n")
		sent, want, ok := strings.Cut(rest, "\n-->\n")
		if !ok {
			t.Fatalf("no answer in %q", head)
		}
		number, media, _ := strings.Cut(head, " ")
		code := 0
		for _, d := range number {
			code = code*10 + int(d-'0')
		}
		e, read := Read(lib, answer(code, media, sent))
		got := "nothing"
		if read {
			got = written(e)
		}
		if got != strings.TrimSpace(want) {
			t.Errorf("%s\n%.200s\ngot  %s\nwant %s", head, sent, got, want)
		}
		products[e.Product] = true
	}
	t.Logf("%d products are known by an answer of theirs", len(products)-1)
}

func written(e Explanation) string {
	var parts []string
	for _, p := range [][2]string{{"product", e.Product}, {"title", e.Title}, {"text", e.Text}, {"code", e.Code}, {"link", e.Link}, {"id", e.ID}} {
		if p[1] != "" {
			parts = append(parts, p[0]+": "+p[1])
		}
	}
	return strings.Join(parts, "\n")
}

func TestNoErrorHasNoExplanation(t *testing.T) {
	lib := library(t)
	for _, r := range []*message.Response{
		answer(200, "application/json", `{"message": "Hello, you"}`),
		answer(302, "text/html", "<title>Found</title><h1>Found</h1><p>Here"),
		answer(401, "application/json", ""),
		answer(401, "application/json", " \r\n"),
		answer(401, "image/png", "\x89PNG\r\n"),
		answer(401, "text/plain", "Unauthorized\n"),
		answer(401, "text/plain", "401 Unauthorized"),
		answer(404, "text/html", "<title>404 Not Found</title><h1>Not Found</h1>"),
		answer(401, "application/json", `{"code": 401, "message": "Unauthorized"}`),
		answer(500, "application/json", `[]`),
		answer(401, "text/html", "\xef\xbb\xbf"),
		answer(401, "", "\xef\xbb\xbf \r\n"),
		answer(401, "text/plain", "\xef\xbb\xbfUnauthorized"),
	} {
		if e, ok := Read(lib, r); ok {
			t.Errorf("%d %q: %+v", r.Code, r.Content.Sample, e)
		}
	}
}

// TestWhatIsCutIsRead: of a content that is too long, the beginning is read.
func TestWhatIsCutIsRead(t *testing.T) {
	lib := library(t)
	long := strings.Repeat("very ", 10_000)
	for media, sent := range map[string]string{
		"application/json": `{"error": "expired", "message": "the token has expired", "trace": "` + long,
		"text/xml":         `<Error><Code>expired</Code><Message>the token has expired</Message><Trace>` + long,
		"text/html":        `<title>expired</title><p>the token has expired</p><p>` + long,
	} {
		if e, ok := Read(lib, answer(401, media, sent)); !ok || e.Text != "the token has expired" || e.Code+e.Title != "expired" {
			t.Errorf("%s: %+v", media, e)
		}
	}
	e, _ := Read(lib, answer(401, "text/plain", long))
	if utf8.RuneCountInString(e.Text) > limit || !strings.HasSuffix(e.Text, "…") {
		t.Errorf("a long text is not cut: %d runes", utf8.RuneCountInString(e.Text))
	}
}

// TestWhatStandsBetweenWordsPartsThem also reads documents that say what they are
// coded in: a byte order mark, another charset.
func TestWhatStandsBetweenWordsPartsThem(t *testing.T) {
	lib := library(t)
	for _, c := range []struct{ media, sent, want string }{
		{"text/html", "<h1>Unauthorized</h1><p>The token has<br/>expired</p>", "The token has expired"},
		{"text/html", "<h1>Unauthorized</h1><p>The token has<hr />expired</p>", "The token has expired"},
		{"text/html", "<p>The token <img src=x />has expired</p>", "The token has expired"},
		{"application/json", "\xef\xbb\xbf{\"message\": \"The token has expired\"}", "The token has expired"},
		{"text/xml", `<?xml version="1.0" encoding="ISO-8859-1"?><Error><Message>Das Zeichen f` + "\xfc" + `r dich</Message></Error>`, "Das Zeichen für dich"},
		{"text/xml", `<?xml version="1.0" encoding="us-ascii"?><Error><Message>The token has expired</Message></Error>`, "The token has expired"},
	} {
		if e, _ := Read(lib, answer(401, c.media, c.sent)); e.Text != c.want {
			t.Errorf("%q says %q, want %q", c.sent, e.Text, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	lib := library(f)
	data, err := os.ReadFile("testdata/real.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range strings.Split(string(data), "\n==== ") {
		_, rest, _ := strings.Cut(c, "\n")
		sent, _, _ := strings.Cut(rest, "\n-->\n")
		for _, media := range []string{"", "application/json", "text/xml", "text/html"} {
			f.Add(media, sent)
		}
	}
	f.Add("text/html", "\xef\xbb\xbf")
	f.Add("application/json", strings.Repeat("[", 1000)+strings.Repeat(`{"a":`, 1000))
	f.Fuzz(func(t *testing.T, media, sent string) {
		e, _ := Read(lib, answer(401, media, sent))
		for _, s := range []string{e.Title, e.Text, e.Code, e.Link, e.ID} {
			if utf8.RuneCountInString(s) > limit {
				t.Errorf("%d runes", utf8.RuneCountInString(s))
			}
			if strings.ContainsAny(s, "\r\n") {
				t.Errorf("several lines: %q", s)
			}
		}
	})
}
