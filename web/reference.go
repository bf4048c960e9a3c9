package web

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"wwwhy/content"
	"wwwhy/templates"
	"wwwhy/web/card"
	"wwwhy/web/visit"
)

// forms of a reference page that have a suffix.
var forms = []string{"md", "json", "txt", "png"}

// reference serves a page of the reference in the form that the suffix names
// or, without one, that the request prefers.
func (s *server) reference(kind string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		name, form := chi.URLParam(r, "code"), chi.URLParam(r, "form")
		if kind != "code" {
			name, form = splitForm(chi.URLParam(r, "name"))
		}
		page, ok := s.lib.Lookup(kind + ":" + name)
		if !ok {
			return s.nothingAt(r, name)
		}
		if page.Slug != name {
			to := page.Href() + suffix(form)
			if colored(r) {
				to += "?color"
			}
			redirect(w, to, http.StatusMovedPermanently)
			return nil
		}
		negotiated := form == ""
		if negotiated {
			form = formWanted(r)
			w.Header().Add("Vary", "Accept, User-Agent")
		}
		err := s.servePage(w, r, page, form)
		if err == nil && (!negotiated || form == "html") {
			s.keepReady(w.Header(), r, page.Href()+suffix(form), negotiated, form != "html" && form != "")
		}
		return err
	}
}

// splitForm parts a name from the suffix of a form. Field names may hold dots,
// but none ends like a form.
func splitForm(name string) (string, string) {
	for _, form := range forms {
		if base, ok := strings.CutSuffix(name, "."+form); ok {
			return base, form
		}
	}
	return name, ""
}

func suffix(form string) string {
	if form == "" {
		return ""
	}
	return "." + form
}

// formWanted tells by Accept, and for tools that accept anything by what they
// are, which form of a page to send.
func formWanted(r *http.Request) string {
	if terminal(r) {
		return "txt"
	}
	switch negotiate(r, "text/html", "text/markdown", "application/json", "text/plain") {
	case "text/markdown":
		return "md"
	case "application/json":
		return "json"
	case "text/plain":
		return "txt"
	}
	return "html"
}

// colored reports whether a terminal asks for text with styles.
func colored(r *http.Request) bool { return r.URL.RawQuery != "" && r.URL.Query().Has("color") }

func (s *server) servePage(w http.ResponseWriter, r *http.Request, p *content.Page, form string) error {
	key := p.Href() + suffix(form)
	if form != "html" && form != "" {
		visit.Open(w.Header()) // as the API is
	}
	switch form {
	case "png":
		return s.servePicture(w, r, p.Href(), func() card.Card { return s.cardOf(p) })
	case "md":
		return s.kept(w, r, key, "text/markdown; charset=utf-8", func(b *bytes.Buffer) error { b.WriteString(s.lib.Document(p)); return nil })
	case "txt":
		if colored(r) {
			return s.kept(w, r, key+"?color", "text/plain; charset=utf-8", func(b *bytes.Buffer) error { b.WriteString(s.lib.ColoredText(p)); return nil })
		}
		return s.kept(w, r, key, "text/plain; charset=utf-8", func(b *bytes.Buffer) error { b.WriteString(s.lib.Text(p)); return nil })
	case "json":
		return s.keptJSON(w, r, key, func() any { return s.pageJSON(p) })
	}
	return s.kept(w, r, key, "text/html; charset=utf-8", func(b *bytes.Buffer) error {
		view, err := s.articleView(p)
		if err != nil {
			return err
		}
		return templates.Article(view).Render(s.drawing(r), b)
	})
}

func (s *server) articleView(p *content.Page) (templates.ArticleView, error) {
	article, err := s.lib.Article(p)
	if err != nil {
		return templates.ArticleView{}, err
	}
	v := templates.ArticleView{Base: s.publicURL, Page: p, Article: article, Facts: s.lib.Facts(p), Related: s.lib.Related(p)}
	switch p.Kind() {
	case content.KindCode:
		all := s.lib.Statuses()
		i := slices.IndexFunc(all, func(st *content.Status) bool { return st.Slug == p.Slug })
		v.Status = all[i]
		for _, pair := range s.lib.Pairs() {
			if pair.A == v.Status.Code || pair.B == v.Status.Code {
				v.Pairs = append(v.Pairs, pair)
			}
		}
		if i > 0 {
			v.Before = all[i-1]
		}
		if i+1 < len(all) {
			v.After = all[i+1]
		}
	case content.KindField:
		v.Field = s.lib.Field(p.Slug)
	case content.KindScheme:
		v.Scheme = s.lib.Scheme(p.Slug)
	case content.KindFinding:
		v.Finding = s.lib.Finding(p.Slug)
	}
	return v, nil
}

