package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// Pictures are kept small, and compared smaller still and in gray: what is told
// from what was is a layout or a color, not a time or a port. Another page
// differs by 4 % and more, and so does another font where lines break elsewhere:
// the pictures are taken with fonts that every Debian with fontconfig has.
const (
	keptWidth     = 300  // pixels of a kept picture
	comparedWidth = 200  // pixels of what is compared
	tolerance     = 0.02 // of white to black, on the average of all pixels
)

// fonts sets the fonts, and takes the focus away.
const fonts = `(() => {
	const { style } = document.documentElement;
	style.fontFamily = "DejaVu Sans";
	style.setProperty("--mono", "DejaVu Sans Mono");
	document.activeElement.blur();
	return true;
})()`

// TestPagesLookAsTheyDid compares the first screen of some pages with kept
// pictures. -update keeps what they look like now: look at it before.
func TestPagesLookAsTheyDid(t *testing.T) {
	ctx := browser(t)
	l := newLook(t)
	for _, p := range []looked{
		{name: "home", path: "/"},
		{name: "401", path: "/401"},
		{name: "field", path: "/fields/cache-control"},
		{name: "report", path: "/inspect?url=" + url.QueryEscape(l.target+"/old")},
		{name: "saved", path: l.saved},
		{name: "nowhere", path: "/realm-nowhere"},
	} {
		for _, scheme := range []string{"light", "dark"} {
			seen(t, ctx, "", "prefers-color-scheme", scheme)
			for _, size := range [][2]int64{{390, 844}, {1440, 900}} {
				wide(t, ctx, size[0], size[1])
				l.open(t, ctx, p)
				eval[bool](t, ctx, fonts)
				settle(t, ctx)
				shot, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
				if err != nil {
					t.Fatal(err)
				}
				compared(t, fmt.Sprintf("%s-%d-%s", p.name, size[0], scheme), shot)
			}
		}
	}
}

// compared holds a picture against the kept one.
func compared(t *testing.T, name string, shot []byte) {
	t.Helper()
	now := shrunk(decoded(t, shot), keptWidth)
	file := filepath.Join("testdata", "look", name+".png")
	if *update {
		var b bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, now); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(shrunk(decoded(t, kept), comparedWidth), shrunk(now, comparedWidth)); d > tolerance {
		t.Errorf("%s looks different by %.1f %%: look at it, and keep it by -update if it is meant", name, 100*d)
	}
}

func decoded(t *testing.T, data []byte) image.Image {
	t.Helper()
	p, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// shrunk makes a picture as narrow as width, each pixel the average of those it
// stands for. A picture that is not wider stays as it is.
func shrunk(p image.Image, width int) image.Image {
	b := p.Bounds()
	if b.Dx() <= width {
		return p
	}
	height := b.Dy() * width / b.Dx()
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			out.Set(x, y, average(p, image.Rect(b.Min.X+x*b.Dx()/width, b.Min.Y+y*b.Dy()/height, b.Min.X+(x+1)*b.Dx()/width, b.Min.Y+(y+1)*b.Dy()/height)))
		}
	}
	return out
}

// average is the mean color of a part of a picture.
func average(p image.Image, part image.Rectangle) color.Color {
	var r, g, b, n uint32
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			pr, pg, pb, _ := p.At(x, y).RGBA()
			r, g, b, n = r+pr>>8, g+pg>>8, b+pb>>8, n+1
		}
	}
	n = max(n, 1)
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255}
}

// difference is how far the grays of two pictures are apart, from 0 to 1.
// Pictures of different sizes are as far apart as can be.
func difference(a, b image.Image) float64 {
	if a.Bounds().Size() != b.Bounds().Size() {
		return 1
	}
	sum := 0.0
	size := a.Bounds().Size()
	for y := range size.Y {
		for x := range size.X {
			one := color.GrayModel.Convert(a.At(a.Bounds().Min.X+x, a.Bounds().Min.Y+y)).(color.Gray).Y
			two := color.GrayModel.Convert(b.At(b.Bounds().Min.X+x, b.Bounds().Min.Y+y)).(color.Gray).Y
			sum += max(float64(one), float64(two)) - min(float64(one), float64(two))
		}
	}
	return sum / 255 / float64(size.X*size.Y)
}

// TestDifferenceTellsALayout shows what the tolerance lets through and what not.
func TestDifferenceTellsALayout(t *testing.T) {
	page := func(left, top int, ground, ink uint8) image.Image {
		p := image.NewGray(image.Rect(0, 0, comparedWidth, 300))
		for y := range 300 {
			for x := range comparedWidth {
				p.SetGray(x, y, color.Gray{ground})
				if x >= left && x < left+120 && y >= top && (y-top)%12 < 6 {
					p.SetGray(x, y, color.Gray{ink})
				}
			}
		}
		return p
	}
	was := page(20, 40, 250, 170)
	for _, tt := range []struct {
		name string
		is   image.Image
		same bool
	}{
		{"the same", page(20, 40, 250, 170), true},
		{"a slightly lighter font", page(20, 40, 250, 180), true},
		{"dark for light", page(20, 40, 20, 100), false},
		{"text in another place", page(70, 46, 250, 170), false},
		{"another size", image.NewGray(image.Rect(0, 0, comparedWidth, 200)), false},
	} {
		if d := difference(was, tt.is); (d <= tolerance) != tt.same {
			t.Errorf("%s: %.3f", tt.name, d)
		}
	}
}
