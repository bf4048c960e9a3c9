package content

import (
	"slices"
	"strings"
	"sync"
)

// secrets is what registry/secret_names.csv says of names, by where they stand and
// in lower case: always, kept or never. It is no part of a Library: what is sent
// to whom is decided without one.
var secrets = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{"field": {}, "parameter": {}}
	rows, _ := readTable(files, "secret_names.csv") // the tests refuse what is wrong with it
	for _, r := range rows {
		if names, ok := all[r["in"]]; ok {
			names[r["name"]] = r["secret"]
		}
	}
	return all
})

// secrecy looks a name in lower case up, then the endings that it may have, as in
// *-key.
func secrecy(in, name string) string {
	names := secrets()[in]
	if s, ok := names[name]; ok {
		return s
	}
	for pattern, s := range names {
		if end, ok := strings.CutPrefix(pattern, "*"); ok && strings.HasSuffix(name, end) {
			return s
		}
	}
	return ""
}

// SecretField reports whether a request field carries credentials by its name: it
// goes to no other origin than the one it was given for, and no report shows it.
// People write such names with hyphens, with underscores and as one word.
func SecretField(name string) bool { return secrecy("field", fieldName(name)) == "always" }

// PrivateField reports whether a field of a request or a response may carry a secret
// by its name, which is then left out of what is kept: secret fields, and others
// that people name so, with x- before them or without.
func PrivateField(name string) bool {
	name = fieldName(name)
	return SecretField(name) || secrecy("field", strings.TrimPrefix(name, "x-")) == "kept"
}

// fieldName is the name of a field as the table writes it.
func fieldName(name string) string { return strings.ReplaceAll(strings.ToLower(name), "_", "-") }

// SecretParameter reports whether a parameter of a query carries a secret by its
// name. An authorization code is meant to travel so (RFC 6749, Section 4.1.2) and
// carries none in this sense.
func SecretParameter(name string) bool { return secrecy("parameter", name) == "always" }

// hidings are what people and programs write in the place of a secret before they
// show a text (registry/hiding_signs.csv), in lower case.
var hidings = sync.OnceValue(func() []string {
	var all []string
	rows, _ := readTable(files, "hiding_signs.csv") // the tests refuse what is wrong with it
	for _, r := range rows {
		all = append(all, r["sign"])
	}
	return all
})

// Hides reports whether a text has a sign that something in it was hidden, or cut
// short, before it was shown.
func Hides(text string) bool {
	lower := strings.ToLower(text)
	return slices.ContainsFunc(hidings(), func(sign string) bool { return strings.Contains(lower, sign) })
}
