package intake

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"wwwhy/web/message"
)

// archive makes a HAR file of entries, each "URL status redirectURL".
func archive(entries ...string) string {
	var all []string
	for _, e := range entries {
		w := append(strings.Fields(e), "", "")
		all = append(all, fmt.Sprintf(`{"request":{"method":"GET","url":%q},"response":{"status":%s,"redirectURL":%q,"headers":[]}}`, w[0], w[1], w[2]))
	}
	return `{"log":{"version":"1.2","entries":[` + strings.Join(all, ",") + `]}}`
}

func TestTheEntryThatFailedIsChosenWithItsRedirects(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		entry      int
		want       string
	}{
		{"the first failure", archive("https://a/1 200", "https://a/2 404", "https://a/3 500"), 0, "asked https://a/2 404"},
		{"else the first", archive("https://a/1 0", "https://a/2 200", "https://a/3 204"), 0, "asked https://a/2 200"},
		{"a choice", archive("https://a/1 200", "https://a/2 404"), 1, "asked https://a/1 200"},
		{"redirects", archive("http://a/ 301 https://a/", "https://a/x 200", "https://a/ 302 /b#f", "https://a/b 401"), 0, "asked http://a/ 301 | redirect https://a/ 302 | redirect https://a/b 401"},
		{"a redirect of another", archive("https://a/ 302 /c", "https://a/b 401"), 0, "asked https://a/b 401"},
		{"one entry alone", `{"request":{"method":"GET","url":"https://a/"},"response":{"status":401}}`, 0, "asked https://a/ 401"},
		{"a list of entries", `[{"request":{"url":"https://a/"},"response":{"status":401}}]`, 0, "asked https://a/ 401"},
		{"with a byte order mark", "\ufeff" + archive("https://a/ 401"), 0, "asked https://a/ 401"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if k := Recognize(tt.text); k != HAR {
				t.Errorf("taken for %s", k)
			}
			xs, err := ParseWith(tt.text, Options{Entry: tt.entry})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range xs {
				got = append(got, fmt.Sprintf("%s %s %d", x.Cause, x.Request.URL, x.Response.Code))
				if x.Fidelity != message.Retold {
					t.Errorf("fidelity %s", x.Fidelity)
				}
			}
			if s := strings.Join(got, " | "); s != tt.want {
				t.Errorf("\n got %s\nwant %s", s, tt.want)
			}
		})
	}
}

