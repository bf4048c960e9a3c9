package content

import "testing"

func TestPairsAndChoicesLeadSomewhere(t *testing.T) {
	lib, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range lib.checkChoices() {
		t.Error(err)
	}
	if n := len(lib.Pairs()); n < 25 {
		t.Errorf("%d pairs", n)
	}
	seen := map[[2]int]bool{}
	for _, p := range lib.Pairs() {
		if seen[[2]int{p.A, p.B}] {
			t.Errorf("%d and %d stand twice", p.A, p.B)
		}
		seen[[2]int{p.A, p.B}] = true
	}
	if p, ok := lib.Pair(403, 401); !ok || p.A != 401 {
		t.Errorf("%+v, %v", p, ok)
	}
	if _, ok := lib.Pair(200, 599); ok {
		t.Error("a pair that nobody wrote")
	}
}
