package listen

import (
	"net"
	"os"
	"path/filepath"
	"testing"
)

// TestOnlySocketsLeftBehindAreReplaced opens a Unix socket where something is
// already.
func TestOnlySocketsLeftBehindAreReplaced(t *testing.T) {
	left := filepath.Join(t.TempDir(), "left")
	l, err := net.Listen("unix", left)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	datagrams := filepath.Join(t.TempDir(), "datagrams") // such as a logger's
	other, err := net.ListenPacket("unixgram", datagrams)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	alive := filepath.Join(t.TempDir(), "alive")
	served, err := net.Listen("unix", alive)
	if err != nil {
		t.Fatal(err)
	}
	defer served.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, replaced := range map[string]bool{left: true, datagrams: false, alive: false, file: false} {
		all, err := Open(t.Context(), "unix:"+path)
		if (err == nil) != replaced {
			t.Errorf("%s: %v", path, err)
		}
		for _, l := range all {
			_ = l.Close()
		}
		if _, err := os.Lstat(path); !replaced && err != nil {
			t.Errorf("%s was removed", path)
		}
	}
}
