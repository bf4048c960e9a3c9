package archive

import (
	"context"
	"fmt"
	"io"
	"net"
	neturl "net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestManyCopiesStartAtOnce(t *testing.T) {
	u := parsed(t, database(t))
	q := u.Query()
	q.Set("pool_max_conns", "1")
	u.RawQuery = q.Encode()
	var all sync.WaitGroup
	opened := make(chan Archive, 6)
	for range cap(opened) {
		all.Go(func() {
			a, err := Open(t.Context(), u.String(), Config{})
			if err != nil {
				t.Error(err)
				return
			}
			opened <- a
		})
	}
	all.Wait()
	close(opened)
	r := record(NewName())
	for a := range opened { // all see one archive
		save(t, a, r)
		wantLoad(t, a, r)
		a.Close()
	}
}

func TestAWrongPasswordIsNotShown(t *testing.T) {
	u := parsed(t, database(t))
	u.User = neturl.UserPassword(u.User.Username(), "sekret")
	_, err := Open(t.Context(), u.String(), Config{})
	if err == nil {
		t.Skip("the server asks for no password")
	}
	if text := fmt.Sprintf("%v %+v", err, err); !strings.Contains(text, "authentication failed") || strings.Contains(text, "sekret") {
		t.Error(text)
	}
}

func TestPingMissesTheTable(t *testing.T) {
	url := database(t)
	a := open(t, url, Config{})
	want(t, a.Ping(t.Context()), nil)
	administer(t, url, "DROP TABLE wwwhy_reports")
	if err := a.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "wwwhy_reports") {
		t.Errorf("the error is %v", err)
	}
}

// TestTheServerGoesAndComesBack cuts the connections to PostgreSQL, and makes it
// fall silent.
func TestTheServerGoesAndComesBack(t *testing.T) {
	url := database(t)
	p := newProxy(t, url)
	u := parsed(t, url)
	u.Host = p.address
	a := open(t, u.String(), Config{})
	r := save(t, a, record(NewName()))
	for name, fault := range map[string]func(){"refuses": p.cut, "is silent": p.stall} {
		t.Run(name, func(t *testing.T) {
			fault()
			wantFailures(t, a, r)
			p.restore()
			wantRecovery(t, a, r)
		})
	}
	t.Run("drops what is open", func(t *testing.T) {
		p.restore()
		wantRecovery(t, a, r)
	})
	t.Run("is silent at the start", func(t *testing.T) {
		p.stall()
		defer p.restore()
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if _, err := Open(ctx, u.String(), Config{}); err == nil || ctx.Err() == nil {
			t.Errorf("the error is %v, the context's %v", err, ctx.Err())
		}
	})
}

// wantFailures wants an error of each method, and before much time has passed.
func wantFailures(t *testing.T, a Archive, r Record) {
	t.Helper()
	for name, do := range map[string]func(context.Context) error{
		"save":   func(ctx context.Context) error { return a.Save(ctx, record(NewName())) },
		"load":   func(ctx context.Context) error { _, err := a.Load(ctx, r.ID); return err },
		"delete": func(ctx context.Context) error { return a.Delete(ctx, r.ID, r.DeleteKey) },
		"sweep":  func(ctx context.Context) error { _, err := a.Sweep(ctx, time.Now()); return err },
		"ping":   a.Ping,
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		done := make(chan error, 1)
		go func() { done <- do(ctx) }()
		select {
		case err := <-done:
			if err == nil || strings.Contains(err.Error(), ErrNotFound.Error()) {
				t.Errorf("%s: the error is %v", name, err)
			}
		case <-time.After(20 * time.Second): // a hang, on however slow a machine
			t.Fatalf("%s has not returned", name)
		}
		cancel()
	}
}

// wantRecovery wants an archive that works again; the first try of each
// connection may still meet what was cut.
func wantRecovery(t *testing.T, a Archive, r Record) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		err := a.Ping(ctx)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("it does not come back: %v", err)
		}
	}
	wantLoad(t, a, r)
	wantLoad(t, a, save(t, a, record(NewName())))
}

func parsed(t testing.TB, url string) *neturl.URL {
	t.Helper()
	u, err := neturl.Parse(url)
	if err != nil {
		t.Fatal("WWWHY_TEST_POSTGRES is no URL")
	}
	return u
}

func withDatabase(t testing.TB, server, name string) string {
	t.Helper()
	u := parsed(t, server)
	u.Path = "/" + name
	return u.String()
}

// proxy is a TCP proxy before a PostgreSQL server that can fail.
type proxy struct {
	t               *testing.T
	address         string
	network, server string

	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]bool
	silent   bool
	all      sync.WaitGroup
}

func newProxy(t *testing.T, url string) *proxy {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, address: "127.0.0.1:0", open: map[net.Conn]bool{}}
	p.network, p.server = pgconn.NetworkAddress(c.Host, c.Port)
	p.restore()
	p.address = p.listener.Addr().String()
	t.Cleanup(func() { p.cut(); p.all.Wait() })
	return p
}

// restore lets connections through again, new ones on the same address.
func (p *proxy) restore() {
	p.cut()
	l, err := net.Listen("tcp", p.address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listener, p.silent = l, false
	p.all.Go(func() { p.serve(l) })
}

// cut refuses connections and ends those that are open.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		p.listener.Close()
		p.listener = nil
	}
	for c := range p.open {
		c.Close()
	}
	clear(p.open)
}

// stall takes connections and what they send, and gives nothing back.
func (p *proxy) stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = true
}

func (p *proxy) serve(l net.Listener) {
	for {
		near, err := l.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial(p.network, p.server)
		if err != nil {
			near.Close()
			continue
		}
		p.mu.Lock()
		if p.listener == l {
			p.open[near], p.open[far] = true, true
			p.all.Go(func() { p.pass(far, near) })
			p.all.Go(func() { p.pass(near, far) })
		} else { // cut meanwhile
			near.Close()
			far.Close()
		}
		p.mu.Unlock()
	}
}

func (p *proxy) pass(to, from net.Conn) {
	defer to.Close()
	io.Copy(gate{p, to}, from)
}

// gate swallows what is written while the proxy is silent.
type gate struct {
	p  *proxy
	to net.Conn
}

func (g gate) Write(b []byte) (int, error) {
	g.p.mu.Lock()
	silent := g.p.silent
	g.p.mu.Unlock()
	if silent {
		return len(b), nil
	}
	return g.to.Write(b)
}
