package diagnose

import (
	"fmt"
	"strings"

	"wwwhy/content"
	"wwwhy/web/field"
)

var statusRules = []rule{
	{[]string{"401-without-challenge", "407-without-challenge", "405-without-allow", "426-without-upgrade"}, requiredFields, false},
	{[]string{"status-outside-http"}, statusOutside, false},
	{[]string{"status-from-a-vendor"}, statusVendor, false},
	{[]string{"reason-contradicts-status"}, reasonContradicts, false},
	{[]string{"field-repeated"}, fieldRepeated, false},
	{[]string{"field-of-requests"}, fieldOfRequests, false},
	{[]string{"field-obsolete"}, fieldObsolete, false},
}

// requiredFields reports fields that the code's page requires and that are
// missing: which those are, and the finding, is said there.
func requiredFields(e *exam) {
	s := e.lib.Status(e.resp.Code)
	if s == nil {
		return
	}
	for _, r := range s.Requires {
		wrong := e.resp.Code == 407 && len(e.www) > 0 || e.resp.Code == 401 && e.resp.Fields.Has(remapped) // have findings of their own
		forbidden := r.Field == "Upgrade" && e.framed()
		if !e.resp.Fields.Has(r.Field) && !wrong && !forbidden {
			e.missing(r.Finding, r.Field)
		}
	}
}

func statusOutside(e *exam) {
	if c := e.resp.Code; c != 0 && (c < 100 || c > 599) {
		e.report("status-outside-http", "code", fmt.Sprint(c))
	}
}

// statusVendor names whose code it is, where IANA does not register it.
func statusVendor(e *exam) {
	s := e.lib.Status(e.resp.Code)
	if s == nil || s.Registry != nil || e.resp.Code < 100 || e.resp.Code > 599 {
		return
	}
	var names []string
	for _, u := range s.Uses {
		names = append(names, u.Product)
	}
	e.report("status-from-a-vendor", "code", fmt.Sprint(s.Code), "phrase", s.Phrase, "products", strings.Join(names, "; "))
}

// reasonContradicts reports a reason phrase that is another code's. Any other
// words are free (RFC 9112, Section 4).
func reasonContradicts(e *exam) {
	reason := e.resp.Reason
	own := e.lib.Status(e.resp.Code)
	if reason == "" || own == nil || strings.EqualFold(reason, own.Phrase) {
		return
	}
	for _, s := range e.lib.Statuses() {
		if s.Code != own.Code && s.Registry != nil && strings.EqualFold(s.Phrase, reason) {
			e.report("reason-contradicts-status", "code", fmt.Sprint(own.Code), "reason", reason, "other", fmt.Sprint(s.Code))
			return
		}
	}
}

// fieldRepeated reports a second line of a field that is no list. Set-Cookie
// is no list either, but is meant to be repeated, and its page says so.
func fieldRepeated(e *exam) {
	seen := map[string]string{}
	for n, l := range e.resp.Fields {
		name := strings.ToLower(l.Name)
		first, had := seen[name]
		if !had {
			seen[name] = l.Value
			continue
		}
		own := name == "access-control-allow-origin" || name == "content-length" && first != l.Value // have findings of their own
		if f := e.lib.Field(name); f != nil && f.Single && e.x.Fidelity > 0 && !own {
			same := ""
			if first == l.Value {
				same = "yes"
			}
			e.line("field-repeated", n, "first", short(first), "same", same)
		}
	}
}

// fieldOfRequests reports what only requests have. An echo of Host, as PHP's own
// server sends, tells nobody anything new; one of credentials tells them to
// whoever reads along.
func fieldOfRequests(e *exam) {
	for n, l := range e.resp.Fields {
		f := e.lib.Field(l.Name)
		if f == nil || !f.Written() || f.In != "request" {
			continue
		}
		secret := ""
		if content.SecretField(l.Name) {
			secret = "the credentials in it"
		}
		e.line("field-of-requests", n, "secret", secret)
		if strings.EqualFold(l.Name, "Host") {
			e.grade(content.Notice)
		}
	}
}

func fieldObsolete(e *exam) {
	for n, l := range e.resp.Fields {
		if f := e.lib.Field(l.Name); f != nil && f.State == "obsolete" {
			e.at("field-obsolete", l.Name, field.Span{Line: n, Length: len(l.Value)}, "field", l.Name, "instead", f.Instead)
		}
	}
}
