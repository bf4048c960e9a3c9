package explanation

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"wwwhy/content"
)

// members gathers the members of a document in which servers explain errors.
type members struct {
	lib  *content.Library
	best map[string]candidate // by role
}

// candidate is what a member says. The one that content names first wins, then
// the one that stands highest in the document.
type candidate struct {
	text        string
	rank, depth int
}

// found notes a member and its value.
func (m *members) found(name, value string, depth int) {
	role, rank, ok := m.lib.ErrorMember(name)
	value = strings.TrimSpace(value)
	if !ok || value == "" {
		return
	}
	if role == "code" && len(value) == 3 && strings.Trim(value, "0123456789") == "" {
		return // the status once more
	}
	switch {
	case role == "either" && strings.ContainsRune(value, ' '):
		role = "text"
	case role == "either", role == "type" && !isLink(value):
		role = "code"
	case role == "type" && value == "about:blank":
		return // as if it were absent (RFC 9457, Section 4.2.1)
	case role == "type":
		role = "link"
	}
	if role == "link" && !isLink(value) {
		return
	}
	if b, taken := m.best[role]; !taken || rank < b.rank || rank == b.rank && depth < b.depth {
		m.best[role] = candidate{value, rank, depth}
	}
}

func isLink(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") || s == "about:blank"
}

// fill gives an explanation what was found.
func (m *members) fill(e *Explanation) {
	e.Title, e.Text, e.Code = m.best["title"].text, m.best["text"].text, m.best["code"].text
	e.Link, e.ID = m.best["link"].text, m.best["id"].text
}

// readJSON reads a document as far as it goes: its end may not have come, or not
// have been kept.
func readJSON(lib *content.Library, data []byte, e *Explanation) {
	m := members{lib, map[string]candidate{}}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	_ = m.value(d, "", 0, true)
	m.fill(e)
}

// value reads one value. Of a list the first element counts, since the others
// are about other errors. Where heard is false, nothing in it counts.
func (m *members) value(d *json.Decoder, name string, level int, heard bool) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case json.Delim:
		for first := true; d.More(); first = false {
			inner, within := name, heard && level < depth
			if t == '{' {
				key, err := d.Token()
				if err != nil {
					return err
				}
				inner, _ = key.(string)
			} else {
				within = within && first
			}
			if err := m.value(d, inner, level+1, within); err != nil {
				return err
			}
		}
		_, err = d.Token() // the end of it
	case string:
		if heard {
			m.found(name, t, level)
		}
	case json.Number:
		if heard {
			m.found(name, t.String(), level)
		}
	}
	return err
}

// readXML reads the elements of a document as far as it goes. The condition of a
// WebDAV error is the name of an element (RFC 4918, Section 16).
func readXML(lib *content.Library, data []byte, e *Explanation) {
	m := members{lib, map[string]candidate{}}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = false
	d.CharsetReader = fromLatin1
	var open []xml.Name
	var words strings.Builder
	for {
		token, err := d.RawToken()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) == 1 && strings.EqualFold(open[0].Local, "error") && open[0].Space != "" {
				m.best["code"] = candidate{text: t.Name.Local, rank: -1}
			}
			open = append(open, t.Name)
			words.Reset()
		case xml.CharData:
			words.Write(t)
		case xml.EndElement:
			if n := len(open); n > 0 {
				m.found(open[n-1].Local, words.String(), n-1)
				open = open[:n-1]
			}
			words.Reset()
		}
	}
	m.fill(e)
}

// fromLatin1 reads a document that says that it is in Latin-1, or in what is
// nearly that, as older servers do.
func fromLatin1(charset string, from io.Reader) (io.Reader, error) {
	switch strings.ToLower(charset) {
	case "iso-8859-1", "latin1", "us-ascii", "windows-1252":
	default:
		return nil, fmt.Errorf("the charset %q is not read here", charset)
	}
	data, err := io.ReadAll(from) // most bytes, see Read
	runes := make([]rune, len(data))
	for i, b := range data {
		runes[i] = rune(b)
	}
	return strings.NewReader(string(runes)), err
}
