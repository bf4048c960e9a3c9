package fetch

import (
	"bufio"
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

// http2 sends the request as stream 1 of its connection (RFC 9113) and reads
// frames until the stream ends.
func (s *session) http2(conn net.Conn, u *url.URL, x *message.Exchange) *message.Failure {
	m := args("host", u.Hostname(), "address", x.Peer.Address)
	wire := &recorder{r: bufio.NewReaderSize(conn, 4096), limit: s.c.HeadLimit}
	framer := http2.NewFramer(conn, wire)
	framer.SetMaxReadFrameSize(1 << 18)
	framer.SetReuseFrames()
	h := &stream{session: s, framer: framer, x: x, args: m, start: time.Now(), fields: newFieldDecoder(s.c)}
	if err := h.send(conn, u); err != nil {
		return s.failure(err, message.FailureClosed, m)
	}
	h.start = time.Now()
	for !h.ended {
		wire.reset()
		f, err := framer.ReadFrame()
		if err != nil {
			if x.Response != nil {
				h.end = unexpected(err)
				break
			}
			return h.broken(err, wire.bytes)
		}
		if failure := h.frame(f, wire.bytes); failure != nil {
			return failure
		}
		if _, follow := redirected(*x); follow && !s.o.NoFollow {
			return nil // the content of a redirect that is followed stays unread
		}
	}
	x.Timing.Content = time.Since(h.start)
	if x.Response == nil {
		m["detail"] = "the stream ended without a head"
		return &message.Failure{Kind: message.FailureMalformed, Args: m}
	}
	h.finish()
	return nil
}

// recorder keeps what was read since its last reset, up to a limit.
type recorder struct {
	r     io.Reader
	limit int64
	bytes []byte
}

func (r *recorder) reset() { r.bytes = r.bytes[:0] }

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if room := r.limit - int64(len(r.bytes)); room > 0 {
		r.bytes = append(r.bytes, p[:min(int64(n), room)]...)
	}
	return n, err
}

// stream is the one request of an HTTP/2 connection. We drive the frames
// ourselves, so that fields keep their order and their mistakes, and a server
// has no way to make us send the request again.
type stream struct {
	*session
	framer  *http2.Framer
	fields  *fieldDecoder
	x       *message.Exchange
	args    map[string]string // for the sentence of a failure
	start   time.Time         // of the phase under way
	raw     []byte            // frames of the head under way
	block   []byte            // their fragments
	last    bool              // the head under way ends the stream
	content bytes.Buffer
	control int
	ended   bool
	end     error // how reading ended; nil: the stream did
}

// broken names what a frame that cannot be read means.
func (h *stream) broken(err error, some []byte) *message.Failure {
	if bytes.HasPrefix(some, []byte("HTTP/1.")) {
		h.x.Response = &message.Response{Head: bytes.Clone(some)}
		if h.x.Peer.TLS == nil { // it agreed to nothing, and its answer is right
			h.args["detail"] = "the server does not speak HTTP/2 without TLS: it answers in HTTP/1"
			return &message.Failure{Kind: message.FailureOther, Args: h.args, Err: err}
		}
		h.args["detail"] = "the server agreed to speak HTTP/2 and answers in HTTP/1"
		return &message.Failure{Kind: message.FailureMalformed, Args: h.args, Err: err}
	}
	var conn http2.ConnectionError
	var streamErr http2.StreamError
	if errors.As(err, &conn) || errors.As(err, &streamErr) || errors.Is(err, http2.ErrFrameTooLarge) {
		h.args["detail"] = "the server broke the rules of HTTP/2: " + err.Error()
		return &message.Failure{Kind: message.FailureMalformed, Args: h.args, Err: err}
	}
	return h.failure(err, message.FailureMalformed, h.args)
}

