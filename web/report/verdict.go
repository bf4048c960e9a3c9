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
	return fmt.Sprintf("%s %s", named(x.Status), x.Status.Summary) + worst(r)
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
	who, field := "This page wants you to sign in", "WWW-Authenticate"
	if x.Status.Code == 407 {
		who, field = "A proxy on the way wants you to sign in", "Proxy-Authenticate"
	}
	var schemes []string
	seen := map[string]bool{}
	for _, c := range x.Challenges {
		if c.Field != field || c.Scheme == "" {
			continue
		}
		for _, p := range c.Params {
			if strings.EqualFold(p.Name, "error") && c.Href != "" {
				return fmt.Sprintf("%s (%d). %s", who, x.Status.Code, c.Summary)
			}
		}
		if name := quotable(c.Scheme); !seen[strings.ToLower(name)] {
			seen[strings.ToLower(name)] = true
			schemes = append(schemes, name)
		}
	}
	if len(schemes) == 0 {
		return fmt.Sprintf("%s (%d), but does not say how: it names no authentication scheme.", who, x.Status.Code)
	}
	return fmt.Sprintf("%s (%d). It accepts %s.", who, x.Status.Code, listed(schemes))
}

// worst tells how many errors and warnings follow, if any do.
func worst(r *Report) string {
	n := map[string]int{}
	for _, f := range r.Findings {
		n[f.Severity]++
	}
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
