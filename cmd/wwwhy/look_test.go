package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// audit tells what is wrong with a layout: text wider than the window, controls
// that lie over others, buttons whose text is cut off.
//
//go:embed testdata/look/audit.js
var audit string

// watching runs before each page: it adds up how far the layout shifts, and
// keeps what our own policy refused.
const watching = `
	globalThis.look = { shift: 0, shifted: [], refused: [] };
	new PerformanceObserver((list) => {
		for (const entry of list.getEntries()) {
			if (entry.hadRecentInput) continue;
			look.shift += entry.value;
			for (const s of entry.sources) look.shifted.push(s.node?.localName + "." + s.node?.className);
		}
	}).observe({ type: "layout-shift", buffered: true });
	addEventListener("securitypolicyviolation", (event) => look.refused.push(event.violatedDirective + " " + event.blockedURI));`

// TestEveryKindOfPageLooksRight opens one page of every kind and holds it
// against what must be true of each, in windows of four widths, in light and
// dark, with forced colors, on paper, with text of double size, with less
// motion, and without script.
func TestEveryKindOfPageLooksRight(t *testing.T) {
	ctx := browser(t)
	source := axe(t)
	l := newLook(t)
	said := listening(t, ctx)
	for _, p := range l.pages() {
		t.Run(strings.Trim(strings.ReplaceAll(p.name, "/", "-"), "-"), func(t *testing.T) {
			said.expect(p.status)
			large(t, ctx, l, p, source)
			small(t, ctx, l, p, source)
			withoutScript(t, ctx, l, p)
			for _, words := range said.take() {
				t.Errorf("the browser says: %s", words)
			}
		})
	}
}

// large looks at a page in light, in a large window and one of medium size.
func large(t *testing.T, ctx context.Context, l look, p looked, source string) {
	wide(t, ctx, 1440, 900)
	seen(t, ctx, "", "prefers-color-scheme", "light")
	l.open(t, ctx, p)
	settle(t, ctx)
	quiet(t, ctx, "1440 wide")
	laidOut(t, ctx, "1440 wide")
	accessible(t, ctx, source, "in light")
	wide(t, ctx, 768, 900)
	laidOut(t, ctx, "768 wide")
	seen(t, ctx, "print", "prefers-color-scheme", "light")
	laidOut(t, ctx, "on paper")
}

// small looks at a page in dark, in small windows, with everything unfolded, and
// as those see it who change colors or the size of text.
func small(t *testing.T, ctx context.Context, l look, p looked, source string) {
	wide(t, ctx, 390, 844)
	seen(t, ctx, "", "prefers-color-scheme", "dark", "prefers-reduced-motion", "reduce")
	l.open(t, ctx, p)
	settle(t, ctx)
	quiet(t, ctx, "390 wide")
	laidOut(t, ctx, "390 wide")
	if moving := eval[float64](t, ctx, `document.getAnimations().length`); moving > 0 {
		t.Errorf("%v things move although less motion is wanted", moving)
	}
	eval[bool](t, ctx, `document.querySelectorAll("details").forEach((d) => { d.open = true; }); true`)
	settle(t, ctx)
	laidOut(t, ctx, "390 wide and unfolded")
	accessible(t, ctx, source, "in dark and unfolded")
	wide(t, ctx, 320, 600)
	laidOut(t, ctx, "320 wide and unfolded")
	seen(t, ctx, "", "forced-colors", "active")
	laidOut(t, ctx, "320 wide with forced colors")
	seen(t, ctx, "")
	textSize(t, ctx, 32)
	defer textSize(t, ctx, 16)
	for _, width := range []int64{320, 768, 1440} {
		wide(t, ctx, width, 800)
		laidOut(t, ctx, fmt.Sprintf("%d wide with text of double size", width))
	}
}

