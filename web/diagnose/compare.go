package diagnose

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"wwwhy/content"
	"wwwhy/web/challenge"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// compareRules hold the answers to comparisons against the answer that was
// asked for.
var compareRules = []rule{
	{[]string{"any-credentials-accepted"}, anybodyGetsIn, false},
	{[]string{"authorization-not-seen", "token-refused-rightly"}, authorizationSeen, false},
	{[]string{"challenge-dropped"}, challengeDropped, false},
	{[]string{"refusal-from-cache"}, refusalFromCache, false},
	{[]string{"options-challenged"}, optionsChallenged, false},
	{[]string{"http-asks-for-credentials", "http-lets-in"}, overHTTP, false},
	{[]string{"answers-disagree"}, answersDisagree, false},
}

// madeUp returns credentials that nobody has: a server that lets them in lets
// anybody in. They are new each time, since a cache that tells credentials apart
// would answer the same ones with what it kept, and the server never see them.
func madeUp() (token, user string) {
	secret := "made-up-" + rand.Text()
	return "Bearer wwwhy-" + secret, "Basic " + base64.StdEncoding.EncodeToString([]byte("wwwhy:"+secret))
}

// Comparisons returns the requests that show what an answer depends on: the
// same as was asked, but for one thing each.
func Comparisons(xs []message.Exchange) []Wanted {
	asked := lastAsked(xs)
	if asked == nil || asked.Response == nil {
		return nil
	}
	address, method := asked.Request.URL, asked.Request.Method
	token, user := madeUp()
	var all []Wanted
	if asked.Request.Fields.Has("Authorization") {
		all = append(all, Wanted{URL: address, Method: method, Purpose: message.WithoutCredentials})
	}
	all = append(all,
		Wanted{URL: address, Method: method, Purpose: message.WithBearer, Fields: field.Section{{Name: "Authorization", Value: token}}},
		Wanted{URL: address, Method: method, Purpose: message.WithBasic, Fields: field.Section{{Name: "Authorization", Value: user}}})
	if method == "GET" {
		all = append(all, Wanted{URL: address, Method: "HEAD", Purpose: message.WithHEAD})
	}
	all = append(all, Wanted{URL: address, Method: "OPTIONS", Purpose: message.WithOPTIONS})
	u, err := url.Parse(address)
	if err != nil {
		return all
	}
	if u.Port() == "" {
		other := *u
		other.Scheme = map[string]string{"http": "https", "https": "http"}[u.Scheme]
		all = append(all, Wanted{URL: other.String(), Method: method, Purpose: message.OtherScheme})
	}
	if u.Scheme == "https" && len(all) < 6 {
		version := "2"
		if asked.Response.Protocol == "HTTP/2" {
			version = "1.1"
		}
		all = append(all, Wanted{URL: address, Method: method, Protocol: version, Purpose: message.OtherVersion})
	}
	return all
}

// lastAsked returns the last exchange that is no probe.
func lastAsked(xs []message.Exchange) *message.Exchange {
	for i := len(xs) - 1; i >= 0; i-- {
		if xs[i].Cause != message.Probe {
			return &xs[i]
		}
	}
	return nil
}

// compared returns the answer that was asked for, where the exchange on the
// table is a comparison with it of one of the purposes.
func (e *exam) compared(purposes ...message.Purpose) (*message.Response, bool) {
	asked := lastAsked(e.all)
	if asked == nil || asked.Response == nil {
		return nil, false
	}
	for _, p := range purposes {
		if e.x.Purpose == p {
			return asked.Response, true
		}
	}
	return nil, false
}

// anybodyGetsIn reports made-up credentials that are accepted.
func anybodyGetsIn(e *exam) {
	asked, ok := e.compared(message.WithBearer, message.WithBasic)
	if ok && asked.Code == 401 && e.resp.Code >= 200 && e.resp.Code < 300 && !refusesStill(asked, e.resp) {
		e.report("any-credentials-accepted", "scheme", strings.SplitN(e.x.Request.Fields.Get("Authorization"), " ", 2)[0], "code", fmt.Sprint(e.resp.Code))
	}
}

// refusesStill reports whether an answer refuses although its status is a success:
// in the words of the refusal before it, or in those of GraphQL.
func refusesStill(before, r *message.Response) bool {
	_, graphql := graphqlError(r)
	return graphql || r.Reason != "" && r.Reason == before.Reason || len(r.Content.Sample) > 0 && bytes.Equal(r.Content.Sample, before.Content.Sample)
}

