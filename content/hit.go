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

// Found is a hit as programs get it.
type Found struct {
	Slug    string     `json:"slug"`
	Title   string     `json:"title"`
	Href    string     `json:"href"`
	Summary string     `json:"summary"`
	Part    *FoundPart `json:"part,omitempty"`
}

// FoundPart is the part of a page that has the words.
type FoundPart struct {
	Title string `json:"title"`
	Href  string `json:"href"`
}

// Found returns what programs get of the hit.
func (h Hit) Found() Found {
	f := Found{h.Slug, h.Title, h.Href, h.Summary, nil}
	if h.Part != nil {
		f.Part = &FoundPart{h.Part.Text, h.PartHref()}
	}
	return f
}
