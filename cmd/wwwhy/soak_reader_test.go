package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// reading is a process that reads an article again and again.
type reading struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Reader
}

// startReading starts a reader of an address.
func startReading(t *testing.T, url string) *reading {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "reader", url)
	cmd.Stderr = os.Stderr
	in, out := piped(t, cmd)
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait() // it ends with what it reads
	})
	return &reading{t, in, out}
}

// read reads for some time and returns within which time 95 of 100 answers came.
func (r *reading) read(long time.Duration) time.Duration {
	_, err := fmt.Fprintln(r.in, long)
	if err != nil {
		r.t.Fatalf("the reader: %v", err)
	}
	line, err := r.out.ReadString('\n')
	p95, wrong := time.ParseDuration(strings.TrimSpace(line))
	if err != nil || wrong != nil {
		r.t.Fatalf("the reader: %v: %q", err, line)
	}
	return p95
}

// reader is the program of that process: for each duration that it is given on a
// line, it reads so long and says how long it took.
func reader() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		long, err := time.ParseDuration(lines.Text())
		if err != nil {
			log.Fatal(err)
		}
		p95, err := readFor(os.Args[1], long)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(p95)
	}
}

// readFor rests between two requests, so that it is no load itself.
func readFor(url string, long time.Duration) (time.Duration, error) {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}} // no time of ours for what is compressed
	defer client.CloseIdleConnections()
	var all []time.Duration
	for end := time.Now().Add(long); time.Now().Before(end) || all == nil; time.Sleep(5 * time.Millisecond) {
		req, err := http.NewRequest("GET", url, nil)
		if err != nil {
			return 0, err
		}
		req.Header.Set("Accept-Encoding", "zstd")
		began := time.Now()
		resp, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("%s: %w", resp.Status, err)
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	return all[len(all)*95/100], nil
}

// makeWay gives this process a tenth of the priority of others for the processors, where the
// system has one for each thread: those that start later have that of the thread
// that starts them. What was started before keeps its own.
func makeWay(t *testing.T) {
	t.Helper()
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Logf("the load competes with the site for the processors: %v", err)
		return
	}
	for _, thread := range threads {
		id, err := strconv.Atoi(thread.Name())
		if err != nil {
			continue
		}
		if err := syscall.Setpriority(syscall.PRIO_PROCESS, id, 10); err != nil && err != syscall.ESRCH {
			t.Logf("the load competes with the site for the processors: %v", err)
		}
	}
}
