package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// controlFrames is how many frames that carry nothing for us a server may send:
// far more than any honest one needs, few enough to cost nothing.
const controlFrames = 500

// stream is the one request of an HTTP/2 connection (RFC 9113). We drive the
// frames ourselves, so that fields keep their order and a server has no way to
// make us send the request again.
type stream struct {
	*session
	framer  *http2.Framer
	x       *message.Exchange
	content bytes.Buffer
	control int
	ended   bool
}

// http2 sends the request as stream 1 and reads frames until it ends.
func (s *session) http2(conn net.Conn, u *url.URL, x *message.Exchange) *message.Failure {
	m := args("host", u.Hostname(), "address", x.Peer.Address)
	framer := http2.NewFramer(conn, conn)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	framer.MaxHeaderListSize = uint32(s.c.HeadLimit)
	framer.SetMaxReadFrameSize(1 << 20)
	h := &stream{session: s, framer: framer, x: x}
	if err := h.send(conn, u); err != nil {
		return s.failure(err, message.FailureClosed, m)
	}
	start := time.Now()
	first := false
	for !h.ended {
		f, err := framer.ReadFrame()
		if err != nil {
			if x.Response != nil && x.Response.Code > 0 {
				h.finish(err)
				return nil
			}
			return h.broken(err, m)
		}
		if _, isHead := f.(*http2.MetaHeadersFrame); isHead && !first {
			first = true
			x.Timing.FirstByte = time.Since(start)
			start = time.Now()
		}
		if failure := h.frame(f, m); failure != nil {
			return failure
		}
		if _, follow := redirected(*x); follow && !s.o.NoFollow {
			return nil // the content of a redirect that is followed stays unread
		}
	}
	x.Timing.Content = time.Since(start)
	h.finish(io.EOF)
	return nil
}

// broken names what a frame that cannot be read means.
func (h *stream) broken(err error, m map[string]string) *message.Failure {
	var conn http2.ConnectionError
	var streamErr http2.StreamError
	if errors.As(err, &conn) || errors.As(err, &streamErr) || errors.Is(err, http2.ErrFrameTooLarge) {
		m["detail"] = "the server broke the rules of HTTP/2: " + err.Error()
		return &message.Failure{Kind: message.FailureMalformed, Args: m, Err: err}
	}
	return h.failure(err, message.FailureMalformed, m)
}

// send writes the preface, our settings and the request.
func (h *stream) send(conn net.Conn, u *url.URL) error {
	req := h.x.Request
	var head bytes.Buffer
	enc := hpack.NewEncoder(&head)
	authority := u.Host
	if host := req.Fields.Get("Host"); host != "" {
		authority = host
	}
	pseudo := []hpack.HeaderField{{Name: ":method", Value: req.Method}, {Name: ":scheme", Value: u.Scheme}, {Name: ":authority", Value: authority}, {Name: ":path", Value: u.RequestURI()}}
	for _, f := range pseudo {
		_ = enc.WriteField(f) // writes to memory
	}
	for _, l := range req.Fields {
		switch name := strings.ToLower(l.Name); name {
		case "host", "connection", "keep-alive", "transfer-encoding", "upgrade", "proxy-connection":
		default:
			_ = enc.WriteField(hpack.HeaderField{Name: name, Value: l.Value})
		}
	}
	if head.Len() > 16000 {
		return errors.New("the request's fields are too long for one frame")
	}
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		return err
	}
	content := req.Content.Sample
	window := uint32(h.c.ReadLimit + h.c.HeadLimit)
	return errors.Join(
		h.framer.WriteSettings(http2.Setting{ID: http2.SettingEnablePush, Val: 0}, http2.Setting{ID: http2.SettingInitialWindowSize, Val: window},
			http2.Setting{ID: http2.SettingMaxHeaderListSize, Val: uint32(h.c.HeadLimit)}),
		h.framer.WriteWindowUpdate(0, window),
		h.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: head.Bytes(), EndStream: len(content) == 0, EndHeaders: true}),
		h.sendContent(content))
}

