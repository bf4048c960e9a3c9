package templates

import (
	"fmt"

	"wwwhy/content"
)

func code3(code int) string { return fmt.Sprintf("%03d", code) }

// phraseOf is the name that is shown beside a code.
func phraseOf(s *content.Status) string {
	if s.Phrase == "" {
		return "(no name)"
	}
	return s.Phrase
}

func (v ArticleView) title() string {
	if v.Finding != nil {
		return v.Finding.Title
	}
	if v.Field != nil {
		return v.Page.Title + " header field"
	}
	if v.Scheme != nil {
		return v.Page.Title + " authentication scheme"
	}
	return v.Page.Title
}

// parent is the list that a page belongs to.
func (v ArticleView) parent() content.Ref {
	switch v.Page.Kind() {
	case content.KindCode:
		return content.Ref{Title: "Status codes", Href: "/codes"}
	case content.KindField:
		return content.Ref{Title: "Header fields", Href: "/fields"}
	case content.KindScheme:
		return content.Ref{Title: "Authentication schemes", Href: "/schemes"}
	case content.KindFinding:
		return content.Ref{Title: "Findings", Href: "/findings"}
	case content.KindGuide:
		return content.Ref{Title: "Guides", Href: "/guides"}
	}
	return content.Ref{Title: "Home", Href: "/"}
}

func (v ArticleView) section() string {
	return map[content.Kind]string{content.KindCode: "Codes", content.KindField: "Fields", content.KindScheme: "Schemes", content.KindFinding: "Findings", content.KindGuide: "Guides"}[v.Page.Kind()]
}

// fix is the remedy of a finding with its places shown as an ellipsis.
func (v ArticleView) fix() string {
	args := map[string]string{}
	for _, name := range v.Finding.Fix.Places(false) {
		args[name] = "…"
	}
	return v.Finding.Fix.With(args)
}

func requiredWord(s string) string {
	return map[string]string{"yes": "required", "no": "optional", "conditional": "sometimes required"}[s]
}

// useNote says where a vendor's code is met, and whether it still is.
func useNote(u content.Use) string {
	wire := map[string]string{"yes": "reaches clients", "rare": "rarely reaches clients", "no": "never reaches a client", "as 400": "reaches clients as 400", "in body": "stands in the content"}[u.Wire]
	note := u.Kind
	for _, more := range []string{wire, u.State} {
		if more != "" {
			note += "; " + more
		}
	}
	return note
}

// live is where an answer with this code, or a challenge of this scheme, is to be
// had; empty: nowhere.
func (v ArticleView) live() string {
	switch {
	case v.Status != nil && v.Status.Code >= 200 && v.Status.Code < 600:
		return fmt.Sprintf("/try/%d", v.Status.Code)
	case v.Scheme != nil:
		return "/try/401?scheme=" + v.Scheme.Slug
	}
	return ""
}

// contents counts the entries of the contents list.
func (v ArticleView) contents() int {
	n := 0
	for _, h := range v.Article.Headings {
		if h.Level == 2 {
			n++
		}
	}
	return n
}
