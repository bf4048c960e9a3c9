package admission

import (
	"net/http"

	"wwwhy/web/limit"
	"wwwhy/web/problem"
	"wwwhy/web/visit"
)

// How many requests may wait for their turn at once, of all clients and of one.
// More would wait for longer than anybody does, and each takes memory: over
// HTTP/2, one connection asks for hundreds of things at once.
const (
	WaitingMost     = 256
	WaitingOfClient = 16
)

// Waiting takes a place among those who wait for their turn. A Problem says that
// there is none.
func (g *Gate) Waiting(r *http.Request) (leave func(), p *problem.Problem) {
	return g.place(limit.Key{Name: "turn " + visit.Client(r), Most: WaitingOfClient}, limit.Key{Name: "turns", Most: WaitingMost})
}

// InTurn works when it is its turn, unless whoever asks went away before. Nothing
// may be sent meanwhile: a slow client would keep the turn.
func (g *Gate) InTurn(r *http.Request, work func() error) (err error) {
	leave, p := g.Waiting(r)
	if p != nil {
		return p
	}
	defer leave()
	if ended := g.Turns.Do(r.Context(), func() { err = work() }); ended != nil {
		return ended
	}
	return err
}
