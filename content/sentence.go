package content

import "strings"

// Sentence is a sentence with places: {name} stands for an argument and a
// group in square brackets is dropped when a place inside it has none. So
// "for[ “{realm}”]" reads well with and without a realm.
type Sentence string

// With fills the places from args. A place outside any group that args do not
// name stays as it is written, which the tests of the pages look for.
func (s Sentence) With(args map[string]string) string {
	var b strings.Builder
	fill(&b, string(s), args)
	return b.String()
}

// Places returns the names of the places in order of appearance, each once.
// Only required ones are returned where optional is false.
func (s Sentence) Places(optional bool) []string {
	var names []string
	seen := map[string]bool{}
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '{':
			name, _, ok := strings.Cut(string(s[i+1:]), "}")
			if !ok || !placeName(name) {
				continue
			}
			if !seen[name] && (optional || depth == 0) {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// fill writes s to b and reports whether every place outside groups was filled
// with something that is not empty.
func fill(b *strings.Builder, s string, args map[string]string) bool {
	whole := true
	for s != "" {
		i := strings.IndexAny(s, "{[")
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		rest := s[i+1:]
		if s[i] == '[' {
			group, after, ok := strings.Cut(rest, "]")
			if !ok {
				b.WriteString(s[i:])
				break
			}
			var part strings.Builder
			if fill(&part, group, args) {
				b.WriteString(part.String())
			}
			s = after
			continue
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok || !placeName(name) {
			b.WriteByte('{')
			s = rest
			continue
		}
		value, known := args[name]
		if value == "" {
			whole = false
		}
		if !known {
			value = "{" + name + "}"
		}
		b.WriteString(value)
		s = after
	}
	return whole
}

func placeName(s string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}