// authorizationSeen tells whether a made-up token is refused in other words
// than none at all, which shows that it arrives (RFC 6750, Section 3.1).
func authorizationSeen(e *exam) {
	asked, ok := e.compared(message.WithBearer)
	if !ok || asked.Code != 401 || e.resp.Code != 401 || !offers(asked, "Bearer") {
		return
	}
	switch {
	case errorOf(asked) == "" && errorOf(e.resp) == "invalid_token":
		e.report("token-refused-rightly")
	case errorOf(asked) == "" && errorOf(e.resp) == "":
		e.report("authorization-not-seen")
	}
}

func offers(r *message.Response, scheme string) bool {
	for _, c := range posedBy(r) {
		if c.Is(scheme) {
			return true
		}
	}
	return false
}

// errorOf returns the error code of the first Bearer challenge that has one.
func errorOf(r *message.Response) string {
	for _, c := range posedBy(r) {
		if v := c.Get("error"); c.Is("Bearer") && v != "" {
			return v
		}
	}
	return ""
}

func posedBy(r *message.Response) []challenge.Challenge {
	_, values := r.Fields.Lines("WWW-Authenticate")
	return challenge.Parse(values)
}

// challengeDropped reports a 401 that lost its challenge on another way.
func challengeDropped(e *exam) {
	asked, ok := e.compared(message.WithBearer, message.WithBasic, message.WithHEAD, message.OtherScheme, message.OtherVersion)
	if ok && asked.Code == 401 && e.resp.Code == 401 && asked.Fields.Has("WWW-Authenticate") && !e.resp.Fields.Has("WWW-Authenticate") {
		e.report("challenge-dropped", "way", string(e.x.Purpose))
	}
}

// refusalFromCache reports a refusal of credentials that no server saw: a cache
// had kept it from a request without them (RFC 9111, Sections 3.5 and 4).
func refusalFromCache(e *exam) {
	if _, ok := e.compared(message.WithBearer, message.WithBasic); !ok || e.resp.Code != 401 && e.resp.Code != 403 {
		return
	}
	// A cache that varies on them may have kept what the very same credentials got.
	if told := toldByCache(e.lib, e.resp); told != "" && !variesOn(e.resp, "Authorization") {
		e.report("refusal-from-cache", "told", short(told), "code", fmt.Sprint(e.resp.Code))
	}
}

// hit is how a member of Cache-Status says that the cache had the answer (RFC 9211,
// Section 2.1).
var hit = regexp.MustCompile(`;\s*hit\s*(?:[;,]|$)`)

// toldByCache returns the field that says that a cache had the answer, or "". Many
// caches say so without Age, such as nginx where $upstream_cache_status is sent on.
func toldByCache(lib *content.Library, r *message.Response) string {
	if age, ok := field.Integer(r.Fields.Get("Age")); ok && age > 0 {
		return fmt.Sprintf("Age: %d", age)
	}
	if v := r.Fields.Get("Cache-Status"); hit.MatchString(v) {
		return "Cache-Status: " + v
	}
	for _, own := range lib.CacheHits() {
		v := r.Fields.Get(own.Field)
		words := strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' })
		if containsFold(words, own.Word) {
			return own.Field + ": " + v
		}
	}
	return ""
}

// optionsChallenged reports a server that wants credentials for OPTIONS: a
// browser's preflight has none (Fetch, "CORS-preflight fetch").
func optionsChallenged(e *exam) {
	if _, ok := e.compared(message.WithOPTIONS); ok && e.resp.Code == 401 {
		e.report("options-challenged")
	}
}

// overHTTP reports what is asked or given over http that https protects.
func overHTTP(e *exam) {
	asked, ok := e.compared(message.OtherScheme)
	if !ok || e.url == nil || e.url.Scheme != "http" || !e.plainHTTP() || asked.Code != 401 {
		return
	}
	switch {
	case e.resp.Code == 401 && (offers(e.resp, "Basic") || offers(e.resp, "Bearer")):
		e.report("http-asks-for-credentials", "url", short(e.x.Request.URL))
	case e.resp.Code >= 200 && e.resp.Code < 300:
		e.report("http-lets-in", "url", short(e.x.Request.URL), "code", fmt.Sprint(e.resp.Code))
	}
}

// answersDisagree reports another status where only the method HEAD or the
// version of HTTP is another (RFC 9110, Sections 9.3.2 and 15).
func answersDisagree(e *exam) {
	asked, ok := e.compared(message.WithHEAD, message.OtherVersion)
	if ok && asked.Code != e.resp.Code && e.resp.Code != 421 && e.resp.Code != 429 && e.resp.Code != 503 && e.resp.Code != 505 {
		e.report("answers-disagree", "way", string(e.x.Purpose), "code", fmt.Sprint(e.resp.Code), "asked", fmt.Sprint(asked.Code))
	}
}
