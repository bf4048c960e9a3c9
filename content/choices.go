package content

import (
	"fmt"
	"strconv"
)

// Question is a step on the way to a status code (registry/choices.csv).
type Question struct {
	ID, Text string
	Answers  []Choice
}

// Choice is an answer: it leads to another question, or to a code.
type Choice struct {
	Text string
	To   string // id of a question; empty: it leads to Code
	Code int
}

// Questions returns all questions by id; the first one is "start".
func (lib *Library) Questions() map[string]*Question {
	rows, err := lib.table("choices.csv")
	if err != nil {
		return nil
	}
	all := map[string]*Question{}
	for _, r := range rows {
		q := all[r["at"]]
		if q == nil {
			q = &Question{ID: r["at"], Text: r["question"]}
			all[q.ID] = q
		}
		c := Choice{Text: r["answer"]}
		if n, err := strconv.Atoi(r["leads"]); err == nil {
			c.Code = n
		} else {
			c.To = r["leads"]
		}
		q.Answers = append(q.Answers, c)
	}
	return all
}

// checkChoices returns what is wrong with the tables of pairs and of choices: a
// code or a question that there is not, or that nothing leads to.
func (lib *Library) checkChoices() []error {
	var wrong []error
	for _, p := range lib.Pairs() {
		if lib.Status(p.A) == nil || lib.Status(p.B) == nil || p.A >= p.B || p.Answer == "" || p.First == "" || p.Second == "" || p.Test == "" {
			wrong = append(wrong, fmt.Errorf("registry/pairs.csv: the pair %d and %d is not whole, or not known", p.A, p.B))
		}
	}
	all := lib.Questions()
	reached := map[string]bool{"start": true}
	for id, q := range all {
		for _, c := range q.Answers {
			if c.To != "" && all[c.To] == nil || c.To == "" && lib.Status(c.Code) == nil || c.Text == "" || q.Text == "" {
				wrong = append(wrong, fmt.Errorf("registry/choices.csv: the answer %q of %s leads nowhere", c.Text, id))
			}
			reached[c.To] = true
		}
	}
	for id := range all {
		if !reached[id] {
			wrong = append(wrong, fmt.Errorf("registry/choices.csv: nothing leads to %s", id))
		}
	}
	return wrong
}
