package kept

import (
	"testing"
	"time"

	"wwwhy/web/card"
)

// TestAKeptPictureWaitsForNoOther asks for one while another is drawn.
func TestAKeptPictureWaitsForNoOther(t *testing.T) {
	p := NewPictures(nil)
	draw := func(name string, c func() card.Card) {
		if got, err := p.Get(t.Context(), name, c); err != nil || got.Len() == 0 {
			t.Errorf("%s: %d bytes, %v", name, got.Len(), err)
		}
	}
	some := func() card.Card { return card.Card{Title: "a"} }
	draw("kept", some)
	draw("another", func() card.Card {
		done := make(chan bool)
		go func() { draw("kept", some); close(done) }()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Error("the kept picture waits for the one that is drawn")
		}
		return some()
	})
}
