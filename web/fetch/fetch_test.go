package fetch

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"wwwhy/web/fetch/fetchtest"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// ask fetches a URL from a server on loopback.
func ask(t testing.TB, c Config, url string, o Options, fields ...field.Line) []message.Exchange {
	t.Helper()
	if c.Allow == nil {
		c.Allow = loopback
	}
	return New(c).Fetch(t.Context(), message.Request{Method: "GET", URL: url, Fields: fields}, o, nil)
}

func TestFieldsAreAsOnTheWire(t *testing.T) {
	const answer = "HTTP/1.1 401 Authorization Required\r\nX-b: 1\r\nwww-AUTHENTICATE: Basic realm=\"x\"\r\nX-A: 2\r\nx-b:3\r\nContent-Length: 2\r\n\r\nhi"
	host := fetchtest.Serve(t, fetchtest.Bytes("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"+answer))
	x := ask(t, Config{}, "http://"+host+"/", Options{})[0]
	if x.Failure != nil {
		t.Fatal(x.Failure)
	}
	r := x.Response
	want := "[{X-b 1} {www-AUTHENTICATE Basic realm=\"x\"} {X-A 2} {x-b 3} {Content-Length 2}]"
	if got := fmt.Sprint(r.Fields); got != want || r.Reason != "Authorization Required" || r.Code != 401 || r.Protocol != "HTTP/1.1" {
		t.Errorf("%s %d %s %s", r.Protocol, r.Code, r.Reason, got)
	}
	if string(r.Head)+"hi" != answer {
		t.Errorf("the head is %q", r.Head)
	}
	if len(x.Interim) != 1 || x.Interim[0].Code != 103 || x.Fidelity != message.Wire {
		t.Errorf("interim %v, fidelity %v", x.Interim, x.Fidelity)
	}
	if c := r.Content; c.Known != message.Wholly || !c.Complete || string(c.Sample) != "hi" || c.Length != 2 {
		t.Errorf("content %+v", c)
	}
	if x.Peer.Address != host || x.Timing.Total <= 0 {
		t.Errorf("peer %+v, timing %+v", x.Peer, x.Timing)
	}
}

