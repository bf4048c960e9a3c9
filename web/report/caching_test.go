package report

import (
	"strings"
	"testing"
	"time"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// TestCachingIsSaidInSentences: "date" stands for the Date that every response
// here has, and a line without a colon is the value of Cache-Control.
func TestCachingIsSaidInSentences(t *testing.T) {
	lib := library(t)
	for _, tt := range []struct {
		code            int
		lines           string // parted by |
		private, shared string // a part of the sentence
	}{
		{200, "max-age=600", "for 10 minutes.", "for 10 minutes."},
		{200, "max-age=600, s-maxage=60", "for 10 minutes.", "for 1 minute."},
		{200, "max-age=0", "must ask the server each time", "must ask the server each time"},
		{200, "no-cache", "must ask the server each time", "must ask the server each time"},
		{200, "no-cache=\"Set-Cookie\", max-age=60", "for 1 minute.", "for 1 minute."},
		{200, "no-store", "no-store forbids", "no-store forbids"},
		{200, "no-store, max-age=60", "no-store forbids", "no-store forbids"},
		{200, "private", "nothing says for how long", "private leaves it to the browser"},
		{200, "private, max-age=60", "for 1 minute.", "private leaves it to the browser"},
		{200, "private=\"X-A\", max-age=60", "for 1 minute.", "for 1 minute."},
		{200, "public", "nothing says for how long", "nothing says for how long"},
		{200, "MAX-AGE=60", "for 1 minute.", "for 1 minute."},
		{200, "max-age=\"60\"", "for 1 minute.", "for 1 minute."},
		{200, "max-age=x", "must ask the server each time", "must ask the server each time"},
		{200, "max-age=60|max-age=120", "for 1 minute.", "for 1 minute."},
		{200, "max-age=99999999999", "68 years", "68 years"},
		{200, "max-age=600|Age: 120", "; 2 minutes of that are over", "; 2 minutes of that are over"},
		{200, "max-age=600|Age: 600", "its time of 10 minutes is over", "its time of 10 minutes is over"},
		{200, "max-age=60, s-maxage=600|Age: 120", "its time of 1 minute is over", "; 2 minutes of that are over"},
		{200, "max-age=31536000, immutable", "for 1 year. A reload need not ask", "for 1 year."},
		{200, "max-age=60, stale-while-revalidate=30", "For 30 seconds after that", "For 30 seconds after that"},
		{200, "max-age=60, stale-if-error=86400", "If the server fails, the old answer may be used for 1 day", "for 1 day"},
		{200, "max-age=60, must-revalidate, stale-while-revalidate=30", "for 1 minute.", "for 1 minute."},
		{200, "", "nothing says for how long", "nothing says for how long"},
		{200, "Expires: Sat, 21 Nov 2026 10:00:00 GMT", "for 1 hour.", "for 1 hour."},
		{200, "Expires: Sat, 21 Nov 2026 08:00:00 GMT", "must ask the server each time", "must ask the server each time"},
		{200, "Expires: 0", "must ask the server each time", "must ask the server each time"},
		{200, "Expires: -1", "must ask the server each time", "must ask the server each time"},
		{200, "max-age=60|Expires: Sat, 21 Nov 2026 10:00:00 GMT", "for 1 minute.", "for 1 minute."},
		{200, "s-maxage=60|Expires: Sat, 21 Nov 2026 10:00:00 GMT", "for 1 hour.", "for 1 minute."},
		{200, "Last-Modified: Wed, 11 Nov 2026 09:00:00 GMT", "1 day is usual", "1 day is usual"},
		{200, "Last-Modified: Sun, 22 Nov 2026 09:00:00 GMT", "nothing says for how long", "nothing says for how long"},
		{200, "no-cache|Last-Modified: Wed, 11 Nov 2026 09:00:00 GMT", "must ask the server each time", "must ask the server each time"},
		{203, "", "nothing says for how long", "nothing says for how long"},
		{204, "Last-Modified: Wed, 11 Nov 2026 09:00:00 GMT", "1 day is usual", "1 day is usual"},
		{301, "", "nothing says for how long", "nothing says for how long"},
		{302, "", "an answer with 302 is kept only if it says so", "an answer with 302"},
		{302, "max-age=60", "for 1 minute.", "for 1 minute."},
		{303, "", "an answer with 303", "an answer with 303"},
		{307, "", "an answer with 307", "an answer with 307"},
		{308, "", "nothing says for how long", "nothing says for how long"},
		{404, "", "nothing says for how long", "nothing says for how long"},
		{405, "", "nothing says for how long", "nothing says for how long"},
		{410, "", "nothing says for how long", "nothing says for how long"},
		{414, "", "nothing says for how long", "nothing says for how long"},
		{501, "", "nothing says for how long", "nothing says for how long"},
		{400, "", "an answer with 400", "an answer with 400"},
		{401, "", "an answer with 401", "an answer with 401"},
		{401, "max-age=60", "for 1 minute.", "for 1 minute."},
		{401, "private", "nothing says for how long", "private leaves it"},
		{403, "", "an answer with 403", "an answer with 403"},
		{429, "", "an answer with 429", "an answer with 429"},
		{500, "", "an answer with 500", "an answer with 500"},
		{503, "s-maxage=5", "an answer with 503", "for 5 seconds."},
		{206, "max-age=60", "206 is no answer of its own", "206 is no answer of its own"},
		{304, "max-age=60", "304 is no answer of its own", "304 is no answer of its own"},
		{799, "", "an answer with 799", "an answer with 799"},
		{419, "", "an answer with 419", "an answer with 419"},
		{520, "", "an answer with 520", "an answer with 520"},
		{200, "AUTH", "nothing says for how long", "the request carried Authorization"},
		{200, "AUTH|max-age=60", "for 1 minute.", "the request carried Authorization"},
		{200, "AUTH|public, max-age=60", "for 1 minute.", "for 1 minute."},
		{200, "AUTH|s-maxage=60", "nothing says for how long", "for 1 minute."},
		{200, "AUTH|max-age=60, must-revalidate", "for 1 minute.", "for 1 minute."},
		{200, "POST|max-age=60", "only answers to GET and HEAD", "only answers to GET and HEAD"},
		{200, "HEAD|max-age=60", "for 1 minute.", "for 1 minute."},
		{103, "", "", ""},
	} {
		q := &message.Request{Method: "GET", URL: "https://a.example/"}
		r := &message.Response{Code: tt.code, Fields: field.Section{{Name: "Date", Value: "Sat, 21 Nov 2026 09:00:00 GMT"}}}
		for l := range strings.SplitSeq(tt.lines, "|") {
			name, value, isLine := strings.Cut(l, ": ")
			switch {
			case l == "AUTH":
				q.Fields = field.Section{{Name: "Authorization", Value: "Bearer x"}}
			case l == "POST" || l == "HEAD":
				q.Method = l
			case isLine:
				r.Fields = append(r.Fields, field.Line{Name: name, Value: value})
			case l != "":
				r.Fields = append(r.Fields, field.Line{Name: "Cache-Control", Value: l})
			}
		}
		c := NewExchange(lib, message.Exchange{Request: q, Response: r}).Caching
		if !strings.Contains(c.Private, tt.private) || !strings.Contains(c.Shared, tt.shared) || (tt.private == "") != (c.Private == "") || strings.ContainsAny(c.Private+c.Shared+strings.Join(c.Steps, ""), "{}[]") {
			t.Errorf("%d %s\nbrowser: %s\nshared: %s\nsteps: %q", tt.code, tt.lines, c.Private, c.Shared, c.Steps)
		}
	}
}

func TestTimesAreSaidAsPeopleDo(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0 seconds", time.Second: "1 second", 90 * time.Second: "1 minute and 30 seconds", time.Hour: "1 hour", 25 * time.Hour: "1 day and 1 hour",
		366 * 24 * time.Hour: "1 year and 1 day", 48 * time.Hour: "2 days", 3*time.Hour + 20*time.Minute: "3 hours and 20 minutes", 30*24*time.Hour + 5*time.Hour: "30 days"} {
		if got := lasting(d); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
}
