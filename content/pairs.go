package content

import "strconv"

// Pair is what tells two codes apart that people confuse (registry/pairs.csv).
// A is the smaller one. First and Second complete “send it when”.
type Pair struct {
	A, B                        int
	Answer, First, Second, Test string
}

// Pairs returns all pairs, in the order of the table.
func (lib *Library) Pairs() []Pair {
	rows, err := lib.table("pairs.csv")
	if err != nil {
		return nil
	}
	var all []Pair
	for _, r := range rows {
		a, _ := strconv.Atoi(r["a"]) // the test of the table sees to it that they are numbers
		b, _ := strconv.Atoi(r["b"])
		all = append(all, Pair{a, b, r["answer"], r["first"], r["second"], r["test"]})
	}
	return all
}

// Pair returns what is known of two codes, in either order.
func (lib *Library) Pair(a, b int) (Pair, bool) {
	for _, p := range lib.Pairs() {
		if p.A == min(a, b) && p.B == max(a, b) {
			return p, true
		}
	}
	return Pair{A: min(a, b), B: max(a, b)}, false
}
