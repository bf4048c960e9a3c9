package diagnose

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// cspRules judge the content security policy of a page, and what else keeps a
// page from being misused.
var cspRules = []rule{
	{[]string{"csp-missing"}, cspMissing, false},
	{[]string{"csp-without-script-src", "csp-unsafe-inline", "csp-unsafe-eval", "csp-any-script", "csp-without-object-src", "csp-without-base-uri"}, cspScripts, false},
	{[]string{"csp-directive-unknown", "csp-keyword-unquoted"}, cspWords, false},
	{[]string{"framing-not-forbidden"}, framing, false},
	{[]string{"hsts-missing"}, hstsMissing, false},
}

// policy is one content security policy: sources by directive, the first of
// repeated ones (CSP3, "Parse a serialized CSP").
type policy struct {
	line       int
	directives map[string][]string
	repeated   []string // directives that come again and are passed over
}

// policies reads a field; each line may hold several policies, parted by commas.
func (e *exam) policies(name string) []policy {
	var all []policy
	e.each(name, func(n int, v string) {
		for text := range strings.SplitSeq(v, ",") {
			p := policy{line: n, directives: map[string][]string{}}
			for d := range strings.SplitSeq(text, ";") {
				words := strings.Fields(d)
				if len(words) == 0 {
					continue
				}
				directive := strings.ToLower(words[0])
				if _, had := p.directives[directive]; had {
					p.repeated = append(p.repeated, directive)
					continue
				}
				p.directives[directive] = words[1:]
			}
			if len(p.directives) > 0 {
				all = append(all, p)
			}
		}
	})
	return all
}

// page reports whether the answer is a page that a browser shows, as it came.
func (e *exam) page() bool {
	return e.resp.Code == 200 && e.html() && e.x.Fidelity >= message.Transcribed
}

// runsNothing reports whether the answer is known to be none that a browser runs
// scripts of: JSON, or a refusal without content. Many servers send the policy of
// their pages with all that they answer.
func (e *exam) runsNothing() bool {
	c := e.resp.Content
	empty := c.Known == message.Wholly && c.Length == 0 || e.resp.Fields.Get("Content-Length") == "0"
	return field.IsJSON(e.media()) || e.resp.Code >= 400 && empty
}

// cspMissing advises a policy for pages. One that stands in the page counts.
func cspMissing(e *exam) {
	if e.page() && !e.resp.Fields.Has("Content-Security-Policy") && !bytes.Contains(bytes.ToLower(e.resp.Content.Sample), []byte("content-security-policy")) {
		e.missing("csp-missing", "Content-Security-Policy")
	}
}

// cspScripts judges what scripts a policy lets run. Several policies hold
// together, so that each must be weak for the page to be: only a lone one is
// judged.
func cspScripts(e *exam) {
	all := e.policies("Content-Security-Policy")
	if len(all) != 1 || e.runsNothing() {
		return
	}
	p := all[0]
	sources, limited := p.directives["script-src"]
	if !limited {
		sources, limited = p.directives["default-src"]
	}
	if !limited {
		// A policy may be there for something else, such as frame-ancestors.
		if _, sources := p.directives["style-src"]; sources || len(p.directives) > 2 {
			e.line("csp-without-script-src", p.line)
		}
		return
	}
	has := func(word string) bool { return containsFold(sources, word) }
	trusted, strict := trusts(sources), has("'strict-dynamic'")
	if has("'unsafe-inline'") && !trusted && !strict {
		e.line("csp-unsafe-inline", p.line)
	}
	if has("'unsafe-eval'") {
		e.line("csp-unsafe-eval", p.line)
	}
	for _, any := range []string{"*", "http:", "https:", "data:"} {
		if has(any) && !strict {
			e.line("csp-any-script", p.line, "source", any)
			break
		}
	}
	_, object := p.directives["object-src"]
	if _, fallback := p.directives["default-src"]; !object && !fallback {
		e.line("csp-without-object-src", p.line)
	}
	if _, base := p.directives["base-uri"]; !base && (trusted || strict) {
		e.line("csp-without-base-uri", p.line)
	}
}

// cspWords reports names that look misspelt, and keywords without their
// quotation marks, which are hosts then (CSP3, "Source Lists").
func cspWords(e *exam) {
	known := e.words("Content-Security-Policy")
	e.everyPolicy(func(p policy) {
		for _, directive := range p.names() {
			if !slices.Contains(known, directive) {
				meant := ""
				if i := slices.IndexFunc(known, func(d string) bool { return content.OneEdit(directive, d) }); i >= 0 {
					meant = known[i]
				}
				e.line("csp-directive-unknown", p.line, "directive", short(directive), "meant", meant)
			}
			for _, s := range p.directives[directive] {
				switch strings.ToLower(s) {
				case "self", "none", "unsafe-inline", "unsafe-eval", "strict-dynamic":
					if strings.HasSuffix(directive, "-src") {
						e.line("csp-keyword-unquoted", p.line, "word", s)
					}
				}
			}
		}
	})
}

// framing advises for pages that anybody may put into a frame (CSP3,
// "frame-ancestors").
func framing(e *exam) {
	if !e.page() || e.resp.Fields.Has("X-Frame-Options") {
		return
	}
	for _, p := range e.policies("Content-Security-Policy") {
		if _, ok := p.directives["frame-ancestors"]; ok {
			return
		}
	}
	e.missing("framing-not-forbidden", "Content-Security-Policy")
}

// hstsMissing advises for pages over https whose host has a name.
func hstsMissing(e *exam) {
	if !e.page() || e.url == nil || e.url.Scheme != "https" || e.resp.Fields.Has("Strict-Transport-Security") {
		return
	}
	if _, err := netip.ParseAddr(e.url.Hostname()); err != nil && !onThisMachine(e.url.Hostname()) {
		e.missing("hsts-missing", "Strict-Transport-Security")
	}
}
