package inspect

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"wwwhy/content"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

func TestRedactURL(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"https://www.example.com/", "https://www.example.com/"},
		{"https://www.example.com", "https://www.example.com"},
		{"https://user:passwd@www.example.com/a?b=c&d", "https://www.example.com/a?b=REDACTED&d"},
		{"/reset/3f9a2b7c1d8e4f60a1b2c3d4e5f60718/now", "/reset/REDACTED/now"},
		{"https://a.example/u/123e4567-e89b-12d3-a456-426614174000", "https://a.example/u/REDACTED"},
		{"https://a.example/u/somebody@example.com", "https://a.example/u/REDACTED"},
		{"/articles/why-a-server-says-unauthorized-to-people", "/articles/why-a-server-says-unauthorized-to-people"},
		{"/static/site-3f9a2b7c.css", "/static/site-3f9a2b7c.css"},
		{"/a;jsessionid=0A1B2C?x=1#access_token=z", "/a;jsessionid=REDACTED?x=REDACTED#REDACTED"},
		{"?0123456789abcdef0123456789abcdef", "?REDACTED"},
		{"https://[2001:db8::1]:8443/x?k=v", "https://[2001:db8::1]:8443/x?k=REDACTED"},
		{"app://callback?code=123", "app://callback?code=REDACTED"},
		{"/%33f9a2b7c1d8e4f60a1b2c3d4e5f60718", "/REDACTED"},
		{"/bad%zzescape", "/REDACTED"},
		{"//user:passwd@a.example/x", "//a.example/x"},
		{"/go/https%3A%2F%2Fa.example%2F%3Ft%3Ds3cret", "/go/REDACTED"},
		{"/go/https%253A%252F%252Fa.example%252F%253Ft%253Ds3cret", "/go/REDACTED"},
		{"/token=s3cret/x", "/token=REDACTED/x"},
		{"/invite/Xk29fQ", "/invite/REDACTED"},
		{"/verify/email", "/verify/email"},
		{"?c2VjcmV0IHZhbHVlIG9mIG1pbmUx==", "?REDACTED=REDACTED"},
		{"?a1b2c3d4", "?REDACTED"},
		{"?wsdl", "?wsdl"},
		{"/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource/mcp"},
		{"https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2020-12/schema"},
		{"/blog/2026-11-28-why-a-server-says-no", "/blog/2026-11-28-why-a-server-says-no"},
		{"/docs/GettingStartedWithAuthentication", "/docs/GettingStartedWithAuthentication"},
		{"/static/app.3f2a9c8b7d6e5f4a.js", "/static/app.3f2a9c8b7d6e5f4a.js"},
		{"/npm/@angular/core@17.0.0/index.mjs", "/npm/@angular/core@17.0.0/index.mjs"},
		{"/photos/3f2a9c8b7d6e5f4a.jpg", "/photos/REDACTED"},
		{"/hooks/xoxb-123456789012-abcdefabcdef", "/hooks/REDACTED"},
		{"/f/aB3-dE5_fG7hI9-jK1lM3nO5p", "/f/REDACTED"},
		{"/bot123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11/x", "/REDACTED/x"},
	} {
		if got := redactURL(c.in); got != c.want {
			t.Errorf("%s becomes %s, want %s", c.in, got, c.want)
		}
	}
}

