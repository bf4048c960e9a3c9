package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"wwwhy/content"
	"wwwhy/web/diagnose"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

var update = flag.Bool("update", false, "write the golden files anew")

func library(t *testing.T) *content.Library {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// exchange is one with every kind of fact.
func exchange() message.Exchange {
	day := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	return message.Exchange{Cause: message.Asked, Fidelity: message.Wire,
		Request: &message.Request{Method: "GET", URL: "https://api.example.com/orders", Protocol: "HTTP/1.1", Fields: field.Section{{Name: "Host", Value: "api.example.com"}}},
		Interim: []message.Response{{Code: 103, Reason: "Early Hints", Fields: field.Section{{Name: "Link", Value: "</a>"}}}},
		Response: &message.Response{Protocol: "HTTP/1.1", Code: 401, Reason: "Unauthorized", Fields: field.Section{
			{Name: "Date", Value: "Fri, 20 Nov 2026 09:00:00 GMT"},
			{Name: "WWW-Authenticate", Value: `Bearer realm=orders, error="invalid_token"`},
			{Name: "X-Other", Value: "1"},
		}, Trailers: field.Section{{Name: "Why", Value: "because"}}, Content: message.Content{Known: message.Wholly, Length: 2, Decoded: 2, Sample: []byte("{}"), Complete: true, Sniffed: "text/plain; charset=utf-8"},
			Head: []byte("HTTP/1.1 401 Unauthorized\r\n\r\n")},
		Peer: &message.Peer{Address: "192.0.2.1:443", ALPN: "http/1.1", TLS: &message.TLS{Version: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256", Verified: true,
			Certificates: []message.Certificate{{Subject: "CN=api.example.com", Issuer: "CN=Example CA", Names: []string{"api.example.com"}, NotBefore: day, NotAfter: day.AddDate(0, 3, 0), Key: "ECDSA P-256"}}}},
		Timing: message.Timing{Start: day, DNS: time.Millisecond, Connect: 2 * time.Millisecond, TLS: 3 * time.Millisecond, FirstByte: 4 * time.Millisecond, Content: 500 * time.Microsecond, Total: 10500 * time.Microsecond},
	}
}

func TestOneExchangeInEveryForm(t *testing.T) {
	lib := library(t)
	xs := []message.Exchange{exchange()}
	r := New(lib, xs, diagnose.Run(lib, xs))
	for name, ext := range map[string]string{"json": "json", "text": "txt", "markdown": "md", "sarif": "sarif"} {
		golden(t, "testdata/exchange."+ext, written(t, name, r))
	}
}

// golden compares with a file, or writes it with -update.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at the difference after go test ./web/report -update\n%s", file, got)
	}
}

func TestTheShapeIsTheDesigns(t *testing.T) {
	lib := library(t)
	var b bytes.Buffer
	if err := WriteJSON(&b, New(lib, []message.Exchange{{Response: &message.Response{}}}, nil)); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b.Bytes(), []byte("null")) {
		t.Errorf("a list is null:\n%s", b.Bytes())
	}
	var doc map[string]any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	x := doc["exchanges"].([]any)[0].(map[string]any)
	for _, key := range []string{"cause", "fidelity", "url", "method", "protocol", "remote", "status", "fields", "challenges", "content", "timing", "tls", "error", "request", "interim", "trailers", "head"} {
		if _, ok := x[key]; !ok {
			t.Errorf("an exchange lacks %s", key)
		}
	}
	for key, inner := range map[string][]string{"status": {"code", "reason", "phrase", "summary", "href"}, "content": {"length", "encoding", "type"},
		"timing": {"dns_ms", "connect_ms", "tls_ms", "first_byte_ms", "total_ms"}, "tls": {"version", "cipher", "verified", "error", "certificates"}, "error": {"kind", "message"}} {
		for _, k := range inner {
			if _, ok := x[key].(map[string]any)[k]; !ok {
				t.Errorf("%s lacks %s", key, k)
			}
		}
	}
}

