// Package listen opens the sockets that a server answers on, bounds the server
// and drains it: TCP addresses, Unix sockets, sockets that systemd hands over, TLS
// from files or by ACME. It knows nothing of what is served.
package listen

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
)

// Open listens on an address: "HOST:PORT", "unix:PATH", or "systemd" for the
// sockets that systemd opened for the process (LISTEN_FDS). A Unix socket that
// an earlier process left behind is replaced; anything else at its path is not.
func Open(ctx context.Context, address string) ([]net.Listener, error) {
	if address == "systemd" {
		all, err := activation.Listeners()
		if err != nil {
			return nil, fmt.Errorf("taking the sockets of systemd: %w", err)
		}
		var open []net.Listener
		for _, l := range all {
			if l != nil { // a socket of another kind
				open = append(open, l)
			}
		}
		if len(open) == 0 {
			return nil, errors.New("systemd handed over no socket: start the service by its .socket unit")
		}
		return open, nil
	}
	var c net.ListenConfig
	path, isUnix := strings.CutPrefix(address, "unix:")
	if !isUnix {
		l, err := c.Listen(ctx, "tcp", address)
		if err != nil {
			return nil, err
		}
		return []net.Listener{l}, nil
	}
	if err := removeStale(ctx, path); err != nil {
		return nil, err
	}
	l, err := c.Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	// A proxy runs as another user; who may reach the socket is up to its folder.
	if err := os.Chmod(path, 0o666); err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("opening the socket to other users: %w", err)
	}
	return []net.Listener{l}, nil
}

// removeStale removes a socket that nobody answers on.
func removeStale(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&os.ModeSocket == 0 {
		return fmt.Errorf("%s exists and is no socket", path)
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	switch {
	case err == nil:
		_ = conn.Close()
		return fmt.Errorf("another process answers on %s", path)
	case !errors.Is(err, syscall.ECONNREFUSED):
		// A socket of another kind, of another user, or with a full queue.
		return fmt.Errorf("%s may be the socket of another process: %w", path, err)
	}
	return os.Remove(path)
}

// Drain says how a server ends.
type Drain struct {
	Linger time.Duration // from the end of the context until the sockets close, so that balancers see it coming
	Limit  time.Duration // for requests under way, after that
	Ending func()        // called when the context ended, before Linger
	Hurry  func()        // called when half of Limit is over, to end streams
}

// Serve serves until ctx ends, then drains: it takes no new connection, lets
// requests under way finish within the limit, and closes what is left. It tells
// systemd when it is ready and when it ends. The error is nil after a clean end.
func Serve(ctx context.Context, server *http.Server, listeners []net.Listener, d Drain) error {
	ended := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { ended <- server.Serve(l) }()
	}
	_, _ = daemon.SdNotify(false, daemon.SdNotifyReady)
	left := len(listeners)
	var failed error
	select {
	case err := <-ended:
		left--
		failed = fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
		_, _ = daemon.SdNotify(false, daemon.SdNotifyStopping)
		if d.Ending != nil {
			d.Ending()
		}
		time.Sleep(d.Linger)
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.Limit)
	defer cancel()
	if d.Hurry != nil {
		defer time.AfterFunc(d.Limit/2, d.Hurry).Stop()
	}
	err := server.Shutdown(limit)
	if errors.Is(err, context.DeadlineExceeded) {
		_ = server.Close()
		err = fmt.Errorf("%s were over before all requests were done; the rest was cut off", d.Limit)
	}
	for range left {
		<-ended
	}
	return errors.Join(failed, err)
}
