package admission

import (
	"net/http"

	"wwwhy/web/limit"
	"wwwhy/web/problem"
	"wwwhy/web/visit"
)

// Bounds of large texts under way at once: reading a HAR file takes a second of
// CPU and some 30 MB.
const (
	LargeText     = 1 << 20 // bytes from which a text is large; one of unknown length is
	TextsMost     = 6
	TextsOfClient = 2
)

// Bounds of contents that are being read at once, and are not short: whoever sends
// one slowly has us keep it for as long as its pace allows.
const (
	ShortContent     = 64 << 10 // bytes up to which one is short; one of unknown length is not
	ContentsMost     = 32
	ContentsOfClient = 8
)

// Content takes a place for the content of a request, which then has to keep the
// pace, if it is not short.
func (g *Gate) Content(w http.ResponseWriter, r *http.Request) (leave func(), p *problem.Problem) {
	if r.ContentLength >= 0 && r.ContentLength <= ShortContent {
		return func() {}, nil
	}
	leave, p = g.place(limit.Key{Name: "client's contents " + visit.Client(r), Most: ContentsOfClient}, limit.Key{Name: "contents", Most: ContentsMost})
	if p != nil {
		if r.ProtoMajor == 1 {
			w.Header().Set("Connection", "close") // or net/http would read the content before it answers
		}
		return nil, p
	}
	r.Body = g.Pace.paced(w, r)
	return leave, nil
}

// Text takes a place for a text that the request may carry, before it is read, if
// it is large.
func (g *Gate) Text(r *http.Request) (leave func(), p *problem.Problem) {
	if r.ContentLength >= 0 && r.ContentLength < LargeText {
		return func() {}, nil
	}
	return g.place(limit.Key{Name: "client's texts " + visit.Client(r), Most: TextsOfClient}, limit.Key{Name: "texts", Most: TextsMost})
}
