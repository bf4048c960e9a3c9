package diagnose

import "strings"

var digestRules = []rule{
	{[]string{"digest-md5-only"}, md5Only, false},
	{[]string{"digest-algorithm-unknown"}, digestAlgorithm, false},
}

// digestAlgorithms are those of RFC 7616, Section 3.3, in lower case. Mobile
// networks have a family of their own, as in AKAv1-MD5 (RFC 3310, Section 3.1).
var digestAlgorithms = map[string]bool{"md5": true, "md5-sess": true, "sha-256": true, "sha-256-sess": true, "sha-512-256": true, "sha-512-256-sess": true}

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

func digestAlgorithm(e *exam) {
	for _, p := range e.schemes() {
		prm, has := p.Param("algorithm")
		if a := strings.ToLower(prm.Value); p.Is("Digest") && has && !digestAlgorithms[a] && !strings.HasPrefix(a, "akav") {
			e.at("digest-algorithm-unknown", p.field, p.place(prm.Span), "algorithm", short(prm.Value))
		}
	}
}