// send writes the preface, our settings and the request.
func (h *stream) send(conn net.Conn, u *url.URL) error {
	req := h.x.Request
	var head bytes.Buffer
	enc := hpack.NewEncoder(&head)
	for _, l := range requestFields(req, u) {
		_ = enc.WriteField(hpack.HeaderField{Name: l.Name, Value: l.Value}) // writes to memory
	}
	if head.Len() > 16000 {
		return errLongFields
	}
	content := req.Content.Sample
	if len(content) > 65535 {
		return errLongContent
	}
	window := uint32(h.c.ReadLimit + h.c.HeadLimit)
	var out bytes.Buffer
	out.WriteString(http2.ClientPreface)
	w := http2.NewFramer(&out, nil)
	err := errors.Join(
		w.WriteSettings(http2.Setting{ID: http2.SettingEnablePush, Val: 0}, http2.Setting{ID: http2.SettingInitialWindowSize, Val: window},
			http2.Setting{ID: http2.SettingMaxHeaderListSize, Val: uint32(h.c.HeadLimit)}),
		w.WriteWindowUpdate(0, window),
		w.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: head.Bytes(), EndStream: len(content) == 0, EndHeaders: true}))
	for len(content) > 0 && err == nil {
		n := min(len(content), 16384)
		err = w.WriteData(1, n == len(content), content[:n])
		content = content[n:]
	}
	if err != nil {
		return err
	}
	_, err = conn.Write(out.Bytes())
	return err
}

// requestFields are the field lines of a request in HTTP/2 and 3: pseudo-header
// fields first, names in lower case, nothing about the connection (RFC 9113,
// Sections 8.2 and 8.3).
func requestFields(req *message.Request, u *url.URL) field.Section {
	authority := u.Host
	if host := req.Fields.Get("Host"); host != "" {
		authority = host
	}
	all := field.Section{{Name: ":method", Value: req.Method}, {Name: ":scheme", Value: u.Scheme}, {Name: ":authority", Value: authority}, {Name: ":path", Value: requestTarget(u, req.Method)}}
	for _, l := range req.Fields {
		if name := strings.ToLower(l.Name); name != "host" && !field.OfConnection(name) {
			all = append(all, field.Line{Name: name, Value: l.Value})
		}
	}
	return all
}

// frame takes in one frame; raw is its bytes.
func (h *stream) frame(f http2.Frame, raw []byte) *message.Failure {
	switch f := f.(type) {
	case *http2.HeadersFrame:
		if f.StreamID == 1 {
			h.last = f.StreamEnded()
			return h.fragment(f.HeaderBlockFragment(), raw, f.HeadersEnded())
		}
	case *http2.ContinuationFrame:
		// Even a head as large as we take it needs few of these.
		if h.control++; h.control <= controlFrames && (len(f.HeaderBlockFragment()) > 0 || f.HeadersEnded()) {
			return h.fragment(f.HeaderBlockFragment(), raw, f.HeadersEnded())
		}
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
			return h.ending("", uint32(f.ErrCode), "")
		}
	case *http2.GoAwayFrame:
		if f.LastStreamID < 1 || f.ErrCode != http2.ErrCodeNo {
			return h.ending("goaway", uint32(f.ErrCode), string(f.DebugData()))
		}
	case *http2.SettingsFrame:
		if !f.IsAck() {
			if err := h.framer.WriteSettingsAck(); err != nil {
				return h.failure(err, message.FailureClosed, h.args)
			}
		}
	case *http2.PingFrame:
		if !f.IsAck() {
			if err := h.framer.WritePing(true, f.Data); err != nil {
				return h.failure(err, message.FailureClosed, h.args)
			}
		}
	}
	if h.control++; h.control > controlFrames {
		h.args["detail"] = fmt.Sprintf("the server sent more than %d frames that carry nothing", controlFrames)
		return &message.Failure{Kind: message.FailureMalformed, Args: h.args}
	}
	return nil
}

// ending is a reset of the stream or the end of the connection: after a
// response it ends the content, before it the exchange.
func (h *stream) ending(way string, code uint32, debug string) *message.Failure {
	number := fmt.Sprintf("0x%x", code)
	if h.x.Response != nil {
		h.ended, h.end = true, &resetError{"HTTP/2", number}
		return nil
	}
	return resetFailure(h.args, "HTTP/2", way, number, debug)
}

// resetFailure is the end of an exchange by its server. The code's meaning is
// content's to say.
func resetFailure(m map[string]string, protocol, way, code, debug string) *message.Failure {
	m["protocol"], m["code"], m["way"], m["debug"] = protocol, code, way, shortened(debug)
	return &message.Failure{Kind: message.FailureReset, Args: m, Err: errors.New("the server ended it with " + code)}
}

