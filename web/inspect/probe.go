package inspect

import (
	"context"
	"slices"
	"strings"

	"wwwhy/content"
	"wwwhy/web/diagnose"
	"wwwhy/web/fetch"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// mostProbes is how many requests a discovery may add to an inspection.
const mostProbes = 8

// mostMetadata is how many bytes of a metadata document are read. Real ones
// have a few thousand.
const mostMetadata = 512 << 10

// discover follows a challenge of OAuth to the metadata that it names, and from
// there to that of the authorization servers (RFC 9728, RFC 8414). If the target asks
// for it, it also tries the well-known place. Nothing of the visitor's is sent.
func (in *Inspector) discover(ctx context.Context, xs []message.Exchange, t Target, told func(message.Exchange)) []message.Exchange {
	for range mostProbes {
		w, more := diagnose.Discover(xs, t.Discover)
		if !more || ctx.Err() != nil || in.fetcher.Spent(*t.Dialed) {
			return xs
		}
		xs = in.probe(ctx, xs, w, field.Section{{Name: "Accept", Value: "application/json"}}, fetch.Options{Dialed: t.Dialed, Sample: mostMetadata}, told)
	}
	return xs
}

// compare makes the requests that show what the answer depends on. They carry
// the visitor's fields, but no credentials of theirs.
func (in *Inspector) compare(ctx context.Context, xs []message.Exchange, t Target, told func(message.Exchange)) []message.Exchange {
	return in.ask(ctx, xs, diagnose.Comparisons(xs), t, told)
}

// check makes the requests that show what the resource offers: codings,
// conditional requests, parts.
func (in *Inspector) check(ctx context.Context, xs []message.Exchange, t Target, told func(message.Exchange)) []message.Exchange {
	return in.ask(ctx, xs, diagnose.Checks(xs), t, told)
}

// ask makes requests that are like the target's but for one thing each.
func (in *Inspector) ask(ctx context.Context, xs []message.Exchange, all []diagnose.Wanted, t Target, told func(message.Exchange)) []message.Exchange {
	fields := slices.DeleteFunc(slices.Clone(t.Request.Fields), func(l field.Line) bool {
		return content.SecretField(l.Name) || strings.HasPrefix(strings.ToLower(l.Name), "content-")
	})
	for _, w := range all {
		if ctx.Err() != nil || in.fetcher.Spent(*t.Dialed) {
			return xs
		}
		o := fetch.Options{Dialed: t.Dialed, Protocol: t.Options.Protocol, Family: t.Family, Resolve: t.Resolve}
		xs = in.probe(ctx, xs, w, fields, o, told)
	}
	return xs
}

// probe makes one more request and adds its exchange.
func (in *Inspector) probe(ctx context.Context, xs []message.Exchange, w diagnose.Wanted, fields field.Section, o fetch.Options, told func(message.Exchange)) []message.Exchange {
	req := message.Request{Method: w.Method, URL: w.URL, Fields: fields}
	if req.Method == "" {
		req.Method = "GET"
	}
	if len(w.Fields) > 0 {
		req.Fields = slices.DeleteFunc(slices.Clone(fields), func(l field.Line) bool { return w.Fields.Has(l.Name) })
		req.Fields = append(req.Fields, w.Fields...)
	}
	if w.Protocol != "" {
		o.Protocol = w.Protocol
	}
	o.NoFollow, o.Insecure = true, len(w.Fields) > 0 // what is made up is no secret
	x := in.fetcher.Fetch(ctx, req, o, nil)[0]
	x.Cause, x.Purpose = message.Probe, w.Purpose
	if told != nil {
		told(x)
	}
	return append(xs, x)
}
