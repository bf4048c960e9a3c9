package openapi

import "slices"

var info = Info{
	Title:   "wwwhy",
	Summary: "Why a server says no: inspect an address, explain a response, read the reference.",
	Version: Version,
	Description: "The status of a target is data: an inspection answers 200 whatever the target says.\n\n" +
		"Errors are `application/problem+json` (RFC 9457). Their `type` leads to a page that says what to do. An address below `/api/v1` that does not exist answers 404; a method that it does not have answers 405, with `Allow`, and one that nothing here has answers 501. " +
		"There is no 406: where nothing in `Accept` fits, you get the first form.\n\n" +
		"Scripts of any origin may read all answers below `/api/v1`, this document, the schemas, and the pages as Markdown, JSON and text. `OPTIONS` answers with the methods of an address.\n\n" +
		"Lists and pages of the reference have an `ETag`; send it in `If-None-Match` to get 304 while nothing changed. Saved reports have `Last-Modified` as well. `If-Match` and `If-Unmodified-Since` are heeded where there is such a validator: 412 says that the condition does not hold. There are no parts: `Range` is ignored. " +
		"In answers, every key is there unless its schema does not require it, lists are never null, and new keys may come: ignore those that you do not know. Requests are read strictly: a parameter or a key that is unknown, or that stands there twice, is an error.\n\n" +
		"`RateLimit` tells what is left of your quotas wherever something is counted; the answer to the same question is shared for a minute and counts once. A 429 (you asked too much) and a 503 (the site or the target has enough to do) say in `Retry-After` when to come back.",
}

// Tags are the groups of operations, in the order of the page.
var Tags = []Tag{
	{"Inspect", "Ask a server, or explain what it answered."},
	{"Saved reports", "Keep a report for 30 days under an address that nobody guesses. Credentials and secrets are left out of it."},
	{"Reference", "Codes, fields, schemes, findings and guides."},
	{"Pages", "The pages of the site in their four forms, and answers made to order."},
}

// What several operations share.
var (
	reportMedia = []Media{{Type: "application/json", Schema: "Report"}, {Type: "text/plain"}, {Type: "text/markdown"}, {Type: "application/sarif+json"}}
	reportForm  = Parameter{Name: "format", In: "query", Description: "The form of the report; without it, `Accept` decides.", Values: []string{"json", "text", "markdown", "sarif"}}
	savedID     = Parameter{Name: "id", In: "path", Description: "The id that came when the report was saved."}
	notModified = Answer{Status: "304", Description: "Nothing changed since the answer with the ETag in `If-None-Match`.", Fields: []string{"ETag", "Cache-Control"}}
	ifNoneMatch = Parameter{Name: "If-None-Match", In: "header", Description: "The `ETag` of the answer that you have."}
	ifMatch     = Parameter{Name: "If-Match", In: "header", Description: "The `ETag` of the report that you mean, of the same form; another one gets 412."}
	kept        = []string{"ETag", "Cache-Control"}
	rates       = []string{"RateLimit", "RateLimit-Policy"}
)

func yes(name, description string) Parameter {
	return Parameter{Name: name, In: "query", Description: description, Type: "boolean"}
}

// Operations is every operation, in the order of the page.
func Operations() []Operation {
	all := slices.Concat(inspections(), saved(), reference(), pages())
	for i := range all {
		if all[i].ID == "try" { // which waits for nothing
			continue
		}
		// What is searched for or drawn waits for its turn, and not everybody can
		// wait: one client too many times, or too many clients.
		for _, status := range []int{429, 503} {
			if !slices.Contains(all[i].Problems, status) {
				all[i].Problems = append(all[i].Problems, status)
			}
		}
		slices.Sort(all[i].Problems)
	}
	return all
}

