package report

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/diagnose"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// changed makes two reports on the same exchange, of which the second is edited.
func changed(t *testing.T, lib *content.Library, edit func(x *message.Exchange)) []Change {
	t.Helper()
	make := func(edit func(x *message.Exchange)) Report {
		x := exchange()
		x.Response.Fields = append(x.Response.Fields, field.Line{Name: "Set-Cookie", Value: "id=1; Secure"}, field.Line{Name: "Set-Cookie", Value: "lang=de"},
			field.Line{Name: "Expires", Value: "Fri, 20 Nov 2026 10:00:00 GMT"}, field.Line{Name: "Content-Length", Value: "2"},
			field.Line{Name: "Content-Security-Policy", Value: "script-src 'nonce-abc'"})
		edit(&x)
		xs := []message.Exchange{x}
		return New(lib, xs, diagnose.Run(lib, xs))
	}
	before, after := make(func(*message.Exchange) {}), make(edit)
	got := Changes(before, after)
	if again := Changes(before, after); !reflect.DeepEqual(got, again) {
		t.Error("the list is another one the second time")
	}
	return got
}

func set(name, value string) func(*message.Exchange) {
	return func(x *message.Exchange) {
		x.Response.Fields = slices.Clone(x.Response.Fields)
		for i, l := range x.Response.Fields {
			if l.Name == name {
				x.Response.Fields[i].Value = value
				return
			}
		}
		x.Response.Fields = append(x.Response.Fields, field.Line{Name: name, Value: value})
	}
}

func TestChangesAreTold(t *testing.T) {
	lib := library(t)
	for _, tt := range []struct {
		name string
		edit func(*message.Exchange)
		want string // parts of what is told, each of another change
		not  string
	}{
		{"nothing", func(*message.Exchange) {}, "", ""},
		{"times", func(x *message.Exchange) {
			x.Timing.Total, x.Timing.Start = time.Hour, time.Now()
		}, "", ""},
		{"status", func(x *message.Exchange) { x.Response.Code, x.Response.Reason = 403, "Forbidden" }, "status - The status is 403 Forbidden, before 401 Unauthorized.", ""},
		{"protocol", func(x *message.Exchange) { x.Response.Protocol = "HTTP/2" }, "protocol - The protocol is HTTP/2, before HTTP/1.1.", ""},
		{"a field comes", set("X-New", "a`b\x1b"), "field - X-New came: a'b\\x1B.", ""},
		{"a field goes", func(x *message.Exchange) { x.Response.Fields = x.Response.Fields[1:] }, "field - Date went; it was", ""},
		{"a field changes", set("X-Other", "2"), "field - X-Other is 2, before 1.", ""},
		{"an empty field", set("X-New", ""), "field - X-New came: an empty value.", ""},
		{"Date", set("Date", "Fri, 20 Nov 2026 09:00:01 GMT"), "field ~ Date is Fri, 20 Nov 2026 09:00:01 GMT", ""},
		{"Expires with Date", func(x *message.Exchange) {
			set("Date", "Fri, 20 Nov 2026 09:30:00 GMT")(x)
			set("Expires", "Fri, 20 Nov 2026 10:30:00 GMT")(x)
		}, "field ~ Expires is|field ~ Date is", "field - Expires"},
		{"Expires alone", set("Expires", "Sat, 21 Nov 2026 10:00:00 GMT"), "field - Expires is Sat", ""},
		{"a cookie's value", set("Set-Cookie", "id=2; Secure"), "field ~ Set-Cookie is id=2; Secure, before id=1; Secure.", ""},
		{"a cookie's attribute", set("Set-Cookie", "id=1"), "field - Set-Cookie is id=1, before id=1; Secure.", ""},
		{"another cookie", set("Set-Cookie", "sid=1; Secure"), "field - Set-Cookie went; it was id=1; Secure.|field - Set-Cookie came: sid=1; Secure.", ""},
		{"order of one name", func(x *message.Exchange) {
			x.Response.Fields = slices.Clone(x.Response.Fields)
			x.Response.Fields[3], x.Response.Fields[4] = x.Response.Fields[4], x.Response.Fields[3]
		}, "field - The lines of Set-Cookie are in another order.", ""},
		{"order of several names", func(x *message.Exchange) {
			x.Response.Fields = slices.Clone(x.Response.Fields)
			x.Response.Fields[0], x.Response.Fields[2] = x.Response.Fields[2], x.Response.Fields[0]
		}, "", "field"},
		{"a nonce", set("Content-Security-Policy", "script-src 'nonce-xyz'"), "field ~ Content-Security-Policy is", ""},
		{"a policy", set("Content-Security-Policy", "script-src 'nonce-xyz' 'self'"), "field - Content-Security-Policy is", ""},
		{"a parameter", set("WWW-Authenticate", `Bearer realm=orders, error="insufficient_scope"`), "challenge - The parameter error of Bearer is insufficient_scope, before invalid_token.", "field"},
		{"a parameter goes", set("WWW-Authenticate", `Bearer realm=orders`), "challenge - The parameter error of Bearer went; it was invalid_token.", ""},
		{"quotes alone", set("WWW-Authenticate", `Bearer realm="orders", error="invalid_token"`), "field - WWW-Authenticate is", ""},
		{"a challenge", set("WWW-Authenticate", `Basic realm="x"`), "challenge - A challenge went: Bearer|challenge - A challenge came: Basic realm", ""},
		{"findings", set("X-Frame-Options", "ALLOW"), "", ""},
		{"content", func(x *message.Exchange) {
			x.Response.Content.Length = 3
			set("Content-Length", "3")(x)
		}, "content - The content has 3 bytes, before 2.", "field"},
		{"a trailer", func(x *message.Exchange) { x.Response.Trailers = nil }, "trailer - Why went; it was because.", ""},
		{"interim", func(x *message.Exchange) { x.Interim = nil }, "interim - The interim responses went; it was 103.", ""},
		{"TLS", func(x *message.Exchange) {
			tls := *x.Peer.TLS
			tls.Version, tls.Verified, tls.Problem = "TLS 1.2", false, message.Expired
			x.Peer = &message.Peer{Address: x.Peer.Address, ALPN: "http/1.1", TLS: &tls}
		}, "tls - The version of TLS is TLS 1.2, before TLS 1.3.|tls - The certificate is not trusted The certificate has expired., before trusted.", ""},
		{"certificate", func(x *message.Exchange) {
			tls := *x.Peer.TLS
			tls.Certificates = slices.Clone(tls.Certificates)
			tls.Certificates[0].Issuer, tls.Certificates[0].NotAfter = "CN=Other", time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
			x.Peer = &message.Peer{Address: "192.0.2.9:443", ALPN: "http/1.1", TLS: &tls}
		}, "address ~ The address that answered is 192.0.2.9:443|certificate - The issuer of the certificate is CN=Other, before CN=Example CA.|certificate - The last day of the certificate is 2027-01-01", ""},
		{"failure", func(x *message.Exchange) {
			x.Response, x.Failure = nil, &message.Failure{Kind: message.FailureRefused}
		}, "error - What ended the exchange came|status - The status went; it was 401 Unauthorized.", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var all []string
			for _, c := range changed(t, lib, tt.edit) {
				all = append(all, c.Kind+" "+map[bool]string{true: "~ ", false: "- "}[c.Expected]+c.Text)
			}
			got := strings.Join(all, "\n")
			for want := range strings.SplitSeq(tt.want, "|") {
				if !strings.Contains(got, want) {
					t.Errorf("%q is missing in\n%s", want, got)
				}
			}
			if tt.not != "" && strings.Contains(got, tt.not) || strings.ContainsAny(got, "\x1b\u202e") {
				t.Errorf("%q is told in\n%s", tt.not, got)
			}
			if tt.want == "" && tt.not == "" && tt.name != "findings" && got != "" {
				t.Errorf("told of\n%s", got)
			}
		})
	}
}

