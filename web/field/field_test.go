package field

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// told writes parts as name=value@offset+length, inner ones in braces.
func told(value string, parts []Part) string {
	var all []string
	for _, p := range parts {
		s := fmt.Sprintf("%s=%s@%s", p.Name, p.Value, value[p.Span.Offset:p.Span.End()])
		if len(p.Parts) > 0 {
			s += "{" + told(value, p.Parts) + "}"
		}
		all = append(all, s)
	}
	return strings.Join(all, " | ")
}

// TestBeginningIsText cuts at every length.
func TestBeginningIsText(t *testing.T) {
	for _, s := range []string{"", "plain", "é€𝄞é€𝄞", "a𝄞", "\xe9\xe9\xe9\xe9", "\x80\x80\x80\x80\x80", "é\x80\x80"} {
		for most := range len(s) + 2 {
			got := Beginning(s, most)
			cut := strings.TrimSuffix(got, "…")
			switch {
			case len(s) <= most && got != s, len(s) > most && got == s, !strings.HasPrefix(s, cut), len(cut) > most:
				t.Errorf("%q at %d: %q", s, most, got)
			case utf8.ValidString(s) && !utf8.ValidString(got):
				t.Errorf("%q at %d: %q is no text", s, most, got)
			case strings.NewReplacer("\xe9", "", "\x80", "").Replace(s) == "" && len(s) > most && len(cut) != most:
				t.Errorf("%q at %d: %q lost bytes that are no part of a character", s, most, got)
			}
		}
	}
}

func TestValuesFallIntoTheirParts(t *testing.T) {
	for _, tt := range []struct{ syntax, value, want string }{
		{"directives", `max-age=60, private="a,b" ,, no-store`, `max-age=60@max-age=60 | private=a,b@private="a,b" | no-store=@no-store`},
		{"directives", "", ""},
		{"parameters", `text/html; charset="utf-8";q=1, */*`, `text/html=@text/html; charset="utf-8";q=1{charset=utf-8@charset="utf-8" | q=1@q=1} | */*=@*/*`},
		{"tokens", "GET, HEAD", "GET=@GET | HEAD=@HEAD"},
		{"date", "Sun, 06 Nov 1994 08:49:37 GMT", "=Sun, 06 Nov 1994 08:49:37 GMT@Sun, 06 Nov 1994 08:49:37 GMT"},
		{"date", "Sunday, 06-Nov-94 08:49:37 GMT", "=Sun, 06 Nov 1994 08:49:37 GMT@Sunday, 06-Nov-94 08:49:37 GMT"},
		{"date", "Sun Nov  6 08:49:37 1994", "=Sun, 06 Nov 1994 08:49:37 GMT@Sun Nov  6 08:49:37 1994"},
		{"date", "0", "=0@0"},
		{"etags", `"a,b", W/"c"`, `="a,b"@"a,b" | =W/"c"@W/"c"`},
		{"cookie", "id=a=b; Path=/; Secure;", "id=a=b@id=a=b | Path=/@Path=/ | Secure=@Secure"},
		{"csp", "default-src 'none';  Img-Src 'self' data:", "default-src='none'@default-src 'none'{='none'@'none'} | img-src='self' data:@Img-Src 'self' data:{='self'@'self' | =data:@data:}"},
		{"product", "Apache/2.4 (Unix (x)) mod_ssl", "Apache=2.4@Apache/2.4 | (Unix (x))=@(Unix (x)) | mod_ssl=@mod_ssl"},
		{"product", "1.1 proxy, 1.0 other", "1.1=@1.1 | proxy=@proxy | 1.0=@1.0 | other=@other"},
		{"links", `</a,b;c>; rel="preload next"; as=style, <https://x.example/?a="b>;rel=next`, `=/a,b;c@</a,b;c>; rel="preload next"; as=style{rel=preload next@rel="preload next" | as=style@as=style} | =https://x.example/?a="b@<https://x.example/?a="b>;rel=next{rel=next@rel=next}`},
		{"links", `</a>; title="x, <y>;", <`, `=/a@</a>; title="x, <y>;"{title=x, <y>;@title="x, <y>;"} | =@<`},
		{"links", ";;", ""},
		{"integer", " 12 ", "=12@12"},
		{"text", "anything", ""},
		{"nonsense", "anything", ""},
		{"directives", `a="b`, `a="b@a="b`},
	} {
		if got := told(tt.value, Split(tt.syntax, 0, tt.value)); got != tt.want {
			t.Errorf("Split(%s, %q)\n got %s\nwant %s", tt.syntax, tt.value, got, tt.want)
		}
	}
}

func TestIntegersSaturate(t *testing.T) {
	for in, want := range map[string]int64{"0": 0, "60": 60, "99999999999999999999999": 9223372036854775807} {
		if got, ok := Integer(in); !ok || got != want {
			t.Errorf("Integer(%q) = %d, %v; want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "-1", "+1", "1.5", "1 "} {
		if _, ok := Integer(in); ok {
			t.Errorf("Integer(%q) was read", in)
		}
	}
}

func TestSectionsKeepCaseAndOrder(t *testing.T) {
	s := Section{{"Vary", "a"}, {"vary", "b"}, {"Date", "c"}}
	if s.Count("VARY") != 2 || s.Joined("Vary") != "a, b" || s.Get("vary") != "a" || s.Has("Age") {
		t.Errorf("count %d, joined %q, first %q, has Age %v", s.Count("VARY"), s.Joined("Vary"), s.Get("vary"), s.Has("Age"))
	}
}

func FuzzSplit(f *testing.F) {
	for _, v := range []string{`a="b, c"; d`, "(", `"\`, "a;;b,,c==", "\x00\xff"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, syntax := range Syntaxes() {
			inside(t, syntax, Split(syntax, 3, value), 0, len(value))
		}
	})
}

// inside checks that spans are ordered and nested.
func inside(t *testing.T, syntax string, parts []Part, from, to int) {
	for _, p := range parts {
		if p.Span.Line != 3 || p.Span.Offset < from || p.Span.Length < 0 || p.Span.End() > to {
			t.Fatalf("%s: span %+v is not in order within %d to %d", syntax, p.Span, from, to)
		}
		inside(t, syntax, p.Parts, p.Span.Offset, p.Span.End())
		from = p.Span.End()
	}
}

func TestUnseenCharacters(t *testing.T) {
	for _, r := range "\x00\t\n\x7f\u0085\u00ad\u200b\u202e\u2028\u2029\ufeff" {
		if !Unseen(r) {
			t.Errorf("%U is seen", r)
		}
	}
	for _, r := range " aé\u00a0\u3000�日" {
		if Unseen(r) {
			t.Errorf("%U is not seen", r)
		}
	}
}

func TestFieldsOfTheConnection(t *testing.T) {
	for name, want := range map[string]bool{"Connection": true, "keep-alive": true, "Proxy-Connection": true, "Transfer-Encoding": true, "UPGRADE": true, "TE": false, "Via": false, "": false} {
		if got := OfConnection(name); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestSyntaxesOfContent(t *testing.T) {
	for media, want := range map[string]string{"application/json": "json", "application/problem+json": "json", "application/xml": "xml", "text/xml": "xml", "image/svg+xml": "xml",
		"text/json5": "", "text/html": "", "application/jsonp": "", "": ""} {
		got := ""
		if IsJSON(media) {
			got += "json"
		}
		if IsXML(media) {
			got += "xml"
		}
		if got != want {
			t.Errorf("%s: %q, want %q", media, got, want)
		}
	}
}
