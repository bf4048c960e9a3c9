// Package static holds styles, scripts and icons. They are built into the
// program and named by their digest, so that a browser may keep them for ever. How
// pages use them is templates', how they are sent is web's.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"path"
	"strings"
)

//go:embed *.css *.js *.svg
var files embed.FS

// Asset is a file and the media type that it is served as.
type Asset struct {
	Name, MediaType string
	Data            []byte
}

var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

var assets, paths = load()

// load reads the embedded files. That one cannot be read is a fault of the
// build, not of any input.
func load() (map[string]Asset, map[string]string) {
	assets, paths := map[string]Asset{}, map[string]string{}
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(fmt.Errorf("reading the embedded files: %w", err))
	}
	for _, e := range entries {
		data, err := files.ReadFile(e.Name())
		if err != nil {
			panic(fmt.Errorf("reading the embedded file %s: %w", e.Name(), err))
		}
		sum := sha256.Sum256(data)
		ext := path.Ext(e.Name())
		name := strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:6]) + ext
		assets[name] = Asset{name, mediaTypes[ext], data}
		paths[e.Name()] = "/static/" + name
	}
	return assets, paths
}

// Path returns the address of a file, or panics for one that is not there: a
// misspelt name in a template.
func Path(name string) string {
	p, ok := paths[name]
	if !ok {
		panic("static: no file named " + name)
	}
	return p
}

// Named returns the asset of a fingerprinted name, such as "site.1a2b3c.css".
func Named(name string) (Asset, bool) {
	a, ok := assets[name]
	return a, ok
}