func TestContentIsReadByItsFraming(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	fmt.Fprint(z, strings.Repeat("why ", 1000))
	z.Close()
	for _, tt := range []struct {
		name, answer string
		length       int64
		decoded      int64
		complete     bool
		problem      message.ShortfallKind
		known        message.Knowledge
	}{
		{"to the end of the connection", "HTTP/1.0 200 OK\r\n\r\nhello", 5, 5, true, "", message.Wholly},
		{"by length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more", 5, 5, true, message.ContentExtra, message.Wholly},
		{"too short", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", 5, 5, false, message.ContentCutShort, message.Wholly},
		{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nDigest: x\r\n\r\n", 5, 5, true, "", message.Wholly},
		{"a bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\nzz\r\n", 3, 3, false, message.ContentChunkBroken, message.Partly},
		{"none", "HTTP/1.1 204 No Content\r\n\r\n", 0, 0, true, "", message.None},
		{"none, and yet some", "HTTP/1.1 204 No Content\r\n\r\nhello", 0, 0, true, message.ContentExtra, message.None},
		{"empty lines behind", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello\r\n", 5, 5, true, "", message.Wholly},
		{"empty", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0, 0, true, "", message.Wholly},
		{"gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + zipped.String(), int64(zipped.Len()), 4000, true, "", message.Wholly},
		{"a part of gzip", "HTTP/1.1 206 Partial Content\r\nContent-Encoding: gzip\r\nContent-Range: bytes 0-9/5164\r\n\r\n" + zipped.String()[:10], 10, 10, true, "", message.Wholly},
		{"a part from the middle of gzip", "HTTP/1.1 206 Partial Content\r\nContent-Encoding: gzip\r\nContent-Range: bytes 12-19/5164\r\n\r\n" + zipped.String()[12:20], 8, 8, true, "", message.Wholly},
		{"nothing, called gzip", "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", 0, 0, true, "", message.Wholly},
		{"not gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nhello, this is no gzip", 22, 0, false, message.ContentCodingBroken, message.Partly},
	} {
		t.Run(tt.name, func(t *testing.T) {
			host := fetchtest.Serve(t, fetchtest.Bytes(tt.answer))
			x := ask(t, Config{}, "http://"+host+"/", Options{})[0]
			if x.Failure != nil {
				t.Fatal(x.Failure)
			}
			c := x.Response.Content
			if c.Length != tt.length || c.Decoded != tt.decoded || c.Complete != tt.complete || c.Known != tt.known || kindOf(c) != tt.problem {
				t.Errorf("got %+v", c)
			}
			if tt.name == "chunked" && fmt.Sprint(x.Response.Trailers) != "[{Digest x}]" {
				t.Errorf("trailers %v", x.Response.Trailers)
			}
		})
	}
}

func TestHostileServersEndWithinBounds(t *testing.T) {
	bomb := func() string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = io.Copy(z, io.LimitReader(zeros{}, 20<<20))
		z.Close()
		return b.String()
	}()
	endless := func(unit string) func(net.Conn) {
		return func(c net.Conn) {
			fetchtest.Answer(c)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n")
			for {
				if _, err := io.WriteString(c, unit); err != nil {
					return
				}
			}
		}
	}
	for _, tt := range []struct {
		name   string
		handle func(net.Conn)
		kind   message.Kind
		short  message.ShortfallKind // of the content
	}{
		{"never answers", func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }, message.FailureTimeout, ""},
		{"drips its head", func(c net.Conn) {
			for _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\n"); err == nil; _, err = io.WriteString(c, "a") {
				time.Sleep(10 * time.Millisecond)
			}
		}, message.FailureTimeout, ""},
		{"drips its content", func(c net.Conn) {
			for _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n"); err == nil; _, err = io.WriteString(c, "a") {
				time.Sleep(10 * time.Millisecond)
			}
		}, "", message.ContentTime},
		{"an endless head", endless("A: b\r\n"), message.FailureTooLarge, ""},
		{"an endless field line", endless("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), message.FailureTooLarge, ""},
		{"an endless content", endless("\r\n" + strings.Repeat("a", 1000)), "", message.ContentLimit},
		{"a bomb", fetchtest.Bytes("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + bomb), "", message.ContentDecodedLimit},
		{"endless interim responses", func(c net.Conn) {
			for _, err := io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n"); err == nil; _, err = io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n") {
			}
		}, message.FailureTooLarge, ""},
		{"closes at once", func(c net.Conn) { fetchtest.Answer(c) }, message.FailureClosed, ""},
		{"closes in its head", fetchtest.Bytes("HTTP/1.1 200 OK\r\nA: b"), message.FailureClosed, ""},
		{"is no HTTP", fetchtest.Bytes("SSH-2.0-OpenSSH_9.2p1\r\n"), message.FailureMalformed, ""},
		{"is binary", fetchtest.Bytes("\x00\x01\x02\x03\x04\x05\x06\x07"), message.FailureMalformed, ""},
		{"has no code", fetchtest.Bytes("HTTP/1.1 OK\r\n\r\n"), message.FailureMalformed, ""},
		{"has a line without a colon", fetchtest.Bytes("HTTP/1.1 200 OK\r\noops\r\n\r\n"), "", ""},
		{"speaks HTTP/2 rubbish", fetchtest.Bytes("HTTP/2.0 200 OK\r\n\r\n"), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			host := fetchtest.Serve(t, tt.handle)
			deadline := 30 * time.Second // a busy machine may be slow at what ends by another limit
			if tt.kind == message.FailureTimeout || tt.short == message.ContentTime {
				deadline = 300 * time.Millisecond
			}
			x := ask(t, Config{Deadline: deadline}, "http://"+host+"/", Options{})[0]
			switch {
			case tt.kind == "" && x.Failure != nil:
				t.Errorf("failure %v", x.Failure)
			case tt.kind != "" && (x.Failure == nil || x.Failure.Kind != tt.kind):
				t.Errorf("failure %v, want %s", x.Failure, tt.kind)
			case x.Response != nil && kindOf(x.Response.Content) != tt.short:
				t.Errorf("content %+v, want %q", x.Response.Content.Problem, tt.short)
			}
			if x.Response != nil && int64(len(x.Response.Content.Sample)) > 64<<10 {
				t.Errorf("a sample of %d bytes was kept", len(x.Response.Content.Sample))
			}
		})
	}
}

// kindOf names why a content ended early; empty: it did not.
func kindOf(c message.Content) message.ShortfallKind {
	if c.Problem == nil {
		return ""
	}
	return c.Problem.Kind
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestBrokenHeadsAreShownAsFarAsTheyCame(t *testing.T) {
	host := fetchtest.Serve(t, fetchtest.Bytes("HTTP/1.1 200\nServer : x\nA: b\n  c\noops\n\nhi"))
	x := ask(t, Config{}, "http://"+host+"/", Options{})[0]
	if x.Response == nil || fmt.Sprintf("%q", x.Response.Fields) != `[{"Server " "x"} {"A" "b\r\n c"}]` || x.Failure != nil || string(x.Response.Head) != "HTTP/1.1 200\nServer : x\nA: b\n  c\noops\n\n" {
		t.Errorf("%+v, %v", x.Response, x.Failure)
	}
}

func TestHTTP2KeepsOrderAndDuplicates(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Www-Authenticate"] = []string{`Basic realm="x"`, `Bearer realm="y"`}
		w.Header().Set("Trailer", "Why")
		w.WriteHeader(103)
		w.WriteHeader(401)
		fmt.Fprint(w, r.Proto, " ", r.Host)
		w.Header().Set("Why", "because")
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	x := ask(t, Config{RootCAs: roots}, server.URL+"/a?b", Options{})[0]
	if x.Failure != nil {
		t.Fatal(x.Failure)
	}
	if x.Response.Protocol != "HTTP/2" || x.Response.Code != 401 || x.Response.Fields.Count("www-authenticate") != 2 || x.Response.Fields[0].Name != strings.ToLower(x.Response.Fields[0].Name) {
		t.Errorf("%+v", x.Response)
	}
	if got := string(x.Response.Content.Sample); !strings.HasPrefix(got, "HTTP/2.0 127.0.0.1:") || !x.Response.Content.Complete {
		t.Errorf("content %q %+v", got, x.Response.Content)
	}
	if len(x.Interim) != 1 || fmt.Sprint(x.Response.Trailers) != "[{why because}]" || x.Peer.ALPN != "h2" || !x.Peer.TLS.Verified {
		t.Errorf("interim %v, trailers %v, peer %+v %+v", x.Interim, x.Response.Trailers, x.Peer, x.Peer.TLS)
	}
	if x := ask(t, Config{RootCAs: roots}, server.URL, Options{Protocol: "1.1"})[0]; x.Response.Protocol != "HTTP/1.1" {
		t.Errorf("asked for HTTP/1.1: %s", x.Response.Protocol)
	}
}

func TestCertificatesAreJudgedInWords(t *testing.T) {
	ca := fetchtest.Certificate(t, nil, func(c *x509.Certificate) { c.IsCA = true }, "ca")
	roots := x509.NewCertPool()
	roots.AddCert(ca.Leaf)
	for _, tt := range []struct {
		name string
		cert tls.Certificate
		want message.CertificateProblem
	}{
		{"right", fetchtest.Certificate(t, &ca, nil, "127.0.0.1"), ""},
		{"expired", fetchtest.Certificate(t, &ca, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, "127.0.0.1"), message.Expired},
		{"not yet valid", fetchtest.Certificate(t, &ca, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }, "127.0.0.1"), message.NotYetValid},
		{"another name", fetchtest.Certificate(t, &ca, nil, "other.example"), message.WrongName},
		{"self-signed", fetchtest.Certificate(t, nil, nil, "127.0.0.1"), message.SelfSigned},
	} {
		t.Run(tt.name, func(t *testing.T) {
			host := fetchtest.Serve(t, func(c net.Conn) {
				s := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{tt.cert}})
				fetchtest.Bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")(s)
				s.Close()
			})
			x := ask(t, Config{RootCAs: roots}, "https://"+host+"/", Options{})[0]
			if x.Failure != nil || x.Peer.TLS.Problem != tt.want || x.Peer.TLS.Verified != (tt.want == "") || x.Response.Code != 200 {
				t.Errorf("%v %+v", x.Failure, x.Peer.TLS)
			}
			secret := ask(t, Config{RootCAs: roots}, "https://"+host+"/", Options{}, field.Line{Name: "Authorization", Value: "Bearer x"})[0]
			if refused := secret.Failure != nil && secret.Failure.Kind == message.FailureCertificate; refused != (tt.want != "") {
				t.Errorf("with credentials: %v", secret.Failure)
			}
		})
	}
	host := fetchtest.Serve(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1))
		_, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
	})
	if x := ask(t, Config{}, "https://"+host+"/", Options{})[0]; x.Failure == nil || x.Failure.Kind != message.FailureTLS {
		t.Errorf("a server without TLS: %v", x.Failure)
	}
}

