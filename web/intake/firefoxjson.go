package intake

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// recognizeJSON tells a HAR file, or an entry of one, from what Firefox copies.
func recognizeJSON(lines []line) Kind {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.text)
	}
	s := strings.Join(strings.Fields(b.String()), "")
	switch {
	case strings.Contains(s, `"log":{`) || strings.Contains(s, `"request":{`) && strings.Contains(s, `"response":{`):
		return HAR
	case strings.Contains(s, `"headers":[`) || strings.Contains(s, `"rawHeaders"`) || strings.HasPrefix(s, `{"Status":"`) || strings.Contains(s, `"scheme":"`):
		return Firefox
	}
	return Unknown
}

// firefoxDocument is one of the JSON texts that "Copy All" gives for a part of
// the panel. Its keys are titles of parts, or a method with the address.
type firefoxDocument map[string]json.RawMessage

// readFirefoxJSON reads one such text or several one after the other.
func readFirefoxJSON(text string) ([]message.Exchange, error) {
	var p panel
	d := json.NewDecoder(strings.NewReader(text))
	for {
		var doc firefoxDocument
		from := d.InputOffset()
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, jsonError(text, from, d.InputOffset(), err)
		}
		for _, key := range slices.Sorted(maps.Keys(doc)) {
			p.part(key, doc[key])
		}
	}
	x, err := p.exchange()
	if err != nil {
		return nil, err
	}
	return []message.Exchange{x}, nil
}

// part takes in what stands under one key.
func (p *panel) part(key string, value json.RawMessage) {
	switch t := strings.ToLower(key); {
	case t == "status" || t == "version":
		var s string
		if json.Unmarshal(value, &s) != nil {
			return
		}
		if t == "version" {
			p.response.Protocol = protocolName(s)
			return
		}
		if len(s) > 3 && s[3] != ' ' {
			s = s[:3] + " " + s[3:]
		}
		p.status(s)
	case t == "responseheaders" || strings.HasPrefix(t, "response headers"):
		p.list(false, value)
	case t == "requestheaders" || strings.HasPrefix(t, "request headers"):
		p.list(true, value)
	case t == "headers":
		p.list(false, json.RawMessage(`{"headers":`+string(value)+`}`))
	case field.IsToken(key) && strings.ToUpper(key) == key:
		p.address(key, value)
	}
}

// list takes in {"headers": [{"name": …, "value": …}]}.
func (p *panel) list(ofRequest bool, value json.RawMessage) {
	var part struct {
		Headers []struct{ Name, Value string } `json:"headers"`
	}
	if json.Unmarshal(value, &part) != nil {
		return
	}
	for _, h := range part.Headers[:min(len(part.Headers), mostFields)] {
		p.add(ofRequest, field.Line{Name: h.Name, Value: h.Value})
	}
}

// address takes in {"GET": {"scheme": …, "host": …, "filename": …}}.
func (p *panel) address(method string, value json.RawMessage) {
	var a struct {
		Scheme, Host, Filename string
		Remote                 struct{ Address string }
	}
	if json.Unmarshal(value, &a) != nil || a.Scheme == "" || a.Host == "" {
		return
	}
	p.request.Method, p.request.URL = method, a.Scheme+"://"+a.Host+a.Filename
	p.remote = a.Remote.Address
}
