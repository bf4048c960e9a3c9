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
	repeated(&out)
	return out
}

// repeated notes the parameters whose names came in an earlier line. Those of one
// line are noted already.
func repeated(c *Challenge) {
	noted := map[field.Span]bool{}
	for _, p := range c.Problems {
		if p.Kind == DuplicateParam {
			noted[p.Span] = true
		}
	}
	seen := map[string]bool{}
	for _, prm := range c.Params {
		name := strings.ToLower(prm.Name)
		if seen[name] && !noted[prm.Span] {
			c.Problems = append(c.Problems, Problem{DuplicateParam, prm.Span})
		}
		seen[name] = true
	}
}
