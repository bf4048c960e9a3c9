package trial

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"wwwhy/content"
	"wwwhy/web/challenge"
	"wwwhy/web/credentials"
	"wwwhy/web/field"
	"wwwhy/web/inspect"
)

// serve starts a trial on a loopback address.
func serve(t *testing.T) (*Trial, string) {
	t.Helper()
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	tr := New(lib)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var code int
		fmt.Sscanf(r.URL.Path, "/try/%d", &code)
		var refusal *Refusal
		if err := tr.Answer(w, r, code); errors.As(err, &refusal) {
			http.Error(w, refusal.Detail+" "+refusal.Fix, refusal.Status)
		} else if err != nil {
			t.Errorf("%s: %v", r.URL, err)
		}
	}))
	t.Cleanup(server.Close)
	return tr, server.URL
}

// ask makes one request; pairs are field names and values.
func ask(t *testing.T, method, address string, pairs ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		req.Header.Set(pairs[i], pairs[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// TestEveryCodeIsAnsweredRight asks for each code that the reference has, and
// lets the inspector judge the answer.
func TestEveryCodeIsAnsweredRight(t *testing.T) {
	tr, host := serve(t)
	var c inspect.Config
	c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	in := inspect.New(tr.lib, c)
	for _, s := range tr.lib.Statuses() {
		if s.Code == 101 || s.Code < 100 || s.Code > 999 {
			continue
		}
		target := inspect.Target{}
		target.NoFollow = true
		target.Request.URL = fmt.Sprintf("%s/try/%d", host, s.Code)
		if cause := map[int]string{206: "Range: bytes=0-9", 416: "Range: bytes=99-", 412: "If-Match: \"a\"", 417: "Expect: x", 406: "Accept: a/b", 304: "If-None-Match: \"a\""}[s.Code]; cause != "" {
			name, value, _ := strings.Cut(cause, ": ")
			target.Request.Fields = append(target.Request.Fields, fieldLine(name, value))
		}
		if s.Code == 201 {
			target.Request.Method = "POST"
		}
		if s.Code == 405 {
			target.Request.Method = "DELETE"
		}
		r := in.URL(t.Context(), target, nil)
		last := r.Last()
		if s.Code >= 200 && last.Status.Code != s.Code || s.Code < 200 && last.Status.Code != 200 {
			t.Errorf("%d is answered with %d %+v", s.Code, last.Status.Code, last.Error)
		}
		for _, f := range r.Findings {
			if f.Severity == "error" && f.ID != "status-outside-http" || f.Severity == "warning" {
				t.Errorf("%d yields %s: %s", s.Code, f.ID, f.Summary)
			}
		}
	}
}

func TestCredentialsAreChecked(t *testing.T) {
	_, host := serve(t)
	for _, tt := range []struct{ path, user, password string }{
		{"/try/401", User, Password},
		{"/try/401?scheme=digest", User, Password},
		{"/try/401?scheme=digest&algorithm=MD5", User, Password},
		{"/try/401?scheme=digest&algorithm=SHA-256-sess&realm=a+b", User, Password},
		{"/try/407?scheme=digest&algorithm=SHA-512-256", User, Password},
	} {
		asks, sends := "WWW-Authenticate", "Authorization"
		if strings.Contains(tt.path, "407") {
			asks, sends = "Proxy-Authenticate", "Proxy-Authorization"
		}
		first, _ := ask(t, "GET", host+tt.path)
		posed := challenge.Parse(first.Header.Values(asks))
		for password, want := range map[string]int{tt.password: 200, "wrong": first.StatusCode} {
			answer, err := credentials.For(posed, "", credentials.Secret{User: tt.user, Password: password, Method: "GET", URI: tt.path})
			if err != nil {
				t.Fatalf("%s: %v", tt.path, err)
			}
			if resp, _ := ask(t, "GET", host+tt.path, sends, answer.Value); resp.StatusCode != want {
				t.Errorf("%s with %s: %d, want %d", tt.path, password, resp.StatusCode, want)
			}
			if resp, _ := ask(t, "GET", host+tt.path+"&delay=0", sends, answer.Value); strings.Contains(tt.path, "digest") && resp.StatusCode == 200 {
				t.Errorf("%s: credentials for another address are taken", tt.path)
			}
		}
	}
}

func TestNoncesAreOursAndAge(t *testing.T) {
	tr, host := serve(t)
	const path = "/try/401?scheme=digest"
	first, _ := ask(t, "GET", host+path)
	posed := challenge.Parse(first.Header.Values("WWW-Authenticate"))
	answer, err := credentials.For(posed, "", credentials.Secret{User: User, Password: Password, Method: "GET", URI: path})
	if err != nil {
		t.Fatal(err)
	}
	tr.now = func() time.Time { return time.Now().Add(nonceLife + time.Minute) }
	resp, _ := ask(t, "GET", host+path, "Authorization", answer.Value)
	if resp.StatusCode != 401 || !strings.Contains(resp.Header.Get("WWW-Authenticate"), "stale=true") {
		t.Errorf("an old nonce: %d %s", resp.StatusCode, resp.Header.Get("WWW-Authenticate"))
	}
	posed[0].Params[1].Value = base64.RawURLEncoding.EncodeToString(make([]byte, 24))
	answer, err = credentials.For(posed, "", credentials.Secret{User: User, Password: Password, Method: "GET", URI: path})
	if err != nil {
		t.Fatal(err)
	}
	if resp, _ := ask(t, "GET", host+path, "Authorization", answer.Value); resp.StatusCode != 401 || strings.Contains(resp.Header.Get("WWW-Authenticate"), "stale") {
		t.Errorf("a nonce that is not ours: %d %s", resp.StatusCode, resp.Header.Get("WWW-Authenticate"))
	}
}

func TestTokensAreTold(t *testing.T) {
	_, host := serve(t)
	for token, want := range map[string]string{
		"":                       `401 Bearer realm="wwwhy"`,
		"Bearer valid":           "200 ",
		"Bearer expired":         `401 Bearer realm="wwwhy", error="invalid_token", error_description="The access token expired"`,
		"Bearer insufficient":    `403 Bearer realm="wwwhy", error="insufficient_scope", scope="try.write"`,
		"Bearer x":               `401 Bearer realm="wwwhy", error="invalid_token", error_description="Send valid, expired or insufficient"`,
		"Basic dXNlcjpwYXNzd2Q=": `401 Bearer realm="wwwhy"`,
	} {
		var pairs []string
		if token != "" {
			pairs = []string{"Authorization", token}
		}
		resp, _ := ask(t, "GET", host+"/try/401?scheme=bearer", pairs...)
		if got := fmt.Sprintf("%d %s", resp.StatusCode, resp.Header.Get("WWW-Authenticate")); got != want {
			t.Errorf("%q: %s, want %s", token, got, want)
		}
	}
	first, _ := ask(t, "GET", host+"/try/401?scheme=dpop", "Authorization", "DPoP valid")
	claims, _ := json.Marshal(map[string]string{"nonce": first.Header.Get("DPoP-Nonce")})
	proof := "e30." + base64.RawURLEncoding.EncodeToString(claims) + ".x"
	if !strings.Contains(first.Header.Get("WWW-Authenticate"), "use_dpop_nonce") {
		t.Errorf("without a nonce: %s", first.Header.Get("WWW-Authenticate"))
	}
	if resp, _ := ask(t, "GET", host+"/try/401?scheme=dpop", "Authorization", "DPoP valid", "DPoP", proof); resp.StatusCode != 200 {
		t.Errorf("with the nonce: %d %s", resp.StatusCode, resp.Header.Get("WWW-Authenticate"))
	}
}

// TestEverySchemeCanBePosed also holds the examples of the schemes' pages: what
// they pose is read without a problem.
func TestEverySchemeCanBePosed(t *testing.T) {
	tr, host := serve(t)
	for _, s := range tr.lib.Schemes() {
		resp, _ := ask(t, "GET", host+"/try/401?scheme="+url.QueryEscape(s.Slug))
		all := challenge.Parse(resp.Header.Values("WWW-Authenticate"))
		if resp.StatusCode != 401 || len(all) == 0 || !all[0].Is(s.Name) && s.Slug != "basic" || len(all[0].Problems) > 0 {
			t.Errorf("%s: %d %q %v", s.Slug, resp.StatusCode, resp.Header.Values("WWW-Authenticate"), all)
		}
	}
}

func TestAnswersAreMadeToOrder(t *testing.T) {
	_, host := serve(t)
	for _, tt := range []struct{ method, path, request, want string }{
		{"GET", "/try/302?hops=3", "", "302 Location: /try/302?hops=2"},
		{"GET", "/try/302?hops=1", "", "302 Location: /try/200"},
		{"GET", "/try/307?to=/401", "", "307 Location: /401"},
		{"GET", "/try/200?etag=v1", "", `200 ETag: "v1"`},
		{"GET", "/try/200?etag=v1", `If-None-Match: W/"v0", "v1"`, `304 ETag: "v1"`},
		{"GET", "/try/200?etag=v1", `If-None-Match: "v2"`, `200 ETag: "v1"`},
		{"GET", "/try/200?modified=Sun,+06+Nov+1994+08:49:37+GMT", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", "304 Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT"},
		{"GET", "/try/206", "Range: bytes=5-", "206 Content-Range: bytes 5-35/36"},
		{"GET", "/try/206", "Range: bytes=50-", "416 Content-Range: bytes */36"},
		{"GET", "/try/206", "", "206 Content-Range: bytes 0-9/36"},
		{"GET", "/try/206", "Range: bytes=5-7", "206 Content-Range: bytes 5-7/36"},
		{"GET", "/try/206", "Range: bytes=30-99", "206 Content-Range: bytes 30-35/36"},
		{"GET", "/try/206", "Range: bytes=-5", "206 Content-Range: bytes 31-35/36"},
		{"GET", "/try/206", "Range: bytes=-99", "206 Content-Range: bytes 0-35/36"},
		{"GET", "/try/206", "Range: bytes=-0", "416 Content-Range: bytes */36"},
		{"GET", "/try/206", "Range: bytes=99999999999999999999-", "416 Content-Range: bytes */36"},
		{"GET", "/try/206", "Range: bytes=7-5", "206 Content-Range: bytes 0-9/36"},
		{"GET", "/try/102?field=Link:+</next>%3B+rel%3Dnext", "", "200 Link: </next>; rel=next"},
		{"GET", "/try/103?field=Link:+</next>%3B+rel%3Dnext", "", "200 Link: </next>; rel=next"},
		{"GET", "/try/503?field=Retry-After:+30", "", "503 Retry-After: 30"},
		{"GET", "/try/401?field=www-authenticate:+Negotiate", "", "401 WWW-Authenticate: Negotiate"},
		{"GET", "/try/405", "", "405 Allow: POST, PUT"},
		{"GET", "/try/403?problem=1", "", "403 Content-Type: application/problem+json"},
		{"GET", "/try/401?cors=right", "Origin: https://a.example", "401 Access-Control-Allow-Origin: https://a.example"},
		{"OPTIONS", "/try/401?cors=right", "Access-Control-Request-Method: PUT", "204 Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE"},
		{"OPTIONS", "/try/401?cors=challenged", "Access-Control-Request-Method: PUT", `401 WWW-Authenticate: Bearer realm="wwwhy"`},
		{"GET", "/try/401?cors=wrong", "", "401 Access-Control-Allow-Origin: https://another.example"},
		{"HEAD", "/try/404", "", "404 Content-Type: text/plain; charset=utf-8"},
		{"GET", "/try/200?field=Link:+</next>;+rel%3Dnext", "", "400 cannot be read"},
		{"GET", "/try/200?delay=%zz", "", "400 cannot be read"},
		{"GET", "/try/200?to=https://evil.example/", "", "400 leads off this site"},
		{"GET", "/try/302?to=//evil.example/", "", "400 leads off this site"},
		{"GET", "/try/302?to=/%5Cevil.example/", "", "400 leads off this site"},
		{"GET", "/try/302?to=/inspect?url=x", "", "400 would make the site ask itself"},
		{"GET", "/try/200?delay=11", "", "400 no time that we wait"},
		{"GET", "/try/200?delay=NaN", "", "400 no time that we wait"},
		{"GET", "/try/200?hops=21", "", "400 no number of redirects"},
		{"GET", "/try/429?times=3", "", "400 cannot be counted"},
		{"GET", "/try/401?realm=a%22b", "", "400 cannot be sent"},
		{"GET", "/try/401?realm=a%0d%0ab", "", "400 cannot be sent"},
		{"GET", "/try/200?field=Content-Type:+text/html", "", "400 cannot be chosen"},
		{"GET", "/try/200?field=Set-Cookie:+a=1", "", "400 cannot be chosen"},
		{"GET", "/try/200?field=Vary:+a%0d%0aSet-Cookie:+b=1", "", "400 cannot be chosen"},
		{"GET", "/try/200?color=red", "", `400 There is no parameter "color"`},
		{"GET", "/try/401?scheme=basic&scheme=bearer", "", `400 The parameter "scheme" stands there twice`},
		{"GET", "/try/200?etag=a&etag=a", "", `400 The parameter "etag" stands there twice`},
		{"GET", "/try/401?scheme=nope", "", "400 There is no scheme"},
		{"GET", "/try/101", "", "400 cannot be answered"},
		{"GET", "/try/000", "", "400 cannot be answered"},
		{"GET", "/try/530", "", "530 Content-Type: text/plain; charset=utf-8"},
		{"GET", "/try/601", "", "400 cannot be answered"},
		{"GET", "/try/401?cors=maybe", "", "400 There is no cors"},
	} {
		var pairs []string
		if name, value, ok := strings.Cut(tt.request, ": "); ok {
			pairs = []string{name, value}
		}
		resp, body := ask(t, tt.method, host+tt.path, pairs...)
		code, rest, _ := strings.Cut(tt.want, " ")
		name, value, isField := strings.Cut(rest, ": ")
		ok := isField && resp.Header.Get(name) == value || strings.Contains(body, rest)
		if fmt.Sprint(resp.StatusCode) != code || !ok {
			t.Errorf("%s %s: %d %v %s, want %s", tt.method, tt.path, resp.StatusCode, resp.Header, body, tt.want)
		}
		if media := resp.Header.Get("Content-Type"); strings.Contains(media, "html") {
			t.Errorf("%s is %s", tt.path, media)
		}
	}
}

func TestRequestsAreCounted(t *testing.T) {
	tr, host := serve(t)
	for i, want := range []int{429, 429, 200, 200} {
		if resp, _ := ask(t, "GET", host+"/try/429?times=2&id=a"); resp.StatusCode != want {
			t.Errorf("request %d: %d, want %d", i, resp.StatusCode, want)
		}
	}
	if resp, _ := ask(t, "GET", host+"/try/429?times=2&id=b"); resp.StatusCode != 429 {
		t.Errorf("another id: %d", resp.StatusCode)
	}
	for i := range 2 * mostCounted {
		tr.counts.add(fmt.Sprint(i))
	}
	if len(tr.counts.seen) > mostCounted || len(tr.counts.order) > mostCounted {
		t.Errorf("%d counters are kept", len(tr.counts.seen))
	}
}

func TestDelaysAreBounded(t *testing.T) {
	tr, host := serve(t)
	for range mostWaiting {
		tr.waiting <- struct{}{}
	}
	if resp, body := ask(t, "GET", host+"/try/200?delay=0.01"); resp.StatusCode != 503 || !strings.Contains(body, "Too many") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	<-tr.waiting
	if resp, _ := ask(t, "GET", host+"/try/200?delay=0.01"); resp.StatusCode != 200 {
		t.Errorf("with a place: %d", resp.StatusCode)
	}
}

func TestTrailersFollow(t *testing.T) {
	_, host := serve(t)
	if resp, _ := ask(t, "GET", host+"/try/200?trailer=1"); resp.Trailer.Get("Server-Timing") == "" || resp.ContentLength != -1 {
		t.Errorf("trailers %v, length %d", resp.Trailer, resp.ContentLength)
	}
}

// FuzzOrder looks for an order that is answered with what was not offered.
func FuzzOrder(f *testing.F) {
	lib, err := content.Load()
	if err != nil {
		f.Fatal(err)
	}
	tr := New(lib)
	f.Add(401, "scheme=digest&realm=x&field=Vary: a", "Basic dXNlcjpwYXNzd2Q=")
	f.Add(302, "to=/a&hops=2", "")
	f.Add(206, "etag=a", "Digest x")
	f.Fuzz(func(t *testing.T, code int, query, authorization string) {
		q, err := url.ParseQuery(query)
		if err != nil || q.Get("delay") != "" {
			return
		}
		r := httptest.NewRequest("GET", "/try/401", nil)
		r.URL.RawQuery = q.Encode()
		r.Header["Authorization"] = []string{authorization}
		w := httptest.NewRecorder()
		if tr.Answer(w, r, code) != nil {
			return
		}
		for name, values := range w.Header() {
			for _, v := range values {
				if strings.ContainsAny(name+v, "\r\n\x00") {
					t.Fatalf("%s: %q", name, v)
				}
			}
		}
		if to := w.Header().Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//")) || strings.Contains(w.Header().Get("Content-Type"), "html") || w.Header().Get("Set-Cookie") != "" {
			t.Fatalf("%v", w.Header())
		}
	})
}

func fieldLine(name, value string) field.Line { return field.Line{Name: name, Value: value} }
