package content

// CachingWords returns the sentence and the source for a word of
// registry/caching.csv about how long a response may be used again.
func (lib *Library) CachingWords(name string) (s Sentence, spec string) {
	r := lib.row("caching.csv", "name", name)
	return Sentence(r["sentence"]), r["spec"]
}

// CacheHit is a field of a cache's own, and the word in it that says that the
// cache had the answer.
type CacheHit struct{ Field, Word string }

// CacheHits returns the fields of registry/cache_hits.csv. Cache-Status, which is
// the standard's, says it by a parameter.
func (lib *Library) CacheHits() []CacheHit {
	rows, _ := lib.table("cache_hits.csv") // where it cannot be read, no field is known
	var all []CacheHit
	for _, r := range rows {
		all = append(all, CacheHit{r["field"], r["word"]})
	}
	return all
}
