package report

import (
	"fmt"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/message"
)

// mostHints is how many guesses are told: more would be no help.
const mostHints = 3

// mostSigns is in how many bytes of the content signs are looked for, since a
// pattern may take a while: a form stands near the beginning of its page.
const mostSigns = 32 << 10

// hints guesses from signs in the exchange which credentials would do, where a
// server or a proxy asks for some without naming a scheme.
func hints(lib *content.Library, x message.Exchange, out Exchange) []Hint {
	all := []Hint{}
	field := challengeField(out.Status.Code)
	if field == "" || slices.ContainsFunc(out.Challenges, func(c Challenge) bool { return c.Field == field && c.Scheme != "" }) {
		return all
	}
	refused := x.Request != nil && x.Request.Fields.Has(credentialsField(field))
	for _, sign := range lib.Signs() {
		if sign.Code != out.Status.Code || len(all) == mostHints || sign.Where == "" && len(all) > 0 {
			continue
		}
		value, found := seen(sign, x, out.Content.Explanation)
		if !found {
			continue
		}
		args := map[string]string{"value": quotable(value)}
		h := Hint{sign.Because.With(args), sign.Next, sign.Send.With(args)}
		again := slices.ContainsFunc(all, func(o Hint) bool { return h.Send == o.Send && (h.Send != "" || h.Next == o.Next) })
		if again || refused && strings.HasPrefix(h.Send, "Authorization:") {
			continue // to send what was sent is no advice
		}
		all = append(all, h)
	}
	return all
}

// seen looks for a sign, and returns the piece of text that is one.
func seen(sign content.Sign, x message.Exchange, e Explanation) (value string, found bool) {
	var texts []string
	switch sign.Where {
	case "":
		return "", true
	case "request":
		if x.Request != nil {
			for _, l := range x.Request.Fields {
				texts = append(texts, l.Name)
			}
		}
	case "words":
		texts = []string{e.Title, e.Text, e.Code}
	case "content":
		sample := x.Response.Content.Sample
		texts = []string{string(sample[:min(len(sample), mostSigns)])}
	default:
		_, texts = x.Response.Fields.Lines(sign.Where)
	}
	for _, text := range texts {
		groups := sign.Has.FindStringSubmatch(text)
		if groups == nil {
			continue
		}
		if i := slices.IndexFunc(groups[1:], func(g string) bool { return g != "" }); i >= 0 {
			return groups[1+i], true
		}
		return groups[0], true
	}
	return "", false
}

// hints tells what would do, where no challenge does.
func (t *textReport) hints(all []Hint) {
	for i, h := range all {
		if i == 0 {
			t.line("")
			t.line("   %s", t.style(bold, "What to try next"))
		}
		t.para("   ", h.Because+" "+h.Next)
		if h.Send != "" {
			t.line("     %s", t.style(green, Visible(h.Send)))
		}
	}
}

func markdownHints(b *strings.Builder, all []Hint) {
	for i, h := range all {
		if i == 0 {
			b.WriteString("### What to try next\n\n")
		}
		fmt.Fprintf(b, "- %s", escapeMarkdown(h.Because+" "+h.Next))
		if h.Send != "" {
			fmt.Fprintf(b, " %s", codeSpan(h.Send))
		}
		b.WriteString("\n")
	}
	if len(all) > 0 {
		b.WriteString("\n")
	}
}
