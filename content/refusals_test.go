package content

import "testing"

func TestRefusals(t *testing.T) {
	rows, err := readTable(files, "refusal_phrases.csv")
	if err != nil || len(rows) == 0 || len(rows) != len(refusals()) {
		t.Fatalf("%d rows, %d phrases: %v", len(rows), len(refusals()), err)
	}
	for _, r := range rows {
		if r["means"] != "missing" && r["means"] != "token" || Refusal(r["phrase"]) != r["means"] {
			t.Errorf("%v", r)
		}
	}
	for message, want := range map[string]string{
		"Authentication credentials were not provided.": "missing", " JWT expired": "token",
		"Forbidden": "", "": "", "Forbidden resource": "", "You do not have permission to perform this action.": "", "You are not authenticated as an admin": "", "Missing Authentication Token": "",
	} {
		if got := Refusal(message); got != want {
			t.Errorf("%q: %q, want %q", message, got, want)
		}
	}
}
