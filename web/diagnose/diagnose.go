// Package diagnose holds the rules: exchanges in, findings out. A rule is a
// small function in the file of its topic; its words, its severity and its
// examples are in content/findings. Rules do no I/O and hold no prose. What
// they do not know they do not judge.
package diagnose

import (
	"slices"

	"wwwhy/content"
	"wwwhy/web/challenge"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// Finding is a judgement about an exchange. Field names the field line it is
// about, if any; Span points into it, or is field.Nowhere where the field is
// missing or the finding is about no line. Severity is content.Unset where the
// finding's page decides. Args fill the places of the page's sentences.
type Finding struct {
	ID       string
	Severity content.Severity
	Exchange int
	Field    string
	Span     field.Span
	Args     map[string]string
}

// rule is a judgement and the ids under which it can report. It may report no
// others, and each id belongs to one rule.
type rule struct {
	ids    []string
	check  func(*exam)
	always bool // also where no response came
}

// topics lists the tables of rules, in the order in which they run.
var topics = [][]rule{failureRules, statusRules, fieldRules, authRules, bearerRules, digestRules, sentRules, corsRules, redirectRules, refreshRules, securityRules,
	cookieRules, cachingRules, negotiationRules, framingRules, wireRules, contentRules, contentRulesOfType, keepingRules, crossingRules, cspRules, cspSourceRules, lifecycleRules,
	meaningRules, mediaTypeRules, rangeRules, hstsRules, cookieGrammarRules, isolationRules, structuredRules, linkRules, directiveRules, lineRules, upgradeRules, refusalRules, graphqlRules}

// IDs returns the id of everything that can be reported, in the order of the
// rules.
func IDs() []string {
	var all []string
	for _, topic := range append(slices.Clone(topics), probeRules, compareRules, checkRules) {
		for _, r := range topic {
			all = append(all, r.ids...)
		}
	}
	return append(append(all, tokenIDs...), entranceIDs...)
}

// Run judges the exchanges, which belong together: an exchange whose cause is
// a redirect follows the one that redirected. Findings come in the order of
// exchanges and of the rules.
func Run(lib *content.Library, xs []message.Exchange) []Finding {
	var all []Finding
	for i, x := range xs {
		e := newExam(lib, xs, i)
		judges := topics
		if x.Cause == message.Probe {
			judges = [][]rule{probeRules, compareRules, checkRules}
		}
		for _, topic := range judges {
			for _, r := range topic {
				if x.Response == nil && !r.always {
					continue
				}
				r.check(e)
			}
		}
		all = append(all, e.found...)
	}
	return all
}

// kindIDs returns the ids of what a vocabulary of kinds leads to.
func kindIDs[K ~string](prefix string, kinds []K) []string {
	all := make([]string, len(kinds))
	for i, k := range kinds {
		all[i] = prefix + string(k)
	}
	return all
}

var (
	problemIDs = kindIDs("challenge-", challenge.Kinds())
	failureIDs = kindIDs("failure-", message.Kinds())
)
