package content

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/textproto"
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// FileError is what is wrong with a file of content, with its place.
type FileError struct {
	File string // within content
	Line int    // from 1
	Text string
}

// Error gives place and text in the form that editors jump to.
func (e *FileError) Error() string { return fmt.Sprintf("content/%s:%d: %s", e.File, e.Line, e.Text) }

func (lib *Library) readStatus(code int, file string) (*Status, error) {
	s := &Status{Code: code, Page: Page{kind: KindCode, Slug: fmt.Sprintf("%03d", code), file: file}}
	if row, ok := lib.registry.status[code]; ok {
		s.Phrase = row.phrase
		s.Registry = &row.Registry
		s.Summary = fmt.Sprintf("A code of the class %s, registered by %s.", class(code), row.Reference)
	}
	err := lib.readPage(&s.Page, s)
	if s.Phrase == "" && len(s.Uses) > 0 {
		s.Phrase = s.Uses[0].Phrase
	}
	s.Title = strings.TrimSpace(s.Slug + " " + s.Phrase)
	return s, err
}

func (lib *Library) readField(slug, file string) (*Field, error) {
	f := &Field{Name: canonical(slug), Page: Page{kind: KindField, Slug: slug, file: file}}
	if row, ok := lib.registry.fields[slug]; ok {
		f.Name, f.Status, f.Reference, f.Product, f.Syntax = row.name, row.status, row.reference, row.product, row.syntax()
		f.Summary = row.about()
		f.State, f.Instead = row.retired()
	}
	err := lib.readPage(&f.Page, f)
	f.Title = f.Name
	return f, err
}

// canonical writes a field's name as servers usually do: Like-This.
func canonical(slug string) string { return textproto.CanonicalMIMEHeaderKey(slug) }

func (lib *Library) readScheme(slug, file string) (*Scheme, error) {
	s := &Scheme{Name: slug, Page: Page{kind: KindScheme, Slug: slug, file: file}}
	row, known := lib.registry.schemes[slug]
	if known {
		s.Name, s.Reference, s.Registered = row.name, row.reference, row.registered
		s.Summary = row.summary()
		s.Asks = Sentence("The server wants a sign-in by the scheme " + row.name + ".")
		s.Next = "Use a client that knows the scheme; its definition says what to send."
	}
	err := lib.readPage(&s.Page, s)
	s.Title = s.Name
	if !known && err == nil {
		err = &FileError{file, 1, "the scheme " + slug + " is not in registry/auth_schemes.csv: enter it there or mend the file's name"}
	}
	return s, err
}

func (lib *Library) readFinding(slug, file string) (*Finding, error) {
	f := &Finding{Page: Page{kind: KindFinding, Slug: slug, file: file}}
	err := lib.readPage(&f.Page, f)
	if f.Summary == "" {
		f.Summary = string(f.Says)
	}
	return f, err
}

func (lib *Library) readGuide(slug, file string) (*Guide, error) {
	g := &Guide{Page: Page{kind: KindGuide, Slug: slug, file: file}}
	return g, lib.readPage(&g.Page, g)
}

// readPage reads a page's file into the typed value that p is part of.
func (lib *Library) readPage(p *Page, into any) error {
	if p.file == "" {
		return nil
	}
	p.fsys = lib.fsys
	data, err := fs.ReadFile(lib.fsys, p.file)
	if err != nil {
		return fmt.Errorf("reading content: %w", err)
	}
	front, _, line, err := splitFrontMatter(p.file, data)
	if err != nil {
		return err
	}
	p.line = line
	if p.kind != KindFinding {
		p.Summary = "" // the file must say it
	}
	dec := yaml.NewDecoder(bytes.NewReader(front))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		return yamlError(p.file, err)
	}
	return nil
}

// splitFrontMatter parts the YAML from the Markdown. The opening fence becomes
// a comment, so that lines of the YAML are lines of the file.
func splitFrontMatter(file string, data []byte) (front []byte, body string, line int, err error) {
	const fence = "---\n"
	text := string(data)
	if !strings.HasPrefix(text, fence) {
		return nil, "", 0, &FileError{file, 1, "a page begins with its front matter, between two lines of ---"}
	}
	end := strings.Index(text, "\n"+fence)
	if end < 0 {
		return nil, "", 0, &FileError{file, 1, "the front matter is not closed by a line of ---"}
	}
	head := "#--\n" + text[len(fence):end+1]
	return []byte(head), text[end+1+len(fence):], strings.Count(head, "\n") + 2, nil
}

var yamlLine = regexp.MustCompile(`line (\d+): (.*)`)

// yamlError gives a decoder's complaint its place in the file.
func yamlError(file string, err error) error {
	texts := []string{err.Error()}
	var typed *yaml.TypeError
	if errors.As(err, &typed) {
		texts = typed.Errors
	}
	var all []error
	for _, t := range texts {
		line := 1
		if m := yamlLine.FindStringSubmatch(t); m != nil {
			line, _ = strconv.Atoi(m[1])
			t = m[2]
		}
		all = append(all, &FileError{file, line, t})
	}
	return errors.Join(all...)
}

// class names the class of a code (RFC 9110, Section 15).
func class(code int) string {
	switch code / 100 {
	case 1:
		return "informational"
	case 2:
		return "successful"
	case 3:
		return "redirection"
	case 4:
		return "client error"
	case 5:
		return "server error"
	}
	return "outside HTTP"
}

// Class returns the name of the code's class (RFC 9110, Section 15), or
// "outside HTTP" where the number is in none.
func (s *Status) Class() string { return class(s.Code) }

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }

// Path returns where the file of a page stands in the repository.
func (p *Page) Path() string { return path.Join("content", p.file) }
