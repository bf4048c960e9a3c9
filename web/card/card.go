// Package card draws the picture that other sites show beside a link to a page
// of ours: a number or a word in a frame, a title, a sentence. It knows nothing
// of what they are about.
package card

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"sort"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Width and Height are the size of a picture in pixels: what the Open Graph
// protocol's readers show whole.
const (
	Width  = 1200
	Height = 630
)

// MediaType is the media type of what Draw returns.
const MediaType = "image/png"

// Card is what a picture says.
type Card struct {
	Badge string // in a frame: a status code or a short word; empty: no frame
	Class int    // of the status, 1 to 5, which colors the frame; 0: gray
	Title string // at most two lines are shown
	Text  string // at most four lines are shown
	Foot  string // the name of the site
}

// margin is the space around everything, in pixels.
const margin = 80

var (
	ground = color.NRGBA{0xfd, 0xfc, 0xfa, 0xff}
	ink    = color.NRGBA{0x1d, 0x1f, 0x23, 0xff}
	soft   = color.NRGBA{0x55, 0x5a, 0x63, 0xff}
	// classes are the colors of the style sheet's light scheme.
	classes = [6]color.NRGBA{soft, {0x4a, 0x55, 0x63, 0xff}, {0x1d, 0x6b, 0x36, 0xff}, {0x17, 0x4f, 0x9c, 0xff}, {0x8a, 0x4b, 0x00, 0xff}, {0xa8, 0x20, 0x1a, 0xff}}
)

// fonts are parsed once; faces of them are made for each picture, since a face
// may not be used by two at a time.
var fonts = sync.OnceValues(func() (f struct{ regular, bold, mono *opentype.Font }, err error) {
	for _, from := range []struct {
		to   **opentype.Font
		data []byte
	}{{&f.regular, goregular.TTF}, {&f.bold, gobold.TTF}, {&f.mono, gomonobold.TTF}} {
		if *from.to, err = opentype.Parse(from.data); err != nil {
			return f, fmt.Errorf("reading a font: %w", err)
		}
	}
	return f, nil
})

// Draw returns the picture as PNG. The same card gives the same bytes.
func Draw(c Card) ([]byte, error) {
	f, err := fonts()
	if err != nil {
		return nil, err
	}
	if c.Class < 0 || c.Class > 5 {
		c.Class = 0
	}
	accent := classes[c.Class]
	p := &painter{canvas: image.NewPaletted(image.Rect(0, 0, Width, Height), palette(accent))}
	p.fill(p.canvas.Bounds(), ground)
	p.fill(image.Rect(0, 0, 24, Height), accent)
	y := margin
	if c.Badge != "" {
		y = p.badge(f.mono, c.Badge, accent, y)
	}
	y = p.paragraph(f.bold, 64, 76, ink, c.Title, y, 2) + 24
	p.paragraph(f.regular, 36, 50, soft, c.Text, y, 4)
	p.paragraph(f.bold, 30, 36, accent, c.Foot, Height-margin-26, 1)
	if p.err != nil {
		return nil, p.err
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(&b, p.canvas); err != nil {
		return nil, fmt.Errorf("writing a picture: %w", err)
	}
	return b.Bytes(), nil
}

// palette holds the steps from the ground to each color that a card has: few
// colors make a small file.
func palette(accent color.NRGBA) color.Palette {
	const steps = 16
	p := color.Palette{ground}
	for _, to := range []color.NRGBA{ink, soft, accent} {
		for i := 1; i <= steps; i++ {
			mix := func(a, b uint8) uint8 { return uint8((int(a)*(steps-i) + int(b)*i) / steps) }
			p = append(p, color.NRGBA{mix(ground.R, to.R), mix(ground.G, to.G), mix(ground.B, to.B), 0xff})
		}
	}
	return p
}

// painter draws on a canvas and remembers the first error.
type painter struct {
	canvas *image.Paletted
	err    error
}

// fill writes the palette's index itself: a search for the nearest color at
// each pixel would take most of the time of a picture.
func (p *painter) fill(r image.Rectangle, c color.Color) {
	index := uint8(p.canvas.Palette.Index(c))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := p.canvas.Pix[p.canvas.PixOffset(r.Min.X, y):p.canvas.PixOffset(r.Max.X, y)]
		for i := range row {
			row[i] = index
		}
	}
}

func (p *painter) face(f *opentype.Font, size float64) font.Face {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("making a face: %w", err)
	}
	return face
}

// badge draws a word in a frame and returns where the next line may begin.
func (p *painter) badge(f *opentype.Font, word string, accent color.Color, y int) int {
	const size, line, pad, high = 96, 6, 32, 136
	face := p.face(f, size)
	if p.err != nil {
		return y
	}
	defer face.Close()
	word = fitted(face, word, Width-2*margin-2*pad)
	outer := image.Rect(margin, y, margin+font.MeasureString(face, word).Ceil()+2*pad, y+high)
	p.fill(outer, accent)
	p.fill(outer.Inset(line), ground)
	p.text(face, accent, word, margin+pad, y+high-34)
	return y + high + 36
}

// paragraph draws text in at most most lines and returns where it ends.
func (p *painter) paragraph(f *opentype.Font, size float64, leading int, c color.Color, text string, y, most int) int {
	face := p.face(f, size)
	if p.err != nil {
		return y
	}
	defer face.Close()
	for _, line := range wrapped(face, text, Width-2*margin, most) {
		p.text(face, c, line, margin, y+int(size))
		y += leading
	}
	return y
}

func (p *painter) text(face font.Face, c color.Color, s string, x, y int) {
	d := font.Drawer{Dst: p.canvas, Src: image.NewUniform(c), Face: face, Dot: fixed.P(x, y)}
	d.DrawString(s)
}

// wrapped breaks a text into at most most lines of the given width in pixels.
// What is left out is told by an ellipsis.
func wrapped(face font.Face, text string, width, most int) []string {
	var lines []string
	words := strings.Fields(text)
	for len(words) > 0 {
		n := 1
		for n < len(words) && font.MeasureString(face, strings.Join(words[:n+1], " ")).Ceil() <= width {
			n++
		}
		line := strings.Join(words[:n], " ")
		if words = words[n:]; len(lines) == most-1 && len(words) > 0 {
			line += " …"
			words = nil
		}
		lines = append(lines, fitted(face, line, width))
	}
	return lines
}

// longestLine is how many characters of a line are looked at: more than fit, of
// the narrowest.
const longestLine = 300

// fitted cuts a line that is wider than the width, with an ellipsis. It takes as
// long for an endless line as for a long one.
func fitted(face font.Face, line string, width int) string {
	runes := []rune(line[:min(len(line), 4*longestLine)])
	if len(line) <= 4*longestLine && len(runes) <= longestLine && font.MeasureString(face, line).Ceil() <= width {
		return line
	}
	runes = []rune(strings.TrimSuffix(string(runes[:min(len(runes), longestLine)]), " …"))
	tooWide := func(n int) bool { return font.MeasureString(face, string(runes[:n+1])+"…").Ceil() > width }
	return strings.TrimRight(string(runes[:sort.Search(len(runes), tooWide)]), " ") + "…"
}
