package diagnose

import (
	"fmt"
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/field"
)

// cookieGrammarRules judge how Set-Cookie is written (RFC 6265, Section 4.1.1,
// and draft-ietf-httpbis-rfc6265bis).
var cookieGrammarRules = []rule{
	{[]string{"cookie-without-name", "cookie-attribute-repeated", "cookie-attribute-obsolete", "cookie-lifetime-invalid", "cookie-lifetime-capped",
		"cookie-samesite-unknown", "cookie-partitioned-without-secure"}, cookieGrammar, false},
}

// longestKept is for how many days browsers keep a cookie at most
// (rfc6265bis, Section 5.5, "Cookie Lifetime Limits").
const longestKept = 400

func cookieGrammar(e *exam) {
	e.each("Set-Cookie", func(n int, v string) {
		c := newCookie(v)
		if c.name == "" || !strings.Contains(strings.SplitN(v, ";", 2)[0], "=") {
			e.line("cookie-without-name", n)
			return
		}
		seen := map[string]bool{}
		for i, p := range field.Split("cookie", n, v) {
			if i == 0 {
				continue
			}
			name := strings.ToLower(p.Name)
			if seen[name] {
				e.at("cookie-attribute-repeated", "Set-Cookie", p.Span, "name", short(c.name), "attribute", short(p.Name))
			}
			seen[name] = true
			e.cookieAttribute(c, name, p)
		}
		if c.is("partitioned") && !c.is("secure") {
			e.line("cookie-partitioned-without-secure", n, "name", short(c.name))
		}
	})
}

func (e *exam) cookieAttribute(c cookie, name string, p field.Part) {
	known := e.word("Set-Cookie", name)
	if known.State == "obsolete" {
		e.at("cookie-attribute-obsolete", "Set-Cookie", p.Span, "name", short(c.name), "attribute", short(p.Name))
	}
	switch name {
	case "samesite":
		if !containsFold(known.Values, p.Value) {
			e.at("cookie-samesite-unknown", "Set-Cookie", p.Span, "name", short(c.name), "value", short(p.Value))
		}
	case "max-age":
		seconds, ok := field.Integer(strings.TrimPrefix(p.Value, "-"))
		if !ok {
			_, other := cookieDate(c.attributes["expires"])
			e.lifetimeInvalid(c, p, "Max-Age", other)
			return
		}
		if days := seconds / 86400; days > longestKept && p.Value[0] != '-' {
			e.at("cookie-lifetime-capped", "Set-Cookie", p.Span, "name", short(c.name), "days", fmt.Sprint(days))
		}
	case "expires":
		t, ok := cookieDate(p.Value)
		if !ok {
			_, other := field.Integer(strings.TrimPrefix(c.attributes["max-age"], "-"))
			e.lifetimeInvalid(c, p, "Expires", other)
			return
		}
		now, dated := field.ParseDate(e.resp.Fields.Get("Date"))
		if days := int(t.Sub(now).Hours() / 24); dated && !c.is("max-age") && days > longestKept+1 {
			e.at("cookie-lifetime-capped", "Set-Cookie", p.Span, "name", short(c.name), "days", fmt.Sprint(days))
		}
	}
}

// lifetimeInvalid reports a lifetime that browsers drop. Where the other
// attribute gives one, nothing follows from it.
func (e *exam) lifetimeInvalid(c cookie, p field.Part, attribute string, other bool) {
	then := "the cookie ends with the browser"
	if other {
		then = ""
	}
	e.at("cookie-lifetime-invalid", "Set-Cookie", p.Span, "name", short(c.name), "attribute", attribute, "value", short(p.Value), "then", then)
	if other {
		e.grade(content.Notice)
	}
}

// months are told by their first three letters.
const months = "janfebmaraprmayjunjulaugsepoctnovdec"

// cookieDate reads a date as browsers do, who take almost any order of time,
// day, month and year (RFC 6265, Section 5.1.1).
func cookieDate(s string) (time.Time, bool) {
	var hour, minute, second, day, month, year = -1, -1, -1, -1, -1, -1
	words := strings.FieldsFunc(s, func(r rune) bool {
		return r != ':' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	for _, w := range words {
		number, digits := leadingDigits(w)
		switch {
		case hour < 0 && strings.Count(w, ":") == 2 && digits > 0:
			if n, err := fmt.Sscanf(w, "%d:%d:%d", &hour, &minute, &second); n != 3 || err != nil {
				return time.Time{}, false
			}
		case day < 0 && digits > 0 && digits <= 2:
			day = number
		case month < 0 && len(w) >= 3 && strings.Index(months, strings.ToLower(w[:3]))%3 == 0:
			month = strings.Index(months, strings.ToLower(w[:3]))/3 + 1
		case year < 0 && (digits == 2 || digits == 4):
			year = number
		}
	}
	if year >= 70 && year <= 99 {
		year += 1900
	} else if year >= 0 && year <= 69 {
		year += 2000
	}
	ok := hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60 && day >= 1 && day <= 31 && month > 0 && year >= 1601
	return time.Date(year, time.Month(max(month, 1)), day, max(hour, 0), max(minute, 0), max(second, 0), 0, time.UTC), ok
}

func leadingDigits(w string) (number, digits int) {
	for digits < len(w) && digits < 5 && w[digits] >= '0' && w[digits] <= '9' {
		number = number*10 + int(w[digits]-'0')
		digits++
	}
	return number, digits
}
