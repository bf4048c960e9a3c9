package inspect

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"wwwhy/content"
	"wwwhy/web/fetch"
	"wwwhy/web/message"
)

// Bounds of a sitemap: the first is the protocol's own (sitemaps.org).
const (
	sitemapBytes = 50 << 20
	sitemapDepth = 2
)

// Sitemap reads the addresses of a sitemap, or of those that a sitemap index
// names, at most so many. The error says what to do.
func Sitemap(ctx context.Context, lib *content.Library, c Config, address string, most int) ([]string, error) {
	c.ReadLimit, c.Sample, c.Decoded = sitemapBytes, sitemapBytes, sitemapBytes
	s := &sitemap{lib: lib, fetcher: fetch.New(c.Config), most: most}
	err := s.read(ctx, Complete(address), 0)
	if err == nil && len(s.found) == 0 {
		err = fmt.Errorf("the sitemap %s has no addresses", address)
	}
	return s.found, err
}

// sitemap is one reading, with what it found.
type sitemap struct {
	lib     *content.Library
	fetcher *fetch.Fetcher
	most    int
	found   []string
}

func (s *sitemap) read(ctx context.Context, address string, depth int) error {
	data, err := s.fetch(ctx, address)
	if err != nil {
		return err
	}
	var r io.Reader = bytes.NewReader(data)
	if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		z, err := gzip.NewReader(r)
		if err != nil {
			return fmt.Errorf("the sitemap %s is no gzip: %w", address, err)
		}
		r = io.LimitReader(z, sitemapBytes)
	}
	maps, err := s.parse(r)
	if err != nil {
		return fmt.Errorf("the sitemap %s cannot be read: %w", address, err)
	}
	if depth >= sitemapDepth {
		return nil
	}
	for _, m := range maps {
		if len(s.found) >= s.most {
			return nil
		}
		if err := s.read(ctx, m, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// fetch returns the content at an address.
func (s *sitemap) fetch(ctx context.Context, address string) ([]byte, error) {
	xs := s.fetcher.Fetch(ctx, message.Request{Method: "GET", URL: address}, fetch.Options{}, nil)
	last := xs[len(xs)-1]
	switch {
	case last.Failure != nil:
		if page := s.lib.Finding("failure-" + string(last.Failure.Kind)); page != nil {
			return nil, errors.New(page.Says.With(last.Failure.Args))
		}
		return nil, last.Failure
	case last.Response.Code != 200:
		return nil, fmt.Errorf("the sitemap %s answers %d", address, last.Response.Code)
	case last.Response.Content.Known != message.Wholly:
		return nil, fmt.Errorf("the sitemap %s could not be read to its end", address)
	}
	return last.Response.Content.Sample, nil
}

// parse takes addresses of pages into found and returns those of other
// sitemaps.
func (s *sitemap) parse(r io.Reader) (maps []string, err error) {
	dec := xml.NewDecoder(r)
	var path []string
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return maps, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			path = append(path, t.Name.Local)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			text := strings.TrimSpace(string(t))
			switch p := strings.Join(path, "/"); {
			case text == "":
			case p == "urlset/url/loc" && len(s.found) < s.most:
				s.found = append(s.found, text)
			case p == "sitemapindex/sitemap/loc" && len(maps) < s.most:
				maps = append(maps, text)
			}
		}
	}
}
