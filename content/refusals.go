package content

import (
	"strings"
	"sync"
)

// refusals is registry/refusal_phrases.csv: what servers write where credentials
// are missing or their token no longer counts.
var refusals = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	rows, _ := readTable(files, "refusal_phrases.csv") // the tests refuse what is wrong with it
	for _, r := range rows {
		all[r["phrase"]] = r["means"]
	}
	return all
})

// Refusal returns what a message of a server says about credentials: "missing",
// that there were none; "token", that the token does not count; "": nothing
// that is sure. Only whole messages are known: words inside of others may mean
// anything.
func Refusal(message string) string {
	return refusals()[strings.TrimRight(strings.ToLower(strings.TrimSpace(message)), ".! ")]
}
