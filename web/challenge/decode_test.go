package challenge

import (
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// type2 is a challenge of NTLM as servers send it: target DOMAIN, and the names
// of the server in all forms.
const type2 = "TlRMTVNTUAACAAAADAAMADAAAAABAoEAASNFZ4mrze8AAAAAAAAAAGIAYgA8AAAARABPAE0AQQBJAE4AAgAMAEQATwBNAEEASQBOAAEADABTAEUAUgBWAEUAUgAEABQAZABvAG0AYQBpAG4ALgBjAG8AbQADACIAcwBlAHIAdgBlAHIALgBkAG8AbQBhAGkAbgAuAGMAbwBtAAAAAAA="

func decoded(line string) string {
	return strings.Trim(fmt.Sprintf("%q", Decode(ParseCredentials(line))), "[]")
}

func TestMessagesAreDecoded(t *testing.T) {
	oids := func(all ...[]int) []asn1.ObjectIdentifier {
		var out []asn1.ObjectIdentifier
		for _, o := range all {
			out = append(out, o)
		}
		return out
	}
	kerberos, ntlm := []int{1, 2, 840, 113554, 1, 2, 2}, []int{1, 3, 6, 1, 4, 1, 311, 2, 2, 10}
	der := func(v any, params string) []byte {
		b, err := asn1.MarshalWithParams(v, params)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	wrap := func(tag byte, b []byte) []byte { return append([]byte{tag, byte(len(b))}, b...) }
	message, _ := base64.StdEncoding.DecodeString(type2)
	type initToken struct {
		Mechanisms []asn1.ObjectIdentifier `asn1:"explicit,tag:0"`
	}
	first := wrap(0x60, append(der(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 2}, ""), wrap(0xa0, der(initToken{oids(kerberos, ntlm)}, ""))...))
	type respToken struct {
		State asn1.Enumerated `asn1:"explicit,tag:0"`
	}
	reject := wrap(0xa1, der(respToken{2}, ""))
	type ntlmToken struct {
		State     asn1.Enumerated       `asn1:"explicit,tag:0"`
		Mechanism asn1.ObjectIdentifier `asn1:"explicit,tag:1"`
		Token     []byte                `asn1:"explicit,tag:2"`
	}
	inner := der(ntlmToken{1, ntlm, message}, "")
	nested := append([]byte{0xa1, 0x81, byte(len(inner))}, inner...)
	if len(inner) > 255 {
		nested = append([]byte{0xa1, 0x82, byte(len(inner) >> 8), byte(len(inner))}, inner...)
	}
	std := base64.StdEncoding.EncodeToString
	url := base64.RawURLEncoding.EncodeToString
	token := append([]byte{0, 2, 0, 14}, "issuer.example\x00\x00\x0eorigin.example"...)
	const names = `{"target" "DOMAIN"} {"target-type" "domain"} {"netbios-domain" "DOMAIN"} {"netbios-computer" "SERVER"} {"dns-domain" "domain.com"} {"dns-computer" "server.domain.com"}`
	for _, tt := range []struct{ line, want string }{
		{"NTLM", ""},
		{"NTLM " + type2, `{"message" "2"} ` + names},
		{"Negotiate " + type2, `{"wrapping" "none"} {"message" "2"} ` + names},
		{"Negotiate " + std(first), `{"mechanisms" "Kerberos, NTLM"}`},
		{"Negotiate " + std(reject), `{"state" "reject"}`},
		{"Negotiate " + std(nested), `{"state" "accept-incomplete"} {"mechanism" "NTLM"} {"message" "2"} ` + names},
		{"NTLM TlRMTVNTUAABAAAABoIIAAAAAAAAAAAAAAAAAAAAAAA=", `{"message" "1"}`},
		{"NTLM TlRMTVNTUAAC", ""},
		{"NTLM !!!", ""},
		{`PrivateToken challenge="` + url(token) + `", token-key="` + url(make([]byte, 49)) + `"`,
			`{"token-type" "0x0002, Blind RSA (2048 bits)"} {"issuer" "issuer.example"} {"redemption-context" "none: a token for any request will do"} {"origins" "origin.example"} {"token-key" "49 bytes"}`},
		{`PrivateToken challenge="AAk"`, ""},
		{`SCRAM-SHA-256 sid=AAAABBBB, data="` + std([]byte("r=abc,s=c2FsdA==,i=4096")) + `"`, `{"nonce" "abc"} {"salt" "4 bytes"} {"iterations" "4096"}`},
		{`Basic realm="x"`, ""},
		{`Bearer realm="x"`, ""},
		{`Bearer claims="` + std([]byte(`{"access_token":{"nbf":{"essential":true,"value":"1604106651"},"acrs":{"values":["c1","c2"]},"xms_cc":null},"id_token":{"auth_time":{"essential":true}}}`)) + `"`,
			`{"claim" "acrs = c1 or c2 in the access_token"} {"claim" "nbf = 1604106651 in the access_token"} {"claim" "xms_cc in the access_token"} {"claim" "auth_time in the id_token"}`},
		{`Bearer claims="` + url([]byte(`{"access_token":{"n":{"value":7}}}`)) + `"`, `{"claim" "n = 7 in the access_token"}`},
		{`Bearer claims="` + std([]byte(`["access_token"]`)) + `"`, ""},
		{`Bearer claims="{}"`, ""},
		{`Payment request="` + url([]byte(`{"amount":"1000","currency":"usd","methodDetails":{"chainId":4217,"splits":[1,{"a":2}],"memo":null}}`)) + `"`,
			`{"asked" "amount = 1000"} {"asked" "currency = usd"} {"asked" "methodDetails.chainId = 4217"} {"asked" "methodDetails.splits = 1, …"}`},
		{`Payment request="eyJ9"`, ""},
		{`L402 invoice="lnbc1500n1pw5kjhmpp5"`, `{"amount" "150 satoshi"}`},
		{`L402 invoice="LNBC20M1PVJLUEZ"`, `{"amount" "2000000 satoshi"}`},
		{`L402 invoice="lnbc9678785340p1pwmna7l"`, `{"amount" "967878.534 satoshi"}`},
		{`LSAT invoice="lnbc251pvjluez"`, `{"amount" "2500000000 satoshi"}`},
		{`LSAT invoice="lntb10n1pvjluez"`, `{"amount" "1 satoshi of a network for tests"}`},
		{`L402 invoice="lnbc1pvjluez"`, ""},
		{`L402 invoice="lnbc10x1pvjluez"`, ""},
		{`L402 invoice="lnbc` + strings.Repeat("9", 5000) + `m1pvjluez"`, ""},
		{`L402 invoice="x"`, ""},
	} {
		if got := decoded(tt.line); got != tt.want {
			t.Errorf("%.60s\n got %s\nwant %s", tt.line, got, tt.want)
		}
	}
	if got := NTLMNames(Decode(ParseCredentials("NTLM " + type2))); len(got) != 5 {
		t.Errorf("names: %q", got)
	}
}

func TestCredentialsAreRead(t *testing.T) {
	for _, tt := range []struct{ line, want, wrong string }{
		{"Basic dXNlcjpwYXNz", "Basic <dXNlcjpwYXNz>", ""},
		{"Bearer abc.def-ghi", "Bearer <abc.def-ghi>", ""},
		{"Bearer abc|def", "Bearer <abc|def>", "invalid-token68@7+7"},
		{`Digest username="Mufasa", qop=auth, nc=00000001`, `Digest username="Mufasa" qop=auth nc=00000001`, ""},
		{"Bearer abc, Basic def", "Bearer <abc>", "trailing-garbage@12+9"},
		{"Bearer Bearer abc", "Bearer", "missing-equals@7+10"},
		{"", "", "empty-field@0+0"},
	} {
		c := ParseCredentials(tt.line)
		if got := told([]Challenge{c}); got != tt.want {
			t.Errorf("%q is read as %s", tt.line, got)
		}
		var wrong []string
		for _, p := range c.Problems {
			wrong = append(wrong, fmt.Sprintf("%s@%d+%d", p.Kind, p.Span.Offset, p.Span.Length))
		}
		if got := strings.Join(wrong, " "); got != tt.wrong {
			t.Errorf("%q: %s, want %s", tt.line, got, tt.wrong)
		}
	}
}

// TestALongInfoIsRead has a quarter of a million mistakes. To look at all of them
// again for each parameter would not end within the time of a test.
func TestALongInfoIsRead(t *testing.T) {
	const n = 250_000
	if c := ParseInfo([]string{strings.Repeat("a=b,", n)}); len(c.Params) != n || len(c.Problems) < n-1 {
		t.Errorf("%d parameters, %d problems", len(c.Params), len(c.Problems))
	}
}

func TestAuthenticationInfoIsRead(t *testing.T) {
	for _, tt := range []struct {
		lines []string
		names string
		wrong string
	}{
		{[]string{`nextnonce="abc", qop=auth, rspauth="6629fae49393a05397450978507c4ef1", cnonce="x", nc=00000001`}, "nextnonce qop rspauth cnonce nc", ""},
		{[]string{`a=1`, `b=2`}, "a b", ""},
		{[]string{`a=1, a=2`}, "a a", "duplicate-param"},
		{[]string{`a=1`, `a=2`}, "a a", "duplicate-param"},
		{[]string{`word, a=1`}, "a", "missing-equals"},
		{[]string{`a="x`}, "a", "unterminated-quote"},
		{[]string{``}, "", "empty-field"},
	} {
		c := ParseInfo(tt.lines)
		var names, wrong []string
		for _, p := range c.Params {
			names = append(names, p.Name)
		}
		for _, p := range c.Problems {
			wrong = append(wrong, string(p.Kind))
		}
		if got := strings.Join(names, " "); got != tt.names || strings.Join(wrong, " ") != tt.wrong || c.Scheme != "" {
			t.Errorf("%q: %s, wrong %v, scheme %q", tt.lines, got, wrong, c.Scheme)
		}
	}
}

func FuzzDecode(f *testing.F) {
	message, _ := base64.StdEncoding.DecodeString(type2)
	for _, scheme := range []string{"NTLM", "Negotiate", "PrivateToken", "SCRAM-SHA-256"} {
		f.Add(scheme, message)
	}
	f.Add("Negotiate", []byte("\x60\x0a\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x00"))
	f.Add("Negotiate", []byte("\xa1\x07\x30\x05\xa0\x03\x0a\x01\x02"))
	f.Add("SCRAM-SHA-1", []byte("r=a,s=b,i=1"))
	f.Fuzz(func(t *testing.T, scheme string, data []byte) {
		coded := base64.StdEncoding.EncodeToString(data)
		for _, c := range []Challenge{{Scheme: scheme, Token68: coded}, {Scheme: scheme, Params: []Param{{Name: "challenge", Value: coded}, {Name: "data", Value: coded}}}} {
			for _, fact := range Decode(c) {
				if fact.Name == "" || fact.Value == "" || len(fact.Value) > 2*len(data)+200 {
					t.Fatalf("%q: %q", fact.Name, fact.Value)
				}
			}
		}
	})
}

func FuzzCredentials(f *testing.F) {
	f.Add(`Digest username="a", uri="/"`)
	f.Add("a=1, b")
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range []Challenge{ParseCredentials(s), ParseInfo([]string{s, s})} {
			for _, p := range c.Problems {
				if p.Span.Offset < 0 || p.Span.End() > len(s) {
					t.Fatalf("%s lies outside of %q", p.Kind, s)
				}
			}
		}
	})
}
