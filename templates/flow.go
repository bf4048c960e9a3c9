package templates

import (
	"slices"

	"wwwhy/web/report"
)

// The flow picture's measures, in its own units.
const (
	flowLane  = 290 // between two parties
	flowStep  = 46  // between two messages
	flowTop   = 56  // room for the names of the parties
	flowInset = 90  // beside the first and the last party
)

// flowParties are the parties that a flow has, from left to right.
func flowParties(steps []report.Message) []string {
	var all []string
	for _, name := range []string{"client", "server", "issuer", "center"} {
		if slices.ContainsFunc(steps, func(m report.Message) bool { return m.From == name || m.To == name }) {
			all = append(all, name)
		}
	}
	return all
}

// partyWords names a party for people.
func partyWords(name string) string {
	return map[string]string{"client": "You, or your client", "server": "The server", "issuer": "Authorization server", "center": "Kerberos center"}[name]
}

// flowX is where the line of a party stands.
func flowX(parties []string, name string) int {
	return flowInset + slices.Index(parties, name)*flowLane
}

// flowHead is the point of a message's arrow, and its two wings.
func flowHead(from, to, y int) [3][2]int {
	back := 9
	if to < from {
		back = -9
	}
	return [3][2]int{{to, y}, {to - back, y - 5}, {to - back, y + 5}}
}
