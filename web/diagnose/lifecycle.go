package diagnose

import (
	"strings"
	"time"

	"wwwhy/web/field"
)

var lifecycleRules = []rule{
	{[]string{"retry-after-invalid"}, retryAfter, false},
	{[]string{"429-without-retry-after"}, no429RetryAfter, false},
	{[]string{"503-without-retry-after"}, no503RetryAfter, false},
	{[]string{"sunset-before-deprecation"}, sunsetTooEarly, false},
}

// retryAfter reports a value that is neither a date nor a number of seconds
// (RFC 9110, Section 10.2.3).
func retryAfter(e *exam) {
	e.each("Retry-After", func(n int, v string) {
		_, number := field.Integer(v)
		if _, date := field.ParseDate(v); !number && !date {
			e.line("retry-after-invalid", n)
		}
	})
}

func no429RetryAfter(e *exam) {
	if e.resp.Code == 429 && !e.resp.Fields.Has("Retry-After") {
		e.missing("429-without-retry-after", "Retry-After")
	}
}

func no503RetryAfter(e *exam) {
	if e.resp.Code == 503 && !e.resp.Fields.Has("Retry-After") {
		e.missing("503-without-retry-after", "Retry-After")
	}
}

// sunsetTooEarly reports an end that lies before the warning of it (RFC 9745,
// Section 4).
func sunsetTooEarly(e *exam) {
	text, isDate := strings.CutPrefix(e.resp.Fields.Get("Deprecation"), "@")
	seconds, ok := field.Integer(text)
	e.each("Sunset", func(n int, v string) {
		if end, dated := field.ParseDate(v); isDate && ok && dated && end.Before(time.Unix(seconds, 0)) {
			e.line("sunset-before-deprecation", n, "deprecation", time.Unix(seconds, 0).UTC().Format(time.DateTime))
		}
	})
}
