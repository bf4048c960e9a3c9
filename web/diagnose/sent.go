package diagnose

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/challenge"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// sentRules judge the credentials that the request carried. How they are made
// up is judged only where the answer refuses them: what a server takes is right
// for that server. No word of them is in a finding.
var sentRules = []rule{
	{[]string{"credentials-incomplete", "basic-credentials-invalid", "digest-credentials-invalid", "credentials-of-another-scheme"}, refusedCredentials, false},
	{[]string{"credentials-sent-in-the-clear"}, sentInTheClear, false},
	{[]string{"token-in-url"}, tokenInURL, false},
	{[]string{"bearer-error-missing"}, errorUnsaid, false},
	{[]string{"credentials-refused-again"}, refusedAgain, false},
}

// sent is what a request carried in Authorization or Proxy-Authorization.
type sent struct {
	challenge.Challenge
	field, value string
}

// credentials returns what the request carried in a field; false: nothing, or
// nothing that can be judged, because somebody hid it.
func (e *exam) credentials(name string) (sent, bool) {
	if e.x.Request == nil || !e.x.Request.Fields.Has(name) {
		return sent{}, false
	}
	value := strings.TrimSpace(e.x.Request.Fields.Get(name))
	return sent{challenge.ParseCredentials(value), name, value}, !isHidden(value)
}

// isHidden reports whether somebody put signs in the place of a secret, or cut it
// short, before showing the request to us.
func isHidden(value string) bool {
	return strings.ContainsAny(value, "*<>{}$") || content.Hides(value)
}

// refused returns the field whose credentials the answer refuses, by its status,
// with the challenges that say which would do; "": it refuses none.
func (e *exam) refused() (name string, asked []posed) {
	switch e.resp.Code {
	case 400, 401, 403:
		return "Authorization", e.www
	case 407:
		return "Proxy-Authorization", e.proxy
	}
	return "", nil
}

func refusedCredentials(e *exam) {
	name, asked := e.refused()
	c, known := e.credentials(name)
	if !known {
		return
	}
	if id, why := e.fault(c, asked); why != "" {
		e.report(id, "field", name, "why", why)
		return
	}
	e.anotherScheme(c, asked)
}

// fault says what is wrong with credentials by themselves and against the
// challenges of the answer, and which finding that is; "": nothing is.
func (e *exam) fault(c sent, asked []posed) (id, why string) {
	if why := incomplete(e.lib, c); why != "" {
		return "credentials-incomplete", why
	}
	switch {
	case c.Is("Basic"):
		return "basic-credentials-invalid", basicFault(c)
	case c.Is("Digest"):
		return "digest-credentials-invalid", e.digestFault(c, asked)
	}
	return "", ""
}

// incomplete says which half of credentials is missing (RFC 9110, Section 11.4);
// "": none is.
func incomplete(lib *content.Library, c sent) string {
	switch {
	case c.value == "":
		return "nothing in it"
	case strings.ContainsAny(c.value, " \t"):
		return ""
	case lib.Scheme(c.value) != nil:
		return "only the scheme in it, and no credentials"
	}
	return "no scheme before the credentials"
}

