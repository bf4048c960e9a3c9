package web

import (
	"bytes"
	"net/http"
	"reflect"

	"wwwhy/content"
	"wwwhy/web/openapi"
	"wwwhy/web/problem"
	"wwwhy/web/report"
	"wwwhy/web/visit"
)

// interfaceTypes are the types of this package that programs read and write. A
// type that is not named here but held by one keeps its own name.
var interfaceTypes = []openapi.Type{
	{Name: "RequestField", Of: reflect.TypeFor[askingField](), Request: true, Needs: []string{"name"}},
	{Name: "Script", Of: reflect.TypeFor[askingScript](), Request: true},
	{Name: "Question", Of: reflect.TypeFor[asking](), Request: true, Needs: []string{"url"}},
	{Name: "Pasted", Of: reflect.TypeFor[pasted](), Request: true, Needs: []string{"text"}},
	{Name: "Checking", Of: reflect.TypeFor[checking](), Request: true, Needs: []string{"urls"}},
	{Name: "Saving", Of: reflect.TypeFor[saving](), Request: true},
	{Name: "Row", Of: reflect.TypeFor[indexed]()},
	{Name: "Entrances", Of: reflect.TypeFor[report.Entrances]()},
	{Name: "Entrance", Of: reflect.TypeFor[report.Entrance]()},
	{Name: "EntranceHop", Of: reflect.TypeFor[report.EntranceHop]()},
	{Name: "EntranceFinding", Of: reflect.TypeFor[report.EntranceFinding]()},
	{Name: "Changes", Of: reflect.TypeFor[changesDocument]()},
	{Name: "Receipt", Of: reflect.TypeFor[receipt]()},
	{Name: "Entry", Of: reflect.TypeFor[listed]()},
	{Name: "CodeList", Of: reflect.TypeFor[codeList]()},
	{Name: "FieldList", Of: reflect.TypeFor[fieldList]()},
	{Name: "SchemeList", Of: reflect.TypeFor[schemeList]()},
	{Name: "FindingList", Of: reflect.TypeFor[findingList]()},
	{Name: "GuideList", Of: reflect.TypeFor[guideList]()},
	{Name: "Found", Of: reflect.TypeFor[content.Found]()},
	{Name: "FoundPart", Of: reflect.TypeFor[content.FoundPart]()},
	{Name: "Results", Of: reflect.TypeFor[results]()},
	{Name: "Use", Of: reflect.TypeFor[useDocument]()},
	{Name: "Page", Of: reflect.TypeFor[pageDocument]()},
	{Name: "Link", Of: reflect.TypeFor[problem.Link]()},
	{Name: "Problem", Of: reflect.TypeFor[problem.Document]()},
}

// openAPI serves the description of the API for programs.
func (s *server) openAPI(w http.ResponseWriter, r *http.Request) error {
	visit.Open(w.Header())
	return s.kept(w, r, "/openapi.json", "application/json", func(b *bytes.Buffer) error {
		return writeDescription(b, openapi.New(openapi.Config{PublicURL: s.publicURL, Types: interfaceTypes}))
	})
}

// reportSchema serves the schema of a report.
func (s *server) reportSchema(w http.ResponseWriter, r *http.Request) error {
	visit.Open(w.Header())
	return s.kept(w, r, "/schemas/report.json", "application/schema+json", func(b *bytes.Buffer) error {
		return writeDescription(b, openapi.ReportSchema(s.publicURL))
	})
}

// linkset is links between addresses (RFC 9264, Section 4.2).
type linkset struct {
	Linkset []linksOf `json:"linkset"`
}

// linksOf is what one address leads to.
type linksOf struct {
	Anchor string      `json:"anchor"`
	Desc   []typedLink `json:"service-desc"`
	Doc    []typedLink `json:"service-doc"`
}

type typedLink struct {
	Href string `json:"href"`
	Type string `json:"type"`
}

// apiCatalog tells where the APIs of this host are described (RFC 9727).
func (s *server) apiCatalog(w http.ResponseWriter, r *http.Request) error {
	visit.Open(w.Header())
	w.Header().Set("Link", `</.well-known/api-catalog>; rel="api-catalog"`)
	return s.kept(w, r, "/.well-known/api-catalog", `application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"`, func(b *bytes.Buffer) error {
		return writeDescription(b, linkset{[]linksOf{{s.publicURL + "/api/v1/", []typedLink{{s.publicURL + "/openapi.json", "application/json"}}, []typedLink{{s.publicURL + "/api", "text/html"}}}}})
	})
}

func writeDescription(b *bytes.Buffer, v any) error {
	data, err := openapi.JSON(v)
	b.Write(data)
	return err
}
