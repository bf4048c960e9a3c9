package report

import (
	"slices"
	"strings"

	"wwwhy/content"
)

// picked says which of several challenges clients would answer. Where there is
// one only, there is nothing to choose.
func picked(lib *content.Library, all []Challenge) []Pick {
	picks := []Pick{}
	var posed []Challenge
	for _, c := range all {
		if c.Scheme != "" && c.Field == "WWW-Authenticate" {
			posed = append(posed, c)
		}
	}
	if len(posed) < 2 {
		return picks
	}
	for _, client := range lib.ClientChoices() {
		p := Pick{Client: client.Client, Why: client.None}
		best := len(client.Order)
		for i, c := range posed {
			if client.FirstOfLine && i > 0 && posed[i-1].Line == c.Line || !answerable(client, c) {
				continue
			}
			if n := slices.IndexFunc(client.Order, func(s string) bool { return strings.EqualFold(s, c.Scheme) }); n >= 0 && n < best {
				best, p.Scheme, p.Why = n, c.Scheme, client.Why
			}
		}
		picks = append(picks, p)
	}
	return picks
}

// answerable reports whether a client knows the algorithm of a Digest challenge.
func answerable(client content.ClientChoice, c Challenge) bool {
	if !strings.EqualFold(c.Scheme, "Digest") || len(client.Algorithms) == 0 {
		return true
	}
	for _, p := range c.Params {
		if strings.EqualFold(p.Name, "algorithm") {
			return slices.ContainsFunc(client.Algorithms, func(a string) bool { return strings.EqualFold(a, p.Value) })
		}
	}
	return true
}
