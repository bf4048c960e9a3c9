package diagnose

import (
	"mime"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"wwwhy/web/field"
)

// mediaTypeRules judge what is said about content: its type, the parameters of
// that, and whether the bytes agree.
var mediaTypeRules = []rule{
	{[]string{"content-type-invalid", "content-type-kind-unknown", "multipart-without-boundary"}, typeInvalid, false},
	{[]string{"parameter-repeated", "parameter-single-quotes", "parameter-extended-invalid"}, parameters, false},
	{[]string{"accept-types-invalid"}, acceptTypes, false},
	{[]string{"content-type-mismatch"}, typeMismatch, false},
	{[]string{"charset-mismatch"}, charsetMismatch, false},
	{[]string{"disposition-unknown", "disposition-filename"}, disposition, false},
}

// isMediaType reports whether a text is type "/" subtype, without parameters
// (RFC 9110, Section 8.3.1).
func isMediaType(s string) bool {
	kind, sub, ok := strings.Cut(strings.TrimSpace(s), "/")
	return ok && field.IsToken(kind) && field.IsToken(sub)
}

func typeInvalid(e *exam) {
	e.each("Content-Type", func(n int, v string) {
		media, _, _ := strings.Cut(v, ";")
		if !isMediaType(media) {
			e.line("content-type-invalid", n)
			return
		}
		kind, sub, _ := strings.Cut(strings.ToLower(strings.TrimSpace(media)), "/")
		switch {
		case !e.lib.MediaKind(kind) && !strings.HasPrefix(kind, "x-"):
			turned := ""
			if e.lib.MediaKind(sub) {
				turned = sub + "/" + kind
			}
			e.line("content-type-kind-unknown", n, "kind", short(kind), "turned", turned)
		case kind == "multipart" && !hasParameter(v, "boundary"):
			e.line("multipart-without-boundary", n)
		}
	})
}

// hasParameter reports whether a value has a parameter that is not empty.
func hasParameter(v, name string) bool {
	for _, member := range firstMember(field.Split("parameters", 0, v)) {
		for _, p := range member.Parts {
			if strings.EqualFold(p.Name, name) && p.Value != "" {
				return true
			}
		}
	}
	return false
}

// parameters judges parameters of fields that share RFC 9110's and RFC 8187's
// grammar.
func parameters(e *exam) {
	for _, name := range []string{"Content-Type", "Content-Disposition"} {
		e.each(name, func(n int, v string) {
			seen := map[string]bool{}
			for _, member := range firstMember(field.Split("parameters", n, v)) {
				for _, p := range member.Parts {
					e.parameter(n, p, seen)
				}
			}
		})
	}
}

// firstMember drops what stands behind a comma: these fields are no lists.
func firstMember(all []field.Part) []field.Part { return all[:min(len(all), 1)] }

func (e *exam) parameter(n int, p field.Part, seen map[string]bool) {
	l, name := e.resp.Fields[n], strings.ToLower(p.Name)
	switch {
	case seen[name]:
		e.at("parameter-repeated", l.Name, p.Span, "field", l.Name, "name", short(p.Name))
	case len(p.Value) > 1 && p.Value[0] == '\'' && p.Value[len(p.Value)-1] == '\'' && !strings.HasSuffix(name, "*"):
		e.at("parameter-single-quotes", l.Name, p.Span, "field", l.Name, "name", short(p.Name), "value", short(p.Value), "meant", short(strings.Trim(p.Value, "'")))
	case strings.HasSuffix(name, "*"):
		if why := extendedFault(l.Value[p.Span.Offset:p.Span.End()], p.Value); why != "" {
			e.at("parameter-extended-invalid", l.Name, p.Span, "field", l.Name, "name", short(p.Name), "why", why)
		}
	}
	seen[name] = true
}