func (s *server) codes(w http.ResponseWriter, r *http.Request) error {
	return s.keptPage(w, r, "/codes", func() templ.Component { return templates.Codes(s.lib.Statuses()) })
}

func (s *server) fieldList(w http.ResponseWriter, r *http.Request) error {
	return s.keptPage(w, r, "/fields", func() templ.Component {
		v := templates.ListView{Meta: templates.Meta{Title: "HTTP header fields", Description: "Header fields of HTTP: those with an article, and all others that IANA registers.", Path: "/fields", Section: "Fields"},
			Lead: "What each field tells the recipient. Those with an article come first; the registry's facts stand for all others."}
		groups := []templates.ListGroup{{Title: "Explained"}, {Title: "Registered with IANA"}, {Title: "In use, not registered"}}
		for _, f := range s.lib.Fields() {
			g := 2
			switch {
			case f.Written():
				g = 0
			case f.Status != "":
				g = 1
			}
			groups[g].Pages = append(groups[g].Pages, templates.ListEntry{Title: f.Name, Href: f.Href(), Summary: f.Summary, Note: f.Product})
		}
		v.Groups = groups
		return templates.List(v)
	})
}

func (s *server) schemeList(w http.ResponseWriter, r *http.Request) error {
	return s.keptPage(w, r, "/schemes", func() templ.Component {
		v := templates.ListView{Meta: templates.Meta{Title: "HTTP authentication schemes", Description: "The schemes that stand in a challenge, and what to send back.", Path: "/schemes", Section: "Schemes"},
			Lead: "The first word of a challenge names the scheme: the way in which a client proves who it is."}
		g := templates.ListGroup{Title: "Schemes"}
		for _, p := range s.lib.Schemes() {
			g.Pages = append(g.Pages, templates.ListEntry{Title: p.Name, Href: p.Href(), Summary: p.Summary, Note: p.Reference})
		}
		v.Groups = []templates.ListGroup{g}
		return templates.List(v)
	})
}

func (s *server) guideList(w http.ResponseWriter, r *http.Request) error {
	return s.keptPage(w, r, "/guides", func() templ.Component {
		v := templates.ListView{Meta: templates.Meta{Title: "Guides", Description: "Subjects that no single code or field covers: signing in, CORS, proxies, caches, limits, pipelines.", Path: "/guides", Section: "Guides"},
			Lead: "Subjects that no single code, field or scheme covers, with requests that you can repeat."}
		titles := map[string]string{"sign-in": "Signing in, and being refused", "answers": "Codes, redirects, limits, caches", "wwwhy": "About wwwhy"}
		for _, subject := range content.Subjects {
			g := templates.ListGroup{Title: titles[subject]}
			for _, p := range s.lib.Guides() {
				if p.Subject == subject {
					g.Pages = append(g.Pages, templates.ListEntry{Title: p.Title, Href: p.Href(), Summary: p.Summary})
				}
			}
			v.Groups = append(v.Groups, g)
		}
		return templates.List(v)
	})
}

func (s *server) findingList(w http.ResponseWriter, r *http.Request) error {
	return s.keptPage(w, r, "/findings", func() templ.Component {
		v := templates.ListView{Meta: templates.Meta{Title: "Findings", Description: "Everything that the inspector can report, with its rule and its remedy.", Path: "/findings", Section: "Findings"},
			Lead: "Everything that the inspector can report. Each page says what the rule is, why it matters and how to mend it."}
		for _, topic := range content.Topics {
			g := templates.ListGroup{Title: strings.ToUpper(topic[:1]) + topic[1:]}
			for _, f := range s.lib.Findings() {
				if f.Topic == topic {
					g.Pages = append(g.Pages, templates.ListEntry{Title: f.Title, Href: f.Href(), Severity: f.Severity.String(), Summary: f.Summary})
				}
			}
			v.Groups = append(v.Groups, g)
		}
		return templates.List(v)
	})
}
