// Package content holds what the site knows: the registries as data, the
// articles as Markdown with typed front matter, and the words of every finding
// and scheme. It loads and checks them and renders an article in the forms in
// which it is served. It imports nothing of ours and knows neither requests
// nor templates.
//
// To add a status code, a field, a scheme, a finding or a guide is to add one
// file to the folder of that name. The file name gives the slug, the registry
// gives code, phrase and canonical name; see the types for the front matter.
package content

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed codes fields schemes findings guides registry
var files embed.FS

// Library is everything that the site knows. Pages are read at their first
// use; all methods are safe for concurrent use.
type Library struct {
	fsys     fs.FS
	registry registry
	codes    map[int]*lazy[*Status]
	fields   map[string]*lazy[*Field]
	schemes  map[string]*lazy[*Scheme]
	findings map[string]*lazy[*Finding]
	guides   map[string]*lazy[*Guide]
	tables   sync.Map // name of a registry's file to table
	index    *lazy[searchIndex]

	spellings  *lazy[[]spelling] // of fields
	structured *lazy[map[string][]StructuredType]
	errors     *lazy[map[string]errorMember] // by the name that memberName makes
	signs      *lazy[[]Sign]
}

// lazy is a value that is made at its first use, with the error of making it.
type lazy[T any] struct {
	once sync.Once
	make func() (T, error)
	v    T
	err  error
}

func (l *lazy[T]) get() (T, error) {
	l.once.Do(func() { l.v, l.err = l.make(); l.make = nil })
	return l.v, l.err
}

// Load returns the library that is built into the program.
func Load() (*Library, error) { return LoadFS(files) }

// LoadFS returns the library of another tree of the same shape. It reads the
// registries and the names of the files; Check reads the files themselves.
func LoadFS(fsys fs.FS) (*Library, error) {
	lib := &Library{fsys: fsys, codes: map[int]*lazy[*Status]{}, fields: map[string]*lazy[*Field]{},
		schemes: map[string]*lazy[*Scheme]{}, findings: map[string]*lazy[*Finding]{}, guides: map[string]*lazy[*Guide]{}}
	lib.index = &lazy[searchIndex]{make: lib.makeIndex}
	lib.structured = &lazy[map[string][]StructuredType]{make: lib.structuredTypes}
	lib.errors = &lazy[map[string]errorMember]{make: lib.errorMembers}
	lib.signs = &lazy[[]Sign]{make: lib.readSigns}
	lib.spellings = &lazy[[]spelling]{make: lib.spelt}
	var err error
	if lib.registry, err = readRegistry(fsys); err != nil {
		return nil, err
	}
	for code := range lib.registry.status {
		lib.codes[code] = &lazy[*Status]{make: func() (*Status, error) { return lib.readStatus(code, "") }}
	}
	for slug := range lib.registry.fields {
		lib.fields[slug] = &lazy[*Field]{make: func() (*Field, error) { return lib.readField(slug, "") }}
	}
	for slug := range lib.registry.schemes {
		lib.schemes[slug] = &lazy[*Scheme]{make: func() (*Scheme, error) { return lib.readScheme(slug, "") }}
	}
	for _, kind := range Kinds {
		if err := lib.names(kind); err != nil {
			return nil, err
		}
	}
	return lib, nil
}

// names enters the files of one folder.
func (lib *Library) names(kind Kind) error {
	entries, err := fs.ReadDir(lib.fsys, string(kind))
	if err != nil {
		return fmt.Errorf("reading the folder %s: %w", kind, err)
	}
	for _, e := range entries {
		slug, ok := strings.CutSuffix(e.Name(), ".md")
		if !ok {
			continue
		}
		file := path.Join(string(kind), e.Name())
		switch kind {
		case KindCode:
			code, err := strconv.Atoi(slug)
			if err != nil || len(slug) != 3 {
				return fmt.Errorf("content/%s:1: the name of an article on a code is three digits and .md", file)
			}
			lib.codes[code] = &lazy[*Status]{make: func() (*Status, error) { return lib.readStatus(code, file) }}
		case KindField:
			lib.fields[slug] = &lazy[*Field]{make: func() (*Field, error) { return lib.readField(slug, file) }}
		case KindScheme:
			lib.schemes[slug] = &lazy[*Scheme]{make: func() (*Scheme, error) { return lib.readScheme(slug, file) }}
		case KindFinding:
			lib.findings[slug] = &lazy[*Finding]{make: func() (*Finding, error) { return lib.readFinding(slug, file) }}
		case KindGuide:
			lib.guides[slug] = &lazy[*Guide]{make: func() (*Guide, error) { return lib.readGuide(slug, file) }}
		}
	}
	return nil
}