func inspections() []Operation {
	return []Operation{
		{ID: "inspect", Method: "GET", Path: "/api/v1/inspect", Tag: "Inspect", Summary: "Inspect an address",
			Description: "Asks the address and reports each request and answer, explained and judged. The answer to the same question is shared for a minute: `age` says how old a report is. Credentials do not belong into an address: send them with POST.",
			Parameters: []Parameter{
				{Name: "url", In: "query", Description: "The address; https is assumed where the scheme is missing. `/try/` and what follows mean this site.", Required: true},
				{Name: "method", In: "query", Description: "The method.", Values: []string{"GET", "HEAD", "OPTIONS"}},
				{Name: "http", In: "query", Description: "The version of HTTP; without it, 1.1 or 2.", Values: []string{"1.0", "1.1", "2", "3"}},
				{Name: "ip", In: "query", Description: "The version of IP; without it, either.", Values: []string{"4", "6"}},
				{Name: "agent", In: "query", Description: "Whom to ask as: `browser`, `phone`, `googlebot` or `curl`."},
				yes("cookies", "Send cookies back on redirects."), yes("nofollow", "Do not follow redirects."),
				yes("probe", "Compare with made-up credentials and other ways of asking."),
				yes("checks", "Also check compression, conditional requests, parts, HEAD, an error page, and http."),
				yes("discover", "Follow OAuth metadata to where a token is to be had (RFC 9728, Section 5)."),
				{Name: "fields", In: "query", Description: "Request fields, one in each line, as `Name: value`. Credentials are taken by POST only."},
				{Name: "origin", In: "query", Description: "Ask what a browser lets a script of this origin do."},
				{Name: "script-method", In: "query", Description: "The method of the script's request."},
				{Name: "script-headers", In: "query", Description: "Names of the fields that the script sets, parted by commas."},
				yes("script-credentials", "The script's request has credentials."), reportForm},
			Answers: []Answer{{Status: "200", Description: "The report.", Media: reportMedia, Fields: rates}}, Problems: []int{400, 403, 422, 429, 503},
			Examples: []Example{{Summary: "A 401 that asks for a token", Values: map[string]string{"url": "/try/401?scheme=bearer"}},
				{Summary: "The same as text", Values: map[string]string{"url": "/try/401?scheme=bearer", "format": "text"}}}},
		{ID: "inspectWith", Method: "POST", Path: "/api/v1/inspect", Tag: "Inspect", Summary: "Inspect an address with options",
			Description: "Takes the same options as an object. Credentials in `fields` are sent to https only.",
			Parameters:  []Parameter{reportForm}, Bodies: []Media{{Type: "application/json", Schema: "Question"}},
			Answers: []Answer{{Status: "200", Description: "The report.", Media: reportMedia, Fields: rates}}, Problems: []int{400, 403, 413, 415, 422, 429, 503},
			Examples: []Example{{Summary: "With a request field", Type: "application/json", Body: `{"url": "/try/200?etag=v1", "method": "HEAD", "fields": [{"name": "If-None-Match", "value": "\"v1\""}]}`}}},
		{ID: "explain", Method: "POST", Path: "/api/v1/explain", Tag: "Inspect", Summary: "Explain a response",
			Description: "Takes whatever shows a response as text: the output of `curl -i` or `curl -v`, what DevTools copy, a HAR file, or header fields alone. Nothing is asked of anybody. Up to 256 kB of text, or 5 MB of a HAR file that is sent as it is.",
			Parameters: []Parameter{{Name: "url", In: "query", Description: "Where the text came from. With JSON, keys say this and what follows."}, {Name: "method", In: "query", Description: "The method of the request."},
				{Name: "as", In: "query", Description: "The kind of the text; without it, it is recognized."}, {Name: "entry", In: "query", Description: "Which entry of a HAR file, from 1; without it, the first that failed.", Type: "integer"}, reportForm},
			Bodies:  []Media{{Type: "text/plain"}, {Type: "application/har+json"}, {Type: "message/http"}, {Type: "application/http"}, {Type: "application/octet-stream"}, {Type: "application/json", Schema: "Pasted"}},
			Answers: []Answer{{Status: "200", Description: "The report.", Media: reportMedia}}, Problems: []int{400, 413, 415},
			Examples: []Example{{Summary: "A head as text", Type: "text/plain", Body: "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=x\n"},
				{Summary: "As JSON", Type: "application/json", Body: `{"text": "HTTP/1.1 503 Service Unavailable\nRetry-After: soon\n", "url": "https://www.example.com/", "method": "GET"}`}}},
		{ID: "check", Method: "POST", Path: "/api/v1/check", Tag: "Inspect", Summary: "Check many addresses",
			Description: "Up to 100 addresses. Each row comes as a line as soon as it is there, with the `index` of its address. Ends after two minutes; rows that are not done then have the `failure` canceled. Counts as one inspection.",
			Parameters: []Parameter{{Name: "method", In: "query", Description: "The method; with JSON, a key says it.", Values: []string{"GET", "HEAD", "OPTIONS"}},
				{Name: "format", In: "query", Description: "The form of the rows; without it, `Accept` decides.", Values: []string{"ndjson", "csv"}}},
			Bodies:  []Media{{Type: "text/plain"}, {Type: "text/uri-list"}, {Type: "application/json", Schema: "Checking"}},
			Answers: []Answer{{Status: "200", Description: "A row for each address; the schema is that of one line.", Media: []Media{{Type: "application/x-ndjson", Schema: "Row"}, {Type: "text/csv"}}, Fields: rates}}, Problems: []int{400, 403, 413, 415, 429, 503},
			Examples: []Example{{Summary: "One address in each line", Type: "text/plain", Body: "{site}/try/401\n{site}/try/503\n"},
				{Summary: "As JSON, to CSV", Values: map[string]string{"format": "csv"}, Type: "application/json", Body: `{"urls": ["{site}/try/301", "{site}/try/404"], "method": "HEAD", "no_follow": true}`}}},
		{ID: "entrances", Method: "GET", Path: "/api/v1/entrances", Tag: "Inspect", Summary: "Compare the entrances of a site",
			Description: "Asks the name of a site with and without `www`, over http and https, and tells where each leads and whether they agree. `www` is asked for names that somebody can register. Counts as one inspection of yours, and as one of the site for each entrance.",
			Parameters: []Parameter{{Name: "site", In: "query", Description: "The name of the site, or an address of it, whose path and query are then asked for at each entrance.", Required: true},
				{Name: "format", In: "query", Description: "The form of the answer; without it, `Accept` decides.", Values: []string{"json", "text"}}},
			Answers: []Answer{{Status: "200", Description: "Where the entrances lead.", Media: []Media{{Type: "application/json", Schema: "Entrances"}, {Type: "text/plain"}}, Fields: rates}}, Problems: []int{400, 403, 429, 503},
			Examples: []Example{{Summary: "Of a name", Values: map[string]string{"site": "example.com"}}}},
	}
}