// TestNothingFromOutsideIsRaw looks for characters that could move a cursor,
// turn text around or open a tag, in every form.
func TestNothingFromOutsideIsRaw(t *testing.T) {
	lib := library(t)
	evil := "\x1b[31m\u202e\u009b<script>\x00\x7f`[x](javascript:y)|\u2028\xff"
	x := message.Exchange{Fidelity: message.Wire, Request: &message.Request{Method: "GET" + evil, URL: "http://a/" + evil},
		Response: &message.Response{Protocol: "HTTP/1.1", Code: 401, Reason: evil, Fields: field.Section{{Name: "WWW-Authenticate", Value: "Bearer realm=\"" + evil + "\", x" + evil + "=" + evil},
			{Name: "X" + evil, Value: evil}, {Name: "Set-Cookie", Value: evil}, {Name: "Content-Type", Value: evil}, {Name: "Date", Value: evil}}},
		Failure: &message.Failure{Kind: message.FailureMalformed, Args: map[string]string{"detail": evil, "host": evil}}}
	xs := []message.Exchange{x}
	r := New(lib, xs, diagnose.Run(lib, xs))
	for _, f := range Formats {
		var b bytes.Buffer
		if err := f.Write(&b, r); err != nil {
			t.Fatal(err)
		}
		for _, c := range b.String() {
			if c != '\n' && c != '\t' && (unicode.Is(unicode.C, c) || c == 0x2028) {
				t.Errorf("%s holds %U raw", f.Name, c)
			}
		}
		if f.Name != "text" && strings.Contains(b.String(), "<script>") && !strings.Contains(b.String(), "`") {
			t.Errorf("%s holds a tag raw", f.Name)
		}
	}
}

func TestOffsetsCountInTheTextThatIsShown(t *testing.T) {
	lib := library(t)
	xs := []message.Exchange{{Fidelity: message.Wire, Response: &message.Response{Code: 401, Fields: field.Section{{Name: "A", Value: "b"}, {Name: "WWW-Authenticate", Value: "Basic realm=\"\xe9\xe9\", charset=\"UTF-8\" oops"}}}}}
	r := New(lib, xs, diagnose.Run(lib, xs))
	seen := false
	for _, f := range r.Findings {
		if f.ID == "challenge-missing-equals" {
			value := r.Exchanges[0].Fields[f.Line].Value
			seen = true
			if f.Line != 1 || value[f.Offset:f.Offset+f.Length] != "oops" {
				t.Errorf("line %d, %q", f.Line, value[f.Offset:f.Offset+f.Length])
			}
		}
	}
	if !seen {
		t.Errorf("findings: %+v", r.Findings)
	}
}