func TestRedirectsAreFollowedAsBrowsersDo(t *testing.T) {
	var seen []string
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %q", r.Method, r.Header.Get("Authorization"))
	}))
	defer other.Close()
	redirect := func(path, to string, code int) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			seen = append(seen, r.Method+" "+r.Header.Get("Authorization"))
			http.Redirect(w, r, to, code)
		})
	}
	redirect("/a", "/b", 302)
	redirect("/b", other.URL, 307)
	redirect("/loop", "/loop", 301)
	redirect("/mail", "mailto:a@b.example", 302)
	for i := range 20 {
		redirect(fmt.Sprintf("/n%d", i), fmt.Sprintf("/n%d", i+1), 308)
	}
	xs := ask(t, Config{}, server.URL+"/a#why", Options{}, field.Line{Name: "Authorization", Value: "Bearer t"})
	if len(xs) != 3 || fmt.Sprint(seen) != "[GET Bearer t GET Bearer t]" || string(xs[2].Response.Content.Sample) != `GET ""` {
		t.Errorf("%d exchanges, seen %v, last %s", len(xs), seen, xs[len(xs)-1].Response.Content.Sample)
	}
	if xs[1].Cause != message.Redirect || !strings.HasSuffix(xs[2].Request.URL, "#why") || xs[0].Response.Content.Known != message.Unknown {
		t.Errorf("cause %s, URL %s, content %+v", xs[1].Cause, xs[2].Request.URL, xs[0].Response.Content)
	}
	for path, want := range map[string]message.Kind{"/loop": message.FailureLoop, "/mail": message.FailureLocation, "/n0": message.FailureRedirects} {
		xs := ask(t, Config{}, server.URL+path, Options{})
		last := xs[len(xs)-1]
		if last.Failure == nil || last.Failure.Kind != want || last.Response != nil {
			t.Errorf("%s ends with %v, want %s", path, last.Failure, want)
		}
	}
	if xs := ask(t, Config{}, server.URL+"/a", Options{NoFollow: true}); len(xs) != 1 {
		t.Errorf("%d exchanges, though not to follow", len(xs))
	}
}

