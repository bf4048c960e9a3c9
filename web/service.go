package web

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"wwwhy/content"
	"wwwhy/static"
)

// static serves a file under a name that holds its digest, so that it can be
// kept for ever.
func (s *server) static(w http.ResponseWriter, r *http.Request) error {
	name := chi.URLParam(r, "name")
	asset, ok := static.Named(name)
	if !ok {
		return s.nothingAt(r, name)
	}
	page, err := s.pages.Page(r.Context(), "static/"+name, asset.MediaType, func() ([]byte, error) { return asset.Data, nil })
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return s.send(w, r, page)
}

func (s *server) robots(w http.ResponseWriter, r *http.Request) error {
	return s.kept(w, r, "/robots.txt", "text/plain; charset=utf-8", func(b *bytes.Buffer) error {
		b.WriteString("User-agent: *\nDisallow: /inspect?\nDisallow: /explain?\nDisallow: /check?\nDisallow: /ask\nDisallow: /search\nDisallow: /try/\nDisallow: /api/v1/\n\nSitemap: " + s.publicURL + "/sitemap.xml\n")
		return nil
	})
}

// securityLasts is how long security.txt holds after the start: less than a year
// (RFC 9116, Section 2.5.5).
const securityLasts = 364 * 24 * time.Hour

// security tells how whoever runs this copy is reached (RFC 9116). Canonical
// names https addresses only (Section 2.5.2).
func (s *server) security(w http.ResponseWriter, r *http.Request) error {
	if s.contact == "" {
		return s.nothingAt(r, "security.txt")
	}
	const path = "/.well-known/security.txt"
	return s.kept(w, r, path, "text/plain; charset=utf-8", func(b *bytes.Buffer) error {
		fmt.Fprintf(b, "Contact: %s\nExpires: %s\nPreferred-Languages: en\n", s.contact, s.started.Add(securityLasts).UTC().Format(time.RFC3339))
		if strings.HasPrefix(s.publicURL, "https://") {
			fmt.Fprintf(b, "Canonical: %s%s\n", s.publicURL, path)
		}
		return nil
	})
}

type sitemap struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

func (s *server) sitemap(w http.ResponseWriter, r *http.Request) error {
	return s.kept(w, r, "/sitemap.xml", "application/xml", func(b *bytes.Buffer) error {
		var m sitemap
		add := func(path, date string) { m.URLs = append(m.URLs, sitemapURL{s.publicURL + path, date}) }
		for _, path := range []string{"/", "/codes", "/fields", "/schemes", "/findings", "/guides", "/try", "/choose", "/compare", "/inspect", "/check", "/explain", "/api"} {
			add(path, "")
		}
		for _, kind := range content.Kinds {
			for _, p := range s.lib.Pages(kind) {
				if p.Written() {
					add(p.Href(), p.Reviewed)
				}
			}
		}
		for _, p := range s.lib.Pairs() {
			add(fmt.Sprintf("/compare/%d-vs-%d", p.A, p.B), "")
		}
		b.WriteString(xml.Header)
		return xml.NewEncoder(b).Encode(m)
	})
}
