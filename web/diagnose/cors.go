package diagnose

import (
	"fmt"
	"strings"

	"wwwhy/content"
	"wwwhy/web/field"
)

var corsRules = []rule{
	{[]string{"cors-any-origin-with-credentials"}, anyOriginWithCredentials, false},
	{[]string{"cors-several-origins"}, severalOrigins, false},
	{[]string{"challenge-hidden-from-scripts"}, challengeHidden, false},
	{[]string{"preflight-challenged"}, preflightChallenged, false},
}

// anyOriginWithCredentials reports a pair that browsers refuse (Fetch, CORS
// check). Servers that write * where no Origin came may name it where one did, as
// with each request of a script of another origin.
func anyOriginWithCredentials(e *exam) {
	if e.resp.Fields.Get("Access-Control-Allow-Credentials") != "true" {
		return
	}
	e.each("Access-Control-Allow-Origin", func(n int, v string) {
		if v != "*" {
			return
		}
		e.line("cors-any-origin-with-credentials", n)
		if e.x.RequestKnown() && !e.x.Request.Fields.Has("Origin") {
			e.grade(content.Notice)
		}
	})
}

// severalOrigins reports a list where one origin, * or null must stand.
func severalOrigins(e *exam) {
	lines := e.resp.Fields.Count("Access-Control-Allow-Origin")
	e.each("Access-Control-Allow-Origin", func(n int, v string) {
		if (lines > 1 || strings.ContainsAny(v, ", ")) && !e.has("cors-several-origins") {
			e.line("cors-several-origins", n)
		}
	})
}

// challengeHidden reports a 401 that scripts of other origins may read but
// whose challenge they do not see.
func challengeHidden(e *exam) {
	if e.resp.Code != 401 || len(e.www) == 0 || !e.resp.Fields.Has("Access-Control-Allow-Origin") {
		return
	}
	for _, v := range e.resp.Fields.Values("Access-Control-Expose-Headers") {
		for _, p := range field.Split("list", 0, v) {
			if strings.EqualFold(p.Value, "WWW-Authenticate") || p.Value == "*" && e.resp.Fields.Get("Access-Control-Allow-Credentials") != "true" {
				return
			}
		}
	}
	e.missing("challenge-hidden-from-scripts", "Access-Control-Expose-Headers")
}

// preflightChallenged reports a preflight that wants credentials, which no
// browser sends with one (Fetch, "CORS-preflight fetch").
func preflightChallenged(e *exam) {
	q := e.x.Request
	if q == nil || q.Method != "OPTIONS" || !q.Fields.Has("Origin") || !q.Fields.Has("Access-Control-Request-Method") || e.resp.Code != 401 {
		return
	}
	e.report("preflight-challenged", "origin", short(q.Fields.Get("Origin")), "code", fmt.Sprint(e.resp.Code))
}
