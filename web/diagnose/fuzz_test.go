package diagnose

import (
	"os"
	"path/filepath"
	"testing"

	"wwwhy/web/intake"
	"wwwhy/web/message"
)

// FuzzRun judges whatever can be read as a response: no rule may panic, and each
// finding points into what it is about.
func FuzzRun(f *testing.F) {
	lib := library(f)
	files, err := filepath.Glob("testdata/*/*.http")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add("HTTP/1.1 200 OK\nSet-Cookie: =;Max-Age=;Expires=1:2:3 4 jan 70\nContent-Type: ;=\nContent-Range: bytes */\nLink: <;;,<>;rel\nPermissions-Policy: a=(\"b\" c),d=;e\nNEL: {}\nReport-To: [\nCache-Status: ;hit;fwd\nAlt-Svc: ,=;\nVary: ,\n")
	f.Fuzz(func(t *testing.T, text string) {
		xs, err := intake.ParseWith(text, intake.Options{URL: "https://www.example.com/"})
		if err != nil {
			return
		}
		for i := range xs {
			xs[i].Fidelity = message.Wire
		}
		for _, found := range Run(lib, xs) {
			if found.Span.Line < 0 {
				continue
			}
			fields := xs[found.Exchange].Response.Fields
			if found.Span.Line >= len(fields) || found.Span.Offset < 0 || found.Span.Length < 0 || found.Span.End() > len(fields[found.Span.Line].Value) {
				t.Fatalf("%s points at %+v in %v", found.ID, found.Span, fields)
			}
		}
	})
}
