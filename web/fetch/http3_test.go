package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"

	"wwwhy/web/fetch/fetchtest"
	"wwwhy/web/field"
	"wwwhy/web/message"
)

// listenQUIC starts a server of QUIC on loopback and gives each connection to
// handle. It returns host and port, and whom to trust.
func listenQUIC(t *testing.T, handle func(context.Context, *quic.Conn)) (string, *x509.CertPool) {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cert := fetchtest.Certificate(t, nil, func(c *x509.Certificate) { c.IsCA = true }, "127.0.0.1")
	roots := x509.NewCertPool()
	roots.AddCert(cert.Leaf)
	l, err := quic.Listen(socket, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h3"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := l.Accept(ctx)
			if err != nil {
				return
			}
			go handle(ctx, conn)
		}
	}()
	t.Cleanup(func() {
		cancel()
		l.Close()
		socket.Close()
		<-ended
	})
	return socket.LocalAddr().String(), roots
}

// serve3 serves a handler over HTTP/3.
func serve3(t *testing.T, handler http.HandlerFunc) (string, *x509.CertPool) {
	server := &http3.Server{Handler: handler}
	t.Cleanup(func() { server.Close() })
	return listenQUIC(t, func(_ context.Context, c *quic.Conn) { _ = server.ServeQUICConn(c) })
}

func TestHTTP3KeepsOrderAndDuplicates(t *testing.T) {
	host, roots := serve3(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Www-Authenticate"] = []string{`Basic realm="x"`, `Bearer realm="y"`}
		w.Header().Set("Trailer", "Why")
		w.WriteHeader(103)
		w.WriteHeader(401)
		fmt.Fprint(w, r.Proto, " ", r.Host, " ", r.Header.Get("X-A"))
		w.Header().Set("Why", "because")
	})
	x := ask(t, Config{RootCAs: roots}, "https://"+host+"/a?b", Options{Protocol: "3"}, field.Line{Name: "X-A", Value: "1"})[0]
	if x.Failure != nil {
		t.Fatal(x.Failure)
	}
	r := x.Response
	if r.Protocol != "HTTP/3" || r.Code != 401 || r.Fields.Count("www-authenticate") != 2 || len(r.Head) == 0 {
		t.Errorf("%+v", r)
	}
	if string(r.Content.Sample) != "HTTP/3.0 "+host+" 1" || !r.Content.Complete {
		t.Errorf("content %+v", r.Content)
	}
	if len(x.Interim) != 1 || fmt.Sprint(r.Trailers) != "[{why because}]" || x.Peer.ALPN != "h3" || !x.Peer.TLS.Verified || x.Peer.Address != host {
		t.Errorf("interim %v, trailers %v, peer %+v %+v", x.Interim, r.Trailers, x.Peer, x.Peer.TLS)
	}
}

func TestHTTP3FollowsRedirectsAndStopsAtLimits(t *testing.T) {
	host, roots := serve3(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a":
			http.Redirect(w, r, "/b", http.StatusFound)
		case "/large":
			_, _ = io.Copy(w, zeros{})
		case "/head":
			w.Header().Set("X", strings.Repeat("x", 200<<10))
		case "/abort":
			w.WriteHeader(200)
			w.(http.Flusher).Flush()
			time.Sleep(100 * time.Millisecond) // a reset drops what the client has not read yet
			panic(http.ErrAbortHandler)
		case "/hang":
			<-r.Context().Done()
		}
	})
	c := Config{RootCAs: roots, Deadline: 3 * time.Second}
	three := Options{Protocol: "3"}
	if xs := ask(t, c, "https://"+host+"/a", three); len(xs) != 2 || xs[1].Response == nil || xs[1].Response.Code != 200 {
		t.Errorf("a redirect: %d exchanges, %v", len(xs), xs[len(xs)-1].Failure)
	}
	if x := ask(t, c, "https://"+host+"/large", three)[0]; x.Failure != nil || kindOf(x.Response.Content) != message.ContentLimit {
		t.Errorf("endless content: %v", x.Failure)
	}
	if x := ask(t, c, "https://"+host+"/head", three)[0]; x.Failure == nil || x.Failure.Kind != message.FailureTooLarge {
		t.Errorf("a large head: %v", x.Failure)
	}
	if x := ask(t, c, "https://"+host+"/abort", three)[0]; x.Failure != nil || kindOf(x.Response.Content) != message.ContentReset || x.Response.Content.Problem.Args["code"] == "" {
		t.Errorf("an aborted answer: %v %+v", x.Failure, x.Response)
	}
	c.Deadline = 300 * time.Millisecond
	if x := ask(t, c, "https://"+host+"/hang", three)[0]; x.Failure == nil || x.Failure.Kind != message.FailureTimeout {
		t.Errorf("no answer: %v", x.Failure)
	}
}

