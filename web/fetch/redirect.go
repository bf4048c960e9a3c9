package fetch

import (
	"net/url"
	"strings"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// hop is where a redirect leads: a request to be made, or why none can be.
type hop struct {
	request message.Request
	failure *message.Failure
}

// redirected returns the next hop, if the response is a redirect with a
// Location (RFC 9110, Section 15.4). The method changes as browsers change it
// (Fetch, HTTP-redirect fetch).
func redirected(x message.Exchange) (hop, bool) {
	if x.Response == nil || x.Failure != nil {
		return hop{}, false
	}
	code := x.Response.Code
	location := x.Response.Fields.Get("Location")
	if code != 301 && code != 302 && code != 303 && code != 307 && code != 308 || location == "" {
		return hop{}, false
	}
	from, err := url.Parse(x.Request.URL)
	if err != nil {
		return hop{}, false
	}
	next := message.Request{Method: x.Request.Method, URL: location, Content: x.Request.Content}
	to, err := from.Parse(location)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
		return hop{next, &message.Failure{Kind: message.FailureLocation, Args: args("url", shortened(location))}}, true
	}
	if to.Fragment == "" {
		to.Fragment = from.Fragment
	}
	next.URL = to.String()
	m := next.Method
	if (code == 301 || code == 302) && m == "POST" || code == 303 && m != "GET" && m != "HEAD" {
		next.Method, next.Content = "GET", message.Content{}
	}
	next.Fields = carried(x.Request.Fields, next.Content.Known == message.Unknown && m != next.Method, origin(from) == origin(to))
	return hop{next, nil}, true
}

func origin(u *url.URL) string {
	p := u.Port()
	if p == "" {
		p = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return strings.ToLower(u.Scheme + "://" + u.Hostname() + ":" + p)
}

// carried returns the field lines that go on to the next hop: never those that
// we make anew, credentials only to the same origin, content fields only with
// content.
func carried(fields field.Section, contentGone, sameOrigin bool) field.Section {
	var out field.Section
	for _, l := range fields {
		if content.SecretField(l.Name) {
			if sameOrigin {
				out = append(out, l)
			}
			continue
		}
		switch strings.ToLower(l.Name) {
		case "host":
		case "content-type", "content-length", "content-encoding", "content-language", "content-location":
			if !contentGone {
				out = append(out, l)
			}
		default:
			out = append(out, l)
		}
	}
	return out
}