func saved() []Operation {
	return []Operation{
		{ID: "compare", Method: "GET", Path: "/api/v1/compare", Tag: "Saved reports", Summary: "Compare two reports",
			Description: "Each side is the address of a saved report, or an address that is inspected now. Where one side was saved, both are compared without their secrets.",
			Parameters:  []Parameter{{Name: "left", In: "query", Description: "The earlier side, such as `/r/` and an id.", Required: true}, {Name: "right", In: "query", Description: "The later side.", Required: true}},
			Answers:     []Answer{{Status: "200", Description: "What is different.", Media: []Media{{Type: "application/json", Schema: "Changes"}}, Fields: rates}}, Problems: []int{400, 403, 404, 422, 429, 503},
			Examples: []Example{{Summary: "Two answers", Values: map[string]string{"left": "/try/401?scheme=basic", "right": "/try/401?scheme=bearer"}}}},
		{ID: "saveReport", Method: "POST", Path: "/api/v1/reports", Tag: "Saved reports", Summary: "Save a report",
			Description: "Inspects an address or explains a text, and keeps the report without its secrets. With an `Idempotency-Key`, asking again leads to the same report.",
			Parameters:  []Parameter{{Name: "Idempotency-Key", In: "header", Description: "22 to 200 random characters, such as a UUID. Whoever guesses it can read and delete the report."}},
			Bodies:      []Media{{Type: "application/json", Schema: "Saving"}},
			Answers:     []Answer{{Status: "201", Description: "The report is saved.", Media: []Media{{Type: "application/json", Schema: "Receipt"}}, Fields: []string{"Location", "RateLimit", "RateLimit-Policy"}}}, Problems: []int{400, 403, 413, 415, 422, 429, 503},
			Examples: []Example{{Summary: "Save an explanation", Type: "application/json", Body: `{"text": "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer\n"}`},
				{Summary: "Save an inspection", Type: "application/json", Body: `{"url": "/try/401"}`}}},
		{ID: "savedReport", Method: "GET", Path: "/api/v1/reports/{id}", Tag: "Saved reports", Summary: "Read a saved report", Description: "It was saved without secrets, and is there until it expires or is deleted.", Parameters: []Parameter{savedID, reportForm, ifNoneMatch, ifMatch},
			Answers: []Answer{{Status: "200", Description: "The report as it was saved.", Media: reportMedia, Fields: []string{"ETag", "Last-Modified", "Sunset"}}, notModified}, Problems: []int{400, 404, 412, 503},
			Examples: []Example{{Summary: "As JSON", Values: map[string]string{"id": ReportID}}}},
		{ID: "deleteReport", Method: "DELETE", Path: "/api/v1/reports/{id}", Tag: "Saved reports", Summary: "Delete a saved report", Description: "Takes the delete key, which deletes this one report and does nothing else.", Parameters: []Parameter{savedID, ifMatch}, Key: true,
			Answers: []Answer{{Status: "204", Description: "The report is gone."}}, Problems: []int{400, 401, 404, 412, 503},
			Examples: []Example{{Summary: "With the delete key", Values: map[string]string{"id": ReportID}}}},
	}
}

