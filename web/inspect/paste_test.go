package inspect

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/report"
)

// TestEveryKindOfTextIsExplained explains the samples of every kind, and says
// of those that hold no answer what to do.
func TestEveryKindOfTextIsExplained(t *testing.T) {
	files, err := filepath.Glob("../intake/testdata/*/*.txt")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d samples, %v", len(files), err)
	}
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	in := New(lib, Config{})
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		kind := Recognize(string(text))
		r, err := in.Text(t.Context(), string(text), Pasted{})
		if kind == TextCommand || kind == "powershell" {
			var e *TextError
			if !errors.As(err, &e) || e.Remedy == "" {
				t.Errorf("%s: %v", file, err)
			}
			continue
		}
		if err != nil || len(r.Exchanges) == 0 {
			t.Errorf("%s: %d exchanges, %v", file, len(r.Exchanges), err)
			continue
		}
		var b bytes.Buffer
		if err := report.WriteText(&b, r, report.TextOptions{}); err != nil || b.Len() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestNoFieldOfALogLineIsMissing(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"206", "301", "401", "405", "407", "426", "429", "503"} {
		r, err := New(lib, Config{}).Text(t.Context(), `192.0.2.1 - - [28/Nov/2026:14:39:00 +0000] "GET /b HTTP/1.1" `+code+` 179 "-" "x"`, Pasted{})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Findings) > 0 {
			t.Errorf("%s: %v", code, r.Findings)
		}
	}
}

func TestAPersonSaysWhatTheTextIs(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	in := New(lib, Config{})
	r, err := in.Text(t.Context(), "Negotiate", Pasted{As: "challenge"})
	if err != nil || len(r.Exchanges) != 1 || len(r.Exchanges[0].Challenges) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := in.Text(t.Context(), "Negotiate", Pasted{}); err == nil {
		t.Error("a word alone is explained")
	}
}

func TestAnEntryOfAnArchiveIsChosen(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../intake/testdata/har/chrome-http1.txt")
	if err != nil {
		t.Fatal(err)
	}
	all, chosen, err := HAREntries(string(text))
	if err != nil || len(all) < 4 || all[chosen-1].Status != 401 {
		t.Fatalf("%d of %d, %v", chosen, len(all), err)
	}
	for _, e := range all {
		r, err := New(lib, Config{}).Text(t.Context(), string(text), Pasted{Entry: e.Index})
		if err != nil || r.Exchanges[len(r.Exchanges)-1].Status.Code != e.Status {
			t.Errorf("entry %d: %v", e.Index, err)
		}
	}
	if _, _, err := HAREntries("{"); err == nil {
		t.Error("half a file is listed")
	}
}

func TestACommandBecomesATarget(t *testing.T) {
	c, err := ReadCommand(`curl -u anna:pw -H 'Accept: text/html' -d x -k https://a.example/b`)
	if err != nil {
		t.Fatal(err)
	}
	target := CommandTarget(c)
	if q := target.Request; q.Method != "POST" || q.URL != "https://a.example/b" || q.Fields.Get("Accept") != "text/html" || q.Fields.Get("Authorization") != "Basic YW5uYTpwdw==" {
		t.Errorf("%+v", q)
	}
	var flags []string
	for _, o := range c.LeftOut {
		flags = append(flags, o.Flag)
	}
	if s := strings.Join(flags, " "); s != "-k -d" {
		t.Errorf("left out: %s", s)
	}
}

// TestRepliesQuoteWhatTheyRepeat: a realm with quotation marks stays one value
// in what is to be sent.
func TestRepliesQuoteWhatTheyRepeat(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(lib, Config{}).Text(t.Context(), "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"a \\\"b\\\\\", nonce=\"n\", qop=\"auth\"\r\n\r\n", Pasted{})
	if err != nil {
		t.Fatal(err)
	}
	if send := r.Last().Challenges[0].Send; !strings.Contains(send, `realm="a \"b\\",`) {
		t.Errorf("to be sent: %s", send)
	}
}
