package openapi

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// ProblemType is a kind of error (RFC 9457, Section 3.1.1). Its address is
// /api#problem- and its slug.
type ProblemType struct {
	Slug    string
	Status  int
	Title   string // the same for every problem of the type
	Meaning string
	Do      string
}

// Problems lists the types of errors. The first of a status is the one for
// errors that name no other.
var Problems = []ProblemType{
	{"invalid-request", 400, "The request asks for something that cannot be done", "A parameter or a key has a value that is not offered, or one is missing, or a parameter is unknown or stands there twice.", "Read `detail` and `fix`. The member `parameter` or `pointer` names the place where it is known."},
	{"invalid-json", 400, "The JSON cannot be read", "The content is no JSON object, or has a key or a type that the schema does not have.", "Mend the place that `line` and `column`, or `pointer`, name."},
	{"unreadable-text", 400, "The text cannot be read as a response", "The text is neither a response nor another form that the explainer reads.", "Send at least a status line or one header field. `line` and `column` name the place where it is known."},
	{"delete-key-needed", 401, "Deleting a report takes its delete key", "The delete key is missing, or it belongs to another report.", "Send `Authorization: Bearer` and the `delete_key` that came when the report was saved."},
	{"not-started", 403, "An inspection is not started by this request", "The request comes from an inspection or was made ahead of a click, so nobody waits for its answer.", "Inspect the address itself."},
	{"not-found", 404, "Nothing is here", "No page, report or operation has this address.", "Check the spelling; `see` names pages that may be meant."},
	{"method-not-allowed", 405, "This method does not fit", "The address is right, the method is not.", "Use one of the methods in `Allow`."},
	{"precondition-failed", 412, "Not as you expect it", "A condition of the request does not hold for what is there.", "Get it again without the condition that `detail` names, and look at what is there now."},
	{"too-large", 413, "More than is read at once", "The content, or the list in it, is longer than its bound.", "Send less: the head of a response is enough, and a list of addresses can be split."},
	{"unsupported-media-type", 415, "Not a type that is read here", "The content is of a type that this operation does not read.", "Send one of the types in `Accept`, with `Content-Type`."},
	{"target-refused", 422, "That address is not asked", "The request is right, but its target is no public address, or its port or scheme is not asked.", "Inspect it in a terminal, with `wwwhy inspect`."},
	{"rate-limited", 429, "Too many in a short time", "You used up what one client may do in a time, or have too many inspections under way.", "Wait for as many seconds as `Retry-After` says. `RateLimit` tells what is left."},
	{"internal", 500, "Something broke here", "This is a fault of the site.", "Try again in a minute. If it stays, report the number in `request`."},
	{"not-implemented", 501, "Nothing here has this method", "No address of the site has this method.", "Use `GET`, or one of the methods that `OPTIONS` tells of. Their names are in capitals."},
	{"unavailable", 503, "Not at the moment", "The site, the target or the store of reports has enough to do, or cannot be reached.", "Wait for as many seconds as `Retry-After` says."},
}

// ProblemOf returns the type of that slug or, where there is none, the one for
// the status. It reports false where neither is known.
func ProblemOf(slug string, status int) (ProblemType, bool) {
	found, ok := ProblemType{}, false
	for _, p := range Problems {
		if p.Slug == slug {
			return p, true
		}
		if p.Status == status && !ok {
			found, ok = p, true
		}
	}
	return found, ok
}

// problemName names the shared answer for a status: NotFound for 404.
func problemName(status int) string {
	switch status { // net/http has the phrases from before RFC 9110
	case 413:
		return "ContentTooLarge"
	case 422:
		return "UnprocessableContent"
	}
	return strings.ReplaceAll(http.StatusText(status), " ", "")
}

// problemFields are the fields that errors of a status have.
var problemFields = map[int][]string{401: {"WWW-Authenticate"}, 405: {"Allow"}, 415: {"Accept"}, 429: {"Retry-After", "RateLimit", "RateLimit-Policy"}, 503: {"Retry-After"}}

// problemResponses are the shared answers for errors.
func problemResponses(publicURL string) map[string]Response {
	schema := func() *jsonschema.Schema { return &jsonschema.Schema{Ref: "#/components/schemas/Problem"} }
	all := map[string]Response{"Problem": {Description: "Any other error.", Content: map[string]MediaObject{"application/problem+json": {Schema: schema()}}}}
	for _, p := range Problems {
		name := problemName(p.Status)
		r, ok := all[name]
		if !ok {
			r = Response{Description: p.Meaning, Content: map[string]MediaObject{"application/problem+json": {Schema: schema(), Examples: map[string]ExampleObject{}}}}
			for _, f := range problemFields[p.Status] {
				if r.Headers == nil {
					r.Headers = map[string]HeaderObject{}
				}
				r.Headers[f] = HeaderObject{Ref: "#/components/headers/" + f}
			}
		}
		r.Content["application/problem+json"].Examples[p.Slug] = ExampleObject{p.Title, map[string]any{
			"type": publicURL + "/api#problem-" + p.Slug, "title": p.Title, "status": p.Status, "detail": p.Meaning, "fix": strings.ReplaceAll(p.Do, "`", ""), "href": fmt.Sprintf("/%03d", p.Status), "request": "7QK4TZ2M5XWA"}}
		all[name] = r
	}
	return all
}

// headers are the response fields that the document names, shared by all.
var headers = map[string]HeaderObject{
	"Accept":           text("The media types that this operation reads (RFC 9110, Section 15.5.16)."),
	"Allow":            text("The methods of this address (RFC 9110, Section 10.2.1)."),
	"Cache-Control":    text("How long the answer may be kept (RFC 9111, Section 5.2)."),
	"ETag":             text("Names this state of the answer. Send it back in If-None-Match, and get 304 while nothing changed (RFC 9110, Section 8.8.3)."),
	"Last-Modified":    text("When the report was saved (RFC 9110, Section 8.8.2)."),
	"Location":         text("Where the saved report is (RFC 9110, Section 10.2.2)."),
	"RateLimit":        text("What is left of each of your quotas, and in how many seconds there is more (draft-ietf-httpapi-ratelimit-headers)."),
	"RateLimit-Policy": text("Your quotas and the seconds for which they hold (draft-ietf-httpapi-ratelimit-headers)."),
	"Retry-After":      {Description: "Seconds to wait before you ask again (RFC 9110, Section 10.2.3).", Schema: &jsonschema.Schema{Type: "integer"}},
	"Sunset":           text("When the saved report will be gone (RFC 8594, Section 3)."),
	"WWW-Authenticate": text("Bearer, and with a wrong key error=\"invalid_token\" (RFC 6750, Section 3)."),
}

func text(description string) HeaderObject {
	return HeaderObject{Description: description, Schema: &jsonschema.Schema{Type: "string"}}
}