// withoutScript looks at a page where no script runs.
func withoutScript(t *testing.T, ctx context.Context, l look, p looked) {
	wide(t, ctx, 320, 600)
	call(t, ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	defer call(t, ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
	l.open(t, ctx, p)
	laidOut(t, ctx, "320 wide without script")
	if eval[bool](t, ctx, `document.querySelector("h1") === null || document.querySelector("button.copy") !== null`) {
		t.Error("without script: no heading, or script ran")
	}
}

// laidOut tells what is wrong with the layout.
func laidOut(t *testing.T, ctx context.Context, how string) {
	t.Helper()
	var wrong []string
	if err := json.Unmarshal([]byte(eval[string](t, ctx, audit)), &wrong); err != nil {
		t.Fatal(err)
	}
	for _, w := range wrong {
		t.Errorf("%s: %.500s", how, w)
	}
}

// mostShift bounds how far a layout may shift while it comes: a tenth of what
// nobody minds. A page that a busy machine draws in two steps moves a little.
const mostShift = 0.01

// quiet tells how far the layout of a page shifted, and what our own policy
// refused.
func quiet(t *testing.T, ctx context.Context, how string) {
	t.Helper()
	if shift := eval[float64](t, ctx, `look.shift`); shift > mostShift {
		t.Errorf("%s: the layout shifts by %v: %s", how, shift, eval[string](t, ctx, `look.shifted.join(", ")`))
	}
	if refused := eval[string](t, ctx, `look.refused.join("; ")`); refused != "" {
		t.Errorf("%s: our policy refuses %s", how, refused)
	}
}

// call sends a command to the tab.
func call[P, R any](t *testing.T, ctx context.Context, command cdp.Command[P, R], params P) {
	t.Helper()
	if _, err := chromedp.Call(ctx, command, params); err != nil {
		t.Fatal(err)
	}
}

// seen sets the medium and the preferences, given as names and values.
func seen(t *testing.T, ctx context.Context, medium string, preferences ...string) {
	t.Helper()
	params := emulation.SetEmulatedMediaParams{Media: medium}
	for i := 0; i < len(preferences); i += 2 {
		params.Features = append(params.Features, &emulation.MediaFeature{Name: preferences[i], Value: preferences[i+1]})
	}
	call(t, ctx, emulation.SetEmulatedMedia, params)
}

// textSize sets the size of text that the visitor chose, in pixels.
func textSize(t *testing.T, ctx context.Context, size int64) {
	t.Helper()
	call(t, ctx, page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: size, Fixed: size * 13 / 16}})
}

// said is what the browser said of a page: on the console, of exceptions, and
// what it would list under Issues.
type said struct {
	mu     sync.Mutex
	words  []string
	status int // that is expected, and not worth a word
}

// listening begins to collect.
func listening(t *testing.T, ctx context.Context) *said {
	t.Helper()
	s := &said{}
	visit(t, ctx, "about:blank") // starts the browser
	if err := chromedp.Listen(ctx, s.event); err != nil {
		t.Fatal(err)
	}
	call(t, ctx, log.Enable, cdp.Empty{})
	call(t, ctx, audits.Enable, cdp.Empty{})
	call(t, ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watching})
	return s
}

func (s *said) event(event any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if s.status >= 400 && strings.Contains(e.Entry.Text, fmt.Sprintf("status of %d", s.status)) {
			return // Chromium tells of every error status
		}
		s.words = append(s.words, fmt.Sprintf("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL))
	case *runtime.EventExceptionThrown:
		s.words = append(s.words, fmt.Sprintf("exception: %s", e.ExceptionDetails.Text))
	case *runtime.EventConsoleAPICalled:
		s.words = append(s.words, fmt.Sprintf("console.%s", e.Type))
	case *audits.EventIssueAdded:
		words := "issue: " + string(e.Issue.Code)
		if d := e.Issue.Details; d != nil && d.GenericIssueDetails != nil {
			if d.GenericIssueDetails.ErrorType == audits.GenericIssueErrorTypeNavigationEntryMarkedSkippable {
				return // a form was sent by the test, not by a click
			}
			words += " " + string(d.GenericIssueDetails.ErrorType)
		}
		s.words = append(s.words, words)
	}
}

// expect begins with a new page and the status that it has.
func (s *said) expect(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.words, s.status = nil, status
}

// take returns what was said.
func (s *said) take() []string {
	time.Sleep(10 * time.Millisecond) // what is said comes beside what is answered
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.words
}
