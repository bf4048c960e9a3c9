package diagnose

import (
	"slices"
	"strings"

	"wwwhy/content"
)

var digestRules = []rule{
	{[]string{"digest-md5-only"}, md5Only, false},
	{[]string{"digest-algorithm-unknown"}, digestAlgorithm, false},
}

// md5Only reports Digest challenges of which none offers more than MD5.
func md5Only(e *exam) {
	for _, list := range [][]posed{e.www, e.proxy} {
		var first *posed
		better := false
		for i, p := range list {
			if !p.Is("Digest") {
				continue
			}
			if first == nil {
				first = &list[i]
			}
			a := strings.ToLower(p.Get("algorithm"))
			better = better || a != "" && a != "md5" && a != "md5-sess"
		}
		if first != nil && !better {
			e.at("digest-md5-only", first.field, first.place(first.Span))
		}
	}
}

// digestAlgorithm reports an algorithm that the page of Digest does not name (RFC
// 7616, Section 3.3). Mobile networks have a family of their own, as in AKAv1-MD5
// (RFC 3310, Section 3.1).
func digestAlgorithm(e *exam) {
	for _, p := range e.schemes() {
		prm, has := p.Param("algorithm")
		if !has || !p.Is("Digest") || p.scheme == nil {
			continue
		}
		known, _ := p.scheme.Param("algorithm")
		named := slices.ContainsFunc(known.Values, func(v content.Value) bool { return strings.EqualFold(v.Value, prm.Value) })
		if !named && !strings.HasPrefix(strings.ToLower(prm.Value), "akav") {
			e.at("digest-algorithm-unknown", p.field, p.place(prm.Span), "algorithm", short(prm.Value))
		}
	}
}
