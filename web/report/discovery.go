package report

import (
	"fmt"
	"strings"

	"wwwhy/content"
	"wwwhy/web/diagnose"
	"wwwhy/web/message"
)

// discovered draws the way from the resource to a token out of the probes that
// were made, each with what is wrong at it.
func discovered(lib *content.Library, xs []message.Exchange, findings []Finding) Discovery {
	w := way{lib: lib, xs: xs, findings: findings, d: Discovery{Steps: []Step{}}}
	for i, x := range xs {
		if x.Cause != message.Probe {
			w.asked = i
		}
	}
	for i, x := range xs {
		switch {
		case x.Cause == message.Probe && x.Purpose == message.ResourceMetadata:
			w.draw(i)
			return w.d
		case x.Cause == message.Probe && x.Purpose == message.TokenRequest:
			w.drawRegistry(x)
			return w.d
		}
	}
	return w.d
}

// drawRegistry is the short way of container registries: the challenge says
// where a token is to be had.
func (w *way) drawRegistry(x message.Exchange) {
	w.resource()
	switch {
	case diagnose.GivesToken(x):
		w.add("token", x.Request.URL, "right", "It gives a token to whoever asks.")
		w.d.Client = "A client such as docker gets a token there without signing in, and sends it as Bearer."
	case x.Response != nil && (x.Response.Code == 401 || x.Response.Code == 403):
		w.add("token", x.Request.URL, "open", fmt.Sprintf("It answers %d to whoever has not signed in.", x.Response.Code))
		w.d.Client = "A client such as docker has to sign in there with a user name and a password or a key, gets a token, and sends it as Bearer."
	case x.Response != nil:
		w.add("token", x.Request.URL, "wrong", fmt.Sprintf("It answers %d, without a token.", x.Response.Code))
		w.d.Client = "A client such as docker would stop at step 2, the token."
	default:
		w.add("token", x.Request.URL, "wrong", "It cannot be reached.")
		w.d.Client = "A client such as docker would stop at step 2, the token."
	}
}

// resource adds the first step: what was asked for.
func (w *way) resource() {
	asked := w.xs[w.asked]
	summary := "This is what a client wants."
	if asked.Response != nil {
		summary = fmt.Sprintf("It answers %d.", asked.Response.Code)
	}
	w.add("resource", asked.Request.URL, "right", summary)
}

// way is a discovery that is being drawn.
type way struct {
	lib      *content.Library
	xs       []message.Exchange
	findings []Finding
	asked    int
	d        Discovery
}

// draw adds the steps, as far as they were got.
func (w *way) draw(first int) {
	w.resource()
	at, m, ok := w.found(message.ResourceMetadata)
	if !ok {
		w.wrong("metadata", first)
		return
	}
	if !w.right("metadata", at, "It names the authorization server "+strings.Join(visibles(m.Servers), ", ")+".") {
		return
	}
	at, m, ok = w.found(message.ServerMetadata)
	if !ok && w.xs[at].Purpose != message.ServerMetadata {
		w.add("authorization server", "", "open", "It was not asked: the time or the connections of the inspection were used up.")
		return
	}
	if !ok {
		w.wrong("authorization server", at)
		return
	}
	if !w.right("authorization server", at, "It tells where to sign in: "+Visible(m.Authorization)+".") {
		return
	}
	w.add("token", m.Token, "open", "Here the client changes the code that it got at the login for a token.")
	how := "register by itself"
	switch {
	case m.Documents:
		how = "name a document about itself"
	case m.Registration == "":
		how = "be given an id by hand"
	}
	w.d.Client = "A client such as one of the Model Context Protocol could log in: it would " + how + ", send you to the login, and get a token."
}

// found returns the first probe of a purpose that brought metadata; else the
// last one of that purpose.
func (w *way) found(p message.Purpose) (at int, m diagnose.Metadata, ok bool) {
	for i, x := range w.xs {
		if x.Cause != message.Probe || x.Purpose != p {
			continue
		}
		at = i
		if m, ok = diagnose.ReadMetadata(x); ok {
			return at, m, true
		}
	}
	return at, m, false
}

// right adds a step that was got; it returns false where something is wrong
// with it that stops a client.
func (w *way) right(name string, at int, summary string) bool {
	if f := w.against(at); f != nil {
		w.wrong(name, at)
		return false
	}
	w.add(name, w.xs[at].Request.URL, "right", summary)
	return true
}

// wrong adds the step at which a client would stop.
func (w *way) wrong(name string, at int) {
	summary := "Nothing came."
	if f := w.against(at); f != nil {
		summary = f.Summary
	}
	address := ""
	if at < len(w.xs) && w.xs[at].Cause == message.Probe {
		address = w.xs[at].Request.URL
	}
	w.add(name, address, "wrong", summary)
	w.d.Client = fmt.Sprintf("A client such as one of the Model Context Protocol would stop at step %d, the %s.", len(w.d.Steps), name)
}

// against returns the gravest finding about a probe that stops a client: an
// error, or that PKCE is not offered.
func (w *way) against(at int) *Finding {
	for i, f := range w.findings {
		same := f.Exchange == at || f.ID == "metadata-unreachable" && w.xs[f.Exchange].Purpose == w.xs[at].Purpose
		if same && f.Topic == "auth" && w.xs[f.Exchange].Cause == message.Probe && (f.Severity == "error" || f.Severity == "warning") {
			return &w.findings[i]
		}
	}
	return nil
}

func (w *way) add(name, url, state, summary string) {
	w.d.Steps = append(w.d.Steps, Step{name, text(url), state, summary})
}

func visibles(all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = Visible(s)
	}
	return out
}