func TestFindingsComeAndGo(t *testing.T) {
	lib := library(t)
	got := changed(t, lib, func(x *message.Exchange) {
		x.Response.Fields = slices.DeleteFunc(slices.Clone(x.Response.Fields), func(l field.Line) bool { return l.Name == "WWW-Authenticate" })
	})
	if !slices.ContainsFunc(got, func(c Change) bool {
		return c.Kind == "finding" && c.Where == "401-without-challenge" && c.After != "" && strings.HasPrefix(c.Text, "A finding came, 401-without-challenge (error): ")
	}) {
		t.Errorf("%+v", got)
	}
}

func TestExchangesAreMatched(t *testing.T) {
	page := func(cause, purpose, url string, code int) Exchange {
		return Exchange{Cause: cause, Purpose: purpose, Method: "GET", URL: url, Status: Status{Code: code}, Content: Content{Length: -1}}
	}
	before := Report{Exchanges: []Exchange{page("asked", "", "https://a.example/", 301), page("redirect", "", "https://a.example/b", 200), page("probe", "head", "https://a.example/b", 200), page("probe", "options", "https://a.example/b", 204)}}
	after := Report{Exchanges: []Exchange{page("asked", "", "https://a.example/", 301), page("redirect", "", "https://a.example/c", 302), page("redirect", "", "https://a.example/d", 200), page("probe", "head", "https://a.example/b", 405)},
		Findings: []Finding{{ID: "x", Severity: "error", Exchange: 3}}}
	before.Findings = []Finding{{ID: "x", Severity: "warning", Exchange: 2}}
	var got []string
	for _, c := range Changes(before, after) {
		got = append(got, c.Text)
	}
	want := []string{
		"The target of the redirect is https://a.example/c, before https://a.example/b.", "The status is 302, before 200.",
		"There is one more exchange: GET https://a.example/d (200).",
		"The status is 405, before 200.",
		"An exchange is not made any more: GET https://a.example/b (204).",
		"The finding x is of the severity error, before warning.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	before.Exchanges[0].Fields, after.Exchanges[0].Fields = []Field{{Name: "Location", Value: "/b"}}, []Field{{Name: "Location", Value: "/c"}}
	if all := Changes(before, after); all[0].Text != "Location is /c, before /b." || strings.Contains(all[1].Text, "target") {
		t.Errorf("%+v", all[:2])
	}
	if all := Changes(before, before); len(all) != 0 || all == nil {
		t.Errorf("the same has %v", all)
	}
}

func FuzzChanges(f *testing.F) {
	f.Add("Set-Cookie", "a=b", "Set-Cookie", "a=c")
	f.Add("WWW-Authenticate", "Digest nonce=x", "Expires", "0")
	lib, err := content.Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, n1, v1, n2, v2 string) {
		make := func(s field.Section) Report {
			return New(lib, []message.Exchange{{Request: &message.Request{Method: "GET"}, Response: &message.Response{Code: 401, Fields: s}}}, nil)
		}
		b, a := make(field.Section{{Name: n1, Value: v1}, {Name: n2, Value: v2}}), make(field.Section{{Name: n2, Value: v2}, {Name: n1, Value: v2}})
		for _, c := range Changes(b, a) {
			if c.Text == "" || c.Text != Visible(c.Text) {
				t.Errorf("%q", c.Text)
			}
		}
		if all := Changes(a, a); len(all) != 0 {
			t.Errorf("the same has %v", all)
		}
	})
}
