package templates

import (
	"slices"
	"strings"

	"wwwhy/content"
)

// group is codes under one heading of the index.
type group struct {
	ID, Title, About string
	Codes            []*content.Status
}

// classes are the headings of the index.
var classes = []group{
	{ID: "informational", Title: "1xx Informational", About: "Interim: the final answer is still to come."},
	{ID: "successful", Title: "2xx Successful", About: "The request was received, understood and accepted."},
	{ID: "redirection", Title: "3xx Redirection", About: "Something more has to be done, mostly at another address."},
	{ID: "client-error", Title: "4xx Client error", About: "The request is at fault, or seems to be."},
	{ID: "server-error", Title: "5xx Server error", About: "The server knows that it failed."},
	{ID: "outside", Title: "Outside HTTP", About: "Numbers that tools and vendors use beyond the five classes."},
}

// ClassTiles returns a tile for each of the five classes, without a count.
func ClassTiles() []ClassTile {
	var all []ClassTile
	for i, c := range classes[:5] {
		all = append(all, ClassTile{Code: (i + 1) * 100, Name: c.Title, About: c.About, Href: "/codes#" + c.ID})
	}
	return all
}

// groups sorts codes by class, registered ones first within each.
func groups(all []*content.Status) []group {
	out := slices.Clone(classes)
	for _, s := range all {
		i := s.Code/100 - 1
		if i < 0 || i > 4 {
			i = 5
		}
		out[i].Codes = append(out[i].Codes, s)
	}
	return out
}

// long reports whether a list is longer than a glance.
func (v ListView) long() bool {
	n := 0
	for _, g := range v.Groups {
		n += len(g.Pages)
	}
	return n > 20
}

// origin says who defines a code, in a word or two.
func origin(s *content.Status) string {
	if s.Registry != nil {
		switch {
		case strings.HasPrefix(s.Registry.State, "registered"):
			return "IANA"
		case strings.HasPrefix(s.Registry.State, "unused"):
			return "IANA, unused"
		case strings.HasPrefix(s.Registry.State, "temporary"):
			return "IANA, temporary"
		}
		return "IANA, " + s.Registry.State
	}
	var names []string
	for _, u := range s.Uses {
		names = append(names, u.Product)
	}
	return strings.Join(names, "; ")
}

// registered returns the codes that IANA registers, or those that it does not.
func registered(codes []*content.Status, want bool) []*content.Status {
	var all []*content.Status
	for _, s := range codes {
		if (s.Registry != nil) == want {
			all = append(all, s)
		}
	}
	return all
}
