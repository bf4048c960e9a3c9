package content

// Agent is a client whose request fields an inspection can send, so that the
// answers to different clients can be compared.
type Agent struct {
	Name, Title string
	Fields      []AgentField
}

// AgentField is a field line that a client sends.
type AgentField struct{ Name, Value string }

// Agents returns the clients of registry/agents.csv, in its order.
func (lib *Library) Agents() []Agent {
	rows, err := lib.table("agents.csv")
	if err != nil {
		return nil
	}
	var all []Agent
	for _, r := range rows {
		if len(all) == 0 || all[len(all)-1].Name != r["agent"] {
			all = append(all, Agent{Name: r["agent"], Title: r["title"]})
		}
		last := &all[len(all)-1]
		last.Fields = append(last.Fields, AgentField{r["field"], r["value"]})
	}
	return all
}

// Agent returns a client by its name.
func (lib *Library) Agent(name string) (Agent, bool) {
	for _, a := range lib.Agents() {
		if a.Name == name {
			return a, true
		}
	}
	return Agent{}, false
}
