package diagnose

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// cspSourceRules judge the words of each directive of a policy (CSP3, "Source
// Lists").
var cspSourceRules = []rule{
	{[]string{"csp-directive-repeated", "csp-directive-obsolete", "csp-semicolon-missing"}, cspDirectiveForm, false},
	{[]string{"csp-nonce-invalid", "csp-nonce-short", "csp-address-source", "csp-http-source"}, cspSources, false},
	{[]string{"csp-strict-dynamic-alone", "csp-unsafe-hashes", "csp-host-of-all"}, cspScriptWords, false},
	{[]string{"csp-any-object", "csp-none-with-others"}, cspLists, false},
}

// everyPolicy calls check for each policy of both fields.
func (e *exam) everyPolicy(check func(p policy)) {
	for _, name := range []string{"Content-Security-Policy", "Content-Security-Policy-Report-Only"} {
		for _, p := range e.policies(name) {
			check(p)
		}
	}
}

func (p policy) names() []string { return slices.Sorted(maps.Keys(p.directives)) }

// cspDirectiveForm reports directives that are repeated, that browsers no longer
// heed, or that have another one among their words. The page does not call
// report-uri obsolete: older browsers still need it (CSP3, "report-uri").
func cspDirectiveForm(e *exam) {
	known := e.words("Content-Security-Policy")
	e.everyPolicy(func(p policy) {
		for _, name := range p.repeated {
			e.line("csp-directive-repeated", p.line, "directive", short(name))
		}
		for _, name := range p.names() {
			if e.word("Content-Security-Policy", name).State == "obsolete" {
				e.line("csp-directive-obsolete", p.line, "directive", name)
			}
			for _, word := range p.directives[name] {
				if word = strings.ToLower(word); slices.Contains(known, word) && strings.Contains(word, "-") && name != "trusted-types" {
					e.line("csp-semicolon-missing", p.line, "directive", name, "word", word)
				}
			}
		}
	})
}

// fetching reports whether a directive has a list of sources.
func fetching(directive string) bool {
	return strings.HasSuffix(directive, "-src") || strings.Contains(directive, "-src-") || slices.Contains([]string{"base-uri", "form-action", "frame-ancestors"}, directive)
}

func cspSources(e *exam) {
	e.everyPolicy(func(p policy) {
		for _, name := range p.names() {
			if !fetching(name) {
				continue
			}
			for _, s := range p.directives[name] {
				e.cspSource(p, name, s)
			}
		}
	})
}

func (e *exam) cspSource(p policy, directive, source string) {
	if nonce, ok := strings.CutPrefix(strings.ToLower(source), "'nonce-"); ok {
		switch nonce = strings.TrimSuffix(nonce, "'"); {
		case nonce == "" || strings.Trim(nonce, "abcdefghijklmnopqrstuvwxyz0123456789+/-_=") != "":
			e.line("csp-nonce-invalid", p.line, "source", short(source))
		case len(strings.TrimRight(nonce, "=")) < 16:
			e.line("csp-nonce-short", p.line, "length", fmt.Sprint(len(nonce)))
		}
		return
	}
	host := hostOfSource(source)
	// What the machine itself answers is no mixed content (Mixed Content,
	// "a priori authenticated URL").
	if strings.HasPrefix(strings.ToLower(source), "http://") && e.url != nil && e.url.Scheme == "https" && !onThisMachine(host) {
		e.line("csp-http-source", p.line, "directive", directive, "source", short(source))
	}
	if a, err := netip.ParseAddr(host); err == nil && a.String() != "127.0.0.1" {
		e.line("csp-address-source", p.line, "directive", directive, "source", short(source))
	}
}

// hostOfSource is the host of a host-source, without brackets (CSP3, "Framework
// directives", host-source): its port may be an asterisk, which no URL has.
func hostOfSource(source string) string {
	if _, rest, ok := strings.Cut(source, "://"); ok {
		source = rest
	}
	host, _, _ := strings.Cut(source, "/")
	if end := strings.IndexByte(host, ']'); end > 0 && host[0] == '[' {
		return host[1:end]
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return host // of IPv6, which lacks its brackets
	}
	host, _, _ = strings.Cut(host, ":")
	return host
}

// trusts reports whether a list names scripts one by one.
func trusts(sources []string) bool {
	return slices.ContainsFunc(sources, func(s string) bool {
		s = strings.ToLower(s)
		return strings.HasPrefix(s, "'nonce-") || strings.HasPrefix(s, "'sha256-") || strings.HasPrefix(s, "'sha384-") || strings.HasPrefix(s, "'sha512-")
	})
}

// scripts returns the list that is in force for scripts.
func (p policy) scripts() []string {
	if s, ok := p.directives["script-src"]; ok {
		return s
	}
	return p.directives["default-src"]
}

func cspScriptWords(e *exam) {
	if e.runsNothing() {
		return
	}
	for _, p := range e.policies("Content-Security-Policy") {
		sources := p.scripts()
		strict := containsFold(sources, "'strict-dynamic'")
		if strict && !trusts(sources) {
			e.line("csp-strict-dynamic-alone", p.line)
		}
		if containsFold(sources, "'unsafe-hashes'") {
			e.line("csp-unsafe-hashes", p.line)
		}
		for _, s := range sources {
			host := strings.TrimPrefix(strings.ToLower(s), "https://")
			if host, path, _ := strings.Cut(host, "/"); !strict && path == "" {
				if why, ok := e.lib.HostOfAll(host); ok {
					e.line("csp-host-of-all", p.line, "host", host, "why", why)
				}
			}
		}
	}
}

// cspLists reports plug-ins from anywhere, and 'none' beside sources, which
// takes it back (CSP3, "Does url match source list").
func cspLists(e *exam) {
	e.everyPolicy(func(p policy) {
		if s := p.directives["object-src"]; containsFold(s, "*") || containsFold(s, "https:") || containsFold(s, "http:") || containsFold(s, "data:") {
			e.line("csp-any-object", p.line)
		}
		for _, name := range p.names() {
			if s := p.directives[name]; fetching(name) && len(s) > 1 && !e.has("csp-semicolon-missing") && containsFold(s, "'none'") {
				e.line("csp-none-with-others", p.line, "directive", name)
			}
		}
	})
}