// kinds are those of the pages of the reference: how they are called in a path,
// one alone, where a page of the site is, and a page that there is.
var kinds = []struct{ plural, singular, page, name, example string }{
	{"codes", "Code", "/{code}", "code", "401"},
	{"fields", "Field", "/fields/{name}", "name", "www-authenticate"},
	{"schemes", "Scheme", "/schemes/{name}", "name", "bearer"},
	{"findings", "Finding", "/findings/{name}", "name", "401-without-challenge"},
	{"guides", "Guide", "/guides/{name}", "name", "inspector"},
}

func reference() []Operation {
	all := []Operation{{ID: "search", Method: "GET", Path: "/api/v1/search", Tag: "Reference", Summary: "Search the reference",
		Description: "Finds pages by name, by words, and by words of error messages, the best first; 20 at most.",
		Parameters:  []Parameter{{Name: "q", In: "query", Description: "What to look for.", Required: true}, ifNoneMatch},
		Answers:     []Answer{{Status: "200", Description: "The pages.", Media: []Media{{Type: "application/json", Schema: "Results"}}, Fields: kept}, notModified}, Problems: []int{400, 412},
		Examples: []Example{{Summary: "By the word of an error", Values: map[string]string{"q": "invalid_token"}}}}}
	for _, k := range kinds {
		name := Parameter{Name: "name", In: "path", Description: "The slug of the page, or another name of it."}
		all = append(all,
			Operation{ID: "list" + k.singular + "s", Method: "GET", Path: "/api/v1/" + k.plural, Tag: "Reference", Summary: "List the " + k.plural, Description: "Each with its name, its address and a sentence.", Parameters: []Parameter{ifNoneMatch},
				Answers: []Answer{{Status: "200", Description: "All of them.", Media: []Media{{Type: "application/json", Schema: k.singular + "List"}}, Fields: kept}, notModified}, Problems: []int{400, 412},
				Examples: []Example{{Summary: "All"}}},
			Operation{ID: "get" + k.singular, Method: "GET", Path: "/api/v1/" + k.plural + "/{name}", Tag: "Reference", Summary: "Read a page of the " + k.plural, Description: "Its facts, and its text as Markdown. Any name of the page will do.", Parameters: []Parameter{name, ifNoneMatch},
				Answers:  []Answer{{Status: "200", Description: "The page with its facts and its text.", Media: []Media{{Type: "application/json", Schema: "Page"}}, Fields: kept}, notModified},
				Problems: []int{400, 404, 412}, Examples: []Example{{Summary: k.example, Values: map[string]string{"name": k.example}}}})
	}
	return all
}