// Status returns a code's page, or nil if neither IANA nor a vendor that we
// know of defines the code.
func (lib *Library) Status(code int) *Status { return value(lib.codes[code]) }

// Field returns a field's page by its name, compared without case, or nil.
func (lib *Library) Field(name string) *Field { return value(lib.fields[strings.ToLower(name)]) }

// Scheme returns a scheme's page by its name, compared without case, or nil.
func (lib *Library) Scheme(name string) *Scheme { return value(lib.schemes[strings.ToLower(name)]) }

// Finding returns a finding's page by its id, or nil.
func (lib *Library) Finding(id string) *Finding { return value(lib.findings[id]) }

// Guide returns a guide by its slug, or nil.
func (lib *Library) Guide(slug string) *Guide { return value(lib.guides[slug]) }

// Statuses returns every code's page, by code.
func (lib *Library) Statuses() []*Status { return values(lib.codes) }

// Fields returns every field's page, by name.
func (lib *Library) Fields() []*Field { return values(lib.fields) }

// Schemes returns every scheme's page, by name.
func (lib *Library) Schemes() []*Scheme { return values(lib.schemes) }

// Findings returns every finding's page, by id.
func (lib *Library) Findings() []*Finding { return values(lib.findings) }

// Guides returns every guide, by slug.
func (lib *Library) Guides() []*Guide { return values(lib.guides) }

// Pages returns what all pages of a kind have in common, by slug.
func (lib *Library) Pages(kind Kind) []*Page {
	switch kind {
	case KindCode:
		return common(lib.Statuses(), func(s *Status) *Page { return &s.Page })
	case KindField:
		return common(lib.Fields(), func(f *Field) *Page { return &f.Page })
	case KindScheme:
		return common(lib.Schemes(), func(s *Scheme) *Page { return &s.Page })
	case KindFinding:
		return common(lib.Findings(), func(f *Finding) *Page { return &f.Page })
	case KindGuide:
		return common(lib.Guides(), func(g *Guide) *Page { return &g.Page })
	}
	return nil
}

func common[T any](all []T, page func(T) *Page) []*Page {
	out := make([]*Page, len(all))
	for i, v := range all {
		out[i] = page(v)
	}
	return out
}

// value returns the page even where reading its file failed in part: what was
// read stands, and the tests, by Check, refuse what is wrong.
func value[T any](l *lazy[T]) T {
	if l == nil {
		var none T
		return none
	}
	v, _ := l.get()
	return v
}

func values[K interface{ ~int | ~string }, T any](m map[K]*lazy[T]) []T {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	all := make([]T, len(keys))
	for i, k := range keys {
		all[i] = value(m[k])
	}
	return all
}

// Lookup finds a page by what people call it in a link or at a terminal: a
// code, the name of a field or scheme, the id of a finding; where names
// collide in this order, or with the kind before it, as "scheme:Basic". A field
// that nobody uses gives way: Digest and Negotiate are schemes to everybody.
func (lib *Library) Lookup(name string) (*Page, bool) {
	kind, rest, ok := strings.Cut(name, ":")
	if !ok {
		kind, rest = "", name
	}
	want := func(k string) bool { return kind == "" || kind == k }
	slug := strings.ToLower(strings.TrimSpace(rest))
	if m := substatusName.FindStringSubmatch(slug); m != nil {
		slug = m[2]
	}
	if code, err := strconv.Atoi(slug); err == nil && len(slug) == 3 && want("code") {
		if s := lib.Status(code); s != nil {
			return &s.Page, true
		}
	}
	f, s := lib.Field(slug), lib.Scheme(slug)
	if f != nil && want("field") && (s == nil || !want("scheme") || !f.yields()) {
		return &f.Page, true
	}
	if s != nil && want("scheme") {
		return &s.Page, true
	}
	if f := lib.Finding(slug); f != nil && want("finding") {
		return &f.Page, true
	}
	if g := lib.Guide(slug); g != nil && want("guide") {
		return &g.Page, true
	}
	return nil, false
}
