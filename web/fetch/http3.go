package fetch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync"
	"time"

	"github.com/quic-go/qpack"
	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/quicvarint"

	"wwwhy/web/field"
	"wwwhy/web/message"
)

// Frame and stream types of HTTP/3 (RFC 9114, Sections 6.2 and 7.2).
const (
	frameData     = 0x0
	frameHeaders  = 0x1
	frameSettings = 0x4
	streamControl = 0x0
)

// exchange3 is the one request of an HTTP/3 connection (RFC 9114).
type exchange3 struct {
	*session
	x     *message.Exchange
	args  map[string]string
	r     *bufio.Reader
	start time.Time
}

// http3 sends the request on a stream of its own and reads its frames.
func (s *session) http3(conn *quic.Conn, u *url.URL, x *message.Exchange) *message.Failure {
	m := args("host", u.Hostname(), "address", x.Peer.Address)
	h := &exchange3{session: s, x: x, args: m, start: time.Now()}
	ctx, cancel := context.WithCancel(s.ctx)
	var drains sync.WaitGroup
	defer drains.Wait()
	defer cancel()
	drains.Go(func() { drain(ctx, conn) })
	stream, err := h.send(ctx, conn, u)
	if err != nil {
		return h.broken(err)
	}
	stop := context.AfterFunc(ctx, func() { _ = stream.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	h.r = bufio.NewReaderSize(&budget{r: stream, left: s.c.ReadLimit + s.c.HeadLimit}, 4096)
	return h.read()
}

// drain takes in what the server sends on streams of its own: settings, and
// the state of compression, which we gave no room.
func drain(ctx context.Context, conn *quic.Conn) {
	var each sync.WaitGroup
	defer each.Wait()
	for {
		stream, err := conn.AcceptUniStream(ctx)
		if err != nil {
			return
		}
		each.Go(func() {
			stop := context.AfterFunc(ctx, func() { _ = stream.SetReadDeadline(time.Unix(1, 0)) })
			defer stop()
			_, _ = io.CopyN(io.Discard, stream, 64<<10)
		})
	}
}

// send opens our control stream and the request's, and writes both.
func (h *exchange3) send(ctx context.Context, conn *quic.Conn, u *url.URL) (*quic.Stream, error) {
	control, err := conn.OpenUniStreamSync(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening the control stream: %w", err)
	}
	if _, err := control.Write([]byte{streamControl, frameSettings, 0}); err != nil {
		return nil, fmt.Errorf("sending settings: %w", err)
	}
	stream, err := conn.OpenStreamSync(ctx)
	if err != nil {
		return nil, fmt.Errorf("opening a stream: %w", err)
	}
	var head bytes.Buffer
	enc := qpack.NewEncoder(&head)
	for _, l := range requestFields(h.x.Request, u) {
		_ = enc.WriteField(qpack.HeaderField{Name: l.Name, Value: l.Value}) // writes to memory
	}
	out := quicvarint.Append(nil, frameHeaders)
	out = quicvarint.Append(out, uint64(head.Len()))
	out = append(out, head.Bytes()...)
	if content := h.x.Request.Content.Sample; len(content) > 0 {
		out = quicvarint.Append(out, frameData)
		out = quicvarint.Append(out, uint64(len(content)))
		out = append(out, content...)
	}
	if err := stream.SetWriteDeadline(deadlineOf(ctx)); err != nil {
		return nil, fmt.Errorf("limiting the time to send: %w", err)
	}
	if _, err := stream.Write(out); err != nil {
		return nil, err
	}
	return stream, stream.Close()
}

func deadlineOf(ctx context.Context) time.Time {
	d, _ := ctx.Deadline()
	return d
}

// read takes in frames until the final head has come, then the content.
func (h *exchange3) read() *message.Failure {
	for frames := 0; h.x.Response == nil; frames++ {
		kind, length, raw, err := h.next()
		switch {
		case err != nil:
			return h.broken(err)
		case frames > controlFrames:
			return h.malformed(fmt.Sprintf("the server sent more than %d frames before its answer", controlFrames))
		case kind == frameData:
			return h.malformed("content came before a head")
		case kind != frameHeaders:
			if _, err := io.CopyN(io.Discard, h.r, length); err != nil {
				return h.broken(err)
			}
			continue
		}
		if failure := h.head(length, raw); failure != nil {
			return failure
		}
	}
	if _, follow := redirected(*h.x); follow && !h.o.NoFollow {
		return nil // the content of a redirect that is followed stays unread
	}
	h.content()
	return nil
}

// next reads the beginning of a frame: its type and length, and their bytes.
func (h *exchange3) next() (kind uint64, length int64, raw []byte, err error) {
	kind, err = quicvarint.Read(h.r)
	if err != nil {
		return 0, 0, nil, err
	}
	n, err := quicvarint.Read(h.r)
	if err != nil {
		return 0, 0, nil, unexpected(err)
	}
	raw = quicvarint.Append(nil, kind)
	return kind, int64(n), quicvarint.Append(raw, n), nil
}

// unexpected makes of an end within a frame what it is.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// head reads one head, interim or final.
func (h *exchange3) head(length int64, raw []byte) *message.Failure {
	if h.x.Timing.FirstByte == 0 {
		h.x.Timing.FirstByte = time.Since(h.start)
		h.start = time.Now()
	}
	block, failure := h.block(length)
	if failure != nil {
		return failure
	}
	fields, err := h.decode(block)
	resp, ok := responseOf("HTTP/3", fields)
	resp.Head = append(raw, block...)
	switch {
	case err != nil && (errors.Is(err, errHead) || errors.Is(err, errFields)):
		h.x.Response = resp
		return h.failure(err, message.FailureTooLarge, h.args)
	case err != nil:
		h.x.Response = resp
		return h.malformed("the compression of the fields (QPACK) is broken: " + err.Error())
	case !ok:
		h.x.Response = resp
		return h.malformed("the response has no :status of three digits")
	case resp.Code < 200:
		h.x.Interim = append(h.x.Interim, *resp)
		if len(h.x.Interim) > h.c.Interim {
			return h.failure(errInterim, message.FailureTooLarge, h.args)
		}
	default:
		h.x.Response = resp
	}
	return nil
}

// block reads the content of a HEADERS frame.
func (h *exchange3) block(length int64) ([]byte, *message.Failure) {
	if length < 0 || length > h.c.HeadLimit {
		return nil, h.failure(errHead, message.FailureTooLarge, h.args)
	}
	block := make([]byte, length)
	if _, err := io.ReadFull(h.r, block); err != nil {
		return nil, h.broken(unexpected(err))
	}
	return block, nil
}

// decode undoes QPACK (RFC 9204) within the limits of a head.
func (h *exchange3) decode(block []byte) (field.Section, error) {
	var found field.Section
	size := int64(0)
	for next := qpack.NewDecoder().Decode(block); ; {
		f, err := next()
		if err == io.EOF {
			return found, nil
		}
		if err != nil {
			return found, err
		}
		size += int64(len(f.Name) + len(f.Value) + 32)
		if size > h.c.HeadLimit {
			return found, errHead
		}
		if len(found) > h.c.FieldLimit {
			return found, errFields
		}
		found = append(found, field.Line{Name: f.Name, Value: f.Value})
	}
}

// content reads the content and the trailers behind it.
func (h *exchange3) content() {
	resp := h.x.Response
	if withoutContent(h.x) {
		return
	}
	h.readContent(&frames3{exchange3: h}, resp, promised(resp))
	h.x.Timing.Content = time.Since(h.start)
}

// frames3 reads what DATA frames hold; a HEADERS frame behind them is the
// trailer section.
type frames3 struct {
	*exchange3
	left int64 // of the frame under way
}

func (f *frames3) Read(p []byte) (int, error) {
	for skipped := 0; f.left == 0; skipped++ {
		kind, length, _, err := f.next()
		if err != nil {
			return 0, f.cause(err)
		}
		switch {
		case skipped > controlFrames:
			return 0, errTooLarge
		case kind == frameData:
			f.left = length
		case kind == frameHeaders:
			block, failure := f.block(length)
			if failure == nil {
				f.x.Response.Trailers, _ = f.decode(block)
			}
			return 0, io.EOF
		default:
			if _, err := io.CopyN(io.Discard, f.r, length); err != nil {
				return 0, f.cause(unexpected(err))
			}
		}
	}
	n, err := f.r.Read(p[:min(int64(len(p)), f.left)])
	f.left -= int64(n)
	if err != nil {
		err = f.cause(unexpected(err))
	}
	return n, err
}

// cause makes of a reset by the server what the content's shortfall names.
func (h *exchange3) cause(err error) error {
	if code, ok := resetCode3(err); ok {
		return &resetError{"HTTP/3", code}
	}
	return err
}

// resetCode3 returns the code with which a stream or the connection was ended.
func resetCode3(err error) (string, bool) {
	var stream *quic.StreamError
	var app *quic.ApplicationError
	switch {
	case errors.As(err, &stream) && stream.Remote:
		return fmt.Sprintf("0x%x", uint64(stream.ErrorCode)), true
	case errors.As(err, &app) && app.Remote:
		return fmt.Sprintf("0x%x", uint64(app.ErrorCode)), true
	}
	return "", false
}

// broken names what an error before the final head means.
func (h *exchange3) broken(err error) *message.Failure {
	if code, ok := resetCode3(err); ok {
		return resetFailure(h.args, "HTTP/3", "", code, "")
	}
	return h.failure(quicCause(err), message.FailureClosed, h.args)
}

func (h *exchange3) malformed(detail string) *message.Failure {
	h.args["detail"] = detail
	return &message.Failure{Kind: message.FailureMalformed, Args: h.args}
}
