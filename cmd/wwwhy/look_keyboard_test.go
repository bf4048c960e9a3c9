package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// stops numbers what the Tab key shall reach, in the order of the document, and
// returns how many there are. It begins at the second, from where the keyboard
// leads back to the first.
const stops = `(() => {
	const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true }));
	globalThis.stops = all;
	all[1].focus();
	return all.length;
})()`

// stopped says what is wrong with the place where the focus is, if it is the one
// of a number.
const stopped = `((number) => {
	const e = document.activeElement, want = globalThis.stops[number];
	const name = (e) => e ? e.localName + (e.id ? "#" + e.id : "") + (typeof e.className === "string" && e.className ? "." + e.className : "") + " “" + (e.textContent || e.name || "").trim().slice(0, 30) + "”" : "nothing";
	if (e !== want) return "the focus is on " + name(e) + ", not on " + name(want);
	const style = getComputedStyle(e), box = e.getBoundingClientRect();
	if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return name(e) + " has no outline";
	if (box.width < 1 || box.height < 1) return name(e) + " has no size";
	if (box.bottom < 0 || box.top > innerHeight || box.right < 0 || box.left > innerWidth) return name(e) + " is out of sight";
	if (parseFloat(style.opacity) < 1) return name(e) + " cannot be seen";
	return "";
})(%d)`

// TestKeyboardReachesEverything goes through pages by the Tab key: each control
// is reached in the order of the document, is in sight and has an outline, and
// nothing holds the focus.
func TestKeyboardReachesEverything(t *testing.T) {
	ctx := browser(t)
	l := newLook(t)
	wide(t, ctx, 1024, 768)
	seen(t, ctx, "", "prefers-reduced-motion", "reduce")
	for _, p := range []looked{
		{name: "home", path: "/"},
		{name: "article", path: "/401"},
		{name: "list", path: "/schemes"},
		{name: "report", path: "/inspect?url=" + url.QueryEscape(l.target+"/old")},
		{name: "explained", path: "/explain", form: url.Values{"text": {"HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic realm=x\n\n"}}},
		{name: "check", path: "/check"},
		{name: "no page", path: "/realm-nowhere"},
	} {
		t.Run(p.name, func(t *testing.T) {
			l.open(t, ctx, p)
			settle(t, ctx)
			walk(t, ctx)
		})
	}
}

// walk goes once through a page.
func walk(t *testing.T, ctx context.Context) {
	t.Helper()
	n := int(eval[float64](t, ctx, stops))
	wrong := 0
	press(t, ctx, chromedp.KeyModifiers(chromedp.ModifierShift))
	for i := range n {
		if i > 0 {
			press(t, ctx)
		}
		if words := eval[string](t, ctx, fmt.Sprintf(stopped, i)); words != "" {
			t.Errorf("stop %d of %d: %s", i+1, n, words)
			if wrong++; wrong > 3 {
				return
			}
		}
	}
	press(t, ctx)
	if !eval[bool](t, ctx, `document.activeElement === document.body || document.activeElement === globalThis.stops[0]`) {
		t.Error("after the last stop the focus stays in the page")
	}
}

// press presses the Tab key.
func press(t *testing.T, ctx context.Context, with ...chromedp.KeyOption) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.KeyEvent(kb.Tab, with...)); err != nil {
		t.Fatal(err)
	}
}

// TestListsAreNarrowed types into the box above a long list, and follows what is
// left.
func TestListsAreNarrowed(t *testing.T) {
	ctx := browser(t)
	base, _ := serving(t, io.Discard)
	visit(t, ctx, base+"/codes")
	left := `[...document.querySelectorAll(".part li")].filter((e) => e.checkVisibility()).length`
	all := eval[float64](t, ctx, left)
	typed := func(words string) {
		t.Helper()
		eval[bool](t, ctx, `document.querySelector("#narrow").select(); document.querySelector("#narrow").focus(); true`)
		if _, err := chromedp.Run(ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, input.InsertText, input.InsertTextParams{Text: words})
			return err
		})); err != nil {
			t.Fatal(err)
		}
	}
	typed("gateway")
	if n := eval[float64](t, ctx, left); n == 0 || n >= all/2 {
		t.Errorf("of %v entries %v have the word gateway", all, n)
	}
	if heads := eval[float64](t, ctx, `[...document.querySelectorAll(".part h2")].filter((e) => e.checkVisibility()).length`); heads >= 5 {
		t.Errorf("%v headings are left", heads)
	}
	typed("teapot")
	if said := eval[string](t, ctx, `document.querySelector(".narrow output").textContent`); said != fmt.Sprintf("1 of %v", all) {
		t.Errorf("the count says %q", said)
	}
	eval[bool](t, ctx, `document.querySelector(".narrow").requestSubmit(); true`)
	until(t, ctx, `location.pathname === "/418"`)
}
