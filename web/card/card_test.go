package card

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
)

var unauthorized = Card{Badge: "401", Class: 4, Title: "Unauthorized", Text: "The request was not carried out because it lacks valid credentials.", Foot: "wwwhy"}

// TestDrawIsAPictureOfTheRightSize also holds the bounds of a file: some readers
// take no large ones, and we keep one for each page.
func TestDrawIsAPictureOfTheRightSize(t *testing.T) {
	for name, c := range map[string]Card{
		"usual":        unauthorized,
		"empty":        {},
		"no such tone": {Badge: "999", Class: 9, Title: "x"},
		"too much":     {Badge: strings.Repeat("9", 500), Class: -1, Title: strings.Repeat("word ", 400), Text: strings.Repeat("x", 4000), Foot: strings.Repeat("long ", 90)},
		// Cut letter by letter, this one would take a day.
		"endless": {Badge: strings.Repeat("4", 1<<20), Title: strings.Repeat("€", 1<<20), Text: strings.Repeat("x ", 1<<19), Foot: strings.Repeat("\xff", 1<<20)},
		"strange": {Badge: "\u202e\x1b[31m", Title: "\x00\xff\xfe", Text: "日本語 🙂"},
	} {
		data, err := Draw(c)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		picture, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if b := picture.Bounds(); b.Dx() != Width || b.Dy() != Height {
			t.Errorf("%s is %d by %d", name, b.Dx(), b.Dy())
		}
		if len(data) > 60_000 {
			t.Errorf("%s takes %d bytes", name, len(data))
		}
	}
}

func TestDrawSaysWhatTheCardSays(t *testing.T) {
	draw := func(c Card) string {
		data, err := Draw(c)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	first := draw(unauthorized)
	if first != draw(unauthorized) {
		t.Error("the same card gives other bytes")
	}
	for name, change := range map[string]func(*Card){
		"badge": func(c *Card) { c.Badge = "403" }, "class": func(c *Card) { c.Class = 5 }, "title": func(c *Card) { c.Title = "Forbidden" },
		"text": func(c *Card) { c.Text = "Another sentence." }, "foot": func(c *Card) { c.Foot = "elsewhere" },
	} {
		c := unauthorized
		change(&c)
		if draw(c) == first {
			t.Errorf("another %s gives the same picture", name)
		}
	}
}

func TestWrappedKeepsWithinItsLines(t *testing.T) {
	f, err := fonts()
	if err != nil {
		t.Fatal(err)
	}
	p := &painter{}
	face := p.face(f.regular, 36)
	for _, c := range []struct {
		text string
		most int
		want int
		end  string
	}{{"", 2, 0, ""}, {"one", 2, 1, "one"}, {strings.Repeat("word ", 100), 3, 3, "…"}, {strings.Repeat("x", 300), 2, 1, "…"}} {
		lines := wrapped(face, c.text, 500, c.most)
		if len(lines) != c.want || c.want > 0 && !strings.HasSuffix(lines[c.want-1], c.end) {
			t.Errorf("%.20q in %d lines: %q", c.text, c.most, lines)
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	for b.Loop() {
		if _, err := Draw(unauthorized); err != nil {
			b.Fatal(err)
		}
	}
}
