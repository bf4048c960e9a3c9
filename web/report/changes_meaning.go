package report

import (
	"fmt"
	"strings"
)

// challenges compares those of one scheme with each other, parameter by
// parameter.
func (c *comparison) challenges(before, after *Exchange) {
	left := map[string]*Challenge{}
	number := numbered()
	var order []string
	for i := range before.Challenges {
		one := &before.Challenges[i]
		key := number(one.Field + ": " + strings.ToLower(one.Scheme))
		left[key] = one
		order = append(order, key)
	}
	number = numbered()
	for i := range after.Challenges {
		a := &after.Challenges[i]
		key := number(a.Field + ": " + strings.ToLower(a.Scheme))
		b := left[key]
		if b == nil {
			c.add(Change{Kind: "challenge", Where: a.Scheme, After: a.Received, Text: fmt.Sprintf("A challenge came: %s.", said(a.Received))})
			continue
		}
		delete(left, key)
		c.challenge(b, a)
	}
	for _, key := range order {
		if b := left[key]; b != nil {
			c.add(Change{Kind: "challenge", Where: b.Scheme, Before: b.Received, Text: fmt.Sprintf("A challenge went: %s.", said(b.Received))})
		}
	}
}

func (c *comparison) challenge(before, after *Challenge) {
	scheme := said(after.Scheme)
	// What a scheme codes into its token68 (NTLM, Negotiate) is made for each
	// connection.
	c.value("challenge", after.Scheme, "The token of the challenge "+scheme, before.Token68, after.Token68, before.Token68 != "" && after.Token68 != "")
	left := map[string]Param{}
	number := numbered()
	var order []string
	for _, p := range before.Params {
		key := number(strings.ToLower(p.Name))
		left[key] = p
		order = append(order, key)
	}
	number = numbered()
	for _, a := range after.Params {
		key := number(strings.ToLower(a.Name))
		b, was := left[key]
		delete(left, key)
		where, name := after.Scheme+" "+a.Name, "The parameter "+said(a.Name)+" of "+scheme
		if was {
			lower := strings.ToLower(a.Name)
			c.value("challenge", where, name, b.Value, a.Value, lower == "nonce" || lower == "opaque")
			continue
		}
		c.add(Change{Kind: "challenge", Where: where, After: a.Value, Text: fmt.Sprintf("%s came: %s.", name, orEmpty(a.Value))})
	}
	for _, key := range order {
		if b, gone := left[key]; gone {
			c.add(Change{Kind: "challenge", Where: before.Scheme + " " + b.Name, Before: b.Value,
				Text: fmt.Sprintf("The parameter %s of %s went; it was %s.", said(b.Name), scheme, orEmpty(b.Value))})
		}
	}
}

// numbered returns a function that makes keys unique by counting them.
func numbered() func(key string) string {
	count := map[string]int{}
	return func(key string) string {
		count[key]++
		return fmt.Sprintf("%s\x00%d", key, count[key])
	}
}

// findings compares by id, exchange and field. Another sentence of the same
// finding that differs in numbers only, as of seconds, is expected.
func (c *comparison) findings(before, after []Finding, pairs []pair) {
	now := map[int]int{} // number of an exchange before to its number after
	for _, p := range pairs {
		if p.before >= 0 && p.after >= 0 {
			now[p.before] = p.after
		}
	}
	left := map[string]Finding{}
	number := numbered()
	var order []string
	for _, f := range before {
		at, ok := now[f.Exchange]
		if !ok {
			at = -1 - f.Exchange
		}
		key := number(fmt.Sprintf("%s %d %s", f.ID, at, strings.ToLower(f.Field)))
		left[key] = f
		order = append(order, key)
	}
	number = numbered()
	for _, a := range after {
		key := number(fmt.Sprintf("%s %d %s", a.ID, a.Exchange, strings.ToLower(a.Field)))
		b, was := left[key]
		delete(left, key)
		c.at = a.Exchange
		switch {
		case !was:
			c.add(Change{Kind: "finding", Where: a.ID, After: a.Summary, Text: fmt.Sprintf("A finding came, %s (%s): %s", a.ID, a.Severity, a.Summary)})
		case b.Severity != a.Severity:
			c.add(Change{Kind: "finding", Where: a.ID, Before: b.Severity, After: a.Severity, Text: fmt.Sprintf("The finding %s is of the severity %s, before %s.", a.ID, a.Severity, b.Severity)})
		case b.Summary != a.Summary:
			c.add(Change{Kind: "finding", Where: a.ID, Before: b.Summary, After: a.Summary, Expected: sameButNumbers(b.Summary, a.Summary), Text: fmt.Sprintf("The finding %s says now: %s", a.ID, a.Summary)})
		}
	}
	for _, key := range order {
		if b, gone := left[key]; gone {
			c.at = b.Exchange
			c.add(Change{Kind: "finding", Where: b.ID, Before: b.Summary, Text: fmt.Sprintf("A finding went, %s (%s): %s", b.ID, b.Severity, b.Summary)})
		}
	}
}

// whole compares what belongs to the report as a whole.
func (c *comparison) whole(before, after Report) {
	c.discovery(before.Discovery.Steps, after.Discovery.Steps)
	if b, a := before.Preflight, after.Preflight; len(b.Steps) > 0 && len(a.Steps) > 0 {
		words := map[bool]string{true: "yes", false: "no"}
		c.value("preflight", "allowed", "Whether the browser sends the script's request", words[b.Allowed], words[a.Allowed], false)
		c.value("preflight", "readable", "Whether the script may read the answer", words[b.Readable], words[a.Readable], false)
	}
	if b, a := before.Observatory, after.Observatory; len(b.Tests) > 0 && len(a.Tests) > 0 {
		c.value("observatory", "", "The grade of MDN's Observatory", fmt.Sprintf("%s (%d)", b.Grade, b.Score), fmt.Sprintf("%s (%d)", a.Grade, a.Score), false)
	}
}

func (c *comparison) discovery(before, after []Step) {
	if len(before) == 0 || len(after) == 0 {
		return
	}
	left := map[string]Step{}
	number := numbered()
	var order []string
	for _, s := range before {
		key := number(s.Name)
		left[key] = s
		order = append(order, key)
	}
	name := func(s Step) string { return "On the way to a token, the step “" + said(s.Name) + "”" }
	number = numbered()
	for _, s := range after {
		key := number(s.Name)
		c.value("discovery", s.Name, name(s), left[key].State, s.State, false)
		delete(left, key)
	}
	for _, key := range order {
		if s, gone := left[key]; gone {
			c.value("discovery", s.Name, name(s), s.State, "", false)
		}
	}
}