func TestHTTP3RefusesWhatItMust(t *testing.T) {
	host, _ := serve3(t, func(http.ResponseWriter, *http.Request) { t.Error("the server was reached") })
	three := Options{Protocol: "3"}
	x := New(Config{}).Fetch(t.Context(), message.Request{Method: "GET", URL: "https://" + host}, three, nil)[0]
	if x.Failure == nil || x.Failure.Kind != message.FailureBlocked || x.Peer != nil {
		t.Errorf("an address that is not public: %v", x.Failure)
	}
	if x := ask(t, Config{}, "http://"+host, three)[0]; x.Failure == nil || x.Failure.Kind != message.FailureURL {
		t.Errorf("http: %v", x.Failure)
	}
	secret := ask(t, Config{}, "https://"+host, three, field.Line{Name: "Authorization", Value: "Bearer x"})[0]
	if secret.Failure == nil || secret.Failure.Kind != message.FailureCertificate {
		t.Errorf("credentials to a server that nobody vouches for: %v", secret.Failure)
	}
	if x := ask(t, Config{}, "https://"+fetchtest.Serve(t, func(net.Conn) {}), three)[0]; x.Failure == nil || x.Failure.Kind != message.FailureRefused || !strings.HasSuffix(x.Failure.Args["port"], " over UDP") {
		t.Errorf("a server without HTTP/3: %v", x.Failure)
	}
}

// frames3Server answers every stream with the same bytes.
func frames3Server(t *testing.T, answer string) (string, *x509.CertPool) {
	return listenQUIC(t, func(ctx context.Context, c *quic.Conn) {
		for {
			s, err := c.AcceptStream(ctx)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, s)
			_, _ = io.WriteString(s, answer)
			s.Close()
		}
	})
}

func TestHTTP3BrokenAnswersAreNamed(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		kind         message.Kind
		detail       string
	}{
		{"nothing", "", message.FailureClosed, ""},
		{"content first", "\x00\x02hi", message.FailureMalformed, "content came before a head"},
		{"half a frame", "\x01\x40", message.FailureClosed, ""},
		{"a block that is cut short", "\x01\x20\x00\x00", message.FailureClosed, ""},
		{"a broken block", "\x01\x03\x00\x00\x80", message.FailureMalformed, "QPACK"},
		{"no status", "\x01\x03\x00\x00\xc6", message.FailureMalformed, ":status"},
		{"a huge frame", "\x01\x9f\xff\xff\xff", message.FailureTooLarge, ""},
		{"many frames that say nothing", strings.Repeat("\x21\x00", 600), message.FailureMalformed, "more than 500 frames"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			host, roots := frames3Server(t, tt.answer)
			x := ask(t, Config{RootCAs: roots}, "https://"+host, Options{Protocol: "3"})[0]
			if x.Failure == nil || x.Failure.Kind != tt.kind || !strings.Contains(x.Failure.Args["detail"], tt.detail) {
				t.Errorf("%v %v", x.Failure, x.Failure.Args)
			}
		})
	}
}

// TestDatagramsAreBounded asks a server that answers with datagrams without end
// which nobody can decrypt. Flow control does not count them.
func TestDatagramsAreBounded(t *testing.T) {
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	t.Cleanup(func() { socket.Close(); <-ended })
	go func() {
		defer close(ended)
		first := make([]byte, 1500)
		_, client, err := socket.ReadFrom(first)
		junk := make([]byte, 1200)
		copy(junk, "\x40nobody knows this connection")
		for err == nil {
			_, err = socket.WriteTo(junk, client)
		}
	}()
	x := ask(t, Config{}, "https://"+socket.LocalAddr().String(), Options{Protocol: "3"})[0]
	if x.Failure == nil || x.Failure.Kind != message.FailureTooLarge {
		t.Errorf("%v", x.Failure)
	}
}

// TestHTTP3HearsItsServerOnly has a stranger send datagrams to the client's port:
// they do not use up the budget of its server's.
func TestHTTP3HearsItsServerOnly(t *testing.T) {
	stranger, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	host, roots := listenQUIC(t, func(ctx context.Context, c *quic.Conn) {
		s, err := c.AcceptStream(ctx)
		if err != nil {
			return
		}
		for range 2 * mostReads {
			_, _ = stranger.WriteTo([]byte("\x40"), c.RemoteAddr())
		}
		_, _ = io.WriteString(s, "\x01\x03\x00\x00\xd9") // HEADERS with :status 200
		s.Close()
	})
	x := ask(t, Config{RootCAs: roots}, "https://"+host, Options{Protocol: "3"})[0]
	if x.Failure != nil || x.Response.Code != 200 {
		t.Errorf("%v", x.Failure)
	}
}