// answers is a resolver with one answer after the other.
type answers [][]netip.Addr

func (a *answers) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	if len(*a) == 0 {
		return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	}
	first := (*a)[0]
	*a = (*a)[1:]
	return first, nil
}

func TestTheDialledAddressDecides(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Error("the server was reached")
	}))
	defer server.Close()
	_, number, _ := net.SplitHostPort(server.Listener.Addr().String())
	var n uint16
	fmt.Sscan(number, &n)
	resolver := &answers{{netip.MustParseAddr("127.0.0.1")}}
	f := New(Config{Resolver: resolver, Ports: []uint16{n}})
	x := f.Fetch(t.Context(), message.Request{Method: "GET", URL: "http://public.example:" + number + "/"}, Options{}, nil)[0]
	if x.Failure == nil || x.Failure.Kind != message.FailureBlocked || x.Peer != nil || len(x.Failure.Args) != 0 {
		t.Errorf("%v, %+v: a refusal tells nothing of the target", x.Failure, x.Peer)
	}
	if err := f.control("tcp", "127.0.0.1:"+number, nil); err == nil {
		t.Error("the dialer would connect to loopback")
	}
	if x := f.Fetch(t.Context(), message.Request{Method: "GET", URL: "http://nowhere.example/"}, Options{}, nil)[0]; x.Failure.Kind != message.FailureDNS {
		t.Errorf("a name that does not resolve: %v", x.Failure)
	}
}

