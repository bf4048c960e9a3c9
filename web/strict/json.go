// Package strict reads what programs send to the API, and refuses what most
// readers pass over: parameters and keys that are unknown or stand there twice,
// values of another type, content in a coding. A problem names the place and
// what was meant. What may be sent, openapi says; what it means is up to who asks
// for it here. What people paste is read by package intake.
package strict

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wwwhy/web/problem"
)

// mostJSON is how many bytes of JSON are read.
const mostJSON = 600 << 10

// Uncoded refuses content in a coding, which would be taken for what it is not
// (RFC 9110, Section 8.4). Accept-Encoding says that there is none that we read
// (Section 12.5.3), and Accept tells the types.
func Uncoded(w http.ResponseWriter, r *http.Request, types string) error {
	coding := strings.Join(r.Header.Values("Content-Encoding"), ", ")
	if coding == "" || strings.EqualFold(coding, "identity") {
		return nil
	}
	w.Header().Set("Accept", types)
	w.Header().Set("Accept-Encoding", "identity")
	return &problem.Problem{Status: 415, Title: "Not a coding that is read here", Detail: "The content is in the coding " + strconv.Quote(coding) + ".", Fix: "Send it as it is, without Content-Encoding."}
}

// JSON reads a small JSON object strictly: a key that is unknown, or that
// stands there twice, is a mistake that its sender wants to know of. Without a
// Content-Type, JSON is assumed.
func JSON(w http.ResponseWriter, r *http.Request, into any) error {
	if err := Uncoded(w, r, "application/json"); err != nil {
		return err
	}
	if t := r.Header.Get("Content-Type"); t != "" {
		if media, _, err := mime.ParseMediaType(t); err != nil || media != "application/json" {
			w.Header().Set("Accept", "application/json")
			return &problem.Problem{Status: 415, Title: "Not JSON", Detail: "The content is " + strconv.Quote(t) + ".", Fix: "Send application/json."}
		}
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostJSON))
	if err != nil {
		return problem.Unread(err)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // which some systems put before every text (RFC 8259, Section 8.1)
	s := reading{data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	if p := s.whole(reflect.TypeOf(into).Elem()); p != nil {
		return p
	}
	if err := json.Unmarshal(data, into); err != nil {
		return s.wrong(err.Error()+".", "", 0) // such as a number that is too large
	}
	return nil
}

// reading holds JSON against a type, of which encoding/json overlooks much: keys
// that repeat or differ in case, and bytes that are no text.
type reading struct {
	data []byte
	dec  *json.Decoder
}

// whole checks that the data is one object of a type and nothing more.
func (s *reading) whole(t reflect.Type) *problem.Problem {
	for at := 0; at < len(s.data); {
		c, n := utf8.DecodeRune(s.data[at:])
		if c == utf8.RuneError && n == 1 {
			return s.wrong("It is not UTF-8.", "", int64(at+1))
		}
		at += n
	}
	s.dec.UseNumber()
	first, err := s.dec.Token()
	if err != nil {
		return s.syntax()
	}
	if first != json.Delim('{') {
		return s.wrong("It is no object, but a JSON "+kindOfJSON(first)+".", "", s.dec.InputOffset())
	}
	if p := s.object(t, ""); p != nil {
		return p
	}
	if _, err := s.dec.Token(); err != io.EOF {
		p := s.wrong("There is more behind the JSON object.", "", s.dec.InputOffset())
		p.Fix = "Send one object."
		return p
	}
	return nil
}

// object checks the members of an object, whose brace is read.
func (s *reading) object(t reflect.Type, place string) *problem.Problem {
	types := membersOf(t)
	seen := map[string]bool{}
	for s.dec.More() {
		token, err := s.dec.Token()
		if err != nil {
			return s.syntax()
		}
		key, _ := token.(string) // or the decoder finds a mistake
		at := place + "/" + problem.Token(key)
		member, known := types[key]
		switch {
		case !known:
			detail, _ := unknownName("key", key, slices.Sorted(maps.Keys(types)))
			return s.wrong(detail, at, s.dec.InputOffset())
		case seen[key]:
			return s.wrong("The key "+quotedShort(key)+" stands there twice, and readers differ in which of them counts.", at, s.dec.InputOffset())
		}
		seen[key] = true
		if p := s.value(member, at); p != nil {
			return p
		}
	}
	return s.end()
}

// value checks the next value.
func (s *reading) value(t reflect.Type, place string) *problem.Problem {
	token, err := s.dec.Token()
	if err != nil {
		return s.syntax()
	}
	kind := kindOfJSON(token)
	switch {
	case token == nil: // as if it were left out: some writers leave nothing out
		return nil
	case kind == "object" && t.Kind() == reflect.Struct:
		return s.object(t, place)
	case kind == "array" && t.Kind() == reflect.Slice:
		for i := 0; s.dec.More(); i++ {
			if p := s.value(t.Elem(), place+"/"+strconv.Itoa(i)); p != nil {
				return p
			}
		}
		return s.end()
	case kind == "string" && t.Kind() == reflect.String, kind == "boolean" && t.Kind() == reflect.Bool:
		return nil
	case kind == "number" && t.Kind() == reflect.Int:
		if _, err := strconv.Atoi(string(token.(json.Number))); err == nil {
			return nil
		}
	}
	return s.wrong("The value at "+strings.TrimPrefix(place, "/")+" cannot be this JSON "+kind+".", place, s.dec.InputOffset())
}

// end reads the brace or bracket that ends what is read.
func (s *reading) end() *problem.Problem {
	if _, err := s.dec.Token(); err != nil {
		return s.syntax()
	}
	return nil
}

// syntax words that the text is no JSON. The decoder of tokens tells the place
// of a mistake less well than that of the whole.
func (s *reading) syntax() *problem.Problem {
	var e *json.SyntaxError
	switch {
	case len(bytes.TrimSpace(s.data)) == 0:
		return s.wrong("There is no content.", "", 0)
	case errors.As(json.Unmarshal(s.data, new(json.RawMessage)), &e):
		return s.wrong(e.Error()+".", "", e.Offset)
	}
	return s.wrong("It ends too early.", "", int64(len(s.data)))
}

// wrong is the problem at a place and after so many bytes.
func (s *reading) wrong(detail, place string, read int64) *problem.Problem {
	p := problem.BadRequest("The JSON cannot be read: "+detail, "Send one object with the keys that /openapi.json lists.").At(place)
	p.Kind = "invalid-json"
	p.Line, p.Column = placeIn(s.data, read)
	return p
}

// membersOf gives the types of what an object may hold, by key. Those of an
// embedded struct stand beside its own.
func membersOf(t reflect.Type) map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			for key, member := range membersOf(f.Type) {
				all[key] = member
			}
		case f.IsExported() && name != "-":
			all[name] = f.Type
		}
	}
	return all
}

// kindOfJSON names what a token is or begins.
func kindOfJSON(token json.Token) string {
	switch token {
	case json.Delim('{'):
		return "object"
	case json.Delim('['):
		return "array"
	}
	switch token.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case nil:
		return "null"
	}
	return "number"
}

// placeIn turns the number of bytes up to a mistake into line and column.
func placeIn(data []byte, read int64) (line, column int) {
	before := data[:min(max(read, 0), int64(len(data)))]
	return 1 + bytes.Count(before, []byte("\n")), max(1, len(before)-(bytes.LastIndexByte(before, '\n')+1))
}
