package diagnose

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// keepingRules judge what caches are told, beyond the grammar of it.
var keepingRules = []rule{
	{[]string{"date-missing"}, noDate, false},
	{[]string{"age-invalid"}, ageInvalid, false},
	{[]string{"vary-star"}, varyStar, false},
	{[]string{"pragma-in-response"}, pragma, false},
	{[]string{"cookie-in-shared-cache"}, sharedCookie, false},
	{[]string{"error-kept-long"}, errorKept, false},
	{[]string{"no-cache-without-validator"}, nothingToAskWith, false},
	{[]string{"cache-directive-unknown", "cache-directive-of-requests"}, strangeDirectives, false},
	{[]string{"etag-invalid"}, etagInvalid, false},
	{[]string{"last-modified-in-the-future"}, modifiedLater, false},
	{[]string{"login-redirect-kept"}, loginKept, false},
	{[]string{"immutable-without-lifetime"}, immutableForNothing, false},
}

// noDate reports a response without its time (RFC 9110, Section 6.6.1). A copy
// that somebody made may have left it out.
func noDate(e *exam) {
	if e.x.Fidelity == message.Wire && e.resp.Code >= 200 && e.resp.Code < 500 && !e.resp.Fields.Has("Date") {
		e.missing("date-missing", "Date")
	}
}

func ageInvalid(e *exam) {
	e.each("Age", func(n int, v string) {
		if _, ok := field.Integer(v); !ok {
			e.line("age-invalid", n)
		}
	})
}

// varyStar reports an answer that fits no other request (RFC 9110, Section
// 12.5.5), although it says that it may be kept.
func varyStar(e *exam) {
	e.each("Vary", func(n int, v string) {
		if strings.TrimSpace(v) == "*" && (e.directive("public") || e.seconds("max-age") > 0 || e.seconds("s-maxage") > 0) {
			e.line("vary-star", n)
		}
	})
}

// pragma reports a field that means something in requests only, where nothing
// else says the same (RFC 9111, Section 5.4).
func pragma(e *exam) {
	if e.resp.Fields.Has("Cache-Control") || e.resp.Fields.Has("Expires") {
		return
	}
	e.each("Pragma", func(n int, _ string) { e.line("pragma-in-response", n) })
}

// sharedCookie reports a cookie in an answer that shared caches are invited to
// give to everybody (RFC 9111, Section 7.3).
func sharedCookie(e *exam) {
	if !e.resp.Fields.Has("Set-Cookie") || e.directive("private") || e.directive("no-store") || e.directive("no-cache") {
		return
	}
	for _, name := range []string{"public", "s-maxage"} {
		if d, ok := e.cache[name]; ok && d.Value != "0" {
			e.at("cookie-in-shared-cache", "Cache-Control", d.Span, "directive", name)
			return
		}
	}
}

// errorKept reports an error that is kept for longer than a day. A 404 or a 410
// may well be meant to last.
func errorKept(e *exam) {
	if e.resp.Code < 400 || e.resp.Code == 404 || e.resp.Code == 410 || e.directive("no-store") {
		return
	}
	if d := e.seconds("max-age"); d > 24*time.Hour {
		e.at("error-kept-long", "Cache-Control", e.cache["max-age"].Span, "code", fmt.Sprint(e.resp.Code), "seconds", fmt.Sprint(int(d.Seconds())))
	}
}

// nothingToAskWith reports that a cache shall ask each time and has nothing to
// ask with (RFC 9111, Section 4.3.1).
func nothingToAskWith(e *exam) {
	d, ok := e.cache["no-cache"]
	if ok && d.Value == "" && e.resp.Code == 200 && !e.directive("no-store") && !e.directive("private") && !e.resp.Fields.Has("ETag") && !e.resp.Fields.Has("Last-Modified") &&
		e.resp.Content.Known != message.Unknown && e.resp.Content.Length > 1024 {
		e.at("no-cache-without-validator", "Cache-Control", d.Span)
	}
}

// strangeDirectives reports directives that nobody knows, with the one that may
// be meant, and those that only requests have (RFC 9111, Section 5.2).
func strangeDirectives(e *exam) {
	page := e.lib.Field("cache-control")
	if page == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(e.cache)) {
		d := e.cache[name]
		part, known := page.Part(name)
		if part.In == "request" {
			e.at("cache-directive-of-requests", "Cache-Control", d.Span, "directive", name)
		}
		if known || name == "" || strings.Contains(name, "-ext") {
			continue
		}
		meant := ""
		for _, p := range page.Parts {
			if plain := strings.NewReplacer("-", "", "_", ""); p.State == "" && (content.OneEdit(name, p.Name) || plain.Replace(name) == plain.Replace(p.Name)) {
				meant = p.Name
			}
		}
		if meant != "" {
			e.at("cache-directive-unknown", "Cache-Control", d.Span, "directive", short(name), "meant", meant)
		}
	}
}

// etagInvalid reports an entity tag that is none (RFC 9110, Section 8.8.3).
func etagInvalid(e *exam) {
	e.each("ETag", func(n int, v string) {
		tag := strings.TrimPrefix(v, "W/")
		if len(tag) < 2 || tag[0] != '"' || tag[len(tag)-1] != '"' || strings.ContainsAny(tag[1:len(tag)-1], "\" ") {
			e.line("etag-invalid", n)
		}
	})
}

// modifiedLater reports a change that is still to come (RFC 9110, Section
// 8.8.2.1).
func modifiedLater(e *exam) {
	date, ok := field.ParseDate(e.resp.Fields.Get("Date"))
	e.each("Last-Modified", func(n int, v string) {
		if t, valid := field.ParseDate(v); ok && valid && t.After(date.Add(time.Minute)) {
			e.line("last-modified-in-the-future", n)
		}
	})
}

// loginKept reports a redirect to a login page that browsers keep for good
// (RFC 9110, Sections 15.4.2 and 15.4.9). A login page that has moved, to https
// or to another name, is rightly redirected so.
func loginKept(e *exam) {
	if e.resp.Code != 301 && e.resp.Code != 308 || e.directive("no-store") || e.directive("no-cache") || e.url != nil && e.lib.LoginPath(e.url.Path) {
		return
	}
	e.each("Location", func(n int, v string) {
		if u, err := url.Parse(v); err == nil && e.lib.LoginPath(u.Path) {
			e.line("login-redirect-kept", n, "code", fmt.Sprint(e.resp.Code))
		}
	})
}

// immutableForNothing reports a promise for as long as the answer is fresh, which
// it never is (RFC 8246, Section 2). With no-store there is another finding. A
// lifetime that caches guess, or that shared ones have, is one, too.
func immutableForNothing(e *exam) {
	d, ok := e.cache["immutable"]
	if !ok || e.directive("no-store") || e.directive("s-maxage") {
		return
	}
	noCache, asks := e.cache["no-cache"]
	why := ""
	switch lifetime, from := e.lifetime(false); {
	case asks && noCache.Value == "":
		why = "no-cache makes caches ask each time"
	case from == "unsaid":
		why = "neither max-age nor Expires says how long it is fresh"
	case lifetime == 0 && from == "max-age":
		why = "max-age=0 makes it stale at once"
	}
	if why != "" {
		e.at("immutable-without-lifetime", "Cache-Control", d.Span, "why", why)
	}
}