func TestAnEntryIsReadWithBrowsersHabits(t *testing.T) {
	xs, err := Parse(`{"log":{"entries":[{"startedDateTime":"2026-11-28T14:30:00Z","time":20.5,"serverIPAddress":"[2001:db8::1]",
		"request":{"method":"GET","url":"https://a.example/","httpVersion":"h3","headers":[{"name":":method","value":"GET"},{"name":"Accept","value":"*/*"}]},
		"response":{"status":401,"statusText":"","httpVersion":"http/2.0","bodySize":-1,"headers":[{"name":"Set-Cookie","value":"a=1\nb=2"}],"content":{"size":4,"mimeType":"x","text":"AAEC","encoding":"base64"}},
		"timings":{"blocked":-1,"dns":-1,"connect":5,"ssl":3,"send":0,"wait":8,"receive":1.5}}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	x := xs[0]
	if x.Request.Protocol != "HTTP/3" || len(x.Request.Fields) != 1 || x.Response.Protocol != "HTTP/2" || len(x.Response.Fields) != 2 || x.Response.Fields[1].Value != "b=2" {
		t.Errorf("%+v %+v", x.Request, x.Response)
	}
	if x.Peer.Address != "[2001:db8::1]:443" {
		t.Errorf("the peer is %s", x.Peer.Address)
	}
	if tm := x.Timing; tm.DNS != 0 || tm.Connect != 2*time.Millisecond || tm.TLS != 3*time.Millisecond || tm.FirstByte != 8*time.Millisecond || tm.Content != 1500*time.Microsecond || tm.Total != 20500*time.Microsecond || tm.Start.IsZero() {
		t.Errorf("%+v", tm)
	}
	if c := x.Response.Content; c.Known != message.Partly || string(c.Sample) != "\x00\x01\x02" || c.Decoded != 4 {
		t.Errorf("%+v", c)
	}
}

func TestABrokenArchiveIsRefusedWithItsPlace(t *testing.T) {
	for text, want := range map[string]string{
		"{\n \"log\": {\"entries\": [{]}}":                            "line 2, column 23: The JSON is broken here",
		`{"log":{"entries":[{"request":{"url":"a`:                     "line 1, column 40: The JSON ends here, before it is complete.",
		`{"log":{"entries":{}}}`:                                      "line 1, column 19: This is JSON, but not of the shape of a HAR file",
		"{\"log\":{\"entries\":[{\"time\":\n\"x\"}]}}":                "line 2, column",
		`{"log":{"entries":[]}}`:                                      "There is no exchange in this HAR file.",
		`{"log":{"version":"1.2"}}`:                                   "There is no exchange in this HAR file.",
		archive("https://a/ 0"):                                       "No response came for entry 1.",
		`{"log":{"x":` + strings.Repeat("[", 200) + `,"entries":[]}}`: "line 1, column 113: This is JSON, but not of the shape",
		`{"log":{},"x":"` + strings.Repeat("a", HARLimit) + `"}`:      "The HAR file is longer than 5 MB.",
	} {
		_, err := ParseAs(HAR, text, Options{})
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), want) || e.Remedy == "" {
			t.Errorf("%.60q: %v, want %s", text, err, want)
		}
	}
	if _, err := ParseWith(archive("https://a/ 200"), Options{Entry: 2}); err == nil || !strings.HasPrefix(err.Error(), "There is no entry 2") {
		t.Error(err)
	}
}

func TestEntriesAreListedAndBounded(t *testing.T) {
	all, err := Entries(archive("https://a/1 200", "https://a/2 0"))
	if err != nil || len(all) != 2 || all[1].Index != 2 || all[1].URL != "https://a/2" || all[1].Status != 0 || all[0].Time != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	all, err = Entries(`{"log":{"entries":[` + strings.Repeat("{},", 5000) + `{}]}}`)
	if err != nil || len(all) != mostEntries {
		t.Errorf("%d entries, %v", len(all), err)
	}
}

func FuzzHAR(f *testing.F) {
	for _, file := range samples(f) {
		if strings.Contains(file, "/har/") {
			f.Add(readSample(f, file), 0)
		}
	}
	f.Add(archive("http://a/ 301 https://a/", "https://a/ 401"), 2)
	f.Add(`{"log":{"x":[[{}]],"entries":[{"response":{"status":1e99,"headers":null}}]}}`, 1)
	f.Fuzz(func(t *testing.T, text string, entry int) {
		xs, err := ParseAs(HAR, text, Options{Entry: entry})
		checkPlace(t, text, err)
		if err == nil && len(xs) == 0 {
			t.Fatalf("%.300q gives neither an error nor an exchange", text)
		}
		for _, x := range xs {
			if x.Response.Code < 100 || x.Response.Code > 999 || x.Timing.Total < 0 || len(x.Response.Content.Sample) > sampleLimit {
				t.Fatalf("%.300q gives %+v", text, x.Response)
			}
		}
	})
}

// BenchmarkHAR reads the longest file that is read.
func BenchmarkHAR(b *testing.B) {
	one := fmt.Sprintf(`{"request":{"method":"GET","url":"https://a/"},"response":{"status":200,"content":{"text":%q}}},`, strings.Repeat("a", 50_000))
	text := `{"log":{"entries":[` + strings.Repeat(one, (HARLimit-100)/len(one))
	text = strings.TrimSuffix(text, ",") + "]}}"
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

// TestRefusedCredentialsAreCounted counts those that go on after a refusal, in a
// recording whose entries are "second milliseconds status credentials host".
func TestRefusedCredentialsAreCounted(t *testing.T) {
	for _, tt := range []struct {
		name    string
		entries []string
		want    int
	}{
		{"a loop", []string{"0 100 401 A a", "1 100 401 A a", "2 100 401 A a", "3 100 401 A a"}, 3},
		{"at once", []string{"0 900 401 A a", "0 900 401 A a", "0 900 401 A a"}, 0},
		{"renewed", []string{"0 100 401 A a", "1 100 200 B a", "2 100 200 B a"}, 0},
		{"valid once", []string{"0 100 200 A a", "1 100 401 A a", "2 100 401 A a", "3 100 401 A a"}, 2},
		{"let in elsewhere", []string{"0 100 401 A a", "1 100 401 A a", "2 100 200 A a", "3 100 401 A a"}, 0},
		{"another server", []string{"0 100 401 A a", "1 100 401 A b", "2 100 401 A c"}, 0},
		{"none sent", []string{"0 100 401 - a", "1 100 401 - a", "2 100 401 - a"}, 0},
		{"times that are not known", []string{"x 100 401 A a", "x 100 401 A a", "x 100 401 A a"}, 0},
		{"other errors", []string{"0 100 401 A a", "1 100 403 A a", "2 100 500 A a"}, 0},
	} {
		var all []string
		for _, e := range tt.entries {
			w := strings.Fields(e)
			sent := ""
			if w[3] != "-" {
				sent = fmt.Sprintf(`{"name":"authorization","value":"Bearer %s"}`, w[3])
			}
			all = append(all, fmt.Sprintf(`{"startedDateTime":"2026-11-28T14:30:0%sZ","time":%s,"request":{"method":"GET","url":"https://%s.example/","headers":[%s]},"response":{"status":%s,"headers":[]}}`, w[0], w[1], w[4], sent, w[2]))
		}
		text := `{"log":{"version":"1.2","entries":[` + strings.Join(all, ",") + `]}}`
		for i := range all {
			xs, err := ParseWith(text, Options{Entry: i + 1})
			if err != nil {
				t.Fatal(err)
			}
			if want := tt.want; xs[0].Response.Code == 401 && xs[0].Again != want {
				t.Errorf("%s, entry %d: %d, want %d", tt.name, i+1, xs[0].Again, want)
			}
		}
	}
}
