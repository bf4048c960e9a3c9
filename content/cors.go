package content

// CORSStep is the words for one step of a browser's decision about a request
// from another origin.
type CORSStep struct {
	Right, Wrong Sentence
	Spec         string
}

// CORSStep returns the words for a step of registry/cors_steps.csv.
func (lib *Library) CORSStep(name string) (CORSStep, bool) {
	r := lib.row("cors_steps.csv", "step", name)
	return CORSStep{Sentence(r["right"]), Sentence(r["wrong"]), r["spec"]}, r != nil
}