func TestVerdicts(t *testing.T) {
	lib := library(t)
	for _, tt := range []struct {
		name, want string
		xs         []message.Exchange
	}{
		{"a failure", "The name nowhere.example does not resolve to an address.", []message.Exchange{{Failure: &message.Failure{Kind: message.FailureDNS, Args: map[string]string{"host": "nowhere.example"}}}}},
		{"a bare 401", "This page wants you to sign in (401), but does not say how: it names no authentication scheme.", []message.Exchange{{Response: &message.Response{Code: 401}}}},
		{"a proxy", "A proxy on the way wants you to sign in (407). It accepts Basic.", []message.Exchange{{Response: &message.Response{Code: 407, Fields: field.Section{{Name: "Proxy-Authenticate", Value: `Basic realm="x"`}}}}}},
		{"several schemes", "This page wants you to sign in (401). It accepts Negotiate, NTLM and Basic.", []message.Exchange{{Response: &message.Response{Code: 401, Fields: field.Section{{Name: "WWW-Authenticate", Value: `Negotiate, NTLM, Basic realm="x"`}}}}}},
		{"credentials that are refused", "This page refuses the credentials that were sent (401). It accepts Basic.", answered("Authorization", "Basic YTpi", `Basic realm="x"`)},
		{"credentials of another scheme", "This page refuses the credentials that were sent (401). They are of the scheme Bearer; it accepts Digest and Basic.", answered("Authorization", "Bearer x", `Digest realm="x", nonce="y"`, `Basic realm="x"`)},
		{"credentials of another scheme, refused as a token", "This page refuses the credentials that were sent (401). They are of the scheme Basic; it accepts Bearer.", answered("Authorization", "Basic YTpi", `Bearer error="invalid_token"`)},
		{"credentials without a scheme", "This page refuses the credentials that were sent (401). It accepts Bearer.", answered("Authorization", "secret", `Bearer realm="x"`)},
		{"refused credentials and no challenge", "This page refuses the credentials that were sent (401), and does not say which it accepts: it names no authentication scheme.", answered("Authorization", "Bearer x")},
		{"a token that is not valid", "This page refuses the credentials that were sent (401). The server wants an access token. The token is expired, revoked, malformed or otherwise not valid.", answered("Authorization", "Bearer x", `Bearer error="invalid_token"`)},
		{"a handshake that goes on", "This page wants you to sign in (401). It accepts NTLM.", answered("Authorization", "NTLM TlRMTVNTUAABAAAA", "NTLM TlRMTVNTUAACAAAA")},
		{"a nonce that was too old", "This page wants you to sign in (401). It accepts Digest.", answered("Authorization", `Digest username="x"`, `Digest realm="x", nonce="y", stale=true`)},
		{"a proof that lacks the nonce", "This page wants you to sign in (401). The server wants an access token bound to a key, with a proof of that key. The proof must contain the nonce that the DPoP-Nonce field of this answer gives.", answered("Authorization", "DPoP x", `DPoP error="use_dpop_nonce"`)},
		{"an error where no token was sent", "This page wants you to sign in (401). The server wants an access token. It says invalid_request, though the request had no Authorization field.", answered("Accept", "*/*", `Bearer error="invalid_request"`)},
		{"a bad certificate", "The certificate of a.example is not trusted, so your credentials were not sent: it has expired.", []message.Exchange{{Failure: &message.Failure{Kind: message.FailureCertificate, Args: map[string]string{"host": "a.example", "reason": "expired", "detail": "x509: …"}}}}},
		{"an error behind a success", "The answer is 200 OK. Its content tells of an error (FORBIDDEN), as GraphQL does whatever the status.", []message.Exchange{{Fidelity: message.Wire, Response: &message.Response{Protocol: "HTTP/1.1", Code: 200,
			Fields:  field.Section{{Name: "Date", Value: "Fri, 20 Nov 2026 09:00:00 GMT"}, {Name: "Content-Type", Value: "application/json"}, {Name: "Content-Length", Value: "62"}},
			Content: message.Content{Known: message.Wholly, Complete: true, Length: 62, Decoded: 62, Sample: []byte(`{"errors":[{"message":"a","extensions":{"code":"FORBIDDEN"}}]}`)}}}}},
		{"nothing", "Nothing was exchanged.", nil},
	} {
		if got := New(lib, tt.xs, diagnose.Run(lib, tt.xs)).Verdict; got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// answered is a request with one field that is answered by a 401 with challenges.
func answered(name, value string, challenges ...string) []message.Exchange {
	r := &message.Response{Protocol: "HTTP/1.1", Code: 401}
	for _, c := range challenges {
		r.Fields = append(r.Fields, field.Line{Name: "WWW-Authenticate", Value: c})
	}
	return []message.Exchange{{Fidelity: message.Wire, Response: r, Request: &message.Request{Method: "GET", URL: "https://a.example/",
		Fields: field.Section{{Name: name, Value: value}}}}}
}

func TestStatusWithoutTheFieldThatItRequires(t *testing.T) {
	lib := library(t)
	for code, name := range map[int]string{401: "WWW-Authenticate", 405: "Allow", 426: "Upgrade"} {
		lacks := NewExchange(lib, message.Exchange{Response: &message.Response{Code: code}}).Status.Summary
		has := NewExchange(lib, message.Exchange{Response: &message.Response{Code: code, Fields: field.Section{{Name: name, Value: "x"}}}}).Status.Summary
		if lacks == has || lacks == "" || has != lib.Status(code).Summary {
			t.Errorf("%d without %s is explained as %q, with it as %q", code, name, lacks, has)
		}
	}
}

func TestCredentialsOfTheRequestAreNotShown(t *testing.T) {
	x := NewExchange(library(t), message.Exchange{Request: &message.Request{Method: "GET", URL: "https://a.example/", Fields: field.Section{
		{Name: "Authorization", Value: "Bearer SECRET"}, {Name: "Proxy-Authorization", Value: "SECRET"}, {Name: "Cookie", Value: "id=SECRET"}, {Name: "X-API-Key", Value: "SECRET"}, {Name: "Private-Token", Value: "SECRET"},
		{Name: "Ocp-Apim-Subscription-Key", Value: "SECRET"}, {Name: "Accept", Value: "*/*"}}}})
	if got := fmt.Sprint(x.Request.Fields); got != "[{Authorization Bearer [hidden]} {Proxy-Authorization [hidden]} {Cookie [hidden]} {X-API-Key [hidden]} {Private-Token [hidden]} {Ocp-Apim-Subscription-Key [hidden]} {Accept */*}]" {
		t.Error(got)
	}
}

// probed is a refused request, and the metadata that it led to; the
// authorization server's lacks PKCE.
func probed() []message.Exchange {
	date := field.Line{Name: "Date", Value: "Fri, 20 Nov 2026 09:00:00 GMT"}
	document := func(p message.Purpose, url, content string) message.Exchange {
		return message.Exchange{Cause: message.Probe, Purpose: p, Fidelity: message.Wire, Request: &message.Request{Method: "GET", URL: url, Protocol: "HTTP/1.1"},
			Response: &message.Response{Protocol: "HTTP/1.1", Code: 200, Reason: "OK", Fields: field.Section{date, {Name: "Content-Type", Value: "application/json"}},
				Content: message.Content{Known: message.Wholly, Complete: true, Length: int64(len(content)), Decoded: int64(len(content)), Sample: []byte(content)}}}
	}
	return []message.Exchange{
		{Cause: message.Asked, Fidelity: message.Wire, Request: &message.Request{Method: "GET", URL: "https://api.example.com/mcp", Protocol: "HTTP/1.1"},
			Response: &message.Response{Protocol: "HTTP/1.1", Code: 401, Reason: "Unauthorized", Fields: field.Section{date, {Name: "Cache-Control", Value: "no-store"},
				{Name: "WWW-Authenticate", Value: `Bearer resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/mcp"`}}}},
		document(message.ResourceMetadata, "https://api.example.com/.well-known/oauth-protected-resource/mcp", `{"resource": "https://api.example.com/mcp", "authorization_servers": ["https://as.example.com"]}`),
		document(message.ServerMetadata, "https://as.example.com/.well-known/oauth-authorization-server", `{"issuer": "https://as.example.com", "authorization_endpoint": "https://as.example.com/authorize", "token_endpoint": "https://as.example.com/token", "registration_endpoint": "https://as.example.com/register"}`),
	}
}

func TestAWayToATokenInEveryForm(t *testing.T) {
	lib, xs := library(t), probed()
	r := New(lib, xs, diagnose.Run(lib, xs))
	for name, ext := range map[string]string{"json": "json", "text": "txt", "markdown": "md"} {
		golden(t, "testdata/discovery."+ext, written(t, name, r))
	}
}

func TestABrowsersDecisionInEveryForm(t *testing.T) {
	lib := library(t)
	c := diagnose.CORS{Origin: "https://app.example", Method: "DELETE", Fields: field.Section{{Name: "Authorization"}}}
	x := message.Exchange{Cause: message.Asked, Fidelity: message.Wire, Response: &message.Response{Protocol: "HTTP/1.1", Code: 204, Reason: "No Content", Fields: field.Section{
		{Name: "Date", Value: "Fri, 20 Nov 2026 09:00:00 GMT"}, {Name: "Access-Control-Allow-Origin", Value: "https://app.example"}, {Name: "Vary", Value: "Origin"},
		{Name: "Access-Control-Allow-Methods", Value: "DELETE"}, {Name: "Access-Control-Allow-Headers", Value: "*"}}}}
	question := c.Preflight("https://api.example.com/orders/17")
	x.Request = &question
	r := New(lib, []message.Exchange{x}, diagnose.Run(lib, []message.Exchange{x}))
	r.Preflight = NewPreflight(lib, c, append([]diagnose.Step{c.Needed()}, c.Allowed(x)...), nil)
	r.Verdict = r.Preflight.Verdict
	for name, ext := range map[string]string{"json": "json", "text": "txt", "markdown": "md"} {
		golden(t, "testdata/preflight."+ext, written(t, name, r))
	}
}

// written is a report in one form.
func written(t *testing.T, form string, r Report) []byte {
	t.Helper()
	f, ok := FormatNamed(form)
	if !ok {
		t.Fatalf("there is no form %s", form)
	}
	var b bytes.Buffer
	if err := f.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestStepsAreInTextAndMarkdown(t *testing.T) {
	r := Report{Preflight: Preflight{Steps: []PreflightStep{{Name: "status", Summary: "The status is ok."}}},
		Discovery: Discovery{Steps: []Step{{Name: "token", URL: "https://as.example/token", State: "open", Summary: "To be asked."}}, Client: "A client could log in."}}
	for _, name := range []string{"text", "markdown"} {
		f, _ := FormatNamed(name)
		var b strings.Builder
		if err := f.Write(&b, r); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"What the browser decides", "The status is ok.", "The way to a token", "https://as.example/token", "To be asked.", "A client could log in."} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s lacks %q:\n%s", name, want, b.String())
			}
		}
	}
}

// TestEveryProblemOfACertificateHasItsWords holds message's names against content's
// table, and no problem against nothing.
func TestEveryProblemOfACertificateHasItsWords(t *testing.T) {
	lib := library(t)
	for _, p := range []message.CertificateProblem{message.Expired, message.NotYetValid, message.WrongName, message.SelfSigned, message.UnknownIssuer, message.Unverifiable} {
		said := newTLS(lib, &message.Peer{TLS: &message.TLS{Problem: p}}).Error
		why := sayable(lib, map[string]string{"reason": string(p)})["why"]
		if !strings.HasPrefix(said, "The certificate ") || !strings.HasSuffix(said, ".") || "The certificate"+strings.TrimPrefix(why, "it")+"." != said {
			t.Errorf("%s: %q, and within a sentence %q", p, said, why)
		}
	}
	if said := newTLS(lib, &message.Peer{TLS: &message.TLS{Verified: true}}).Error; said != "" {
		t.Errorf("no problem is %q", said)
	}
}