// extendedFault says what is wrong with a value of RFC 8187, Section 3.2.1:
// charset'language'percent-encoded; "" where nothing is.
func extendedFault(raw, value string) string {
	parts := strings.SplitN(value, "'", 3)
	switch {
	case strings.Contains(raw, `"`):
		return "it stands in quotation marks"
	case len(parts) != 3:
		return "it has no charset and language before the text"
	case !strings.EqualFold(parts[0], "UTF-8"):
		return "its charset is not UTF-8"
	}
	text, err := url.PathUnescape(parts[2])
	if err != nil || !utf8.ValidString(text) {
		return "its percent signs do not give UTF-8"
	}
	return ""
}

// acceptTypes judges lists of media types that a server takes (RFC 5789,
// Section 3.1; Linked Data Platform 1.0, Section 7.1).
func acceptTypes(e *exam) {
	for _, name := range []string{"Accept-Patch", "Accept-Post"} {
		e.each(name, func(n int, v string) {
			for _, p := range field.Split("list", n, v) {
				if media, _, _ := strings.Cut(p.Value, ";"); !isMediaType(media) {
					e.at("accept-types-invalid", name, p.Span, "field", name, "member", short(p.Value))
				}
			}
		})
	}
}

// typeMismatch reports bytes that are surely of another kind than is said: they
// begin as pages, pictures, archives or documents do. Texts look like anything
// and are not judged; nor are parts, which may begin anywhere.
func typeMismatch(e *exam) {
	said, is := e.media(), strings.SplitN(e.resp.Content.Sniffed, ";", 2)[0]
	if said == "" || is == "" || e.resp.Code == 206 || e.resp.Content.Problem != nil || said == "application/octet-stream" || field.IsJSON(said) {
		return
	}
	kindSaid, kindIs := strings.SplitN(said, "/", 2)[0], strings.SplitN(is, "/", 2)[0]
	binary := []string{"image", "audio", "video", "font"}
	sure := slices.Contains(binary, kindIs) || is == "application/pdf" || is == "application/zip" || is == "application/x-gzip"
	switch {
	case is == "text/html" && (slices.Contains(binary, kindSaid) || said == "text/css" || said == "application/pdf") && said != "image/svg+xml":
	case sure && (said == "text/html" || said == "text/css" || said == "text/javascript" || said == "application/javascript"):
	case sure && slices.Contains(binary, kindIs) && slices.Contains(binary, kindSaid) && kindIs != kindSaid && (kindIs == "image" || kindSaid == "image"):
	default:
		return
	}
	e.report("content-type-mismatch", "said", said, "is", is)
}

// charsetMismatch reports bytes that are no UTF-8 although the type says so, or
// is always so (RFC 8259, Section 8.1).
func charsetMismatch(e *exam) {
	sample, whole := e.sampled()
	media, params, err := mime.ParseMediaType(e.resp.Fields.Get("Content-Type"))
	if !whole || err != nil || utf8.Valid(sample) {
		return
	}
	switch charset := params["charset"]; {
	case strings.EqualFold(charset, "utf-8") && (strings.HasPrefix(media, "text/") || field.IsJSON(media) || field.IsXML(media)):
		e.report("charset-mismatch", "type", media, "charset", charset)
	case field.IsJSON(media) && charset == "":
		e.report("charset-mismatch", "type", media, "charset", "UTF-8")
	}
}

// disposition judges how content is to be kept as a file (RFC 6266, Sections 4.2
// and 4.3).
func disposition(e *exam) {
	e.each("Content-Disposition", func(n int, v string) {
		for _, member := range firstMember(field.Split("parameters", n, v)) {
			if !containsFold(e.words("Content-Disposition"), member.Name) {
				e.at("disposition-unknown", "Content-Disposition", member.Span, "type", short(member.Name))
			}
			for _, p := range member.Parts {
				switch {
				case !strings.EqualFold(p.Name, "filename"):
				case strings.ContainsAny(p.Value, `/\`):
					e.at("disposition-filename", "Content-Disposition", p.Span, "name", short(p.Value), "why", "a separator of directories")
				case percentEncoded(p.Value):
					e.at("disposition-filename", "Content-Disposition", p.Span, "name", short(p.Value), "why", "percent signs, which some clients decode and others keep")
				}
			}
		}
	})
}

func percentEncoded(s string) bool {
	text, err := url.PathUnescape(s)
	return err == nil && text != s
}
