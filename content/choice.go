package content

import "strings"

// ClientChoice is how a client chooses among several challenges
// (registry/client_choice.csv).
type ClientChoice struct {
	Client      string
	Order       []string // schemes that it knows, the preferred first
	FirstOfLine bool     // it looks only at the first scheme of each field line
	Algorithms  []string // of Digest that it knows; empty: any
	Why, None   string   // sentences: for what it takes, and where it takes none
}

// ClientChoices returns how clients choose, in the order of the table.
func (lib *Library) ClientChoices() []ClientChoice {
	rows, err := lib.table("client_choice.csv")
	if err != nil {
		return nil
	}
	var all []ClientChoice
	for _, r := range rows {
		all = append(all, ClientChoice{r["client"], strings.Fields(r["order"]), r["first_of_line"] == "yes", strings.Fields(r["algorithms"]), r["why"], r["none"]})
	}
	return all
}