// sendContent writes the content within the window that every peer grants.
func (h *stream) sendContent(content []byte) error {
	if len(content) > 65535 {
		return errors.New("the request's content is longer than 65535 bytes")
	}
	for len(content) > 0 {
		n := min(len(content), 16384)
		if err := h.framer.WriteData(1, n == len(content), content[:n]); err != nil {
			return err
		}
		content = content[n:]
	}
	return nil
}

// frame takes in one frame.
func (h *stream) frame(f http2.Frame, m map[string]string) *message.Failure {
	switch f := f.(type) {
	case *http2.MetaHeadersFrame:
		return h.head(f, m)
	case *http2.DataFrame:
		if f.StreamID == 1 {
			h.content.Write(f.Data())
			h.ended = h.ended || f.StreamEnded()
		}
		if len(f.Data()) > 0 {
			return nil
		}
	case *http2.RSTStreamFrame:
		if f.StreamID == 1 {
			return h.ending("the server reset the stream with "+f.ErrCode.String(), m)
		}
	case *http2.GoAwayFrame:
		if f.LastStreamID < 1 || f.ErrCode != http2.ErrCodeNo {
			return h.ending("the server ended the connection with "+f.ErrCode.String(), m)
		}
	case *http2.SettingsFrame:
		if !f.IsAck() {
			if err := h.framer.WriteSettingsAck(); err != nil {
				return h.failure(err, message.FailureClosed, m)
			}
		}
	case *http2.PingFrame:
		if !f.IsAck() {
			if err := h.framer.WritePing(true, f.Data); err != nil {
				return h.failure(err, message.FailureClosed, m)
			}
		}
	}
	if h.control++; h.control > controlFrames {
		m["detail"] = fmt.Sprintf("the server sent more than %d frames that carry nothing", controlFrames)
		return &message.Failure{Kind: message.FailureMalformed, Args: m}
	}
	return nil
}

// ending is a reset: after a response it ends the content, before it the
// exchange.
func (h *stream) ending(detail string, m map[string]string) *message.Failure {
	if h.x.Response != nil && h.x.Response.Code > 0 {
		h.ended = true
		h.x.Response.Content.Problem = "The content broke off: " + detail + "."
		return nil
	}
	m["detail"] = detail
	return &message.Failure{Kind: message.FailureReset, Args: m}
}

// head takes in a head, interim or final, or the trailers.
func (h *stream) head(f *http2.MetaHeadersFrame, m map[string]string) *message.Failure {
	if f.StreamID != 1 {
		return nil
	}
	var fields field.Section
	for _, hf := range f.RegularFields() {
		fields = append(fields, field.Line{Name: hf.Name, Value: hf.Value})
	}
	h.ended = h.ended || f.StreamEnded()
	if f.Truncated {
		return h.failure(errTooLarge, message.FailureTooLarge, m)
	}
	if h.x.Response != nil {
		h.x.Response.Trailers = fields
		return nil
	}
	code, ok := field.Integer(f.PseudoValue("status"))
	if !ok || code < 100 || code > 999 {
		m["detail"] = "the response has no :status of three digits"
		return &message.Failure{Kind: message.FailureMalformed, Args: m}
	}
	resp := message.Response{Protocol: "HTTP/2", Code: int(code), Fields: fields}
	if code < 200 && !f.StreamEnded() {
		h.x.Interim = append(h.x.Interim, resp)
		if len(h.x.Interim) > h.c.Interim {
			return h.failure(errTooLarge, message.FailureTooLarge, m)
		}
		return nil
	}
	h.x.Response = &resp
	return nil
}

// finish decodes what came of the content. end is how reading ended: io.EOF
// where the stream did.
func (h *stream) finish(end error) {
	resp := h.x.Response
	if resp == nil {
		return
	}
	if h.x.Request.Method == "HEAD" || resp.Code == 204 || resp.Code == 304 {
		resp.Content = message.Content{Known: message.None, Complete: true}
		return
	}
	problem := resp.Content.Problem
	h.readContent(io.MultiReader(&h.content, failing{end}), resp)
	if problem != "" {
		resp.Content.Problem, resp.Content.Complete, resp.Content.Known = problem, false, message.Partly
	}
}

// failing is a reader that has nothing but an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