func TestAddresses(t *testing.T) {
	for _, a := range []string{"0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8",
		"192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
		"255.255.255.255", "168.63.129.16", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1",
		"2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%lo",
		"fec0::1", "ff02::1", "2a00::5efe:7f00:1", "2a00::200:5efe:a00:1", "::ffff:127.0.0.1%lo", "4000::1"} {
		if public(netip.MustParseAddr(a)) {
			t.Errorf("%s counts as public", a)
		}
	}
	for _, a := range []string{"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.1.1.1", "128.0.0.1", "169.253.1.1", "172.15.1.1",
		"172.32.0.1", "192.0.1.1", "192.167.1.1", "192.169.1.1", "198.17.1.1", "198.20.1.1", "203.0.112.1", "223.255.255.255", "168.63.129.17", "::ffff:8.8.8.8",
		"2001:4860:4860::8888", "2606:4700:4700::1111", "2a00:1450::1", "2400:cb00::1", "2003::1", "2620:0:862::1"} {
		if !public(netip.MustParseAddr(a)) {
			t.Errorf("%s counts as not public", a)
		}
	}
}

func TestURLsAreAdmittedOrRefused(t *testing.T) {
	for _, u := range []string{"", "ftp://a.example/", "file:///etc/passwd", "javascript:alert(1)", "http://", "http:///x", "http://a.example:99999/", "http://a.example:0/",
		"http://a.example:4294967318/", "http://a.example:-1/", "http://u:p@a.example/", "http://u@a.example/", "http://a%2eexample/", "http://[fe80::1%25lo]/", "http://a\\b/", "http://a b/",
		"http://a.example/\r\nX: y", "http://a.example/\x00", "http://[::1", "//a.example", "a.example", "http://a.example/" + strings.Repeat("a", 8000), "gopher://a", "https://\"><script>/", "http://a,b/", "http://:80/", "http://xn--a/é\x7f"} {
		x := New(Config{Resolver: &answers{}}).Fetch(t.Context(), message.Request{Method: "GET", URL: u}, Options{}, nil)[0]
		if x.Failure == nil || x.Failure.Kind != message.FailureURL || x.Failure.Args["detail"] == "" {
			t.Errorf("%q: %v", u, x.Failure)
		}
	}
	for _, u := range []string{"http://127.0.0.1/", "http://127.1.2.3:80/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "https://10.0.0.1:8443/", "http://169.254.169.254/latest/", "http://8.8.8.8:22/", "http://8.8.8.8:25/"} {
		x := New(Config{}).Fetch(t.Context(), message.Request{Method: "GET", URL: u}, Options{}, nil)[0]
		if x.Failure == nil || x.Failure.Kind != message.FailureBlocked {
			t.Errorf("%q: %v", u, x.Failure)
		}
	}
	for _, u := range []string{"http://a.example", "HTTPS://A.example:8443/x?y#z", "http://bücher.example/", "http://a_b.example/", "http://a.example:/"} {
		x := New(Config{Resolver: &answers{}}).Fetch(t.Context(), message.Request{Method: "GET", URL: u}, Options{}, nil)[0]
		if x.Failure == nil || x.Failure.Kind != message.FailureDNS {
			t.Errorf("%q is not admitted: %v", u, x.Failure)
		}
	}
}