// fragment takes in a piece of a head, interim or final, or of the trailers.
func (h *stream) fragment(block, raw []byte, whole bool) *message.Failure {
	if h.x.Timing.FirstByte == 0 {
		h.x.Timing.FirstByte = time.Since(h.start)
		h.start = time.Now()
	}
	if int64(len(h.block)+len(block)) > h.c.HeadLimit {
		return h.failure(fmt.Errorf("the head is longer than %d bytes: %w", h.c.HeadLimit, errHead), message.FailureTooLarge, h.args)
	}
	h.block, h.raw = append(h.block, block...), append(h.raw, raw...)
	if !whole {
		return nil
	}
	fields, err := h.fields.decode(h.block)
	resp, failure := h.head(fields, err)
	if resp != nil && h.x.Response == nil {
		resp.Head = bytes.Clone(h.raw)
		if resp.Code >= 100 && resp.Code < 200 && !h.last && failure == nil {
			h.x.Interim = append(h.x.Interim, *resp)
			if len(h.x.Interim) > h.c.Interim {
				failure = h.failure(errInterim, message.FailureTooLarge, h.args)
			}
		} else {
			h.x.Response = resp
		}
	}
	h.block, h.raw, h.ended = h.block[:0], h.raw[:0], h.ended || h.last
	return failure
}

// head makes a response of decoded fields, or notes trailers and returns nil.
func (h *stream) head(fields field.Section, err error) (*message.Response, *message.Failure) {
	if h.x.Response != nil {
		h.x.Response.Trailers = fields
		return nil, nil
	}
	resp, ok := responseOf("HTTP/2", fields)
	switch {
	case err != nil && (errors.Is(err, errHead) || errors.Is(err, errFields)):
		return resp, h.failure(err, message.FailureTooLarge, h.args)
	case err != nil:
		h.args["detail"] = "the compression of the fields (HPACK) is broken: " + err.Error()
		return resp, &message.Failure{Kind: message.FailureMalformed, Args: h.args, Err: err}
	case !ok:
		h.args["detail"] = "the response has no :status of three digits"
		return resp, &message.Failure{Kind: message.FailureMalformed, Args: h.args}
	}
	return resp, nil
}

// responseOf takes the status out of the fields of HTTP/2 or 3. Any other
// pseudo-header field, which a response must not have, stays where it was.
func responseOf(protocol string, fields field.Section) (resp *message.Response, ok bool) {
	resp = &message.Response{Protocol: protocol}
	for i, l := range fields {
		if l.Name == ":status" {
			n, isNumber := field.Integer(l.Value)
			if ok = isNumber && len(l.Value) == 3 && n >= 100; ok {
				resp.Code = int(n)
			}
			resp.Fields = append(fields[:i:i], fields[i+1:]...)
			return resp, ok
		}
	}
	resp.Fields = fields
	return resp, false
}

// finish decodes what came of the content.
func (h *stream) finish() {
	resp := h.x.Response
	if withoutContent(h.x) {
		return
	}
	end := h.end
	if end == nil {
		end = io.EOF
	}
	h.readContent(io.MultiReader(&h.content, failing{end}), resp, promised(resp))
}

// failing is a reader that has nothing but an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// fieldDecoder undoes HPACK (RFC 7541) within the limits of a head.
type fieldDecoder struct {
	c     Config
	dec   *hpack.Decoder
	found field.Section
	size  int64
	err   error
}

func newFieldDecoder(c Config) *fieldDecoder {
	d := &fieldDecoder{c: c}
	d.dec = hpack.NewDecoder(4096, d.emit)
	d.dec.SetMaxStringLength(int(c.HeadLimit))
	return d
}

// emit takes a field line. Its size is that of RFC 9113, Section 6.5.2.
func (d *fieldDecoder) emit(f hpack.HeaderField) {
	d.size += int64(f.Size())
	switch {
	case d.size > d.c.HeadLimit:
		d.err = fmt.Errorf("the head is longer than %d bytes: %w", d.c.HeadLimit, errHead)
	case len(d.found) > d.c.FieldLimit:
		d.err = fmt.Errorf("the head has more than %d field lines: %w", d.c.FieldLimit, errFields)
	default:
		d.found = append(d.found, field.Line{Name: f.Name, Value: f.Value})
		return
	}
	d.dec.SetEmitEnabled(false)
}

// decode returns the field lines of one block, as many as could be read.
func (d *fieldDecoder) decode(block []byte) (field.Section, error) {
	d.found, d.size, d.err = nil, 0, nil
	d.dec.SetEmitEnabled(true)
	_, err := d.dec.Write(block)
	if closed := d.dec.Close(); err == nil {
		err = closed
	}
	if d.err != nil {
		err = d.err
	}
	return d.found, err
}
