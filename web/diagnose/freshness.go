package diagnose

import (
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// Reuse is what one kind of cache may do with a response.
type Reuse struct {
	Kept     bool
	Why      string        // why it is not kept, or where the lifetime comes from: names in content's registry/caching.csv
	Lifetime time.Duration // for which it is fresh (RFC 9111, Section 4.2.1)
	Ask      bool          // the server must be asked each time
	Strict   bool          // once stale it must not be used without asking
}

// Freshness is how long a response may be used again, by private caches such as
// a browser's and by shared ones such as a CDN's (RFC 9111, Sections 3 and 4).
type Freshness struct {
	Private, Shared Reuse
	Age             time.Duration // that the response has already, by Age
	While, IfError  time.Duration // stale use allowed by RFC 5861
	Immutable       bool          // RFC 8246
}

// Fresh judges a response. It returns false where there is none to judge.
func Fresh(lib *content.Library, x message.Exchange) (Freshness, bool) {
	if x.Response == nil || x.Response.Code < 200 {
		return Freshness{}, false
	}
	e := newExam(lib, []message.Exchange{x}, 0)
	f := Freshness{Private: e.reuse(false), Shared: e.reuse(true)}
	if n, ok := field.Integer(e.resp.Fields.Get("Age")); ok {
		f.Age = time.Duration(min(n, 1<<31)) * time.Second
	}
	f.While, f.IfError = e.seconds("stale-while-revalidate"), e.seconds("stale-if-error")
	_, f.Immutable = e.cache["immutable"]
	return f, true
}

// seconds returns a directive's time; 0: it has none.
func (e *exam) seconds(name string) time.Duration {
	n, ok := field.Integer(strings.Trim(e.cache[name].Value, `"`))
	if !ok {
		return 0
	}
	return time.Duration(min(n, 1<<31)) * time.Second
}

func (e *exam) directive(name string) bool {
	_, ok := e.cache[name]
	return ok
}

// reuse judges for one kind of cache.
func (e *exam) reuse(shared bool) Reuse {
	if why := e.forbidden(shared); why != "" {
		return Reuse{Why: why}
	}
	r := Reuse{Kept: true, Strict: e.directive("must-revalidate") || shared && (e.directive("proxy-revalidate") || e.directive("s-maxage"))}
	r.Lifetime, r.Why = e.lifetime(shared)
	if d, ok := e.cache["no-cache"]; ok && d.Value == "" {
		r.Ask, r.Why = true, "no-cache"
	}
	return r
}

// forbidden names what keeps a cache from storing (RFC 9111, Section 3); "":
// nothing does.
func (e *exam) forbidden(shared bool) string {
	private, isPrivate := e.cache["private"]
	switch q := e.x.Request; {
	case q != nil && q.Method != "" && q.Method != "GET" && q.Method != "HEAD":
		return "method"
	case e.directive("no-store"):
		return "no-store"
	case shared && isPrivate && private.Value == "":
		return "private"
	case shared && q != nil && q.Fields.Has("Authorization") && !e.directive("public") && !e.directive("s-maxage") && !e.directive("must-revalidate"):
		return "authorization"
	case e.resp.Code == 206 || e.resp.Code == 304:
		return "part"
	case !e.explicit(shared) && !e.guessable():
		return "status"
	}
	return ""
}

// explicit reports whether the response says itself that it may be stored.
func (e *exam) explicit(shared bool) bool {
	return e.directive("public") || e.directive("max-age") || e.resp.Fields.Has("Expires") ||
		shared && e.directive("s-maxage") || !shared && e.directive("private")
}

// guessable reports whether the status may be kept without being told so (RFC
// 9110, Section 15.1).
func (e *exam) guessable() bool {
	page := e.lib.Status(e.resp.Code)
	return page != nil && page.Registry != nil && page.Registry.Cacheable == "yes"
}

// lifetime is the freshness lifetime and where it comes from (RFC 9111, Section
// 4.2.1), or a guess as caches commonly make it (Section 4.2.2).
func (e *exam) lifetime(shared bool) (time.Duration, string) {
	if shared && e.directive("s-maxage") {
		return e.seconds("s-maxage"), "s-maxage"
	}
	if e.directive("max-age") {
		return e.seconds("max-age"), "max-age"
	}
	date, dated := field.ParseDate(e.resp.Fields.Get("Date"))
	if e.resp.Fields.Has("Expires") {
		expires, ok := field.ParseDate(e.resp.Fields.Get("Expires"))
		if !ok || !dated || !expires.After(date) {
			return 0, "expires"
		}
		return expires.Sub(date), "expires"
	}
	if modified, ok := field.ParseDate(e.resp.Fields.Get("Last-Modified")); ok && dated && date.After(modified) && e.guessable() {
		return (date.Sub(modified) / 10).Truncate(time.Second), "guess"
	}
	return 0, "unsaid"
}