func TestACanceledInspectionEnds(t *testing.T) {
	host := fetchtest.Serve(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	x := New(Config{Allow: loopback}).Fetch(ctx, message.Request{Method: "GET", URL: "http://" + host}, Options{}, nil)[0]
	if x.Failure == nil || x.Failure.Kind != message.FailureCanceled {
		t.Errorf("%v", x.Failure)
	}
}

func TestConnectionRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := l.Addr().String()
	l.Close()
	x := ask(t, Config{}, "http://"+host, Options{})[0]
	if x.Failure == nil || x.Failure.Kind != message.FailureRefused || x.Failure.Args["address"] != host {
		t.Errorf("%v %v", x.Failure, x.Failure.Args)
	}
}

func TestNothingIsLeftRunning(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("work", func(t *testing.T) {
		for _, handle := range []func(net.Conn){fetchtest.Bytes("HTTP/1.1 200 OK\r\n\r\nx"), func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }} {
			ask(t, Config{Deadline: 100 * time.Millisecond}, "http://"+fetchtest.Serve(t, handle), Options{})
		}
	})
	for range 50 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// TestAnAnswerThatComesBeforeTheContentIsRead has a server refuse a content of
// which it reads nothing.
func TestAnAnswerThatComesBeforeTheContentIsRead(t *testing.T) {
	host := fetchtest.Serve(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		for {
			if line, err := r.ReadString('\n'); err != nil || line == "\r\n" {
				break
			}
		}
		_, _ = io.WriteString(c, "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
	})
	req := message.Request{Method: "POST", URL: "http://" + host + "/", Content: message.Content{Sample: make([]byte, 16<<20)}}
	x := New(Config{Allow: loopback}).Fetch(t.Context(), req, Options{}, nil)[0]
	if x.Failure != nil || x.Response == nil || x.Response.Code != 413 {
		t.Errorf("%v %v", x.Failure, x.Response)
	}
}

// TestWhatIsTooLongForHTTP2IsNotBlamedOnTheServer asks with more than we send.
func TestWhatIsTooLongForHTTP2IsNotBlamedOnTheServer(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	for name, req := range map[string]message.Request{
		"content": {Content: message.Content{Sample: make([]byte, 65536)}},
		"fields":  {Fields: field.Section{{Name: "X-Long", Value: strings.Repeat("~", 20000)}}},
	} {
		req.Method, req.URL = "POST", server.URL
		x := New(Config{Allow: loopback}).Fetch(t.Context(), req, Options{}, nil)[0]
		if x.Failure == nil || x.Failure.Kind != message.FailureOther || !strings.Contains(x.Failure.Args["detail"], name) {
			t.Errorf("%s: %+v", name, x.Failure)
		}
	}
}

// TestContentThatIsMissingHasALength: servers such as lighttpd refuse a POST whose
// length they do not know (411).
func TestContentThatIsMissingHasALength(t *testing.T) {
	sent := make(chan string, 1)
	host := fetchtest.Serve(t, func(c net.Conn) {
		sent <- strings.Join(fetchtest.Answer(c), "\n")
		_, _ = io.WriteString(c, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
	})
	for method, want := range map[string]bool{"POST": true, "PUT": true, "PATCH": true, "GET": false, "HEAD": false, "OPTIONS": false, "DELETE": false} {
		New(Config{Allow: loopback}).Fetch(t.Context(), message.Request{Method: method, URL: "http://" + host + "/"}, Options{}, nil)
		if head := <-sent; strings.HasSuffix(head, "\nContent-Length: 0") != want {
			t.Errorf("%s: %q", method, head)
		}
	}
}
