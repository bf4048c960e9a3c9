package challenge

import (
	"strings"

	"wwwhy/web/field"
)

// ParseCredentials reads the value of Authorization or Proxy-Authorization: one
// scheme with a token68 or parameters (RFC 9110, Section 11.4). It never fails.
// What follows the one is noted as trailing garbage.
func ParseCredentials(value string) Challenge {
	all := Parse([]string{value})
	if len(all) == 0 {
		return Challenge{}
	}
	c := all[0]
	for i, problem := range c.Problems {
		// A word of its own is meant as a token, such as the "12|abc" of some frameworks.
		word := value[problem.Span.Offset:problem.Span.End()]
		if problem.Kind == MissingEquals && c.Token68 == "" && len(c.Params) == 0 && !strings.ContainsAny(word, " \t\"") {
			c.Token68, c.Problems[i].Kind = word, InvalidToken68
		}
	}
	for _, more := range all[1:] {
		c.Problems = append(c.Problems, Problem{TrailingGarbage, more.Span})
	}
	return c
}

// ParseInfo reads the field lines of Authentication-Info or
// Proxy-Authentication-Info: a list of parameters without a scheme, which may go
// on in further lines (RFC 9110, Section 11.6.3). It never fails.
func ParseInfo(lines []string) Challenge {
	p := parser{info: true}
	for i, value := range lines {
		p.line(i, value)
	}
	var out Challenge
	for i, c := range p.out {
		if i == 0 {
			out.Span = c.Span
		}
		out.Params = append(out.Params, c.Params...)
		for _, problem := range c.Problems {
			// Each line is read as one of its own.
			if problem.Kind != MissingScheme && problem.Kind != SplitChallenge {
				out.Problems = append(out.Problems, problem)
			}
		}
	}
	seen := map[string]bool{}
	for _, prm := range out.Params {
		name := strings.ToLower(prm.Name)
		if seen[name] && !noted(out.Problems, DuplicateParam, prm.Span) {
			out.Problems = append(out.Problems, Problem{DuplicateParam, prm.Span})
		}
		seen[name] = true
	}
	return out
}

func noted(problems []Problem, k Kind, at field.Span) bool {
	for _, p := range problems {
		if p.Kind == k && p.Span == at {
			return true
		}
	}
	return false
}
