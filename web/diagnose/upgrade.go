package diagnose

import (
	"crypto/sha1"
	"encoding/base64"
	"strings"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// upgradeRules judge how a connection is turned over to another protocol (RFC
// 9110, Section 7.8), WebSocket above all.
var upgradeRules = []rule{
	{[]string{"101-without-upgrade"}, upgradeUnsaid, false},
	{[]string{"upgrade-without-connection"}, upgradeUnheld, false},
	{[]string{"websocket-accept-wrong"}, websocketAccept, false},
}

// upgradeUnsaid reports a change of protocol that does not say to which (RFC
// 9110, Section 15.2.2).
func upgradeUnsaid(e *exam) {
	if e.resp.Code == 101 && !e.resp.Fields.Has("Upgrade") && !e.framed() && !e.has("interim-unasked") {
		e.missing("101-without-upgrade", "Upgrade")
	}
}

// upgradeUnheld reports an Upgrade that proxies pass on as if it were theirs
// (RFC 9110, Section 7.8). HTTP/2 and 3 have none at all. Where the connection
// ends, as our own requests ask for, Go's server writes close in place of it.
func upgradeUnheld(e *exam) {
	if e.x.Fidelity < message.Transcribed || !strings.HasPrefix(e.resp.Protocol, "HTTP/1.1") {
		return
	}
	for _, v := range e.resp.Fields.Values("Connection") {
		for _, p := range field.Split("list", 0, v) {
			if strings.EqualFold(p.Value, "upgrade") || strings.EqualFold(p.Value, "close") {
				return
			}
		}
	}
	e.each("Upgrade", func(n int, _ string) {
		if !e.has("upgrade-without-connection") {
			e.line("upgrade-without-connection", n)
		}
	})
}

// websocketSalt is what a server adds to the key of its client (RFC 6455,
// Section 1.3).
const websocketSalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// websocketAccept reports a proof that the server read the request which is not
// the one for this request's key (RFC 6455, Section 4.1).
func websocketAccept(e *exam) {
	q := e.x.Request
	if e.resp.Code != 101 || q == nil || isHidden(q.Fields.Get("Sec-WebSocket-Key")) || q.Fields.Get("Sec-WebSocket-Key") == "" {
		return
	}
	sum := sha1.Sum([]byte(q.Fields.Get("Sec-WebSocket-Key") + websocketSalt))
	want := base64.StdEncoding.EncodeToString(sum[:])
	e.each("Sec-WebSocket-Accept", func(n int, v string) {
		if v != want && !isHidden(v) {
			e.line("websocket-accept-wrong", n, "want", want)
		}
	})
}