func TestRedactValue(t *testing.T) {
	jwt := "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
	for _, c := range []struct{ name, in, want string }{
		{"set-cookie", "id=s3cret; Path=/; HttpOnly", "id=REDACTED; Path=/; HttpOnly"},
		{"set-cookie", "s3cret", "REDACTED"},
		{"authorization", "Bearer s3cret", "Bearer REDACTED"},
		{"authorization", "s3cret", "REDACTED"},
		{"x-csrf-token", "s3cret", "REDACTED"},
		{"x-api-key", "s3cret", "REDACTED"},
		{"location", "/in?token=s3cret,more;and=more", "/in?token=REDACTED"},
		{"link", `</p?cursor=s3cret;more>; rel="next", <https://a.example/q?k=s3cret>; rel=prev`, `</p?cursor=REDACTED>; rel="next", <https://a.example/q?k=REDACTED>; rel=prev`},
		{"www-authenticate", `Bearer resource_metadata="https://a.example/m?k=s3cret", error="invalid_token"`, `Bearer resource_metadata="https://a.example/m?k=REDACTED", error="invalid_token"`},
		{"content-security-policy", "default-src 'self'; report-uri https://a.example/r?key=s3cret; img-src *", "default-src 'self'; report-uri https://a.example/r?key=REDACTED; img-src *"},
		{"refresh", "5; url=/next?sid=s3cret", "5; url=/next?sid=REDACTED"},
		{"x-debug", "user " + jwt + " came", "user REDACTED came"},
		{"cache-control", "max-age=60, private", "max-age=60, private"},
		{"content-type", "text/html; charset=utf-8", "text/html; charset=utf-8"},
		{"idempotency-key", "k-1", "k-1"},
		{"set-cookie", `a="x;s3cret"; Path=/`, `a=REDACTED;REDACTED; Path=/`},
		{"set-cookie", "a=1; Path=/, b=s3cret; HttpOnly", "a=REDACTED; Path=REDACTED; HttpOnly"},
		{"set-cookie", "a=1; Expires=Wed, 09 Jun 2021 10:18:14 GMT; Extra=s3cret; Odd", "a=REDACTED; Expires=Wed, 09 Jun 2021 10:18:14 GMT; Extra=REDACTED; Odd"},
		{"set-cookie", "a=1; Path=/u/3f9a2b7c1d8e4f60a1b2c3d4e5f60718", "a=REDACTED; Path=/u/REDACTED"},
		{"set-cookie", "wp_3f9a2b7c1d8e4f60a1b2c3d4e5f60718=x", "REDACTED=REDACTED"},
		{"authorization", "sk1234567890abcdef more", "REDACTED"},
		{"x-apikey", "s3cret", "REDACTED"},
		{"token", "s3cret", "REDACTED"},
		{"x_auth_token", "s3cret", "REDACTED"},
		{"x-session-id", "s3cret", "REDACTED"},
		{"x-uri", "/search?name=O'Brien&token=s3cret", "/search?name=REDACTED&token=REDACTED"},
		{"x-uri", "/search?x=1;token=s3cret", "/search?x=REDACTED"},
		{"x-uri", "/cb#access_token=s3cret", "/cb#REDACTED"},
		{"x-uri", "/reset/3f9a2b7c1d8e4f60a1b2c3d4e5f60718", "/reset/REDACTED"},
		{"x-uri", "//user:s3cret@a.example/", "//a.example/"},
		{"x-data", `{"url":"https:\/\/user:s3cret@a.example\/","n":1}`, `{"url":"https:\/\/REDACTED/","n":1}`},
		{"x-data", `{"url":"https://a.example/?a=1\u0026sig=s3cret","n":1}`, `{"url":"https://a.example/?a=REDACTED","n":1}`},
		{"x-data", `{"access_token":"s3cret","n":1}`, `{"access_token":"REDACTED","n":1}`},
		{"x-debug", "token=s3cret came", "token=REDACTED came"},
		{"x-debug", "Authorization: Bearer s3cretValue1", "Authorization: Bearer REDACTED"},
		{"x-debug", "ghp_0123456789abcdefABCDEF0123456789abcd", "REDACTED"},
		{"x-ms-client-principal", "eyJhdXRoX3R5cCI6ImFhZCIsImNsYWltcyI6W119", "REDACTED"},
		{"www-authenticate", `Bearer error="invalid_token", error_description="token 3f9a2b7c1d8e4f60a1b2 of jane@a.example expired"`, `Bearer error="invalid_token", error_description="token REDACTED of REDACTED expired"`},
		{"www-authenticate", `Digest realm="x", nonce="3f9a2b7c1d8e4f60a1b2", qop="auth"`, `Digest realm="x", nonce="3f9a2b7c1d8e4f60a1b2", qop="auth"`},
		{"etag", `"3f9a2b7c1d8e4f60a1b2"`, `"3f9a2b7c1d8e4f60a1b2"`},
		{"permissions-policy", "private-state-token-issuance=(), geolocation=()", "private-state-token-issuance=(), geolocation=()"},
		{"link", `<https://a.example/a,b?t=s3cret,x>; rel="next", <//user:s3cret@a.example/>; rel=prev`, `<https://a.example/a,b?t=REDACTED>; rel="next", <//a.example/>; rel=prev`},
	} {
		if got := redactValue(c.name, c.in); got != c.want {
			t.Errorf("%s: %s becomes %s, want %s", c.name, c.in, got, c.want)
		}
	}
}

