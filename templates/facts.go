package templates

import (
	"encoding/json"
)

// facts is what search engines read about an article: JSON-LD of schema.org. It
// is data, which the page's policy lets pass, and JSON's escapes keep it inside
// its element.
func (v ArticleView) facts() string {
	parent := v.parent()
	crumb := func(position int, name, path string) map[string]any {
		return map[string]any{"@type": "ListItem", "position": position, "name": name, "item": v.Base + path}
	}
	article := map[string]any{"@type": "TechArticle", "headline": v.title(), "description": v.Page.Summary, "inLanguage": "en", "isAccessibleForFree": true, "mainEntityOfPage": v.Base + v.Page.Href()}
	if v.Page.Reviewed != "" {
		article["dateModified"] = v.Page.Reviewed
	}
	graph := []map[string]any{
		article,
		{"@type": "BreadcrumbList", "itemListElement": []any{crumb(1, "wwwhy", "/"), crumb(2, parent.Title, parent.Href), crumb(3, v.title(), v.Page.Href())}},
	}
	if !v.Page.Written() {
		graph = graph[1:]
	}
	if faq := v.questions(); faq != nil {
		graph = append(graph, faq)
	}
	b, err := json.Marshal(map[string]any{"@context": "https://schema.org", "@graph": graph})
	if err != nil {
		return "" // strings and numbers always can be written
	}
	return `<script type="application/ld+json">` + string(b) + `</script>`
}

// questions is what people ask about the subject, where the article says it.
func (v ArticleView) questions() map[string]any {
	var all []any
	for _, q := range v.Article.Questions {
		all = append(all, map[string]any{"@type": "Question", "name": q.Question, "acceptedAnswer": map[string]any{"@type": "Answer", "text": q.Answer}})
	}
	if all == nil {
		return nil
	}
	return map[string]any{"@type": "FAQPage", "mainEntity": all}
}
