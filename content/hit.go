package content

// PartHref is the address of the part that has the words; where the whole page
// has them, that of the page.
func (h Hit) PartHref() string {
	if h.Part == nil {
		return h.Href
	}
	return h.Href + "#" + h.Part.ID
}

// Words is what a list says of the hit: the summary, and which part of the page
// has the words, if one has.
func (h Hit) Words() string {
	if h.Part == nil {
		return h.Summary
	}
	return h.Summary + " See its part “" + h.Part.Text + "”."
}