// TestRedactingEndlessValuesEnds would take minutes if it took the square of their
// length.
func TestRedactingEndlessValuesEnds(t *testing.T) {
	for _, piece := range []string{";a=", "a?b", "/a", `a:"`, "token=", "a@b.", "%", `error_description="`, "<a", "eyJ"} {
		value := strings.Repeat(piece, TextLimit/len(piece))
		redactValue("set-cookie", value)
		redactValue("x-a", value[:len(value)/16])
	}
}

// TestRedactedReportHoldsNoSecret plants secrets in every place of an exchange
// and searches the whole document for them.
func TestRedactedReportHoldsNoSecret(t *testing.T) {
	const secret = "s3cretPlanted0123456789abcdef"
	in := inspector(t)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if r.URL.Path == "/" {
			h.Set("Set-Cookie", "hop="+secret+"; Domain=.example; Path=/")
			h.Set("Location", "/to/"+secret+"?token="+secret+"#"+secret)
			w.WriteHeader(http.StatusFound)
			return
		}
		h.Add("Set-Cookie", "session="+secret+"; HttpOnly; SameSite=None")
		h.Add("Set-Cookie", "session="+secret+"2; HttpOnly")
		h.Set("X-Auth-Token", secret)
		h.Set("X-Secret-Key", secret)
		h.Set("Link", "</next?cursor="+secret+">; rel=next")
		h.Set("Content-Security-Policy", "report-uri https://a.example/csp?key="+secret)
		h.Set("Report-To", `{"group":"x","max_age":1,"endpoints":[{"url":"https://a.example/r?k=`+secret+`"}]}`)
		h.Set("Refresh", "3; url=/later?sid="+secret)
		h.Set("Content-Type", "application/json")
		h.Set("WWW-Authenticate", `Bearer realm="a", resource_metadata="https://a.example/x?k=`+secret+`", error="invalid_token", error_description="expired"`)
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error":"invalid_token","access_token":"%s","session_id":"%s","link":"https://a.example/?k=%s"}`, secret, secret, secret)
	}))
	t.Cleanup(target.Close)
	var tg Target
	tg.Request.URL = strings.Replace(target.URL, "http://", "http://"+"user:"+secret+"@", 1)
	if r := in.URL(t.Context(), tg, nil); strings.Contains(document(t, in.Redacted(r)), secret) {
		t.Error("a refused address keeps its secret")
	}
	tg.Request.URL = target.URL + "/?api_key=" + secret
	tg.Request.Fields = field.Section{{Name: "Authorization", Value: "Bearer " + secret}, {Name: "Cookie", Value: "a=" + secret}, {Name: "X-Api-Key", Value: secret}, {Name: "Referer", Value: "https://a.example/?q=" + secret}}
	tg.Cookies = true
	r := in.URL(t.Context(), tg, nil)
	if plain := document(t, r); strings.Count(plain, secret) < 10 {
		t.Fatalf("the report itself should show what came: %s", plain)
	}
	redacted := in.Redacted(r)
	if text := document(t, redacted); strings.Contains(text, secret) {
		i := strings.Index(text, secret)
		t.Errorf("the redacted report holds a secret: …%s…", text[max(0, i-200):min(len(text), i+100)])
	}
	if redacted.Verdict != r.Verdict || len(redacted.Exchanges) != len(r.Exchanges) || redacted.Last().Status.Code != http.StatusUnauthorized {
		t.Errorf("the redacted report says %q, the report %q", redacted.Verdict, r.Verdict)
	}
	if len(r.Facts()[0].Request.Fields) == 0 || !strings.Contains(fmt.Sprint(r.Facts()[0].Request), secret) {
		t.Error("redaction changed the facts of the report itself")
	}
}