func pages() []Operation {
	forms := []Media{{Type: "text/html"}, {Type: "text/markdown"}, {Type: "application/json", Schema: "Page"}, {Type: "text/plain"}}
	var all []Operation
	for _, k := range kinds {
		name := Parameter{Name: k.name, In: "path", Description: "The slug of the page."}
		all = append(all,
			Operation{ID: "page" + k.singular, Method: "GET", Path: k.page, Tag: "Pages", Summary: "A page of the " + k.plural, Description: "`Accept` decides on the form. Known tools of the terminal that accept anything get text.", Parameters: []Parameter{name, ifNoneMatch},
				Answers:  []Answer{{Status: "200", Description: "The page.", Media: forms, Fields: kept}, {Status: "301", Description: "Another name of the page: `Location` leads to it.", Fields: []string{"Location"}}, notModified},
				Problems: []int{404, 412}, Examples: []Example{{Summary: k.example, Values: map[string]string{k.name: k.example}}}},
			Operation{ID: "form" + k.singular, Method: "GET", Path: k.page + ".{form}", Tag: "Pages", Summary: "A page of the " + k.plural + " in a form", Description: "The suffix decides on the form.",
				Parameters: []Parameter{name, {Name: "form", In: "path", Description: "Markdown, JSON, text, or a picture of its title.", Values: []string{"md", "json", "txt", "png"}}, ifNoneMatch},
				Answers:    []Answer{{Status: "200", Description: "The page.", Media: append(slices.Clone(forms[1:]), Media{Type: "image/png", Binary: true}), Fields: kept}, {Status: "301", Description: "Another name of the page: `Location` leads to it.", Fields: []string{"Location"}}, notModified},
				Problems:   []int{404, 412}, Examples: []Example{{Summary: "As Markdown", Values: map[string]string{k.name: k.example, "form": "md"}}}})
	}
	return append(all, try())
}

func try() Operation {
	q := func(name, description string, values ...string) Parameter {
		return Parameter{Name: name, In: "query", Description: description, Values: values}
	}
	return Operation{ID: "try", Method: "GET", Path: "/try/{code}", Tag: "Pages", Summary: "Get an answer made to order",
		Description: "Answers with the status that the path names. Every other method works as well, and any parameter but these is an error.",
		Parameters: []Parameter{{Name: "code", In: "path", Description: "200 to 599, 100, 102, 103, or a code that a vendor made up."},
			q("scheme", "The scheme of the challenge. `basic` and `digest` let in `user` with `passwd`; `bearer` lets in the token `valid`."), q("realm", "The realm of the challenge."), q("algorithm", "That of Digest, such as SHA-256 or MD5-sess."),
			q("delay", "Seconds before the answer, up to 10."), q("to", "The path of this site that a redirect leads to."), q("hops", "How many redirects follow each other, up to 20."),
			q("times", "How often the code is answered before 200, counted by id."), q("id", "A name of your own for the count."),
			q("cors", "What scripts of your origin may do.", "right", "any", "wrong", "challenged"), q("etag", "A validator; a request that has it gets 304."), q("modified", "The same as a date of HTTP."),
			q("trailer", "1 adds a trailer field.", "1"), q("problem", "1 makes the content a problem document.", "1"), q("field", "A response field, as `Name: value`. May stand several times.")},
		Answers: []Answer{{Status: "200", Description: "The answer, with a line of text, where 200 was asked for.", Media: []Media{{Type: "text/plain"}}},
			{Status: "401", Description: "The answer, with a challenge, where 401 was asked for. Any other status is answered likewise.", Media: []Media{{Type: "text/plain"}}, Fields: []string{"WWW-Authenticate"}}},
		Problems: []int{400, 503},
		Examples: []Example{{Summary: "A challenge", Values: map[string]string{"code": "401", "scheme": "bearer"}}}}
}
