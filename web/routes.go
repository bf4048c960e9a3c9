package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"wwwhy/content"
	"wwwhy/web/openapi"
	"wwwhy/web/strict"
	"wwwhy/web/visit"
)

// routes is every address of the site on one screen.
func (s *server) routes() {
	r := chi.NewRouter()
	r.Use(visit.Routed, s.recovered, s.proxies.Identified(), s.proxies.Named, s.fields, s.knownMethods, s.roomForContent, headAsGet)
	r.NotFound(s.handle(s.notFound))
	r.MethodNotAllowed(s.handle(s.methodNotAllowed(r)))

	r.Get("/", s.handle(s.home))
	r.Get("/ask", s.handle(s.ask))
	r.Post("/ask", s.handle(s.ask))
	r.Get("/search", s.handle(s.search))
	r.Get("/inspect", s.handle(s.inspectPage))
	r.Post("/inspect", s.handle(s.inspectPage))
	r.Get("/check", s.handle(s.checkPage))
	r.Post("/check", s.handle(s.checkPage))
	r.Get("/explain", s.handle(s.explainPage))
	r.Post("/explain", s.handle(s.explainPage))
	r.Get("/api", s.handle(s.apiPage))
	r.Get("/openapi.json", s.handle(s.openAPI))
	r.Get("/schemas/report.json", s.handle(s.reportSchema))
	r.Get("/.well-known/api-catalog", s.handle(s.apiCatalog))
	r.Get("/.well-known/security.txt", s.handle(s.security))

	r.Get("/{code:[0-9]{3}}", s.handle(s.reference("code")))
	r.Get("/{code:[0-9]{3}}.{form:md|json|txt|png}", s.handle(s.reference("code")))
	for _, kind := range []string{"field", "scheme", "finding", "guide"} {
		r.Get("/"+kind+"s/{name}", s.handle(s.reference(kind)))
	}
	r.Get("/compare", s.handle(s.comparisons))
	r.Get("/compare/{a:[0-9]{3}}-vs-{b:[0-9]{3}}", s.handle(s.compare))
	r.Get("/choose", s.handle(s.choose))
	r.Get("/codes", s.handle(s.codes))
	r.Get("/fields", s.handle(s.fieldList))
	r.Get("/schemes", s.handle(s.schemeList))
	r.Get("/findings", s.handle(s.findingList))
	r.Get("/guides", s.handle(s.guideList))

	r.Get("/try", s.handle(s.tryPage))
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		r.Method(method, "/try/{code:[0-9]{3}}", s.handle(s.try))
	}
	r.Post("/r", s.handle(s.ours(s.savePage)))
	r.Get("/r/{id}", s.handle(s.savedReport))
	r.Get("/r/{id}/delete", s.handle(s.deletePage))
	r.Post("/r/{id}/delete", s.handle(s.ours(s.deletePage)))
	if s.mcp {
		s.agents(r)
	}
	r.Route("/api/v1", s.api)
	r.Get("/static/{name}", s.handle(s.static))
	r.Get("/healthz", s.handle(s.healthy))
	r.Get("/readyz", s.handle(s.ready))
	r.Get("/robots.txt", s.handle(s.robots))
	r.Get("/sitemap.xml", s.handle(s.sitemap))
	r.Get("/feed.xml", s.handle(s.feed))
	r.Get("/opensearch.xml", s.handle(s.openSearch))
	r.Get("/llms.txt", s.handle(s.forModels))
	r.Get("/suggest", s.handle(s.suggest))
	s.router = r
}

// api is the routes below /api/v1. Their queries are read strictly.
func (s *server) api(r chi.Router) {
	r.Use(s.described)
	s.takes = strict.ParametersOf(openapi.Operations(), interfaceTypes)
	on := func(method, path string, h handler) {
		takes := s.takes[method+" /api/v1"+path]
		r.Method(method, path, s.handle(func(w http.ResponseWriter, r *http.Request) error {
			if wrong := takes.Wrong(r); wrong != nil {
				return wrong
			}
			return h(w, r)
		}))
	}
	on("GET", "/inspect", s.apiInspect)
	on("POST", "/inspect", s.apiInspect)
	on("POST", "/explain", s.apiExplain)
	on("POST", "/check", s.apiCheck)
	on("GET", "/entrances", s.apiEntrances)
	on("GET", "/search", s.apiSearch)
	on("GET", "/compare", s.changes)
	on("POST", "/reports", s.apiSave)
	on("GET", "/reports/{id}", s.savedReport)
	on("DELETE", "/reports/{id}", s.apiDelete)
	for _, kind := range content.Kinds {
		on("GET", "/"+string(kind), s.apiList(kind))
		on("GET", "/"+string(kind)+"/{name}", s.apiPageOf(kind.One()))
	}
}
