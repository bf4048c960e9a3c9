package listen

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// NewServer returns a server with limits against slow and large clients. An
// answer may take as long as writing; h2c is HTTP/2 without TLS. What the server
// has to say goes to log, without addresses of clients. The handler gets all
// requests, those for "*" as well.
func NewServer(h http.Handler, writing time.Duration, h2c bool, log *slog.Logger) *http.Server {
	server := &http.Server{Handler: fromSocket(lastWhereChunked(h)), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: writing, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, Protocols: new(http.Protocols),
		ErrorLog: newTrouble(log), DisableGeneralOptionsHandler: true}
	// Whatever one connection may have under way or unread takes memory, and so does
	// a frame that has not come yet. The time for writing ends a stream only, by a
	// frame that a client who reads nothing never gets.
	server.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 100, MaxReceiveBufferPerConnection: 256 << 10, MaxReceiveBufferPerStream: 256 << 10,
		MaxReadFrameSize: 16 << 10, WriteByteTimeout: 30 * time.Second}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(true)
	server.Protocols.SetUnencryptedHTTP2(h2c)
	return server
}

// Beside serves on a listener what is not for visitors, such as profiles, which
// take their time. stop closes it and returns when nothing is served any more.
func Beside(l net.Listener, h http.Handler, log *slog.Logger) (stop func()) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, ErrorLog: newTrouble(log)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.Error("serving --admin", "error", err.Error())
		}
	}()
	return func() { _ = server.Close(); <-ended }
}

// SocketPeer stands for who connects to a Unix socket: a proxy on this machine,
// whose X-Forwarded-For is to be believed. Without it, all visitors behind the
// proxy would be counted as one client.
var SocketPeer = netip.MustParseAddrPort("127.0.0.1:0")

// OnSocket reports whether a listener is on a Unix socket.
func OnSocket(l net.Listener) bool { return l.Addr().Network() == "unix" }

// fromSocket gives requests that came through a Unix socket an address.
func fromSocket(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if at, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && at.Network() == "unix" {
			r.RemoteAddr = SocketPeer.String()
		}
		next.ServeHTTP(w, r)
	})
}

// lastWhereChunked ends the connection after a request with chunked content. With
// Content-Length beside it, a proxy in front may see the content end elsewhere,
// and take what somebody wrote there for another's request: nothing may follow.
// The same holds for Transfer-Encoding in HTTP/1.0 (RFC 9112, Section 6.1).
// net/http hides both, and what sends us chunks, or HTTP/1.0, is rare.
func lastWhereChunked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 1 && (len(r.TransferEncoding) > 0 || r.ProtoMinor == 0) {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// Address is where a listener is reached, for people and programs: an http or
// https URL without a path, or unix:PATH.
func Address(a net.Addr, secure bool) string {
	switch {
	case a.Network() == "unix":
		return "unix:" + a.String()
	case secure:
		return "https://" + a.String()
	}
	return "http://" + a.String()
}
