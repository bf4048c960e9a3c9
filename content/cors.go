package content

// CORSStep is the words for one step of a browser's decision about a request
// from another origin.
type CORSStep struct {
	Right, Wrong Sentence
	Spec         string
}

// CORSStep returns the words for a step of registry/cors_steps.csv.
func (lib *Library) CORSStep(name string) (CORSStep, bool) {
	rows, err := lib.table("cors_steps.csv")
	if err != nil {
		return CORSStep{}, false
	}
	for _, r := range rows {
		if r["step"] == name {
			return CORSStep{Sentence(r["right"]), Sentence(r["wrong"]), r["spec"]}, true
		}
	}
	return CORSStep{}, false
}