// basicFault says what is wrong with credentials of Basic (RFC 7617, Section 2);
// "": nothing is.
func basicFault(c sent) string {
	_, text, _ := strings.Cut(c.value, " ")
	text = strings.TrimSpace(text)
	decoded, err := base64.StdEncoding.DecodeString(text)
	unpadded := false
	if err != nil {
		decoded, err = base64.RawStdEncoding.DecodeString(text)
		unpadded = err == nil
	}
	switch colon := strings.Contains(string(decoded), ":"); {
	case err != nil && strings.Contains(text, ":"):
		return "stand in the request as they are, without base64"
	case err != nil:
		return "are not in base64"
	case !colon:
		return "have no colon between user name and password"
	case strings.HasSuffix(string(decoded), "\n"):
		return "end in a line break, which makes it a part of the password"
	case strings.ContainsFunc(string(decoded), func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "hold a control character, such as a line break"
	case unpadded:
		return "lack the equals signs at the end of base64"
	}
	return ""
}

// digestNeeds are the parameters without which no server can check the proof (RFC
// 7616, Section 3.4). A user name beyond ASCII stands in username*.
var digestNeeds = []string{"username", "realm", "nonce", "uri", "response"}

// digestFault says what is wrong with credentials of Digest, by themselves and
// against the request and the challenge; "": nothing is.
func (e *exam) digestFault(c sent, asked []posed) string {
	for _, name := range digestNeeds {
		_, has := c.Param(name)
		if _, extended := c.Param("username*"); !has && (name != "username" || !extended) {
			return "lack `" + name + "`"
		}
	}
	if _, protected := c.Param("qop"); protected {
		for _, name := range []string{"cnonce", "nc"} {
			if _, has := c.Param(name); !has {
				return "have `qop` and lack `" + name + "`"
			}
		}
	}
	if e.url != nil && e.x.Request.Method != "CONNECT" && !sameTarget(c.Get("uri"), e.x.Request.URL) {
		return "are for another address: their `uri` is not what was asked for"
	}
	return digestDiffers(c, asked)
}

// digestDiffers holds credentials against the challenges of the answer, which
// are most likely those that they answer but for the nonce.
func digestDiffers(c sent, asked []posed) string {
	realm, algorithm, posed := false, false, false
	for _, p := range asked {
		if p.Is("Digest") {
			posed = true
			realm = realm || p.Get("realm") == c.Get("realm")
			algorithm = algorithm || strings.EqualFold(digestHash(p.Challenge), digestHash(c.Challenge))
		}
	}
	switch {
	case !posed:
		return ""
	case !realm:
		return "are for another realm than the answer asks for"
	case !algorithm:
		return "are made with an algorithm that the answer does not name"
	}
	return ""
}

// digestHash is the algorithm, which is MD5 where none is named (RFC 7616,
// Section 3.3).
func digestHash(c challenge.Challenge) string {
	if a := c.Get("algorithm"); a != "" {
		return a
	}
	return "MD5"
}

// sameTarget reports whether two addresses, each with or without scheme and
// authority, name the same path and query. Coded or not, a character is the same.
func sameTarget(a, b string) bool {
	return uncoded(target(a)) == uncoded(target(b))
}

// uncoded undoes percent-encoding where that is possible.
func uncoded(s string) string {
	if text, err := url.PathUnescape(s); err == nil {
		return text
	}
	return s
}

// target returns path and query of an address.
func target(s string) string {
	if _, rest, absolute := strings.Cut(s, "://"); absolute {
		at := strings.IndexAny(rest, "/?#")
		if at < 0 {
			return "/"
		}
		s = rest[at:]
	}
	s, _, _ = strings.Cut(s, "#")
	if s == "" || s[0] == '?' {
		s = "/" + s
	}
	return s
}

// anotherScheme reports credentials of a scheme that the answer does not ask for.
// A server may take more than it asks for, so that this is a hint only.
func (e *exam) anotherScheme(c sent, asked []posed) {
	if e.resp.Code != 401 && e.resp.Code != 407 || c.Scheme == "" || e.lib.Scheme(c.Scheme) == nil {
		return
	}
	var names []string
	for _, p := range asked {
		lower := strings.ToLower(p.Scheme)
		switch {
		case p.Scheme == "":
		case p.Is(c.Scheme), strings.EqualFold(meantScheme(e.lib, lower), c.Scheme), strings.EqualFold(silencedScheme(e.lib, lower), c.Scheme):
			return
		case !slices.Contains(names, p.Scheme):
			names = append(names, p.Scheme)
		}
	}
	if len(names) > 0 {
		e.report("credentials-of-another-scheme", "scheme", c.Scheme, "asked", short(strings.Join(names, ", ")))
	}
}

// sentInTheClear reports credentials that everybody on the way could read,
// whatever the answer. Where the server asked for them so, that is the finding.
func sentInTheClear(e *exam) {
	c, _ := e.credentials("Authorization")
	if s := e.lib.Scheme(c.Scheme); e.plainHTTP() && s != nil && s.Clear && incomplete(e.lib, c) == "" && !e.has("credentials-in-the-clear") {
		e.report("credentials-sent-in-the-clear", "scheme", s.Name)
	}
}

// tokenInURL reports an access token in the query, where logs and histories keep
// it (RFC 6750, Section 5.3; RFC 9700, Section 4.3.2). Tokens of Mapbox that begin
// with pk. are made for pages that everybody can read
// (https://docs.mapbox.com/help/glossary/access-token/).
func tokenInURL(e *exam) {
	if e.url == nil {
		return
	}
	if token := e.url.Query().Get("access_token"); token != "" && !strings.HasPrefix(token, "pk.") {
		e.report("token-in-url")
	}
}

// errorUnsaid reports a token that is refused without a word why (RFC 6750,
// Section 3). A challenge without any parameter has a finding of its own.
func errorUnsaid(e *exam) {
	c, _ := e.credentials("Authorization")
	if e.resp.Code != 401 || !c.Is("Bearer") || incomplete(e.lib, c) != "" {
		return
	}
	for _, p := range e.www {
		if _, said := p.Param("error"); p.Is("Bearer") && !said && len(p.Params) > 0 {
			e.at("bearer-error-missing", p.field, p.place(p.Span), "field", p.field)
			return
		}
	}
}

// refusedAgain reports a client that goes on with credentials that were refused:
// they may be replaced, and the same get the same answer (RFC 9110, Section
// 15.5.2). Once is no more than a second try.
func refusedAgain(e *exam) {
	if _, known := e.credentials("Authorization"); known && e.resp.Code == 401 && e.x.Again > 1 {
		e.report("credentials-refused-again", "times", fmt.Sprint(e.x.Again))
	}
}

// tokenSilent are the findings about a token that nobody needs who did not ask
// about it: that it is in order, and what can be told of any such token.
var tokenSilent = []string{"token-in-order", "token-opaque", "token-encrypted", "token-hmac", "server-clock-off"}

// tokenTimes are the findings about a token that rest on a clock.
var tokenTimes = []string{"token-expired", "token-not-yet-valid", "token-from-the-future"}

// SentToken judges the token that the last request carried as Bearer, where the
// answer refuses it. Its times are held against the server's clock alone: when
// the exchange took place, nothing else tells.
func SentToken(lib *content.Library, xs []message.Exchange) []Finding {
	for i := len(xs) - 1; i >= 0; i-- {
		if xs[i].Cause == message.Probe || xs[i].Response == nil {
			continue
		}
		e := newExam(lib, xs, i)
		c, known := e.credentials("Authorization")
		_, token, more := strings.Cut(c.value, " ")
		if !known || !more || !c.Is("Bearer") || e.resp.Code != 401 && e.resp.Code != 403 {
			return nil
		}
		date, dated := field.ParseDate(e.resp.Fields.Get("Date"))
		t := &tokenExam{exam: e, now: date, clock: "the server's clock"}
		t.judge(token)
		found := slices.DeleteFunc(t.found, func(f Finding) bool {
			return slices.Contains(tokenSilent, f.ID) || !dated && slices.Contains(tokenTimes, f.ID)
		})
		for i, f := range found {
			if f.ID == "token-audience-differs" { // many servers go by a name that is not their address
				found[i].Severity = content.Notice
			}
		}
		return found
	}
	return nil
}
