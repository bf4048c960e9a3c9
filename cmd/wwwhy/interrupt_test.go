package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestCtrlCTellsWhatIsKnown interrupts the program itself at moments that are
// known: while a server hangs, and between two inspections.
func TestCtrlCTellsWhatIsKnown(t *testing.T) {
	asked, release := make(chan bool, 8), make(chan bool)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/hangs", http.StatusFound)
		case "/hangs":
			asked <- true
			<-release
		}
	}))
	defer target.Close()
	defer close(release)
	for _, tt := range []struct {
		args           []string
		hangs          bool
		stdout, stderr string
	}{
		{[]string{"inspect", "--timeout", "1h", target.URL + "/moved"}, true, "302 Found", "what is known so far"},
		{[]string{"watch", "--every", "1h", target.URL + "/"}, false, "The answer is 200 OK.", "asked once (200 1): no change"},
	} {
		cmd := exec.CommandContext(t.Context(), "wwwhy", tt.args...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines, first := bufio.NewReader(out), ""
		if tt.hangs {
			<-asked
		} else {
			first, _ = lines.ReadString('\n')
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		rest, _ := io.ReadAll(lines)
		err = cmd.Wait()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
			t.Errorf("%v ends with %v", tt.args, err)
		}
		if !strings.Contains(first+string(rest), tt.stdout) || !strings.Contains(stderr.String(), tt.stderr) {
			t.Errorf("%v:\n%s%s\n%s", tt.args, first, rest, &stderr)
		}
	}
}

// TestCtrlCEndsReading interrupts the program while it reads what nobody types.
func TestCtrlCEndsReading(t *testing.T) {
	for _, args := range [][]string{{"explain"}, {"check", "-"}} {
		cmd := exec.CommandContext(t.Context(), "wwwhy", args...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// More than a pipe holds: when it is written, the program reads.
		if _, err := in.Write(bytes.Repeat([]byte("\n"), 1<<17)); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		err = cmd.Wait()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted || !strings.Contains(stderr.String(), "interrupted") {
			t.Errorf("%v ends with %v, %s", args, err, &stderr)
		}
	}
}

// TestCtrlCTwiceEndsAtOnce interrupts a server that lingers, and again once it
// says that it is about to end: whoever does that wants no more of it.
func TestCtrlCTwiceEndsAtOnce(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // it would linger for an hour
	defer cancel()
	cmd := exec.CommandContext(ctx, "wwwhy", "serve", "--addr", "127.0.0.1:0", "--linger", "1h")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, base, _ := strings.Cut(strings.TrimSpace(line), "serves ")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for ending := false; !ending && ctx.Err() == nil; {
		resp, err := http.Get(base + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		ending = resp.StatusCode == http.StatusServiceUnavailable
		_ = resp.Body.Close()
	}
	// It says that it ends a moment before it stops to take signals: people press
	// again.
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		for cmd.Process.Signal(os.Interrupt) == nil {
			select {
			case <-ended:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.String() != "signal: interrupt" {
		t.Errorf("it ends with %v", err)
	}
}
