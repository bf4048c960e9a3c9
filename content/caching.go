package content

// CachingWords returns the sentence and the source for a word of
// registry/caching.csv about how long a response may be used again.
func (lib *Library) CachingWords(name string) (s Sentence, spec string) {
	rows, err := lib.table("caching.csv")
	if err != nil {
		return "", ""
	}
	for _, r := range rows {
		if r["name"] == name {
			return Sentence(r["sentence"]), r["spec"]
		}
	}
	return "", ""
}
