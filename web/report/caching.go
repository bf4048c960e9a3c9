package report

import (
	"fmt"
	"strings"
	"time"

	"wwwhy/content"
	"wwwhy/web/diagnose"
	"wwwhy/web/message"
)

// newCaching says in sentences who may use a response again, and for how long.
func newCaching(lib *content.Library, x message.Exchange) Caching {
	out := Caching{Steps: []string{}}
	f, ok := diagnose.Fresh(lib, x)
	if !ok {
		return out
	}
	w := cachingWords{lib, f, x.Response.Code}
	out.Private, out.Shared = w.reuse("A browser", f.Private), w.reuse("A shared cache, such as a CDN's,", f.Shared)
	if kept := f.Private.Kept || f.Shared.Kept; kept {
		out.Steps = w.steps()
	}
	return out
}

type cachingWords struct {
	lib  *content.Library
	f    diagnose.Freshness
	code int
}

// say fills a sentence of the table.
func (w cachingWords) say(name string, args map[string]string) string {
	s, _ := w.lib.CachingWords(name)
	return s.With(args)
}

// reuse words what one kind of cache may do.
func (w cachingWords) reuse(who string, r diagnose.Reuse) string {
	args := map[string]string{"who": who, "time": lasting(r.Lifetime), "code": fmt.Sprint(w.code), "age": "", "strict": ""}
	switch {
	case !r.Kept:
		return w.say(r.Why, args)
	case r.Ask:
		return w.say("ask", args)
	case r.Why == "unsaid":
		return w.say("unsaid", args)
	case r.Lifetime <= w.f.Age && r.Why != "guess":
		if r.Lifetime == 0 {
			return w.say("ask", args)
		}
		return w.say("over", args)
	case r.Why == "guess":
		return w.say("guess", args)
	}
	if w.f.Age > 0 {
		args["age"] = lasting(w.f.Age)
	}
	all := []string{w.say("kept", args)}
	if w.f.While > 0 && !r.Strict {
		all = append(all, w.say("while", map[string]string{"time": lasting(w.f.While)}))
	}
	if w.f.IfError > 0 && !r.Strict {
		all = append(all, w.say("if-error", map[string]string{"time": lasting(w.f.IfError)}))
	}
	if w.f.Immutable && strings.HasPrefix(who, "A browser") {
		all = append(all, w.say("immutable", nil))
	}
	return strings.Join(all, " ")
}

// steps shows the calculation: where the time comes from, and what is over.
func (w cachingWords) steps() []string {
	all := []string{}
	said := map[string]bool{}
	for _, r := range []diagnose.Reuse{w.f.Shared, w.f.Private} {
		s := w.say("step-"+r.Why, map[string]string{"time": lasting(r.Lifetime), "span": lasting(10 * r.Lifetime)})
		if r.Kept && s != "" && !said[s] {
			said[s] = true
			all = append(all, s)
		}
	}
	if w.f.Age > 0 {
		all = append(all, w.say("step-age", map[string]string{"time": lasting(w.f.Age)}))
	}
	return all
}

// lasting gives a length of time as people say it, exact where it is round.
func lasting(d time.Duration) string {
	units := []struct {
		of   time.Duration
		name string
	}{{365 * 24 * time.Hour, "year"}, {24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}}
	for i, u := range units {
		if d < u.of && i < len(units)-1 {
			continue
		}
		n := int64(d / u.of)
		s := fmt.Sprintf("%d %ss", n, u.name)
		if n == 1 {
			s = "1 " + u.name
		}
		if rest := d % u.of; rest >= time.Second && n < 10 && i < len(units)-1 {
			if small := int64(rest / units[i+1].of); small > 0 {
				s += fmt.Sprintf(" and %d %s", small, units[i+1].name)
				if small > 1 {
					s += "s"
				}
			}
		}
		return s
	}
	return ""
}
