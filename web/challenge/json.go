package challenge

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mostClaims is how many claims or members of one parameter are told.
const mostClaims = 20

// decodeClaims reads a request for claims (OpenID Connect Core 1.0, Section 5.5),
// which services of Microsoft put into a challenge: for each token, what has to
// be in it.
func decodeClaims(data []byte) []Fact {
	var tokens map[string]map[string]*struct {
		Value  any   `json:"value"`
		Values []any `json:"values"`
	}
	if json.Unmarshal(data, &tokens) != nil {
		return nil
	}
	var facts []Fact
	for _, token := range slices.Sorted(maps.Keys(tokens)) {
		for _, name := range slices.Sorted(maps.Keys(tokens[token])) {
			claim := name
			if c := tokens[token][name]; c != nil && c.Value != nil {
				claim += " = " + fmt.Sprint(c.Value)
			} else if c != nil && len(c.Values) > 0 {
				claim += " = " + strings.Join(texts(c.Values), " or ")
			}
			facts = append(facts, Fact{"claim", claim + " in the " + token})
		}
	}
	return facts[:min(len(facts), mostClaims)]
}

// decodeMembers reads a JSON object: each member that holds a value, with the
// names that lead to it.
func decodeMembers(name string, data []byte) []Fact {
	var object map[string]any
	if json.Unmarshal(data, &object) != nil {
		return nil
	}
	facts := members(nil, name, "", object)
	return facts[:min(len(facts), mostClaims)]
}

func members(facts []Fact, name, path string, object map[string]any) []Fact {
	for _, key := range slices.Sorted(maps.Keys(object)) {
		at := path + key
		switch v := object[key].(type) {
		case nil:
		case map[string]any:
			facts = members(facts, name, at+".", v)
		case []any:
			facts = append(facts, Fact{name, at + " = " + strings.Join(texts(v), ", ")})
		default:
			facts = append(facts, Fact{name, at + " = " + fmt.Sprint(v)})
		}
	}
	return facts
}

// texts are values of JSON as they are told; objects and lists inside of them
// are left out.
func texts(values []any) []string {
	var all []string
	for _, v := range values {
		switch v.(type) {
		case nil, map[string]any, []any:
			all = append(all, "…")
		default:
			all = append(all, fmt.Sprint(v))
		}
	}
	return all
}