// TestRedactedSampleStaysWhatItIs holds that JSON stays JSON, and that metadata of
// OAuth, which are public, are left alone.
func TestRedactedSampleStaysWhatItIs(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"token_endpoint":"https://a.example/token","code_challenge_methods_supported":["S256"],"token_endpoint_auth_methods_supported":["none"]}`, ""},
		{`{"resource":"https://a.example/mcp","authorization_servers":["https://as.example/"],"scopes_supported":["email"]}`, ""},
		{`{"code":401,"message":"no","email_verified":true,"phone":null}`, ""},
		{`{"otp_code":123456}`, `{"otp_code":0}`},
		{`{"session":{"id":"x"},"token":["a"]}`, ""},
		{`{"access_token":"s3cret","token_type":"Bearer","error_code":"expired"}`, `{"access_token":"REDACTED","token_type":"Bearer","error_code":"expired"}`},
		{`error=invalid&code=s3cret`, `error=invalid&code=REDACTED`},
	} {
		if got := string(redactSample([]byte(c.in))); got != cmp.Or(c.want, c.in) {
			t.Errorf("%s becomes %s", c.in, got)
		}
	}
}

// TestRedactedPreflight has the target send the browser somewhere secret.
func TestRedactedPreflight(t *testing.T) {
	const secret = "s3cretPlanted0123456789abcdef"
	in := inspector(t)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Location", "/in/"+secret+"?next="+secret)
		w.WriteHeader(http.StatusFound)
	}))
	t.Cleanup(target.Close)
	c, err := ReadCORS("https://app.example", "GET", nil, false)
	if err != nil {
		t.Fatal(err)
	}
	var tg Target
	tg.Request.URL = target.URL + "/?key=" + secret
	r := in.Preflight(t.Context(), tg, c)
	if text := document(t, in.Redacted(r)); strings.Contains(text, secret) {
		i := strings.Index(text, secret)
		t.Errorf("…%s…", text[max(0, i-200):min(len(text), i+100)])
	}
	if len(in.Redacted(r).Preflight.Steps) == 0 {
		t.Error("the browser's decisions are gone")
	}
}

func TestRedactedPastedText(t *testing.T) {
	in := inspector(t)
	r, err := in.Text(t.Context(), "> GET /a?key=s3cretValue HTTP/1.1\n> Host: a.example\n> Authorization: Basic czNjcmV0VmFsdWU=\n>\n< HTTP/1.1 401 Unauthorized\n< WWW-Authenticate: Basic realm=\"x\"\n< Set-Cookie: a=s3cretValue\n<\n", Pasted{})
	if err != nil {
		t.Fatal(err)
	}
	text := document(t, in.Redacted(r))
	for _, secret := range []string{"s3cretValue", "czNjcmV0VmFsdWU"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is still there", secret)
		}
	}
}

// document is a report as it is saved, with the raw bytes that JSON would hide.
func document(t *testing.T, r any) string {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// FuzzRedactValue looks for values that redaction leaves longer by themselves at
// a second pass, and for anything that panics.
func FuzzRedactValue(f *testing.F) {
	f.Add("set-cookie", "a=b; Path=/")
	f.Add("link", "</a?b=c>; rel=next")
	f.Add("location", "https://u:p@a.example/x;y=z?q#f")
	f.Fuzz(func(t *testing.T, name, value string) {
		name = strings.ToLower(name)
		once := redactValue(name, value)
		if twice := redactValue(name, once); twice != once {
			t.Errorf("%q: %q becomes %q, then %q", name, value, once, twice)
		}
		_ = redactExchange(message.Exchange{Response: &message.Response{Fields: field.Section{{Name: name, Value: value}}, Content: message.Content{Sample: []byte(value)}}})
	})
}

// inspector returns one that may ask servers of this machine.
func inspector(t *testing.T) *Inspector {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	var c Config
	c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	return New(lib, c)
}
