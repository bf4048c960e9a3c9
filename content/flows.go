package content

// FlowStep is one message on the way from a challenge to the answer. From and To
// name the parties: client, server, issuer (of tokens), center (that gives out
// tickets).
type FlowStep struct {
	From, To string
	Text     Sentence // with the places {status}, {scheme} and {field}
}

// Flow returns the messages that a scheme needs, by registry/flows.csv. A scheme
// that names none proves in one message.
func (lib *Library) Flow(s *Scheme) []FlowStep {
	rows, err := lib.table("flows.csv")
	if err != nil {
		return nil
	}
	name := s.Flow
	if name == "" {
		name = "proof"
	}
	var all []FlowStep
	for _, r := range rows {
		if r["flow"] == name {
			all = append(all, FlowStep{r["from"], r["to"], Sentence(r["text"])})
		}
	}
	return all
}
