package content

import (
	"fmt"
	"strings"
)

// Document returns a page whole as Markdown: title, summary, facts, body,
// references. It is the page's .md form and the source of its text form.
func (lib *Library) Document(p *Page) string {
	var b strings.Builder
	title := p.Title
	fmt.Fprintf(&b, "# %s\n\n", title)
	if p.Summary != "" {
		fmt.Fprintf(&b, "%s\n\n", p.Summary)
	}
	if facts := lib.Facts(p); len(facts) > 0 {
		for _, f := range facts {
			fmt.Fprintf(&b, "- %s: %s\n", f.Name, f.Value)
		}
		b.WriteString("\n")
	}
	if p.kind == KindCode {
		writeUses(&b, lib.usesOf(p))
	}
	if p.kind == KindField {
		writeParts(&b, lib.Field(p.Slug).Parts)
	}
	if body := strings.TrimSpace(lib.Markdown(p)); body != "" {
		b.WriteString(body + "\n\n")
	}
	if len(p.Sources) > 0 {
		b.WriteString("## References\n\n")
		for _, s := range p.Sources {
			if url := RFCURL(s); url != "" {
				fmt.Fprintf(&b, "- [%s](%s)\n", s, url)
			} else {
				fmt.Fprintf(&b, "- %s\n", s)
			}
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// writeParts lists what stands in a field's value.
func writeParts(b *strings.Builder, parts []Part) {
	if len(parts) == 0 {
		return
	}
	b.WriteString("## What stands in the value {#parts}\n\n")
	for _, p := range parts {
		fmt.Fprintf(b, "- `%s`: %s\n", p.Name, p.Sentence())
	}
	b.WriteString("\n")
}

func (lib *Library) usesOf(p *Page) []Use {
	var code int
	fmt.Sscan(p.Slug, &code)
	if s := lib.Status(code); s != nil {
		return s.Uses
	}
	return nil
}

func writeUses(b *strings.Builder, uses []Use) {
	for _, u := range uses {
		name := u.Product
		if u.Phrase != "" {
			name += ", “" + u.Phrase + "”"
		}
		fmt.Fprintf(b, "- **%s** (%s, on the wire: %s): %s\n", name, u.Kind, u.Wire, u.Meaning)
	}
	if len(uses) > 0 {
		b.WriteString("\n")
	}
}

// Fact is a line of a page's fact box.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Facts returns what the fact box of a page says: what is registered, and the
// short facts of its front matter.
func (lib *Library) Facts(p *Page) []Fact {
	switch p.kind {
	case KindCode:
		var code int
		fmt.Sscan(p.Slug, &code)
		return lib.statusFacts(lib.Status(code))
	case KindField:
		return fieldFacts(lib.Field(p.Slug))
	case KindScheme:
		return schemeFacts(lib.Scheme(p.Slug))
	case KindFinding:
		f := lib.Finding(p.Slug)
		return facts("Severity", f.Severity.String(), "Topic", f.Topic, "Rule", f.Spec)
	}
	return nil
}

func (lib *Library) statusFacts(s *Status) []Fact {
	all := facts("Class", s.Class())
	if r := s.Registry; r != nil {
		registered := r.State
		if rest, ok := strings.CutPrefix(registered, "registered"); ok {
			registered = "yes, with IANA" + rest
		}
		all = append(all, facts("Defined in", r.Reference, "Registered", registered, "Cacheable by default", r.Cacheable)...)
	} else {
		all = append(all, facts("Registered", "no, IANA does not know this code")...)
	}
	var fields []string
	for _, r := range s.Requires {
		fields = append(fields, r.Field)
	}
	return append(all, facts("Required field", strings.Join(fields, ", "), "Usual fields", strings.Join(s.Usual, ", "),
		"Try again", s.Retry, "Sent by", s.Sender, "Content", s.Body, "Browsers", s.Browsers, "Search engines", s.Search,
		"gRPC counterpart", strings.Join(lib.GRPC(s.Code), ", "), "gRPC client takes it for", lib.TakenFor(s.Code))...)
}

func fieldFacts(f *Field) []Fact {
	in := map[string]string{"both": "requests and responses", "request": "requests", "response": "responses"}[f.In]
	single := ""
	if f.Single {
		single = "no"
	}
	registered := f.Status
	if registered == "" {
		registered = "no"
	}
	return facts("Used in", in, "Registered", registered, "Defined in", f.Reference, "State", f.State, "Use instead", f.Instead,
		"Belongs to", f.Product, "May be repeated", single)
}

func schemeFacts(s *Scheme) []Fact {
	registered, clear, bound := "no", "", ""
	if s.Registered {
		registered = "yes"
	}
	if s.Clear {
		clear = "yes: use it over https only"
	}
	if s.PerConnection {
		bound = "the connection, not the request"
	}
	return facts("Registered", registered, "Defined in", s.Reference, "Secret travels readable", clear, "Authenticates", bound)
}

// facts pairs names and values and drops those without a value.
func facts(pairs ...string) []Fact {
	var all []Fact
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			all = append(all, Fact{pairs[i], pairs[i+1]})
		}
	}
	return all
}

// Source is a reference of a page: what it is called and where it is.
type Source struct{ Text, Href string }

// References returns the page's sources with their addresses, where they have
// one: RFCs by number, others as "Title <https://…>".
func (p *Page) References() []Source {
	var all []Source
	for _, s := range p.Sources {
		text, rest, ok := strings.Cut(s, " <")
		if url, closed := strings.CutSuffix(rest, ">"); ok && closed {
			all = append(all, Source{text, url})
			continue
		}
		all = append(all, Source{s, RFCURL(s)})
	}
	return all
}

// Related returns the pages that a page names in see.
func (lib *Library) Related(p *Page) []Ref {
	var all []Ref
	for _, name := range p.See {
		if other, ok := lib.Lookup(name); ok {
			all = append(all, other.Ref())
		}
	}
	return all
}
