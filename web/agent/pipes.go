package agent

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"wwwhy/web/inspect"
)

// Serve serves the tools over two pipes, a message in each line, until r ends
// or ctx does. What was asked before r ended is answered still, for as long as
// patience. It returns nil in both cases.
func Serve(ctx context.Context, c Config, r io.Reader, w io.Writer, patience time.Duration) error {
	// The end of ctx does not reach the tools by itself: the SDK waits for them.
	s := (&tools{Config: c, ended: ctx.Done()}).server(nil)
	err := s.Run(ctx, &pipes{mcp.IOTransport{Reader: io.NopCloser(r), Writer: unclosed{w}, MaxLineLength: 8 * inspect.TextLimit}, patience})
	if ctx.Err() != nil {
		return nil // whoever started us has had enough
	}
	return err
}

// unclosed is a writer that a session cannot close.
type unclosed struct{ io.Writer }

func (unclosed) Close() error { return nil }

// pipes is a transport whose end waits for answers under way. The SDK drops
// them when its input ends, which is at once where messages come from a file.
type pipes struct {
	mcp.IOTransport
	patience time.Duration
}

// Connect begins the session.
func (p *pipes) Connect(ctx context.Context) (mcp.Connection, error) {
	c, err := p.IOTransport.Connect(ctx)
	return &patient{Connection: c, patience: p.patience, answered: make(chan struct{}, 1), closed: make(chan struct{})}, err
}

type patient struct {
	mcp.Connection
	patience time.Duration
	mu       sync.Mutex
	open     int           // calls that are not answered
	answered chan struct{} // told when open becomes 0; has room for one
	closed   chan struct{}
	once     sync.Once // closes closed
}

// Close ends the session, whatever is open.
func (p *patient) Close() error {
	p.once.Do(func() { close(p.closed) })
	return p.Connection.Close()
}

// Read returns the next message, or the end of all when nothing is open.
func (p *patient) Read(ctx context.Context) (jsonrpc.Message, error) {
	m, err := p.Connection.Read(ctx)
	if q, ok := m.(*jsonrpc.Request); ok && err == nil && q.IsCall() {
		p.count(1)
	}
	if !errors.Is(err, io.EOF) {
		return m, err
	}
	timer := time.NewTimer(p.patience)
	defer timer.Stop()
	for p.count(0) > 0 {
		select {
		case <-p.answered:
		case <-timer.C:
			return nil, err
		case <-p.closed:
			return nil, err
		case <-ctx.Done():
			return nil, err
		}
	}
	return nil, err
}

// Write writes a message.
func (p *patient) Write(ctx context.Context, m jsonrpc.Message) error {
	err := p.Connection.Write(ctx, m)
	if _, ok := m.(*jsonrpc.Response); ok && p.count(-1) == 0 {
		select {
		case p.answered <- struct{}{}:
		default:
		}
	}
	return err
}

func (p *patient) count(change int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open += change
	return p.open
}
