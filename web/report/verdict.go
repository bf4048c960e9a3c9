package report

import (
	"fmt"
	"strings"

	"wwwhy/content"
)

// verdict says in a sentence or two what happened, for somebody who does not
// know HTTP. What a code means comes from its article.
func verdict(lib *content.Library, r *Report) string {
	x := r.Last()
	if x == nil && len(r.Findings) > 0 {
		return r.Findings[0].Summary
	}
	if x == nil {
		return "Nothing was exchanged."
	}
	s := outcome(lib, r, x)
	if hops := redirects(r); hops == 1 {
		s = "After a redirect: " + s
	} else if hops > 1 {
		s = fmt.Sprintf("After %d redirects: %s", hops, s)
	}
	return s
}

func redirects(r *Report) int {
	n := 0
	for _, x := range r.Exchanges {
		if x.Cause == "redirect" && x.Status.Code > 0 {
			n++
		}
	}
	return n
}

func outcome(lib *content.Library, r *Report, x *Exchange) string {
	code := x.Status.Code
	switch {
	case x.Error.Kind != "" && code == 0:
		return x.Error.Message
	case code == 0 && len(x.Challenges) > 0:
		return x.Challenges[0].Summary
	case code == 0:
		return "These are field lines without a status line, so it is not known whether the request succeeded."
	case code == 401 || code == 407:
		return asked(x)
	}
	return fmt.Sprintf("%s %s", named(x.Status), came(lib, r, x)) + worst(r)
}

// came is what came of the request: as the status has it, unless a finding knows
// better.
func came(lib *content.Library, r *Report, x *Exchange) string {
	for _, f := range r.Findings {
		if page := lib.Finding(f.ID); page != nil && page.Outcome && &r.Exchanges[f.Exchange] == x {
			return f.Summary
		}
	}
	return x.Status.Summary
}

// named gives number and phrase as the beginning of a sentence.
func named(s Status) string {
	phrase := s.Phrase
	if strings.HasPrefix(phrase, "(") {
		phrase = quotable(s.Reason)
	}
	if phrase == "" {
		return fmt.Sprintf("The answer is %d.", s.Code)
	}
	return fmt.Sprintf("The answer is %d %s.", s.Code, phrase)
}

// asked words a 401 or 407: who asks, for what, and whether it was refused.
func asked(x *Exchange) string {
	who, field := "This page", challengeField(x.Status.Code)
	if x.Status.Code == 407 {
		who = "A proxy on the way"
	}
	used, refused := refusedScheme(x, field)
	said := fmt.Sprintf("%s wants you to sign in (%d)", who, x.Status.Code)
	if refused {
		said = fmt.Sprintf("%s refuses the credentials that were sent (%d)", who, x.Status.Code)
	}
	var schemes []string
	seen := map[string]bool{}
	why := ""
	for _, c := range x.Challenges {
		if c.Field != field || c.Scheme == "" {
			continue
		}
		if _, has := c.param("error"); has && c.Href != "" && why == "" {
			why = c.Summary
		}
		if name := quotable(c.Scheme); !seen[strings.ToLower(name)] {
			seen[strings.ToLower(name)] = true
			schemes = append(schemes, name)
		}
	}
	switch {
	case len(schemes) == 0 && refused:
		return said + ", and does not say which it accepts: it names no authentication scheme."
	case len(schemes) == 0:
		return said + ", but does not say how: it names no authentication scheme."
	case used != "" && !seen[strings.ToLower(used)]:
		return fmt.Sprintf("%s. They are of the scheme %s; it accepts %s.", said, used, listed(schemes))
	case why != "":
		return said + ". " + why
	}
	return said + ". It accepts " + listed(schemes) + "."
}

// refusedScheme reports whether credentials were sent, which the answer then
// refuses (RFC 9110, Section 15.5.2), and their scheme where it is known. An
// answer that only wants another step of the same client refuses none: a token of
// a handshake, or a nonce that is to be used (RFC 4559, 4.1; RFC 7616, 3.3; RFC 9449, 8).
func refusedScheme(x *Exchange, challenges string) (scheme string, refused bool) {
	name := credentialsField(challenges)
	for _, l := range x.Request.Fields {
		if strings.EqualFold(l.Name, name) {
			scheme, _, _ = strings.Cut(l.Value, "[hidden]")
			scheme, refused = quotable(strings.TrimSpace(scheme)), true
		}
	}
	for _, c := range x.Challenges {
		stale, _ := c.param("stale")
		e, _ := c.param("error")
		if c.Token68 != "" || strings.EqualFold(stale, "true") || e == "use_dpop_nonce" {
			return "", false
		}
	}
	return scheme, refused
}

// param returns the first parameter of that name.
func (c Challenge) param(name string) (string, bool) {
	for _, p := range c.Params {
		if strings.EqualFold(p.Name, name) {
			return p.Value, true
		}
	}
	return "", false
}

// worst tells how many errors and warnings follow, if any do.
func worst(r *Report) string {
	n := map[string]int{}
	for _, f := range r.Findings {
		n[f.Severity]++
	}
	return foundWords(n)
}

// foundWords tells numbers of errors and warnings, if there are any.
func foundWords(n map[string]int) string {
	var parts []string
	for _, s := range []string{"error", "warning"} {
		switch {
		case n[s] == 1:
			parts = append(parts, "1 "+s)
		case n[s] > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", n[s], s))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " The inspection found " + listed(parts) + "."
}

// listed joins words as English does.
func listed(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}
