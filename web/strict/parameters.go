package strict

import (
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/openapi"
	"wwwhy/web/problem"
)

// Parameters is what the query of an operation of the API may hold. The document
// of the API is where it stands, so that neither can drift from the other.
type Parameters struct {
	query []openapi.Parameter
	keys  map[string]reflect.Type // of the JSON that the operation reads; nil: it reads none
	other bool                    // it reads other content than JSON, too
}

// ParametersOf returns what every operation takes, by method and path. types are
// those of the JSON that they read.
func ParametersOf(operations []openapi.Operation, types []openapi.Type) map[string]Parameters {
	all := map[string]Parameters{}
	for _, o := range operations {
		var p Parameters
		for _, one := range o.Parameters {
			if one.In == "query" {
				p.query = append(p.query, one)
			}
		}
		for _, b := range o.Bodies {
			i := slices.IndexFunc(types, func(t openapi.Type) bool { return t.Name == b.Schema })
			if i < 0 {
				p.other = true
				continue
			}
			p.keys = membersOf(types[i].Of)
		}
		all[o.Method+" "+o.Path] = p
	}
	return all
}

// Wrong says what is wrong with the query of a request: it may hold what the
// operation takes, each once, since whoever misspells a parameter wants to know
// of it. nil: nothing is wrong.
func (p Parameters) Wrong(r *http.Request) *problem.Problem {
	if r.URL.RawQuery == "" {
		return nil
	}
	known, keys := p.query, map[string]reflect.Type(nil)
	if p.sentAsJSON(r) {
		// What is a key of the object is no parameter beside it: one of two would
		// be read, and nobody knows which.
		keys = p.keys
		known = slices.DeleteFunc(slices.Clone(known), func(one openapi.Parameter) bool { return keys[one.Name] != nil })
	}
	seen, address := map[string]bool{}, ""
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if pair == "" {
			continue
		}
		name, value, bad := unescaped(pair)
		if bad != nil {
			return bad
		}
		i := slices.IndexFunc(known, func(one openapi.Parameter) bool { return one.Name == name })
		switch {
		case i < 0:
			bad = unknown(name, known, keys)
		case seen[name]:
			bad = problem.BadRequest("The parameter "+quotedShort(name)+" stands there twice, and readers differ in which of them counts.", "Send it once.")
		case known[i].Type == "boolean" && !slices.Contains([]string{"", "0", "1", "true", "false"}, value):
			return problem.BadRequest(name+" is true or false, not "+quotedShort(value)+".", "Write true or false, or leave it out.").At(name)
		}
		if bad != nil {
			if address != "" {
				bad.Fix += " If " + quotedShort(name) + " belongs to the address in " + address + ", write its & as %26 there."
			}
			return bad.At(name)
		}
		seen[name] = true
		if slices.Contains([]string{"url", "left", "right"}, name) {
			address = name
		}
	}
	return nil
}

// sentAsJSON reports whether the content of a request is JSON that the operation
// reads.
func (p Parameters) sentAsJSON(r *http.Request) bool {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return p.keys != nil && (media == "application/json" || !p.other)
}

// Of returns what an operation takes of a page's query. Others add parameters of
// their own to links, and the API would refuse them.
func (p Parameters) Of(typed url.Values) url.Values {
	kept := url.Values{}
	for _, one := range p.query {
		if typed.Get(one.Name) != "" {
			kept.Set(one.Name, typed.Get(one.Name))
		}
	}
	return kept
}

// Query reads the query of a request. What net/url cannot read, as a semicolon, is
// refused: the parameter would be passed over in silence.
func Query(r *http.Request) (url.Values, *problem.Problem) {
	q := url.Values{}
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if pair == "" {
			continue
		}
		name, value, p := unescaped(pair)
		if p != nil {
			return nil, p
		}
		q.Add(name, value)
	}
	return q, nil
}

// unescaped reads one parameter of a query. net/url drops one that it cannot
// read, and nobody hears of it.
func unescaped(pair string) (name, value string, p *problem.Problem) {
	rawName, rawValue, _ := strings.Cut(pair, "=")
	name, wrong := url.QueryUnescape(rawName)
	if wrong == nil {
		value, wrong = url.QueryUnescape(rawValue)
	}
	if wrong == nil && !strings.Contains(pair, ";") {
		return name, value, nil
	}
	return "", "", problem.BadRequest("The query cannot be read at "+quotedShort(pair)+".", "Where a % or a ; stands for itself, write %25 or %3B.").At(rawName)
}

// unknown is the problem of a parameter that an operation does not take. keys are
// those of the JSON that was sent.
func unknown(name string, known []openapi.Parameter, keys map[string]reflect.Type) *problem.Problem {
	names := make([]string, len(known))
	for i, one := range known {
		names[i] = one.Name
	}
	if keys[name] != nil {
		return problem.BadRequest(quotedShort(name)+" is a key of the JSON object that is sent here, no parameter.", "Write it into the object.")
	}
	detail, meant := unknownName("parameter", name, names)
	switch {
	case meant != "":
		return problem.BadRequest(detail, "Write "+meant+", or leave it out.")
	case len(names) == 0:
		return problem.BadRequest(detail, "Leave it out. This takes no parameters.")
	}
	return problem.BadRequest(detail, "Leave it out. This takes "+strings.Join(names, ", ")+".")
}

// unknownName says that there is no parameter or key of a name, and which of the
// known ones may be meant; "" where that cannot be told.
func unknownName(what, name string, known []string) (detail, meant string) {
	detail = "There is no " + what + " " + quotedShort(name) + " here"
	if meant = content.Meant(name, known); meant != "" {
		detail += "; " + strconv.Quote(meant) + " may be meant"
	}
	return detail + ".", meant
}

// quotedShort puts what somebody sent between quotes, and keeps it short.
func quotedShort(s string) string { return strconv.Quote(field.Beginning(s, 60)) }
